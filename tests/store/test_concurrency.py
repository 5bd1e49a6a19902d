"""Many at once, on an engine that is exact under threads: nothing is lost, nothing counted twice."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.store.patients import changing, history, lists, patients
from cocm_bot.store.patients.changing import Apply, Edit
from cocm_bot.store.table.errors import AlreadyApplied, HandleTaken, MrnTaken
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import people
from tests.store.build import (
    NOON,
    REGISTRY,
    audit,
    contact,
    counts,
    end_membership,
    enrol,
    found_registry,
    user,
)

WRITERS = 8
CONTACTS = 15


def at_once(threads: int, jobs: Iterable[Callable[[], Any]]) -> list[Any]:
    """Do all jobs with so many threads; gives what each returned or raised."""

    def outcome(job: Callable[[], Any]) -> Any:
        try:
            return job()
        except Exception as error:  # noqa: BLE001  # whatever it is, the test looks at it
            return error

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(outcome, jobs))


def minutes(name: str) -> Apply:
    """A contact of one minute, with the patient's sums made from the whole history."""

    def apply(before: Patient, contacts: list[TreatmentLog]) -> Edit:
        log = contact(name, NOON, minutes=1)
        every = (*contacts, log)
        sums = {"total_sessions": len(every), "minutes_this_month": int(sum(one.minutes for one in every))}
        return Edit(before.model_copy(update=sums), audit(f"audit-{name}"), (log,))

    return apply


def change(table: Table, name: str, request_id: str) -> Patient:
    return changing.change(table, REGISTRY, "H0001", minutes(name), request_id=request_id)


@pytest.mark.slow
def test_eight_writers_lose_no_contact_and_double_none(concurrent_table: Table) -> None:
    table = concurrent_table
    enrol(table)

    def write(writer: int) -> list[int]:
        names = [f"log-{writer}-{number}" for number in range(CONTACTS)]
        return [change(table, name, name).version for name in names]

    versions = at_once(WRITERS, [partial(write, writer) for writer in range(WRITERS)])
    expected = {f"log-{writer}-{number}" for writer in range(WRITERS) for number in range(CONTACTS)}
    contacts = history.contacts(table, "patient-1")
    after = patients.by_handle(table, REGISTRY, "H0001")
    assert after is not None
    assert Counter(log.id for log in contacts) == Counter(expected)
    assert (after.total_sessions, after.minutes_this_month) == (len(expected), len(expected))
    assert sorted(version for of_one in versions for version in of_one) == list(range(2, len(expected) + 2))
    assert len(history.audit_trail(table, "patient-1")) == len(expected) + 1


def test_a_submission_delivered_many_times_at_once_is_applied_once(concurrent_table: Table) -> None:
    table = concurrent_table
    enrol(table)
    outcomes = at_once(WRITERS, [partial(change, table, "log", "submission")] * WRITERS)
    assert {(after.version, after.total_sessions) for after in outcomes} == {(2, 1)}
    assert [log.id for log in history.contacts(table, "patient-1")] == ["log"]


def test_an_enrolment_delivered_many_times_at_once_is_applied_once(concurrent_table: Table) -> None:
    table = concurrent_table
    outcomes = at_once(WRITERS, [partial(enrol, table)] * WRITERS)
    assert Counter(type(outcome) for outcome in outcomes) == {Patient: 1, AlreadyApplied: WRITERS - 1}
    assert counts(table) == (1, 1)


@pytest.mark.parametrize(
    ("same", "refused"), [({"patient_mrn": "MRN-1"}, MrnTaken), ({"handle": "H0001"}, HandleTaken)]
)
def test_one_of_many_gets_an_mrn_or_a_handle(
    concurrent_table: Table, same: dict[str, str], refused: type[Exception]
) -> None:
    table = concurrent_table
    jobs = [partial(enrol, table, number, **same) for number in range(1, WRITERS + 1)]
    outcomes = at_once(WRITERS, jobs)
    assert Counter(type(outcome) for outcome in outcomes) == {Patient: 1, refused: WRITERS - 1}
    assert counts(table) == (1, 1)
    assert len(lists.directory(table, REGISTRY)) == 1


def test_one_of_many_gets_an_address(concurrent_table: Table) -> None:
    table = concurrent_table
    registry_ids = [f"registry-{number}" for number in range(2, WRITERS + 2)]
    same_address = [user(number).model_copy(update={"email": "same@example.org"}) for number in range(20, 28)]
    for registry_id in registry_ids:
        found_registry(table, registry_id)
    jobs = [
        partial(people.add_member, table, registry_id, person, Role.PCP, is_admin=False, at=5)
        for registry_id, person in zip(registry_ids, same_address, strict=True)
    ]
    (holder,) = {member.id for member in at_once(WRITERS, jobs)}
    found = people.user_by_email(table, "same@example.org")
    assert found is not None
    assert (found.id, set(found.registeries)) == (holder, set(registry_ids))
    assert {entry.registry_id for entry in people.registries_of(table, holder)} == set(registry_ids)


@pytest.mark.slow
def test_the_counts_are_what_can_be_counted_after_many_at_once(concurrent_table: Table) -> None:
    table = concurrent_table
    already = range(1, 71)
    for number in already:
        enrol(table, number)
    for number in range(2, 62):
        people.add_member(table, REGISTRY, user(number), Role.PCP, is_admin=False, at=5)

    def deactivate(number: int) -> Patient:
        def apply(before: Patient, _contacts: list[TreatmentLog]) -> Edit:
            after = before.model_copy(update={"status": Status.DEACTIVATED})
            return Edit(after, audit(f"deactivated-{number}"))

        return changing.change(table, REGISTRY, f"H{number:04}", apply, request_id=f"deactivate-{number}")

    enrolments = [partial(enrol, table, number) for number in range(101, 171)]
    deactivations = [partial(deactivate, number) for number in already]
    removals = [partial(end_membership, table, f"user-{number}") for number in range(2, 62)]
    mixed = [
        job
        for jobs in zip(enrolments, deactivations, [*removals, *removals[:10]], strict=True)
        for job in jobs
    ]
    outcomes = at_once(WRITERS, mixed)

    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(errors) == 10, "the ten removals asked for twice, and nothing else"
    assert counts(table) == (1, 70)
    assert len(people.members(table, REGISTRY)) == 1
    assert len(lists.caseload(table, REGISTRY)) == 70
    assert len(lists.directory(table, REGISTRY)) == 140
