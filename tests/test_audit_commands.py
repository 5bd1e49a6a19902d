"""`cocm-bot audit`: the file it writes, and what it says of a log that was tampered with."""

import getpass
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest import mock

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.vocabulary import Role
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.table.table import Table
from tests.store import engines
from tests.store.audit.test_audit_trail import record
from tests.store.build import REGISTRY

KEY = "a key for the tests and for nothing else"


pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def log(table: Table, endpoint: str) -> Iterator[Table]:
    """A registry's log of three entries, and the environment of the commands."""
    trail = AuditTrail(KEY, 6, lambda: datetime.now(UTC))
    for number in range(3):
        record(trail, table, f"patient-{number}", REGISTRY)
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        yield table


def run(*words: str) -> Result:
    """A command on today's entries."""
    today = datetime.now(UTC).date().isoformat()
    return CliRunner().invoke(app, ["audit", *words, "--registry", REGISTRY, "--from", today, "--to", today])


def test_what_an_operator_changes_stands_in_the_log(log: Table) -> None:
    words = [
        "--email",
        "iris@example.org",
        "--first-name",
        "Iris",
        "--last-name",
        "L",
        "--role",
        Role.PSYCHIATRIST,
    ]
    done = CliRunner().invoke(app, ["registry", "add-member", "--registry", REGISTRY, *words])
    assert (done.exit_code, done.exception) == (0, None)
    last = access_log.entries(log, REGISTRY, datetime.now(UTC).date()).records[-1]
    assert (last.action, last.surface, last.reason) == (
        "add_member",
        "command line",
        f"account {getpass.getuser()}",
    )


def delete(table: Table, place: int) -> str:
    """Delete today's entry at that place; returns its writer."""
    item = access_log.stored(table, REGISTRY, datetime.now(UTC).date())[place]
    table.client.delete_item(TableName=table.name, Key={"PK": item["PK"], "SK": item["SK"]})
    return str(item["writer"]["S"])


def test_a_whole_log(log: Table) -> None:
    done = run("verify")
    assert (done.exit_code, done.exception) == (0, None)
    assert "3 entries of 1 writers" in done.stdout
    assert done.stdout.endswith("Nothing is missing or altered.\n")


def test_a_deleted_entry_is_told_with_its_place(log: Table) -> None:
    writer = delete(log, 1)
    today = datetime.now(UTC).date()
    done = run("verify")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0] == f"{today} writer {writer} entry 2: is missing"


def test_an_export_to_the_screen_has_itself(log: Table) -> None:
    lines = [json.loads(line) for line in run("export").stdout.splitlines()]
    assert [line["action"] for line in lines] == ["view_patient"] * 3 + ["export the access log"]
    assert lines[3]["surface"] == "command line"
    assert lines[3]["reason"].startswith("account ")


def test_an_export_shows_that_the_end_was_cut_off(log: Table, tmp_path: object) -> None:
    file = f"{tmp_path}/log.jsonl"
    assert run("export", "--file", file).exit_code == 0
    delete(log, 2)
    delete(log, 2)
    # The export's own checkpoint says so even without the export.
    assert run("verify").exit_code == 1
    done = run("verify", "--against", file)
    assert done.exit_code == 1
    assert (done.stdout.count("gone"), done.stdout.count("is missing")) == (2, 1)


def test_an_export_replaces_no_file(log: Table, tmp_path: object) -> None:
    file = f"{tmp_path}/log.jsonl"
    assert run("export", "--file", file).exit_code == 0
    again = run("export", "--file", file)
    assert isinstance(again.exception, InvalidInput)
    assert "File exists" in str(again.exception)
