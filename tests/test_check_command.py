"""`cocm-bot check`: what it prints, and how it ends."""

import os
from collections.abc import Iterator
from unittest import mock

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from tests.operations.conftest import AUDIT_KEY, Office
from tests.operations.test_checking import alter, take
from tests.store import engines, faults
from tests.store.build import REGISTRY, user

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


def test_what_is_found_is_told_in_ids_and_mended_if_asked(office: Office) -> None:
    alter(office.table, keys.registry(REGISTRY), members=7)
    alter(office.table, keys.registry_user(REGISTRY, "user-1"), is_admin=False)
    take(office.table, keys.email_lock(user(1).email))
    alter(office.table, keys.patient(REGISTRY, "A-1001"), total_sessions=9)
    told = (
        "1 × A registry without an admin: for a person to settle.\n"
        f"    registry {REGISTRY}\n"
        "1 × The count of members is wrong: {fate}.\n"
        f"    registry {REGISTRY}\n"
        "1 × A user whom their e-mail address does not lead to: {fate}.\n"
        "    user-1\n"
        "1 × A patient whose derived fields do not follow from the history: {fate}.\n"
        "    {patient} registry " + REGISTRY + "\n"
        "4 found{end}.\n"
    )
    [patient] = {each["id"]["S"] for each in office.table.query("PK = :p", {"p": keys.patients(REGISTRY)})}
    for words, fate, end in (
        ((), "--repair mends it", ""),
        (("--repair",), "mended", ", 3 mended"),
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
    assert "23 × A patient of whom nothing is stored but a key and an attribute" in done.stdout
    assert "…and 3 more" in done.stdout
    assert "PHANTOM-" not in done.stdout
    assert "@" not in done.stdout
    assert done.stdout.endswith("46 found.\n")


def test_who_may_not_scan_is_told_so(office: Office) -> None:
    refused = faults.refuse("AccessDeniedException")
    with (
        mock.patch("cocm_bot.cli.check.open_context", return_value=office.ctx),
        faults.on(office.table.client, "Scan", refused),
    ):
        done = run()
    assert done.exit_code == 2
    assert "Checking needs the right to scan: docs/iam.md." in done.stderr


def test_an_unknown_registry(office: Office) -> None:
    done = run("--registry", "no-registry")
    assert done.exit_code == 2
    assert "There is no registry with this id." in done.stderr
