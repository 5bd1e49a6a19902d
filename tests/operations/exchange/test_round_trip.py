"""An export that is imported again is the same to the byte."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.arrivals import Arrival, Landing
from cocm_bot.domain.exchange.notes import Place
from cocm_bot.domain.exchange.own_format import arrival_of, line_of
from cocm_bot.domain.exchange.people import Team
from cocm_bot.domain.members import Questionnaire
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.records.history import Voided
from cocm_bot.operations.checking import check
from cocm_bot.operations.exchange.export_files import WRITERS, ExportFormat
from cocm_bot.operations.exchange.exporting import prepare_export
from cocm_bot.operations.exchange.importing import Outcome, prepare
from cocm_bot.operations.exchange.sources import Source
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.store import registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import wire_key
from cocm_bot.store.table.writes import put
from tests.operations.conftest import MONDAY, Office
from tests.store import build, engines
from tests.store.build import REGISTRY, counts

DOCTOR = Clinician(name="Samuel Adeyemi", user_id="user-3")

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def exported(office: Office, form: ExportFormat = ExportFormat.JSONL, handle: str = "") -> bytes:
    export = prepare_export(office.ctx, REGISTRY, "tester", handle)
    written = io.BytesIO()
    WRITERS[form](written, export.registry, export.members, export.records())
    return written.getvalue()


def with_both_measures(table: Table) -> None:
    found = registries.get(table, REGISTRY)
    assert found is not None
    asked = (Questionnaire(name="PHQ-9"), Questionnaire(name="GAD-7"))
    later = {"questionnaires": asked, "modified_date": found.modified_date + 1}
    registries.save_measures(table, found, found.model_copy(update=later))


def test_an_export_into_an_empty_table_exports_the_same(office: Office, client: "DynamoDBClient") -> None:
    with_both_measures(office.table)
    assert all(seed(office.ctx, REGISTRY, 26, 7))
    first = exported(office)
    with engines.fresh_table(client) as table:
        build.found_registry(table)
        with_both_measures(table)
        other = Office(table, office.moment)
        importing = prepare(other.ctx, REGISTRY, Source(first), "tester")
        assert list(importing.apply()) == [Outcome.TAKEN] * 26
        assert importing.report.notes == []
        assert exported(other) == first
        assert counts(table) == counts(office.table)
        # Nothing disagrees, and every seal of the new histories fits.
        assert [str(each.finding.kind) for each in check(other.ctx, REGISTRY, None)] == []


def test_no_record_is_missing_unseen(office: Office) -> None:
    office.enrolled()
    office.table.put(put({**wire_key(keys.patient(REGISTRY, "OLD-1")), "status": {"S": "Treatment"}}))
    with pytest.raises(BrokenItem):
        exported(office)


def test_an_export_is_logged_with_whom_it_holds(office: Office) -> None:
    ids = {office.patient(office.enrolled()).id for _ in range(3)}
    exported(office, ExportFormat.CSV)
    entries = access_log.entries(office.table, REGISTRY, office.moment.date()).records
    [entry] = [each for each in entries if each.action == "export patients"]
    assert (set(entry.patient_ids), entry.reason) == (ids, "account tester")


def test_one_patient_is_exported_alone(office: Office) -> None:
    handle, other = office.enrolled(), office.enrolled()
    text = exported(office, handle=handle.lower()).decode()
    assert (text.count("\n"), handle in text, other in text) == (2, True, False)


def test_tables_for_people_hold_no_formulas(office: Office) -> None:
    office.enrolled(first_name="=cmd()|A", last_name="@sum", patient_mrn="007")
    book = load_workbook(io.BytesIO(exported(office, ExportFormat.XLSX)))
    assert book.sheetnames == ["Caseload", "Contacts", "Scores", "Flags", "Recommendations"]
    header, row = list(book["Caseload"].iter_rows(values_only=True))
    told = dict(zip(header, row, strict=True))
    assert (told["MRN"], told["First Name"], told["Last Name"]) == ("007", "'=cmd()|A", "'@sum")
    with zipfile.ZipFile(io.BytesIO(exported(office, ExportFormat.CSV))) as archive:
        assert "'=cmd()|A" in archive.read("caseload.csv").decode("utf-8-sig")


def landing() -> Landing:
    policy = build.registry().model_copy(
        update={"questionnaires": (Questionnaire(name="PHQ-9"), Questionnaire(name="GAD-7"))}
    )
    return Landing("import-1", REGISTRY, "", MONDAY, policy.policy, Team(()))


@settings(max_examples=60)
@given(number=st.integers(0, 10_000), note=st.text(max_size=40), extra=st.floats(allow_nan=False))
def test_a_line_read_and_written_again_is_the_same(number: int, note: str, extra: float) -> None:
    where = landing()
    drawn = random.Random(number)
    [(patient, logs, audits)] = caseload(1, where.policy, MONDAY, number, ["user-1"], "user-2", [DOCTOR])
    logs = [log.model_copy(update={"note": note, "of_another_version": extra}) for log in logs]
    gone = [log for log in logs if drawn.random() < 0.2]
    voids = [Voided(log_id=log.id, by="user-1", at=log.date, reason=note or "x") for log in gone]
    patient = patient.model_copy(update={"first_name": note or "A", "colour": ["blue", extra]})
    line = line_of(Arrival(Place("x"), patient, logs, audits, voids))
    again = arrival_of(json.loads(line), 2, REGISTRY, where)
    assert line_of(again) == line


def test_into_another_registry_nobody_shares_a_history(office: Office) -> None:
    office.enrolled()
    first = exported(office)
    build.found_registry(office.table, "registry-2")
    importing = prepare(office.ctx, "registry-2", Source(first), "tester")
    assert list(importing.apply()) == [Outcome.TAKEN]
    assert list(prepare(office.ctx, REGISTRY, Source(first), "tester").apply()) == [Outcome.THERE]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text[: len(text) // 2], "Line 2 of the file is not JSON"),
        (
            lambda text: text.replace('"first_name":"Ada",', ""),
            "Line 2 of the export can't be read: first_name",
        ),
        (lambda text: text.replace('"version":1}\n', '"version":9}\n', 1), "another version"),
        (lambda text: text.replace('"patient":{', '"patients":{'), "Line 2 of the export is not a patient"),
    ],
)
def test_a_damaged_export_is_refused_whole(
    office: Office, change: Callable[[str], str], sentence: str
) -> None:
    office.enrolled()
    text = exported(office).decode()
    damaged = change(text)
    assert damaged != text
    with pytest.raises(InvalidInput, match=sentence):
        prepare(office.ctx, REGISTRY, Source(damaged.encode()), "tester")
