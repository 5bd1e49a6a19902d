"""`cocm-bot billing` and `cocm-bot codes`: a month as a file, and a registry's own codes from one."""

import csv
import io
import json
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
from cocm_bot.domain.billing.columns import COLUMNS
from cocm_bot.domain.vocabulary import WorkKind
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.store import registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.table.table import Table
from tests.operations.billing.test_ledger import agree, entry
from tests.operations.conftest import AUDIT_KEY, Office
from tests.store import engines
from tests.store.build import REGISTRY

pytestmark = pytest.mark.usefixtures("restored_logging")

TABLES = """
usual: CoCM
sets:
  - name: House
    codes:
      - {code: T1000, minutes: 30, midpoint: 16}
      - {code: 99999, month: later, minutes: 60}
payers:
  - {name: State, code_set: House}
  - {name: Blue, cap: 4}
"""


@pytest.fixture
def office(table: Table, endpoint: str) -> Iterator[Office]:
    """A registry with a patient who had forty minutes today, and the environment of the commands."""
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": AUDIT_KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        office = Office(table, datetime.now(UTC))
        handle = office.enrolled(patient_mrn="A-1001", payer="State")
        today = office.actor().registry.policy.local_date(office.moment.timestamp())
        agree(office, handle, today)
        contact = entry(today, 40, WorkKind.CARE_COORDINATION)
        log_contact(office.ctx, office.actor(), handle, contact, "forty-minutes")
        yield office


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def billing(*words: str) -> Result:
    return run("billing", "--registry", REGISTRY, "--month", "this", *words)


def test_the_list_is_written_in_each_form(office: Office, tmp_path: Path) -> None:
    shown = billing()
    assert shown.exit_code == 0, shown.output
    [line] = csv.DictReader(io.StringIO(shown.stdout_bytes.decode("utf-8-sig")))
    assert (line["mrn"], line["minutes"], line["code"]) == ("A-1001", "40", "99492")
    [cells] = json.loads(billing("--format", "json").stdout)
    assert list(cells) == list(COLUMNS)
    file = tmp_path / "list.xlsx"
    assert "1 patient of" in billing("--format", "xlsx", "--file", str(file)).output
    head, row = load_workbook(file)["Billing"].iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True))["mrn"] == "A-1001"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    entries = access_log.entries(office.table, REGISTRY, datetime.now(UTC).date())
    assert [each.action for each in entries].count("export the billing list") == 3


def test_what_can_not_be_done_is_said(office: Office, tmp_path: Path) -> None:
    assert office.table
    there = tmp_path / "there.csv"
    there.write_text("mine")
    for words, sentence in (
        (["--month", "octember"], "can't read one of these words"),
        (["--month", "2999-01"], "has not begun"),
        (["--registry", "nowhere"], "no registry"),
        (["--format", "xlsx"], "needs --file"),
        (["--file", str(there)], "is there already: name another file"),
    ):
        failed = billing(*words)
        assert failed.exit_code != 0
        assert sentence in str(failed.exception or failed.output)
    assert there.read_text() == "mine"


def test_a_ledger_that_is_not_whole_is_told(office: Office) -> None:
    registry = office.actor().registry
    office.table.client.update_item(
        TableName=office.table.name,
        Key={"PK": {"S": f"registry:{registry.id}"}, "SK": {"S": "metadata"}},
        UpdateExpression="SET ledgered = :no",
        ExpressionAttributeValues={":no": {"BOOL": False}},
    )
    incomplete = billing()
    assert incomplete.exit_code == 1
    assert "measures derive" in incomplete.stderr
    assert run("measures", "derive", "--registry", REGISTRY).exit_code == 0
    assert billing().exit_code == 0


def test_own_codes_and_payers_come_from_a_file(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "codes.yaml"
    file.write_text(TABLES)
    loaded = run("codes", "load", "--registry", REGISTRY, "--file", str(file))
    assert loaded.exit_code == 0, loaded.output
    assert "1 own set and 2 payers hold" in loaded.output
    [cells] = json.loads(billing("--format", "json").stdout)
    assert cells["code"] == "T1000"
    shown = run("codes", "show", "--registry", REGISTRY).output
    for line in (
        "CoCM (usual)",
        "  99494: added to 99492, 99493, each 30 min, from 16",
        "State: House",
        "at most 4",
    ):
        assert line in shown
    registry = registries.get(office.table, REGISTRY)
    assert registry is not None
    assert registry.billing.gap_months == 6


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sets: [", "line 1: this is not YAML"),
        ("- a", "begin with"),
        ("a: &x 1\nb: *x", "aliases"),
        ("sets: [{name: X, codes: [{code: 99492, minutes: ten}]}]", "sets 1, codes 1, minutes"),
        ("payers: [{name: A, code_set: Mine}]", "payers 1, code_set: there is no set “Mine”"),
        ("usual: CoCM\n\x00", "line 2: YAML does not allow a character"),
        ("usual: 2026-13-41", "a date or number in it can't be read"),
        ("[" * 50_000, "line 1: this is nested too deeply"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(
    office: Office, tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "codes.yaml"
    file.write_text(text)
    failed = run("codes", "load", "--registry", REGISTRY, "--file", str(file))
    assert failed.exit_code != 0
    assert sentence in str(failed.exception)
    assert office.actor().registry.billing.payers == ()
