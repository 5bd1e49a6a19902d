"""`cocm-bot audit`: the file it writes, and what it says of a log that was tampered with."""

import getpass
import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
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
    assert "3 entries of 1 writer, " in done.stdout
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


def test_an_export_is_its_owners_alone(log: Table, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert run("export", "--file", f"{tmp_path}/log.jsonl").exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "log.jsonl").stat().st_mode) == 0o600


def test_an_export_replaces_no_file(log: Table, tmp_path: object) -> None:
    file = f"{tmp_path}/log.jsonl"
    assert run("export", "--file", file).exit_code == 0
    again = run("export", "--file", file)
    assert isinstance(again.exception, InvalidInput)
    assert "File exists" in str(again.exception)


def test_the_newest_checkpoint_is_printed_and_verified(log: Table) -> None:
    assert isinstance(run_bare("checkpoint").exception, InvalidInput)
    run("export")
    copy = run_bare("checkpoint").stdout.strip()
    done = run("verify", "--checkpoint", copy)
    assert (done.exit_code, done.exception) == (0, None)
    assert "naming the ends of 1 writer." in done.stdout
    assert "Compared the checkpoint that was kept elsewhere." in done.stdout
    false = copy[:-1] + ("0" if copy[-1] != "0" else "1")
    done = run("verify", "--checkpoint", false)
    assert done.exit_code == 1
    assert "checkpoint 1: is not the one of the copy, or gone" in done.stdout
    assert log.name


def run_bare(*words: str) -> Result:
    return CliRunner().invoke(app, ["audit", *words])


def written(folder: Path, text: str | bytes) -> str:
    file = folder / "log.jsonl"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


NOTHING_COMPARED: list[tuple[str, str | bytes, str]] = [
    ("empty", "", "The export is empty"),
    ("blank", " \n\n", "The export is empty"),
    ("binary", b"\x00\xff\xfe", "not an export"),
    ("another's lines", "{}\n", "not an export"),
    ("a time beyond all days", '{"at": 1e99}', "not an export"),
]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("case", "text", "said"), NOTHING_COMPARED, ids=[case for case, _, _ in NOTHING_COMPARED]
)
def test_an_export_with_which_nothing_is_compared_fails(
    tmp_path: Path, case: str, text: str | bytes, said: str
) -> None:
    done = run("verify", "--against", written(tmp_path, text))
    assert isinstance(done.exception, InvalidInput), case
    assert said in str(done.exception)


def test_an_export_of_another_registry_or_an_edited_one_is_told(log: Table, tmp_path: Path) -> None:
    lines = run("export").stdout.splitlines()
    foreign = [line.replace(REGISTRY, "another") for line in lines]
    done = run("verify", "--against", written(tmp_path, "\n".join(foreign)))
    assert isinstance(done.exception, InvalidInput)
    assert "Nothing was compared" in str(done.exception)
    done = run("verify", "--against", written(tmp_path, "\n".join([*lines, *foreign])))
    assert (
        "Compared 4 entries of the export. Not compared, as of another registry or other days: 4 entries."
        in done.stdout
    )
    edited = [lines[0].replace("user-1", "user-2"), *lines[1:]]
    done = run("verify", "--against", written(tmp_path, "\n".join(edited)))
    assert done.exit_code == 1
    assert "was altered in the export" in done.stdout
    assert log.name


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("since", "until"),
    [("2020-01-02", "2020-01-03"), ("2020-01-03", "2020-01-02")],
    ids=["empty", "backwards"],
)
def test_days_of_which_there_is_nothing_fail(since: str, until: str) -> None:
    done = run_bare("verify", "--registry", REGISTRY, "--from", since, "--to", until)
    assert isinstance(done.exception, InvalidInput)
    assert "Nothing was compared" in str(done.exception)


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("copy", ["", "x", "20261301-1-" + "0" * 24, "20260301-1-00"])
def test_what_is_no_copy_of_a_checkpoint_is_refused(copy: str) -> None:
    done = run("verify", "--checkpoint", copy)
    assert isinstance(done.exception, InvalidInput)


def test_keys_are_changed_in_the_middle_of_a_day(log: Table) -> None:
    newer = "another key for the tests and for nothing else"
    ring = {"COCM_AUDIT_KEYS": f"2027:{newer}"}
    with mock.patch.dict(os.environ, ring):
        run("export")
        done = run("verify")
        assert (done.exit_code, done.exception) == (0, None)
    done = run("verify")
    assert done.exit_code == 1
    assert done.stdout.count("is sealed with a key that is not given") == 2, "the entry and its checkpoint"
    assert log.name
