"""A removed member's patients, covers and timer; settled however often it is tried."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from cocm_bot.domain.errors import NotAllowed, Unavailable
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.caseload.bulk import propose_handover
from cocm_bot.operations.contacts.timers import start
from cocm_bot.operations.patients.changes import edited
from cocm_bot.operations.team import team
from cocm_bot.operations.team.absence import be_away
from cocm_bot.operations.team.assignment import NOBODY, assign_one, to_hand_over
from cocm_bot.operations.team.offboarding import Left, settle
from cocm_bot.store import jobs
from cocm_bot.store.audit import access_log
from cocm_bot.store.jobs import Job, JobKind, JobRef
from cocm_bot.store.patients import timers
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.operations.team.test_team import add, admin, member
from tests.store import faults
from tests.store.build import REGISTRY, found_registry


def enrolled_by(office: Office, user_id: str) -> str:
    """A patient assigned to somebody; returns the handle."""
    handle = office.enrolled()
    assign_one(office.ctx, office.actor(), handle, user_id, f"assign-{handle}")
    return handle


def removed(office: Office, user_id: str) -> Job:
    """The work after somebody was removed."""
    waiting = team.remove(office.ctx, admin(office), user_id)
    return _work(office, waiting)


def demoted(office: Office, user_id: str) -> Job:
    """The work after a care manager became a psychiatrist."""
    waiting = team.change_role(office.ctx, admin(office), user_id, Role.PSYCHIATRIST)
    return _work(office, waiting)


def _work(office: Office, called_for: Sequence[JobRef]) -> Job:
    [waiting] = [each for each in called_for if each.kind == JobKind.OFFBOARDING]
    found = jobs.get(office.table, *waiting)
    assert found is not None
    return found


def settled(office: Office, item: Job) -> Left:
    left = settle(office.ctx, item)
    assert left is not None
    return left


BOTH = pytest.mark.parametrize("go", [removed, demoted])
Go = Callable[[Office, str], Job]


@BOTH
def test_their_patients_become_nobodys_and_can_be_handed_over(office: Office, go: Go) -> None:
    add(office, 2)
    handles = [enrolled_by(office, "user-2") for _ in range(2)]
    other = office.enrolled()
    left = settled(office, go(office, "user-2"))
    assert [office.patient(handle).care_manager for handle in (*handles, other)] == [None, None, "user-1"]
    assert (left.nobodys, left.person.id, left.removed) == (2, "user-2", go is removed)
    assert (left.by, [each.user_id for each in left.admins]) == ("Cara Manager", ["user-1"])
    assert sorted(to_hand_over(office.ctx, office.actor(), NOBODY)) == sorted(handles)
    proposed = propose_handover(office.ctx, office.actor(), NOBODY, "user-1", "over")
    assert sorted(proposed.handles) == sorted(handles)


def test_it_is_written_down_as_done_by_who_removed_them(office: Office) -> None:
    add(office, 2)
    handle = enrolled_by(office, "user-2")
    settled(office, removed(office, "user-2"))
    entry = office.patient(handle).audit_logs[-1]
    assert (entry.action, entry.user_id) == ("unassigned", "user-1")
    assert [(each.attribute, each.before, each.after) for each in entry.changes] == [
        ("care_manager", "user-2", "")
    ]
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    [access] = [each for each in entries if each.action == "unassigned"]
    assert (access.user_id, access.surface, access.patient_ids) == (
        "user-1",
        "clock",
        (office.patient(handle).id,),
    )


@BOTH
def test_doing_it_twice_does_no_harm(office: Office, go: Go) -> None:
    add(office, 2)
    handle = enrolled_by(office, "user-2")
    item = go(office, "user-2")
    first = settled(office, item)
    version = office.patient(handle).version
    assert settled(office, item) == first
    assert office.patient(handle).version == version


@BOTH
def test_who_is_back_before_it_is_done_keeps_their_patients(office: Office, go: Go) -> None:
    add(office, 2)
    handle = enrolled_by(office, "user-2")
    item = go(office, "user-2")
    if go is removed:
        add(office, 2)
    else:
        team.change_role(office.ctx, admin(office), "user-2", Role.CARE_MANAGER)
    assert settle(office.ctx, item) is None
    assert office.patient(handle).care_manager == "user-2"


def test_who_is_back_while_it_is_done_keeps_what_is_assigned_to_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(office, 2)
    handle = enrolled_by(office, "user-2")
    item = removed(office, "user-2")

    def back(*given: Any, **named: Any) -> Edit:
        add(office, 2)
        return edited(*given, **named)

    monkeypatch.setattr("cocm_bot.operations.team.offboarding.edited", back)
    assert settle(office.ctx, item) is None
    assert office.patient(handle).care_manager == "user-2"


def test_the_covers_they_gave_end_and_no_others(office: Office) -> None:
    add(office, 2)
    add(office, 3)
    until = date(2031, 3, 10)
    be_away(office.ctx, office.actor(), "user-1", until, "user-2")
    be_away(office.ctx, office.actor(), "user-3", until, "user-1")
    left = settled(office, removed(office, "user-2"))
    assert left.uncovered == ["user-1"]
    stands = {each.user_id: each for each in people.members(office.table, REGISTRY)}
    assert {user_id: each.covered_by for user_id, each in stands.items()} == {
        "user-1": None,
        "user-3": "user-1",
    }
    assert {each.cover_until for each in stands.values()} == {"2031-03-10"}, "they are away nevertheless"


def test_a_cover_given_to_somebody_else_meanwhile_stands(office: Office) -> None:
    add(office, 2)
    add(office, 3)
    until = date(2031, 3, 10)
    be_away(office.ctx, office.actor(), "user-1", until, "user-2")
    item = removed(office, "user-2")
    be_away(office.ctx, office.actor(), "user-1", until, "user-3")
    settled(office, item)
    assert member(office, "user-1").covered_by == "user-3"


@pytest.mark.parametrize(("registry_id", "runs"), [(REGISTRY, False), ("registry-2", True)])
def test_their_timer_ends_where_it_runs_in_this_registry(
    office: Office, registry_id: str, runs: bool
) -> None:
    add(office, 2)
    found_registry(office.table, "registry-2")
    timer = start(office.ctx, office.actor(user_id="user-2"), office.enrolled())
    timers.replace(office.table, "user-2", timer.model_copy(update={"registry_id": registry_id}))
    settled(office, removed(office, "user-2"))
    assert (timers.running(office.table, "user-2") is not None) is runs


def test_their_review_is_gone_with_the_membership(office: Office) -> None:
    add(office, 2, Role.PSYCHIATRIST)
    key = keys.review(REGISTRY, "user-2")
    office.table.client.put_item(TableName=office.table.name, Item={"PK": {"S": key.pk}, "SK": {"S": key.sk}})
    removed(office, "user-2")
    assert office.table.get(key) is None


def test_those_without_the_right_hand_nobodys_patients_over_to_nobody(office: Office) -> None:
    office.enrolled()
    with pytest.raises(NotAllowed):
        to_hand_over(office.ctx, office.actor(Role.FINANCE), NOBODY)


def after(count: int, fault: faults.Fault) -> faults.Fault:
    """Lets so many requests through, and meets all others with the fault."""
    left = [count]

    def meet(request: AWSPreparedRequest) -> AWSResponse | None:
        left[0] -= 1
        return fault(request) if left[0] < 0 else None

    return meet


@pytest.mark.slow
@pytest.mark.usefixtures("no_pauses")
def test_an_interruption_at_every_request_leaves_it_to_be_done_the_next_time(table: Table) -> None:
    office = Office(table)
    add(office, 2)
    handles = [enrolled_by(office, "user-2") for _ in range(3)]
    be_away(office.ctx, office.actor(), "user-1", date(2031, 3, 10), "user-2")
    item = removed(office, "user-2")
    left, interrupted = None, 0
    while left is None:
        with faults.on(table.client, "*", after(interrupted, faults.time_out)):
            try:
                left = settle(office.ctx, item)
            except Unavailable:
                interrupted += 1
    assert interrupted > 10, "each request was the one at which it stopped"
    assert left.nobodys == len(handles)
    assert [office.patient(handle).care_manager for handle in handles] == [None] * 3
    assert {office.patient(handle).version for handle in handles} == {3}, (
        "enrolled, assigned, unassigned once"
    )
    assert all(each.covered_by is None for each in people.members(table, REGISTRY))
