"""`cocm-bot import`: a file into a registry, what is said of it, and how it ends."""

import gzip
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table.table import Table
from tests.operations.conftest import AUDIT_KEY, Office
from tests.store import engines
from tests.store.build import REGISTRY

pytestmark = pytest.mark.usefixtures("restored_logging")

CLEAN = "MRN,Last Name,First Name,DOB,Enrolled,Status\nA-1,Muñoz,Ana,1984-02-29,2026-01-02,Treatment\n"
ODD = "MRN,Last Name,First Name,DOB,Enrolled,Status\nA-1,Muñoz,Ana,3/4/1984,2026-01-02,Treatment\n"


@pytest.fixture
def office(table: Table, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A registry, the environment of the commands, and a directory of one's own."""
    monkeypatch.chdir(tmp_path)
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": AUDIT_KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        yield Office(table, datetime.now(UTC))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["import", "--registry", REGISTRY, *words])


def mrns(office: Office) -> list[str]:
    return [entry.patient_mrn for entry in lists.directory(office.table, REGISTRY)]


def test_a_dry_run_then_the_same_for_good(office: Office) -> None:
    Path("t.csv").write_text(CLEAN)
    dry = run("t.csv")
    assert (dry.exit_code, mrns(office)) == (0, [])
    assert "1 row read (csv): 1 patient with 0 contacts would be taken" in dry.output
    assert "Nothing was written" in dry.output
    applied = run("t.csv", "--apply")
    assert (applied.exit_code, mrns(office)) == (0, ["A-1"])
    again = run("t.csv", "--apply")
    assert (again.exit_code, "1 already there" in again.output) == (0, True)
    undone = run("--undo", applied.output.split("Import ")[1].split(".")[0])
    assert (undone.exit_code, mrns(office)) == (0, [])


def test_questions_end_with_3_and_a_mapping_answers_them(office: Office) -> None:
    Path("t.csv").write_text(ODD)
    asked = run("t.csv")
    assert asked.exit_code == 3
    assert "month or day first" in asked.output
    mapping = Path("t.mapping.yaml")
    assert "D: '?'" in mapping.read_text()
    mapping.write_text(mapping.read_text().replace("D: '?'", "D: dmy"))
    answered = run("t.csv", "--mapping", str(mapping), "--apply")
    assert answered.exit_code == 0
    found = patients.get(office.table, REGISTRY, "A-1")
    assert found is not None
    assert found.date_of_birth == "1984-04-03"


def test_values_stand_in_the_report_alone(office: Office) -> None:
    Path("t.csv").write_text(ODD)
    shown = run("t.csv").output
    assert re.findall(r"Muñoz|Ana|A-1|\b1984\b", shown) == []
    report = Path("t.report.csv")
    assert "3/4/1984" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("hello\nworld\n", "No row looks like a header"),
        ('{"resourceType": ', "can't be read as JSON"),
        ("PK\x03\x04 no workbook", "can't be read as a workbook"),
        ("[1, 2]", "no records the bot knows"),
    ],
)
def test_what_is_no_source_is_refused_with_1(office: Office, text: str, sentence: str) -> None:
    Path("t.csv").write_text(text)
    result = run("t.csv")
    assert (result.exit_code, mrns(office)) == (1, [])
    assert sentence in f"{result.output} {result.exception}"


def test_a_folder_is_an_export_of_several_files(office: Office) -> None:
    folder = Path("export/data")
    folder.mkdir(parents=True)
    for number in range(2):
        item = {
            "partition_key": {"S": "registry-patient:old"},
            "sort_key": {"S": f"A-{number}"},
            "first_name": {"S": "Ada"},
            "last_name": {"S": f"Example{number}"},
            "date_of_birth": {"S": "1984-02-29"},
            "date_created": {"N": "1708100000"},
        }
        packed = gzip.compress(json.dumps({"Item": item}).encode())
        (folder / f"{number}.json.gz").write_bytes(packed)
    Path("export/manifest-files.json").write_text("{}")
    assert run("export", "--apply").exit_code == 0
    assert sorted(mrns(office)) == ["A-0", "A-1"]
