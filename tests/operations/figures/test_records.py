"""The stored outcome records are the history counted again, after any change and any death of a process."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.figures.episodes.outcome_record import FORM, OutcomeRecord
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.checking import check
from cocm_bot.operations.figures.outcomes import counted_anew, outcomes_of
from cocm_bot.operations.patients.edit_patient import edit, stored_details
from cocm_bot.operations.patients.enrolment import Details
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate, move, reopen, undo
from cocm_bot.operations.registries import recalculation
from cocm_bot.operations.team.assignment import assign_one
from cocm_bot.store import registries
from cocm_bot.store.figures import outcome_items
from cocm_bot.store.table import keys
from cocm_bot.store.table.wire import wire_key
from cocm_bot.store.team import people
from tests.operations.billing.test_ledger import Course as BilledCourse
from tests.operations.billing.test_ledger import Step
from tests.operations.conftest import Office
from tests.rig.killing import Death, deaths, dying
from tests.store import faults
from tests.store.build import REGISTRY, user

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Requests = Callable[[], str]

ACTIONS = ("log", "log", "consult", "correct", "void", "consent", "wait")
MOVES = ("leave", "return", "resume", "undo", "move", "assign", "pay")
steps = st.lists(
    st.tuples(
        st.sampled_from([*ACTIONS, *MOVES]), st.integers(0, 75), st.integers(0, 130), st.integers(0, 20)
    ),
    min_size=1,
    max_size=14,
)


class Course(BilledCourse):
    """One patient to whom the steps of the ledger's tests are done, and those that only figures follow."""

    def leave(self, *step: object) -> None:
        which = int(str(step[-1]))
        reason = list(DeactivationReason)[which % len(DeactivationReason)]
        leaving = Deactivation(reason=reason, note="to: Ohio", asked=True)
        deactivate(self.office.ctx, self.office.actor(), self.handle, leaving, self.requests())

    def resume(self, *_: object) -> None:
        reopen(self.office.ctx, self.office.actor(), self.handle, "back", self.requests(), same_episode=True)

    def undo(self, *_: object) -> None:
        undo(self.office.ctx, self.office.actor(), self.handle, self.requests())

    def move(self, _day: date, _minutes: int, which: int) -> None:
        status = (Status.TREATMENT, Status.RELAPSE_PREVENTION)[which % 2]
        move(self.office.ctx, self.office.actor(), self.handle, status, self.requests())

    def assign(self, _day: date, _minutes: int, which: int) -> None:
        manager = ("user-1", "user-7")[which % 2]
        assign_one(self.office.ctx, self.office.actor(), self.handle, manager, self.requests())

    def pay(self, _day: date, _minutes: int, which: int) -> None:
        patient = self.office.patient(self.handle)
        details = Details.model_validate({**stored_details(patient), "payer": f"Plan {which % 3}"})
        at = patient.version
        edit(self.office.ctx, self.office.actor(), self.handle, details, self.requests(), read=at, shown=at)


@pytest.fixture
def office(office: Office) -> Office:
    people.add_member(office.table, REGISTRY, user(7), Role.CARE_MANAGER, is_admin=False, at=5)
    return office


def stored(office: Office) -> list[OutcomeRecord]:
    """The records of everybody as stored, in the order of the keys."""
    return outcomes_of(office.ctx, office.actor().registry).records


def anew(office: Office) -> list[OutcomeRecord]:
    """The same counted from the histories."""
    found = counted_anew(office.ctx, office.actor().registry).records
    return sorted(found, key=lambda each: (each.patient_id, each.number))


def emptied(office: Office) -> None:
    """Make the table one from before there were outcome records."""
    key = wire_key(keys.registry(REGISTRY))
    office.table.client.update_item(
        TableName=office.table.name, Key=key, UpdateExpression="REMOVE outcomes_form"
    )
    for key_ in outcome_items.patients_of(office.table, REGISTRY):
        outcome_items.forget(office.table, key_)
    for patient in office.table.query("PK = :all", {"all": keys.patients(REGISTRY)}):
        at = {"PK": patient["PK"], "SK": patient["SK"]}
        office.table.client.update_item(TableName=office.table.name, Key=at, UpdateExpression="REMOVE turns")


def kinds(office: Office, *, repair: bool = False) -> list[str]:
    return [each.finding.kind.name for each in check(office.ctx, None, "tester" if repair else None)]


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps, older=st.booleans())
def test_after_any_steps_the_records_are_the_history_counted_anew(
    office: Office, requests: Requests, done: list[Step], older: bool
) -> None:
    """Also of a patient from before there were records, who gets them with the next change."""
    course = Course(office, requests)
    if older:
        emptied(office)
    for step in done:
        course.do(step)
    if older:
        course.do(("log", 0, 20, 0))
        course.do(("assign", 0, 0, 1))
        course.do(("assign", 0, 0, 0))
    patient_id = office.patient(course.handle).id
    kept = [each for each in outcome_items.of_patient(office.table, REGISTRY, patient_id).values() if each]
    assert kept == [each for each in anew(office) if each.patient_id == patient_id]


