"""`cocm-bot figures`: the program's figures as a file that names no patient."""

import csv
import getpass
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.operations.figures.report import RECALCULATING
from cocm_bot.operations.figures.sheets import DEFINITIONS
from cocm_bot.operations.registries.recalculation import calling_for
from cocm_bot.store.audit import access_log
from cocm_bot.store.table.table import Table
from tests.operations.conftest import AUDIT_KEY, Office
from tests.store import engines
from tests.store.build import REGISTRY

pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def office(table: Table, endpoint: str) -> Iterator[Office]:
    """A registry of today, and the environment of the commands."""
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": AUDIT_KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        yield Office(table, datetime.now(UTC))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["figures", "--registry", REGISTRY, *words])


def test_a_file_made_during_a_recalculation_says_so(office: Office, tmp_path: Path) -> None:
    office.enrolled()
    office.table.transact([calling_for(office.ctx, REGISTRY, "")])
    file = tmp_path / "figures.xlsx"
    done = run("--range", "month", "--file", str(file))
    assert RECALCULATING in done.output
    [_, first, *_] = load_workbook(file)["Definitions"].values
    assert first == ("Made during a recalculation", RECALCULATING)


def test_a_workbook_with_four_sheets(office: Office, tmp_path: Path) -> None:
    handle = office.enrolled(first_name="Ada", last_name="Muñoz", patient_mrn="A-1001")
    file = tmp_path / "figures.xlsx"
    done = run("--range", "month", "--file", str(file))
    assert (done.exit_code, "are written" in done.output) == (0, True), done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    book = load_workbook(file)
    assert book.sheetnames == ["Definitions", "Monthly figures", "Per care manager", "Published measures"]
    monthly = list(book["Monthly figures"].values)
    assert monthly[0] == ("Month", "Figure", "Count", "Of", "Value", "Not measured")
    assert [row[1] for row in monthly[1:]] == list(DEFINITIONS)
    found = {row[1]: row[2:] for row in monthly[1:]}
    assert found["Enrolled"] == (1, None, None, None)
    assert found["Two contacts or more"] == (0, 1, 0, None)
    assert found["Improved"] == (0, 0, None, None)
    measures = [row[0] for row in list(book["Published measures"].values)[1:]]
    assert measures[:2] == ["CBE 0711", "CBE 0710 (CMS159)"]
    everything = str([list(sheet.values) for sheet in book])
    assert [word for word in (handle, "Ada", "Muñoz", "A-1001") if word in everything] == []
    [entry] = [
        each
        for each in access_log.entries(office.table, REGISTRY, datetime.now(UTC).date()).records
        if each.action == "export figures"
    ]
    assert (entry.reason, entry.patient_ids) == (f"account {getpass.getuser()}", ())


def test_the_same_as_csv_on_the_screen(office: Office) -> None:
    office.enrolled()
    done = run("--range", "month", "--format", "csv")
    assert done.exit_code == 0, done.output
    rows = list(csv.reader(done.stdout.removeprefix("\ufeff").splitlines()))
    titles = [row[0] for row in rows if len(row) == 1]
    assert titles == ["Definitions", "Monthly figures", "Per care manager", "Published measures"]
    month = f"{datetime.now(UTC):%Y}"
    served = next(row for row in rows if row[:1] and row[0].startswith(month) and row[1] == "Served")
    assert served[2] == "1"


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--range", "soon", "--format", "csv"), "Say a month (2026-03)"),
        (("--range", "2999", "--format", "csv"), "2999 has not begun yet."),
        (("--range", "month"), "An XLSX file needs --file."),
        (("--range", "month", "--file", "/nowhere/figures.xlsx"), "/nowhere/figures.xlsx can't be written"),
    ],
)
def test_what_can_not_be_written_is_said(words: tuple[str, ...], sentence: str) -> None:
    done = run(*words)
    assert done.exit_code != 0
    assert sentence in f"{done.output}{done.exception}"


def test_a_registry_that_is_not_there(office: Office) -> None:
    done = CliRunner().invoke(app, ["figures", "--registry", "nowhere", "--format", "csv"])
    assert "There is no registry with this id." in f"{done.output}{done.exception}"
