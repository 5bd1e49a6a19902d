"""Every patient is computed again once the policy has changed, and no edit is lost over it."""

from collections.abc import Callable
from typing import Any

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.patients.derive import as_of, derive
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.domain.settings.policy import Cadence
from cocm_bot.domain.vocabulary import ContactType, Status, VisitType
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.registries import recalculation
from cocm_bot.operations.registries.recalculation import SLICE_SECONDS, Progress
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import changing, history, lists
from cocm_bot.store.patients.changing import Beside, Compute
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.table import Table
from tests.operations.conftest import Office
from tests.store.build import REGISTRY

pytestmark = pytest.mark.slow

SLOWER: dict[str, Any] = {
    "cadence": Cadence(follow_up_days_early=9, follow_up_days=23, follow_up_days_prevention=41)
}


@pytest.fixture
def office(table: Table) -> Office:
    """On the engine that is quick with many patients."""
    return Office(table)


def set_policy(office: Office, by: str = "user-1", **changes: Any) -> None:
    """Change the registry as its admins do, and have the clock follow."""
    before = office.actor().registry
    after = before.model_copy(update={"modified_date": before.modified_date + 1, **changes})
    calling = [recalculation.calling_for(office.ctx, REGISTRY, by)]
    save = registries.save_measures if "questionnaires" in changes else registries.save
    save(office.table, before, after, calling)


def everyone(office: Office) -> list[Patient]:
    """All patients as read now, by handle."""
    policy = office.actor().registry.policy
    found = [office.patient(entry.handle) for entry in lists.directory(office.table, REGISTRY)]
    return [as_of(each, policy, office.moment) for each in found]


def as_derived(office: Office, patient: Patient) -> Patient:
    logs = history.contacts(office.table, patient.id)
    return derive(patient, logs, office.actor().registry.policy, office.moment)


def contact(office: Office, **changes: Any) -> Contact:
    day = office.actor().registry.policy.local_date(office.moment.timestamp())
    attended: dict[str, Any] = {
        "contact_type": ContactType.FOLLOW_UP,
        "visit_type": VisitType.PHONE,
        "day": day,
        "minutes": 20,
        "scores": {},
    }
    return Contact(**attended | changes)


@pytest.mark.parametrize(
    "changes",
    [SLOWER, {"timezone": "Asia/Tokyo"}, {"questionnaires": ()}],
    ids=["cadence", "time zone", "measures"],
)
def test_everyone_follows_the_policy_the_deactivated_too(office: Office, changes: dict[str, Any]) -> None:
    list(seed(office.ctx, REGISTRY, 30, 1))
    before = everyone(office)
    set_policy(office, **changes)
    progress, finished = recalculation.work_through(office.ctx, REGISTRY, Progress())
    after = everyone(office)
    assert finished
    assert [as_derived(office, each) for each in after] == after
    assert {each.status for each in after} == set(Status)
    moved = sum(old.next_due != new.next_due for old, new in zip(before, after, strict=True))
    assert (progress.looked, progress.total, progress.failed) == (30, 30, 0)
    assert progress.moved == moved > 0
    unlike = {
        name
        for old, new in zip(before, after, strict=True)
        for name in Patient.model_fields
        if getattr(old, name) != getattr(new, name)
    }
    derived = {
        "course", "initial_assessment", "minutes_month", "minutes_this_month", "next_due", "version",
        "weeks_since_initial_assessment",
    }  # fmt: skip
    assert unlike <= derived
    assert [len(history.audit_trail(office.table, each.id)) for each in after] == [
        len(history.audit_trail(office.table, each.id)) for each in before
    ]


def test_nothing_is_written_where_nothing_differs(office: Office) -> None:
    list(seed(office.ctx, REGISTRY, 10, 2))
    before = everyone(office)
    office.forward(days=40)
    progress, _ = recalculation.work_through(office.ctx, REGISTRY, Progress())
    assert progress.moved == 0
    assert [each.version for each in everyone(office)] == [each.version for each in before], (
        "only the calendar moved, which is told at reading"
    )