@pytest.mark.slow
@pytest.mark.parametrize("done", [False, True], ids=["before it is sent", "its answer lost"])
@pytest.mark.parametrize("what", ["log", "void", "leave", "assign", "pay", "resume"])
def test_wherever_the_process_dies_the_records_are_the_history(
    office: Office, client: "DynamoDBClient", requests: Requests, what: str, done: bool
) -> None:
    course = Course(office, requests)
    course.do(("log", 0, 40, 0))
    if what == "resume":
        course.do(("leave", 0, 0, 2))

    def run(at: int) -> Death:
        with dying(client, at, done=done, writing=True) as death:
            course.do((what, 0, 30, at + 1))
        assert stored(office) == anew(office)
        return death

    assert deaths(run) >= 1
    assert kinds(office) == []


def test_a_table_from_before_the_records_is_filled(office: Office, requests: Requests) -> None:
    courses = [Course(office, requests) for _ in range(3)]
    for number, course in enumerate(courses):
        for what in ("log", "leave", "wait", "return")[: number + 2]:
            course.do((what, 0, 20, 2))
    wanted = anew(office)
    emptied(office)
    assert office.actor().registry.outcomes_form != FORM
    # Until they are filled, figures count the histories, and the check finds nothing amiss.
    assert sorted(stored(office), key=lambda each: (each.patient_id, each.number)) == wanted
    assert kinds(office) == []
    _, moving = recalculation.steps(office.ctx, REGISTRY)
    list(moving)
    assert office.actor().registry.outcomes_form == FORM
    assert stored(office) == wanted
    versions = [office.patient(course.handle).version for course in courses]
    _, moving = recalculation.steps(office.ctx, REGISTRY)
    list(moving)
    # What is filled already is not written again.
    assert [office.patient(course.handle).version for course in courses] == versions


def test_a_change_of_the_zone_moves_the_days(office: Office, requests: Requests) -> None:
    course = Course(office, requests)
    course.do(("log", 0, 20, 0))
    before = stored(office)
    registry = office.actor().registry
    changed = {"timezone": "Pacific/Kiritimati", "modified_date": registry.modified_date + 1}
    registries.save(office.table, registry, registry.model_copy(update=changed))
    _, moving = recalculation.steps(office.ctx, REGISTRY)
    list(moving)
    assert stored(office) == anew(office)
    assert stored(office)[0].started == before[0].started + timedelta(days=1)


def test_the_check_finds_and_mends_what_another_writer_did(office: Office, requests: Requests) -> None:
    course = Course(office, requests)
    course.do(("log", 0, 40, 0))
    [key] = outcome_items.patients_of(office.table, REGISTRY)
    item = dict(office.table.get(key) or {})
    wanted = stored(office)
    other = str(item["packed"]["S"]).replace("user-1", "user-7")
    broken = (
        {**item, "packed": {"S": other}},
        {**item, "packed": {"S": "{"}},
        {**item, "form": {"N": "99"}},
        {**item, "SK": {"S": f"{key.sk[:-1]}9"}},
    )
    for each in broken:
        office.table.client.put_item(TableName=office.table.name, Item=each)
        assert kinds(office) == ["OUTCOMES"]
        assert kinds(office, repair=True) == ["OUTCOMES"]
        assert kinds(office) == []
        assert stored(office) == wanted
    office.table.client.delete_item(TableName=office.table.name, Key=wire_key(key))
    assert kinds(office, repair=True) == ["OUTCOMES"]
    assert stored(office) == wanted
    nobody = {**item, **wire_key(keys.outcome(REGISTRY, "nobody", 1))}
    office.table.client.put_item(TableName=office.table.name, Item=nobody)
    assert kinds(office, repair=True) == ["STALE_OUTCOMES"]
    assert kinds(office) == []


def test_of_a_patient_with_an_episode_that_can_not_be_read_nothing_is_counted(
    office: Office, requests: Requests
) -> None:
    whole, hurt = Course(office, requests), Course(office, requests)
    for what in ("leave", "wait", "return"):
        hurt.do((what, 0, 20, 2))
    patient_id = office.patient(hurt.handle).id
    key = keys.outcome(REGISTRY, patient_id, 2)
    item = {**(office.table.get(key) or {}), "packed": {"S": "{}"}}
    office.table.client.put_item(TableName=office.table.name, Item=item)
    found = outcomes_of(office.ctx, office.actor().registry)
    assert ([each.handle for each in found.records], found.unread) == ([whole.handle], 1)


def test_a_change_writes_one_record_and_reads_none(office: Office, requests: Requests) -> None:
    course = Course(office, requests)
    course.do(("log", 0, 40, 0))
    with faults.on(office.table.client, "*", faults.none) as sent, suppress(CocmError):
        course.log(office.moment.date(), 20, 1)
    touched = [each for each in sent if keys.outcomes(REGISTRY) in str(each)]
    assert len(touched) == 1
    puts = [each["Put"]["Item"] for each in touched[0]["TransactItems"] if "Put" in each]
    [record] = [item for item in puts if item["PK"]["S"] == keys.outcomes(REGISTRY)]
    assert set(record) == {"PK", "SK", "form", "packed"}
    # Where figures do not follow, as with a flag or a snooze, nothing is written of them.
    with faults.on(office.table.client, "*", faults.none) as sent:
        course.do(("wait", 0, 3, 0))
    assert not [each for each in sent if keys.outcomes(REGISTRY) in str(each)]
