"""Trackers on their way into a registry: dry run, apply, again, killed at every write, undone."""

from contextlib import suppress
from datetime import date

import pytest

from cocm_bot.domain.errors import Conflict
from cocm_bot.domain.exchange.trackers.mapping import SourceMapping
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.exchange.importing import Importing, Outcome, prepare
from cocm_bot.operations.exchange.sources import Source
from cocm_bot.operations.exchange.undoing import prepare_undo
from cocm_bot.operations.patients.edit_patient import edit, stored_details
from cocm_bot.operations.patients.enrolment import Details
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import history, lists, patients
from cocm_bot.store.table.wire import Item
from tests.operations.conftest import Office
from tests.rig.killing import Death, deaths, dying
from tests.store.build import REGISTRY, counts

TRACKER = """\
MRN,Name,DOB,Status,Enrolled,Initial Assessment,PHQ-9 first,PHQ-9 last,Last Session,Flag
0017,"Muñoz, Ana",2/29/1984,Active,1/2/2031,1/13/2031,18,12,2/24/2031,
17,"Brandt, Jonas",12/13/1971,Graduated,6/3/2030,6/17/2030,21,4 (remission),11/25/2030,
A 9,"Okoro, Ada",7/14/1990,Enrolled,2/20/2031,,,,,Safety Risk
"""


def prepared(office: Office, text: str = TRACKER, mapping: SourceMapping | None = None) -> Importing:
    return prepare(office.ctx, REGISTRY, Source(text.encode(), mapping), "tester")


def stored(office: Office, mrn: str) -> Patient:
    found = patients.get(office.table, REGISTRY, mrn)
    assert found is not None
    return found


PASSING = ("access-log:", "audit-", "patient-changes:", "request:")


def everything(office: Office) -> list[Item]:
    """All items but those that say who looked or wrote, or that something changed, and the ids drawn."""
    found = office.table.client.scan(TableName=office.table.name)["Items"]
    kept = [each for each in found if not each["PK"]["S"].startswith(PASSING)]
    return sorted(kept, key=lambda each: (each["PK"]["S"], each["SK"]["S"]))


def test_a_dry_run_writes_nothing(office: Office) -> None:
    before = everything(office)
    importing = prepared(office)
    assert list(importing.dry_run()) == [Outcome.TAKEN] * 3
    assert importing.report.contacts == 4
    assert everything(office) == before


def test_patients_come_whole_with_everything_derived(office: Office) -> None:
    assert list(prepared(office).apply()) == [Outcome.TAKEN] * 3
    ana = stored(office, "0017")
    assert (ana.first_name, ana.last_name, ana.date_of_birth) == ("Ana", "Muñoz", "1984-02-29")
    assert (ana.status, ana.total_sessions, ana.weeks_since_initial_assessment) == (Status.TREATMENT, 2, 7)
    course = ana.course.scores["PHQ-9"]
    assert (course.first, course.latest, course.count) == (18, 12, 2)
    jonas = stored(office, "17")
    assert (jonas.status, jonas.episodes[-1].reason) == (Status.DEACTIVATED, "Graduated")
    assert office.actor().registry.policy.local_date(jonas.date_graduated or 0) == date(2030, 11, 25)
    assert jonas.course.scores["PHQ-9"].latest == 4
    ada = stored(office, "A 9")
    assert (ada.patient_flag, ada.initial_assessment) == ("Safety Risk", None)
    assert counts(office.table) == (1, 2)
    logs = history.contacts(office.table, ana.id)
    assert all(log.history for log in logs)
    [audit] = history.audit_trail(office.table, ana.id)
    assert (audit.action, audit.created_date) == ("imported", office.moment.timestamp())