def test_it_goes_on_where_the_last_slice_ended(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    list(seed(office.ctx, REGISTRY, 9, 1))
    set_policy(office, **SLOWER)
    asked: list[str] = []
    recompute = changing.recompute

    def slow(
        table: Table, registry_id: str, entry: DirectoryEntry, compute: Compute, beside: Beside
    ) -> tuple[Patient, Patient]:
        asked.append(entry.handle)
        office.forward(seconds=SLICE_SECONDS / 4)
        return recompute(table, registry_id, entry, compute, beside)

    monkeypatch.setattr(changing, "recompute", slow)
    progress, slices, finished = Progress(), 0, False
    while not finished:
        progress, finished = recalculation.work_through(office.ctx, REGISTRY, progress)
        slices += 1
    assert slices == 2
    assert asked == sorted(set(asked)), "each once, in the order of the directory"
    assert progress.looked == 9
    assert [as_derived(office, each).next_due for each in everyone(office)] == [
        each.next_due for each in everyone(office)
    ]


def test_an_edit_made_meanwhile_stays(
    office: Office, requests: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = office.enrolled()
    set_policy(office, **SLOWER)

    def disturbed(patient: Patient, logs: list[TreatmentLog], *rest: Any) -> Patient:
        if not logs:
            assessed = contact(office, contact_type=ContactType.INITIAL_ASSESSMENT, scores={"PHQ-9": 18})
            log_contact(office.ctx, office.actor(), handle, assessed, requests())
        return derive(patient, logs, *rest)

    monkeypatch.setattr("cocm_bot.operations.registries.recalculation.derive", disturbed)
    recalculation.work_through(office.ctx, REGISTRY, Progress())
    after = office.patient(handle)
    assert (after.total_sessions, after.course.scores["PHQ-9"].latest) == (1, 18)
    assert as_derived(office, after) == after


def test_a_patient_whose_mrn_was_corrected_meanwhile_is_found(office: Office) -> None:
    handle = office.enrolled()
    [entry] = lists.directory(office.table, REGISTRY)
    before = office.patient(handle)
    audit = before.audit_logs[-1].model_copy(update={"id": "corrected", "version": 2})
    moved = before.model_copy(update={"patient_mrn": "MRN-CORRECTED"})
    changing.save(office.table, REGISTRY, before, moved, audit, request_id="corrected")
    set_policy(office, cadence=Cadence(assessment_days=3))
    compute = recalculation.recalculated(office.actor().registry.policy, office.moment)
    _, after = changing.recompute(office.table, REGISTRY, entry, compute)
    assert (after, after.patient_mrn) == (office.patient(handle), "MRN-CORRECTED")
    assert after.next_due != before.next_due


def test_what_was_saved_by_the_old_policy_is_found_by_the_second_look(
    office: Office, requests: Callable[[], str]
) -> None:
    first, second = office.enrolled(), office.enrolled()
    for handle in (first, second):
        assessed = contact(office, contact_type=ContactType.INITIAL_ASSESSMENT)
        log_contact(office.ctx, office.actor(), handle, assessed, requests())
    office.forward(days=1)
    late = office.actor()
    set_policy(office, **SLOWER)
    since = office.moment.timestamp()
    recalculation.work_through(office.ctx, REGISTRY, Progress())
    log_contact(office.ctx, late, first, contact(office), requests())
    assert as_derived(office, office.patient(first)).next_due != office.patient(first).next_due
    untouched = office.patient(second)
    progress, _ = recalculation.work_through(office.ctx, REGISTRY, Progress(since=since, again=True))
    assert progress.moved == 1
    assert as_derived(office, office.patient(first)) == office.patient(first)
    assert office.patient(second) == untouched


def test_a_patient_that_cant_be_read_stops_no_other(office: Office) -> None:
    handles = sorted(office.enrolled() for _ in range(3))
    broken = keys.patient(REGISTRY, office.patient(handles[1]).patient_mrn)
    office.table.transact([writes.update(broken, "REMOVE flags", writes.STORED, {}, lambda _: NotFound())])
    set_policy(office, cadence=Cadence(assessment_days=3))
    progress, finished = recalculation.work_through(office.ctx, REGISTRY, Progress())
    assert (finished, progress.looked, progress.moved, progress.failed) == (True, 3, 2, 1)


def test_a_change_during_a_run_starts_it_over_and_it_tells_where_it_told(office: Office) -> None:
    set_policy(office, "user-1", **SLOWER)
    held = jobs.claim(
        office.table, jobs.JobRef(JobKind.RECALCULATION, REGISTRY), office.moment.timestamp(), 60
    )
    assert held
    shown = Progress(by="user-1", cursor="K", looked=9, channel="D1", ts="1.2")
    jobs.reschedule(office.table, held, office.moment.timestamp(), shown.model_dump())
    set_policy(office, "user-2")
    again = jobs.get(office.table, JobKind.RECALCULATION, REGISTRY)
    assert again
    assert Progress.model_validate(again.state) == Progress(by="user-2", channel="D1", ts="1.2")


def test_a_registry_that_is_gone_is_nothing_to_do(office: Office) -> None:
    assert recalculation.work_through(office.ctx, "no-registry", Progress()) == (Progress(), True)
    with pytest.raises(NotFound):
        recalculation.steps(office.ctx, "no-registry")


def test_the_command_line_does_all_at_once(office: Office) -> None:
    list(seed(office.ctx, REGISTRY, 6, 3))
    set_policy(office, **SLOWER)
    total, steps = recalculation.steps(office.ctx, REGISTRY)
    moved = sum(steps)
    assert (total, moved > 0) == (6, True)
    assert sum(recalculation.steps(office.ctx, REGISTRY)[1]) == 0
