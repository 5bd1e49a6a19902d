"""`cocm-bot caseload`: who is at risk and what is due, without Slack."""

import getpass
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest import mock

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.context import Context
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.patients import lists
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import wire_key
from tests.operations.conftest import AUDIT_KEY, Office
from tests.store import engines, faults
from tests.store.build import REGISTRY

pytestmark = pytest.mark.usefixtures("restored_logging")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def office(table: Table, endpoint: str) -> Iterator[Office]:
    """A registry of today, and the environment of the commands."""
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": AUDIT_KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        yield Office(table, now())


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["caseload", "--registry", REGISTRY, *words])


def two_at_risk(office: Office) -> tuple[str, str]:
    """Ada with a risk raised today and Bo enrolled long ago; returns their handles."""
    today, office.moment = office.moment, office.moment.replace(year=office.moment.year - 1)
    bo = office.enrolled(first_name="Bo", last_name="Zimmer")
    office.moment = today
    ada = office.enrolled(first_name="Ada", last_name="Muñoz", patient_mrn="A-1001")
    office.enrolled(first_name="Cy", last_name="Quiet")
    flagging = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
    raise_flags(office.ctx, office.actor(), ada, flagging, "risk")
    return ada, bo


def entries(office: Office) -> list[AccessEntry]:
    return access_log.entries(office.table, REGISTRY, now().date()).records


def test_it_shows_who_is_at_risk_first_and_by_handle(office: Office) -> None:
    ada, bo = two_at_risk(office)
    result = run()
    assert (result.exit_code, result.exception) == (0, None)
    assert "patients who need attention: 2 of 3." in result.output
    assert result.output.index(ada) < result.output.index(bo)
    assert "Safety risk since" in result.output
    assert "Assessment due since" in result.output
    assert [word for word in ("Ada", "Muñoz", "A-1001", "Bo", "Zimmer") if word in result.output] == []


def test_names_are_shown_to_who_asks_for_them(office: Office) -> None:
    ada, _ = two_at_risk(office)
    assert f"{ada} Ada Muñoz (MRN A-1001)" in run("--names").output


def test_the_log_says_who_was_given_whom_and_how(office: Office) -> None:
    shown = {office.patient(handle).id for handle in two_at_risk(office)}
    run()
    run("--names", "--as", "Maya Okafor")
    account = getpass.getuser()
    told = [(each.action, each.reason, set(each.patient_ids), each.surface) for each in entries(office)[-2:]]
    assert told == [
        ("emergency_caseload", f"account {account}", shown, "command line"),
        ("emergency_caseload_with_names", f"account {account} as Maya Okafor", shown, "command line"),
    ]


def test_it_reads_only(office: Office) -> None:
    two_at_risk(office)
    before = sorted(map(str, office.table.client.scan(TableName=office.table.name)["Items"]))
    assert run().exit_code == 0
    after = sorted(map(str, office.table.client.scan(TableName=office.table.name)["Items"]))
    added = [item for item in after if item not in before]
    assert [item for item in before if item not in after] == []
    # The entry, and what proves it: a checkpoint, and the head of the checkpoints.
    kinds = ("'access-log:", "'audit-checkpoint", "'audit-head'")
    assert [sum(kind in item for item in added) for kind in kinds] == [1, 1, 1]
    assert len(added) == 3


def test_nothing_is_shown_that_the_log_does_not_hold(office: Office) -> None:
    ada, _ = two_at_risk(office)
    ctx = Context(office.table, now, AuditTrail(AUDIT_KEY, 6, now))
    refused = faults.refuse("AccessDeniedException")
    with (
        mock.patch("cocm_bot.cli.patients.caseload.keyed_context", return_value=ctx),
        faults.on(office.table.client, "PutItem", refused),
    ):
        result = run()
    assert result.exit_code == 1
    assert ada not in result.output


def test_a_record_that_cannot_be_read_is_counted_and_fails(office: Office) -> None:
    ada, bo = two_at_risk(office)
    broken = office.patient(bo)
    office.table.client.update_item(
        TableName=office.table.name,
        Key=wire_key(keys.patient(REGISTRY, broken.patient_mrn)),
        UpdateExpression="SET first_name = :x",
        ExpressionAttributeValues={":x": {"N": "7"}},
    )
    assert lists.caseload(office.table, REGISTRY).broken == 1
    result = run()
    assert result.exit_code == 1
    assert ada in result.output
    assert "1 record can't be read" in result.output


def test_a_name_cannot_steer_the_terminal(office: Office) -> None:
    handle = office.enrolled(first_name="Eve")
    raise_flags(
        office.ctx, office.actor(), handle, Flagging(flag_types=(Flag.SAFETY_RISK,), reason="x"), "risk"
    )
    office.table.client.update_item(
        TableName=office.table.name,
        Key=wire_key(keys.patient(REGISTRY, office.patient(handle).patient_mrn)),
        UpdateExpression="SET first_name = :x",
        ExpressionAttributeValues={":x": {"S": "Eve\x1b[2J[red]"}},
    )
    output = run("--names").output
    assert "\x1b" not in output
    assert "[red]" in output


def test_an_unknown_registry_is_one_line(office: Office) -> None:
    result = CliRunner().invoke(app, ["caseload", "--registry", "nowhere"])
    assert result.exit_code == 1
    assert str(result.exception) == "There is no registry with this id."