def test_an_import_pages_nobody_and_shows_who_is_at_risk(office: Office) -> None:
    text = 'MRN,Name,DOB,Initial Assessment,PHQ-9 first,Flag\n1,"Doe, Jo",1/13/1980,2/28/2031,25,Risk\n'
    importing = prepared(office, text)
    list(importing.apply())
    jo = stored(office, "1")
    # 25 of 27 can't be reached without the self-harm item, whose other eight make 24.
    assert [(alert.quiet, alert.measures, alert.taken_by) for alert in jo.alerts] == [
        (True, ("PHQ-9",), None)
    ]
    assert jobs.waiting(office.table, JobKind.ALERT, REGISTRY) == []
    assert [note.why for note in importing.report.first] == [
        "self-harm answer above 0 at the latest measure (PHQ-9)",
        "an open Safety Risk flag",
    ]


def test_an_import_that_went_on_says_who_is_at_risk_among_those_it_took_before(office: Office) -> None:
    rows = "".join(f'{mrn},"Doe, Jo {mrn}",1/13/1980,2/28/2031,25,Risk\n' for mrn in (1, 2))
    text = "MRN,Name,DOB,Initial Assessment,PHQ-9 first,Flag\n" + rows
    began = prepared(office, text).apply()
    assert next(began) is Outcome.TAKEN
    went_on = prepared(office, text)
    assert list(went_on.apply()) == [Outcome.THERE, Outcome.TAKEN]
    assert [note.place.cell for note in went_on.report.first] == ["row 2"] * 2 + ["row 3"] * 2


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    list(prepared(office).apply())
    before = everything(office)
    office.forward(days=2)
    again = prepared(office)
    assert list(again.apply()) == [Outcome.THERE] * 3
    assert everything(office) == before


def test_a_number_the_registry_has_is_never_overwritten(office: Office) -> None:
    office.enrolled(patient_mrn="17", first_name="Somebody", last_name="Else")
    importing = prepared(office)
    assert list(importing.apply()) == [Outcome.TAKEN, Outcome.LEFT, Outcome.TAKEN]
    assert stored(office, "17").first_name == "Somebody"
    assert any("has this number" in note.why for note in importing.report.notes)


@pytest.mark.parametrize("done", [False, True])
def test_killed_at_any_write_an_import_and_its_undoing_go_on(office: Office, *, done: bool) -> None:
    empty, import_id = everything(office), prepared(office).report.import_id

    def undo() -> None:
        list(prepare_undo(office.ctx, REGISTRY, import_id, "tester").take_back())

    def run(at: int) -> Death:
        with dying(office.table.client, at, done=done, writing=True) as first:
            list(prepared(office).apply())
        for entry in lists.directory(office.table, REGISTRY):
            # Whoever is there is there whole.
            found = stored(office, entry.patient_mrn)
            assert len(history.contacts(office.table, found.id)) == found.total_sessions
        list(prepared(office).apply())
        assert [stored(office, mrn).total_sessions for mrn in ("0017", "17", "A 9")] == [2, 2, 0]
        assert counts(office.table) == (1, 2)
        with dying(office.table.client, at, done=done, writing=True) as second:
            undo()
        with suppress(Conflict):
            undo()
        assert without_imports(office) == empty
        assert counts(office.table) == (1, 0)
        return first if first.came else second

    # Of the import: the log, the import's start, three patients, its end.
    assert deaths(run) >= 6


def without_imports(office: Office) -> list[Item]:
    return [each for each in everything(office) if not each["PK"]["S"].startswith("import:")]


def test_an_import_is_undone_to_the_last_item(office: Office) -> None:
    before = everything(office)
    importing = prepared(office)
    list(importing.apply())
    list(prepare_undo(office.ctx, REGISTRY, importing.report.import_id, "tester").take_back())
    assert without_imports(office) == before
    assert list(prepared(office).apply()) == [Outcome.TAKEN] * 3


def test_an_import_is_not_undone_once_a_patient_was_changed(office: Office) -> None:
    importing = prepared(office)
    list(importing.apply())
    ana = stored(office, "0017")
    details = Details.model_validate(stored_details(ana) | {"payer": "Medicaid"})
    edit(office.ctx, office.actor(), ana.handle, details, "edit", read=ana.version, shown=ana.version)
    before = everything(office)
    with pytest.raises(Conflict, match=ana.handle):
        list(prepare_undo(office.ctx, REGISTRY, importing.report.import_id, "tester").take_back())
    assert everything(office) == before
