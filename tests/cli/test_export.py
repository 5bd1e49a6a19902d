"""`cocm-bot export`: a file that only its owner can read, whole or not there at all."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import wire_key
from cocm_bot.store.table.writes import put
from tests.operations.conftest import AUDIT_KEY, Office
from tests.store import engines
from tests.store.build import REGISTRY

pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def office(table: Table, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A registry, the environment of the commands, and a directory of one's own."""
    monkeypatch.chdir(tmp_path)
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": AUDIT_KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        yield Office(table, datetime.now(UTC))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["export", "--registry", REGISTRY, *words])


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx", "fhir"])
def test_every_form_is_written_for_its_owner_alone(office: Office, form: str) -> None:
    office.enrolled()
    result = run("--format", form, "--out", "x")
    assert (result.exit_code, "1 patient written to x" in result.output) == (0, True)
    assert Path("x").stat().st_size > 100
    assert Path("x").stat().st_mode & 0o077 == 0


def test_a_file_that_is_there_stays_as_it_is(office: Office) -> None:
    office.enrolled()
    Path("x").write_text("mine")
    result = run("--format", "jsonl", "--out", "x")
    assert (result.exit_code, Path("x").read_text()) == (1, "mine")


def test_an_export_that_fails_leaves_no_file(office: Office) -> None:
    office.enrolled()
    office.table.put(put({**wire_key(keys.patient(REGISTRY, "OLD-1")), "status": {"S": "Treatment"}}))
    assert run("--format", "jsonl", "--out", "x").exit_code == 1
    assert not Path("x").exists()


def test_a_summary_is_of_one_patient(office: Office) -> None:
    handle = office.enrolled()
    assert run("--format", "pdf", "--out", "x").exit_code == 1
    assert not Path("x").exists()
    assert run("--format", "pdf", "--out", "x", "--patient", handle).exit_code == 0
    assert Path("x").read_bytes().startswith(b"%PDF-")


def test_an_unknown_handle_is_said(office: Office) -> None:
    result = run("--format", "jsonl", "--out", "x", "--patient", "ZZZZ")
    assert (result.exit_code, Path("x").exists()) == (1, False)
