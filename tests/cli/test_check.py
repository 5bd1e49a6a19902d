"""`cocm-bot check`: what it prints, and how it ends."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unittest import mock
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.domain.errors import NotFound
from cocm_bot.operations.checking import Kind
from cocm_bot.operator_errors import SettingsError
from cocm_bot.store.audit import access_log
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from tests.operations.conftest import AUDIT_KEY, Office
from tests.operations.test_checking import alter, take
from tests.store import engines, faults
from tests.store.build import REGISTRY, user

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def office(table: Table, endpoint: str) -> Iterator[Office]:
    """A registry of one member and one patient, and the environment of the command."""
    office = Office(table)
    office.enrolled(patient_mrn="A-1001", first_name="Zenobia", last_name="Quist")
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": AUDIT_KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        yield office


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["check", *words])


def test_a_right_table(office: Office) -> None:
    done = run()
    assert (done.exit_code, done.stdout) == (0, "0 found.\n")


def test_what_is_found_is_told_in_ids_and_repaired_if_asked(office: Office) -> None:
    alter(office.table, keys.registry(REGISTRY), members=7)
    alter(office.table, keys.registry_user(REGISTRY, "user-1"), is_admin=False)
    take(office.table, keys.email_lock(user(1).email))
    alter(office.table, keys.patient(REGISTRY, "A-1001"), total_sessions=9)
    told = (
        "1 × A registry without an admin: for a person to settle.\n"
        f"    registry {REGISTRY}\n"
        "1 × The count of members is wrong: {fate}.\n"
        f"    registry {REGISTRY}\n"
        "1 × A user who can't be found by their e-mail address: {fate}.\n"
        "    user-1\n"
        "1 × A patient whose derived fields do not follow from the history: {fate}.\n"
        "    {patient} registry " + REGISTRY + "\n"
        "4 found{end}.\n"
    )
    [patient] = {each["id"]["S"] for each in office.table.query("PK = :p", {"p": keys.patients(REGISTRY)})}
    for words, fate, end in (
        ((), "--repair fixes it", ""),
        (("--repair",), "repaired", ", 3 repaired"),
    ):
        done = run(*words)
        assert done.exit_code == 1
        assert done.stdout == told.format(fate=fate, end=end, patient=patient)
        assert not {"A-1001", "Zenobia", "Quist", "@"} & set(done.output.replace(",", " ").split())
    assert run("--registry", REGISTRY).stdout.endswith("1 found.\n")


def test_more_than_anybody_reads_is_counted(office: Office) -> None:
    for number in range(23):
        alter(office.table, keys.patient(REGISTRY, f"PHANTOM-{number}"), flags=[])
        alter(office.table, keys.email_lock(f"nobody-{number}@example.org"))
    done = run()
    assert "23 × A patient with nothing stored but a key and an attribute" in done.stdout
    assert "…and 3 more" in done.stdout
    assert "PHANTOM-" not in done.stdout
    assert "@" not in done.stdout
    assert done.stdout.endswith("46 found.\n")


def test_who_may_not_scan_is_told_so(office: Office) -> None:
    refused = faults.refuse("AccessDeniedException")
    with (
        mock.patch("cocm_bot.cli.operate.check.reading_context", return_value=office.ctx),
        faults.on(office.table.client, "Scan", refused),
    ):
        done = run()
    assert done.exit_code == 2
    assert "Checking needs the right to scan: docs/iam.md." in done.stderr


def test_an_unknown_registry(office: Office) -> None:
    done = run("--registry", "no-registry")
    assert done.exit_code == 2
    assert "There is no registry with this id." in done.stderr


def test_what_is_named_can_be_located_by_whoever_may_scan(office: Office) -> None:
    alter(office.table, keys.patient(REGISTRY, "PHANTOM-1"), flags=[])
    name = keys.fingerprint(keys.patient(REGISTRY, "PHANTOM-1"))
    assert f"    {name} registry {REGISTRY}\n" in run().stdout
    assert run("--locate", name).stdout == f"PK registry-patient:{REGISTRY}\nSK PHANTOM-1\n"
    entry = office.table.query("PK = :p", {"p": keys.directory(REGISTRY)})[0]
    assert f"PK patient-directory:{REGISTRY}\n" in run("--locate", entry["SK"]["S"]).stdout
    assert isinstance(run("--locate", "nothing").exception, NotFound)
    entries = access_log.entries(office.table, "-", datetime.now(UTC).date())
    assert [each.action for each in entries] == ["locate a record"] * 3


WRONG = {"id": 7, "handle": ["x"], "registry_id": {"a": 1}, "email": True, "status": 1, "patient_mrn": 3}


@pytest.mark.parametrize("sort_key", ["x", "user:", "metadata"])
def test_odd_items_of_every_kind_are_told_without_a_traceback(office: Office, sort_key: str) -> None:
    for prefix in keys._KINDS:
        alter(office.table, keys.Key(f"{prefix}:odd", sort_key))
        alter(office.table, keys.Key(f"{prefix}:{REGISTRY}", sort_key), **WRONG)
    for shard in range(2):
        place = {"GSI1PK": keys.work_shard(shard), "GSI1SK": "soon"}
        alter(office.table, keys.Key(f"order#{shard}", "line"), **place)
    done = run()
    assert done.exit_code == 1, done.exception
    assert "found." in done.stdout
    assert Kind.FOREIGN in done.stdout


def test_the_older_systems_table_is_named_in_one_line(office: Office, client: "DynamoDBClient") -> None:
    name = f"cocm-test-{uuid4().hex}"
    client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "partition_key", "KeyType": "HASH"},
            {"AttributeName": "sort_key", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("partition_key", "sort_key")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    try:
        with mock.patch.dict(os.environ, {"COCM_TABLE": name}):
            for words in ((), ("--repair",), ("--registry", REGISTRY)):
                done = run(*words)
                assert done.exit_code == 2
                assert "its keys are partition_key and sort_key, not the texts PK and SK." in done.stderr
                assert done.stderr.count("\n") == 1
    finally:
        client.delete_table(TableName=name)


def test_without_the_key_it_reads_all_but_the_seals_and_says_so(office: Office) -> None:
    alter(office.table, keys.registry(REGISTRY), members=7)
    with mock.patch.dict(os.environ):
        del os.environ["COCM_AUDIT_KEY"]
        done = run()
        with pytest.raises(SettingsError, match="COCM_AUDIT_KEY is missing"):
            CliRunner().invoke(app, ["check", "--repair"], catch_exceptions=False)
    assert done.exit_code == 1
    assert "1 × The count of members is wrong: --repair fixes it." in done.stdout
    assert "tampered" not in done.output
    assert done.stderr == "Histories' seals were not compared: set COCM_AUDIT_KEY for that.\n"


def test_a_program_reads_an_object_a_line(office: Office) -> None:
    alter(office.table, keys.registry(REGISTRY), members=7)
    done = run("--json")
    [found] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (found["kind"], found["registry"], found["repaired"]) == ("MEMBERS", REGISTRY, False)
    assert done.exit_code == 1
