"""Many patients at once: proposed, confirmed, done once, undone where nobody changed the record since."""

from collections.abc import Callable

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.caseload.bulk import BulkChange, BulkKind
from cocm_bot.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.safety.flags import RAISED_AGAIN, RESOLVED_ALREADY, UNDONE, open_flags
from cocm_bot.domain.vocabulary import Flag, Role
from cocm_bot.operations.caseload import bulk_work
from cocm_bot.operations.caseload.bulk import (
    UNDO_SECONDS,
    confirm,
    propose_assignment,
    propose_flags,
    propose_handover,
    shown,
    undo,
)
from cocm_bot.operations.caseload.bulk_work import CHANGED, ELSEWHERE, MAY_NOT, NO_GIVER, NO_RECEIVER
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate
from cocm_bot.operations.safety.flags import Flagging, raise_flags, resolve_flags
from cocm_bot.operations.team import assignment
from cocm_bot.operations.team.assignment import NOBODY, assign_one
from cocm_bot.store import bulk_changes, jobs, registries
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import keys, writes
from cocm_bot.store.team import memberships, people
from tests.operations.conftest import Office
from tests.rig import crowd
from tests.store import faults
from tests.store.build import REGISTRY, end_membership, user

Requests = Callable[[], str]
GONE = "There is no such patient in this registry."
LEFT = "This patient is deactivated: reopen the record before assigning it."
OPS = (Role.CLINICAL_OPS, "user-8")


@pytest.fixture
def team(office: Office) -> Office:
    """Three care managers, of whom user-1 enrols, a psychiatrist, and user-8 of Clinical Ops."""
    roles = {2: Role.CARE_MANAGER, 3: Role.CARE_MANAGER, 4: Role.PSYCHIATRIST, 8: Role.CLINICAL_OPS}
    for number, role in roles.items():
        people.add_member(office.table, REGISTRY, user(number), role, is_admin=False, at=5)
    return office


def leave(office: Office, handle: str) -> None:
    leaving = Deactivation(reason=DeactivationReason.DECLINED, asked=True)
    deactivate(office.ctx, office.actor(), handle, leaving, f"x-{handle}")


def worked(office: Office, change: BulkChange) -> BulkChange:
    """The change after the clock did all of it."""
    registry = registries.get(office.table, REGISTRY)
    assert registry is not None
    after, finished = bulk_work.work_through(office.ctx, registry, change)
    assert finished
    after, write = bulk_changes.saving(after)
    office.table.transact([write])
    return after


def handed_over(office: Office, actor: Actor, giver: str = "user-1", receiver: str = "user-2") -> BulkChange:
    change = propose_handover(office.ctx, actor, giver, receiver, f"h-{giver}-{receiver}")
    return worked(office, confirm(office.ctx, actor, change.id))


def outcome(change: BulkChange) -> tuple[set[str], dict[str, set[str]]]:
    run = change.run
    assert run is not None
    return set(run.done), {why: set(handles) for why, handles in run.failed.items()}


def managers(office: Office, *handles: str) -> list[str | None]:
    return [office.patient(each).care_manager for each in handles]


def test_nothing_is_done_before_it_is_confirmed(team: Office) -> None:
    handles = [team.enrolled() for _ in range(3)]
    change = propose_handover(team.ctx, team.actor(), "user-1", "user-2", "ask")
    assert (set(change.handles), change.forth, change.total) == (set(handles), None, 3)
    assert jobs.get(team.table, JobKind.BULK, "ask") is None
    assert managers(team, *handles) == ["user-1"] * 3


def test_a_hand_over_takes_whom_was_confirmed_and_nobody_else(team: Office, requests: Requests) -> None:
    own, other, given = team.enrolled(), team.enrolled(), team.enrolled()
    assign_one(team.ctx, team.actor(), other, "user-3", requests())
    ops = team.actor(*OPS)
    change = propose_handover(team.ctx, ops, "user-1", "user-2", "ask")
    later = team.enrolled()
    assign_one(team.ctx, team.actor(), given, "user-3", requests())
    change = worked(team, confirm(team.ctx, ops, change.id))
    assert outcome(change) == ({own}, {ELSEWHERE: {given}})
    assert managers(team, own, other, given, later) == ["user-2", "user-3", "user-3", "user-1"]


def test_nobodys_patients_are_handed_over(team: Office, requests: Requests) -> None:
    first, second = team.enrolled(), team.enrolled()
    assign_one(team.ctx, team.actor(), second, "user-3", requests())
    end_membership(team.table, "user-1")
    people.add_member(team.table, REGISTRY, user(5), Role.CARE_MANAGER, is_admin=False, at=5)
    change = handed_over(team, team.actor(*OPS), NOBODY, "user-5")
    assert outcome(change) == ({first}, {})
    assert managers(team, first, second) == ["user-5", "user-3"]


@pytest.mark.parametrize(
    ("giver", "receiver", "field"),
    [
        ("user-1", "user-1", "receiver"),
        ("user-1", "user-4", "receiver"),
        ("user-9", "user-2", "giver"),
        ("user-3", "user-2", "giver"),
        (NOBODY, "user-2", "giver"),
    ],
)
def test_a_hand_over_is_between_two_care_managers_of_whom_one_has_patients(
    team: Office, giver: str, receiver: str, field: str
) -> None:
    team.enrolled()
    with pytest.raises(InvalidInput) as refused:
        propose_handover(team.ctx, team.actor(), giver, receiver, "ask")
    assert refused.value.field == field


def test_what_fails_for_one_does_not_stop_the_others(team: Office) -> None:
    first, left, last = team.enrolled(), team.enrolled(), team.enrolled()
    leave(team, left)
    change = propose_assignment(team.ctx, team.actor(), [first, left, "ZZZZ", last, last], "user-2", "ask")
    assert change.total == 4
    change = worked(team, confirm(team.ctx, team.actor(), "ask"))
    assert outcome(change) == ({first, last}, {LEFT: {left}, GONE: {"ZZZZ"}})
    assert managers(team, first, left, last) == ["user-2", "user-1", "user-2"]


def test_the_second_press_says_what_happened_and_does_nothing(team: Office) -> None:
    handle = team.enrolled()
    done = handed_over(team, team.actor())
    version = team.patient(handle).version
    assert confirm(team.ctx, team.actor(), done.id) == done
    assert propose_handover(team.ctx, team.actor(), "user-1", "user-2", done.id) == done
    assert jobs.get(team.table, JobKind.BULK, done.id), "the one that the first press put there"
    assert team.patient(handle).version == version


def test_done_twice_by_the_clock_it_is_written_once(team: Office) -> None:
    """As after a kill between the work and what was to be remembered of it."""
    handles = [team.enrolled() for _ in range(3)]
    propose_assignment(team.ctx, team.actor(), handles, "user-2", "ask")
    begun = confirm(team.ctx, team.actor(), "ask")
    registry = team.actor().registry
    outcomes = [outcome(bulk_work.work_through(team.ctx, registry, begun)[0]) for _ in range(2)]
    assert outcomes == [(set(handles), {})] * 2
    for handle in handles:
        entries = [each for each in team.patient(handle).audit_logs if each.action == "assigned"]
        assert [entry.id for entry in entries] == [f"ask-{handle}"]


def test_several_are_flagged_for_discussion(team: Office, requests: Requests) -> None:
    first, second, open_already = team.enrolled(), team.enrolled(), team.enrolled()
    flagging = Flagging(flag_types=(Flag.NEEDS_DISCUSSION,), reason="School")
    raise_flags(team.ctx, team.actor(), open_already, flagging, requests())
    propose_flags(team.ctx, team.actor(), [first, open_already, second], " Housing ", "ask")
    done, failed = outcome(worked(team, confirm(team.ctx, team.actor(), "ask")))
    assert (done, [*failed.values()]) == ({first, second}, [{open_already}])
    flags = [[flag.reason for flag in team.patient(each).flags] for each in (first, open_already, second)]
    assert flags == [["Housing"], ["School"], ["Housing"]]


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_flag_needs_a_reason(team: Office, reason: str) -> None:
    with pytest.raises(InvalidInput):
        propose_flags(team.ctx, team.actor(), [team.enrolled()], reason, "ask")


# --- undone within a day ----------------------------------------------------------------------------------


def test_undoing_gives_back_whom_nobody_changed_since(team: Office, requests: Requests) -> None:
    untouched, flagged, passed_on, gone = (team.enrolled() for _ in range(4))
    done = handed_over(team, team.actor())
    flagging = Flagging(flag_types=(Flag.NEEDS_DISCUSSION,), reason="School")
    raise_flags(team.ctx, team.actor(), flagged, flagging, requests())
    assign_one(team.ctx, team.actor(), passed_on, "user-3", requests())
    leave(team, gone)
    undone = worked(team, undo(team.ctx, team.actor(), done.id))
    everybody = (untouched, flagged, passed_on, gone)
    assert outcome(undone) == ({untouched}, {CHANGED: {flagged, passed_on}, LEFT: {gone}})
    assert managers(team, *everybody) == ["user-1", "user-2", "user-3", "user-2"]
    # Pressed again, also long after, it says the same.
    team.forward(days=3)
    assert undo(team.ctx, team.actor(), done.id) == undone


def flagged(office: Office, handles: list[str]) -> BulkChange:
    propose_flags(office.ctx, office.actor(), handles, "Housing", "ask")
    return worked(office, confirm(office.ctx, office.actor(), "ask"))


def resolve(office: Office, handle: str, request_id: str) -> None:
    flagging = Flagging(flag_types=(Flag.NEEDS_DISCUSSION,), reason="Talked about")
    resolve_flags(office.ctx, office.actor(), handle, flagging, request_id)


def raise_again(office: Office, handle: str, request_id: str) -> None:
    flagging = Flagging(flag_types=(Flag.NEEDS_DISCUSSION,), reason="Housing")
    raise_flags(office.ctx, office.actor(), handle, flagging, request_id)


def test_undoing_takes_back_the_flags_that_are_still_those(team: Office, requests: Requests) -> None:
    """Other work on the patient keeps no flag up; what somebody did about the flag itself stays."""
    untouched, riskier, assigned, resolved, again, left, gone = (team.enrolled() for _ in range(7))
    done = flagged(team, [untouched, riskier, assigned, resolved, again, left, gone])
    risk = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Item 9")
    raise_flags(team.ctx, team.actor(), riskier, risk, requests())
    assign_one(team.ctx, team.actor(), assigned, "user-3", requests())
    resolve(team, resolved, requests())
    resolve(team, again, requests())
    raise_again(team, again, requests())
    leave(team, left)
    team.table.transact([writes.forget(keys.directory_entry(REGISTRY, gone))])
    undone = worked(team, undo(team.ctx, team.actor(), done.id))
    assert outcome(undone) == (
        {untouched, riskier, assigned},
        {RESOLVED_ALREADY: {resolved, left}, RAISED_AGAIN: {again}, GONE: {gone}},
    )
    stands = [[flag.flag_type for flag in open_flags(team.patient(each))] for each in (untouched, riskier)]
    assert stands == [[], [Flag.SAFETY_RISK]]
    [taken_back] = team.patient(untouched).flags
    assert (taken_back.resolved_by_provider_id, taken_back.resolved_reason) == ("user-1", UNDONE)
    [kept] = open_flags(team.patient(again))
    assert (kept.reason, kept.raised_with) == ("Housing", None)
    assert [flag.resolved_reason for flag in team.patient(resolved).flags] == ["Talked about"]
    # Pressed again, also long after, it says the same.
    team.forward(days=3)
    assert undo(team.ctx, team.actor(), done.id) == undone


def test_flags_undone_twice_by_the_clock_are_written_once(team: Office) -> None:
    handle = team.enrolled()
    done = flagged(team, [handle])
    begun = undo(team.ctx, team.actor(), done.id)
    for _ in range(2):
        assert outcome(bulk_work.work_through(team.ctx, team.actor().registry, begun)[0]) == ({handle}, {})
    entries = team.patient(handle).audit_logs
    assert [each.action for each in entries] == ["enrolled", "flag raised", "flag resolved"]
    [said] = [each for each in entries[-1].changes if each.attribute == "flag"]
    assert (said.before, said.after) == ("Needs Discussion: Housing", f"resolved: {UNDONE}")


def test_what_an_earlier_bulk_change_raised_is_not_taken_back_by_a_later_one(team: Office) -> None:
    handle = team.enrolled()
    done = flagged(team, [handle])
    resolve(team, handle, "resolve")
    propose_flags(team.ctx, team.actor(), [handle], "Housing", "again")
    worked(team, confirm(team.ctx, team.actor(), "again"))
    undone = worked(team, undo(team.ctx, team.actor(), done.id))
    assert outcome(undone) == (set(), {RAISED_AGAIN: {handle}})
    assert outcome(worked(team, undo(team.ctx, team.actor(), "again"))) == ({handle}, {})


Propose = Callable[[Context, Actor, str], BulkChange]
LATE: dict[BulkKind, tuple[Propose, str]] = {
    BulkKind.HANDOVER: (
        lambda ctx, actor, _: propose_handover(ctx, actor, "user-1", "user-2", "ask"),
        "Hand the patients over again",
    ),
    BulkKind.ASSIGNMENT: (
        lambda ctx, actor, handle: propose_assignment(ctx, actor, [handle], "user-2", "ask"),
        "Assign the patients again",
    ),
    BulkKind.FLAG: (
        lambda ctx, actor, handle: propose_flags(ctx, actor, [handle], "Housing", "ask"),
        "Resolve each flag",
    ),
}


@pytest.mark.parametrize("kind", BulkKind)
def test_after_a_day_the_next_step_is_said(team: Office, kind: BulkKind) -> None:
    propose, step = LATE[kind]
    change = propose(team.ctx, team.actor(), team.enrolled())
    worked(team, confirm(team.ctx, team.actor(), change.id))
    team.forward(seconds=UNDO_SECONDS + 1)
    with pytest.raises(InvalidInput, match=f"more than a day ago. {step}"):
        undo(team.ctx, team.actor(), change.id)


def test_each_goes_back_to_whoever_had_them(team: Office, requests: Requests) -> None:
    ones, threes, nobodys = team.enrolled(), team.enrolled(), team.enrolled()
    assign_one(team.ctx, team.actor(), threes, "user-3", requests())
    assign_one(team.ctx, team.actor(), nobodys, "user-3", requests())
    propose_assignment(team.ctx, team.actor(), [ones, threes], "user-2", "ask")
    worked(team, confirm(team.ctx, team.actor(), "ask"))
    assert outcome(worked(team, undo(team.ctx, team.actor(), "ask"))) == ({ones, threes}, {})
    assert managers(team, ones, threes) == ["user-1", "user-3"]


def test_undone_twice_by_the_clock_it_is_written_once(team: Office) -> None:
    handle = team.enrolled()
    done = handed_over(team, team.actor())
    begun = undo(team.ctx, team.actor(), done.id)
    registry = team.actor().registry
    for _ in range(2):
        assert outcome(bulk_work.work_through(team.ctx, registry, begun)[0]) == ({handle}, {})
    assert [each.action for each in team.patient(handle).audit_logs] == ["enrolled", "assigned", "assigned"]


@pytest.mark.parametrize(("seconds", "late"), [(UNDO_SECONDS, False), (UNDO_SECONDS + 1, True)])
def test_undoing_is_for_a_day(team: Office, seconds: int, late: bool) -> None:
    team.enrolled()
    done = handed_over(team, team.actor())
    team.forward(seconds=seconds)
    if late:
        with pytest.raises(InvalidInput, match="more than a day ago"):
            undo(team.ctx, team.actor(), done.id)
    else:
        assert undo(team.ctx, team.actor(), done.id).back


def test_nothing_is_undone_while_it_is_done(team: Office) -> None:
    team.enrolled()
    change = propose_handover(team.ctx, team.actor(), "user-1", "user-2", "ask")
    for _ in ("proposed", "confirmed"):
        with pytest.raises(Conflict, match="not done yet"):
            undo(team.ctx, team.actor(), change.id)
        confirm(team.ctx, team.actor(), change.id)


def test_nobody_is_given_back_to_who_is_gone(team: Office) -> None:
    handle = team.enrolled()
    ops = team.actor(*OPS)
    done = handed_over(team, ops)
    end_membership(team.table, "user-1")
    assert outcome(worked(team, undo(team.ctx, ops, done.id))) == (set(), {NO_GIVER: {handle}})
    assert managers(team, handle) == ["user-2"]


# --- who may, while the team changes ------------------------------------------------------------------------


@pytest.mark.parametrize("seen", ["user-2", "user-8"])
def test_only_who_asked_sees_or_undoes_it(team: Office, seen: str) -> None:
    team.enrolled()
    done = handed_over(team, team.actor())
    other = team.actor(Role.CARE_MANAGER if seen == "user-2" else Role.CLINICAL_OPS, seen)
    attempts: list[Callable[[], object]] = [
        lambda: shown(team.ctx, other, done.id),
        lambda: confirm(team.ctx, other, done.id),
        lambda: undo(team.ctx, other, done.id),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(NotFound):
        shown(team.ctx, other, "another")


@pytest.mark.parametrize(
    ("who", "reason"), [("user-8", MAY_NOT), ("user-2", NO_RECEIVER)], ids=["who asked", "who receives"]
)
def test_who_leaves_before_it_is_done_stops_it(team: Office, who: str, reason: str) -> None:
    handle = team.enrolled()
    ops = team.actor(*OPS)
    change = propose_handover(team.ctx, ops, "user-1", "user-2", "ask")
    begun = confirm(team.ctx, ops, change.id)
    end_membership(team.table, who)
    assert outcome(worked(team, begun)) == (set(), {reason: {handle}})
    assert managers(team, handle) == ["user-1"]


def test_who_stops_being_a_care_manager_in_between_gets_nobody(
    team: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The team was read; the write itself asks again."""
    handle = team.enrolled()
    change = propose_handover(team.ctx, team.actor(), "user-1", "user-2", "ask")
    begun = confirm(team.ctx, team.actor(), change.id)
    give = assignment.give

    def after_a_change(*arguments: object, **named: object) -> object:
        before = people.membership(team.table, REGISTRY, "user-2")
        assert before is not None
        if before.role is Role.CARE_MANAGER:
            team.table.transact([memberships.with_role(before, Role.PCP)])
        return give(*arguments, **named)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(bulk_work, "give", after_a_change)
    done, failed = outcome(worked(team, begun))
    assert (done, [*failed.values()]) == (set(), [{handle}])
    assert managers(team, handle) == ["user-1"]


def test_a_silent_table_keeps_what_was_done(team: Office) -> None:
    for _ in range(3):
        team.enrolled()
    change = propose_handover(team.ctx, team.actor(), "user-1", "user-2", "ask")
    begun = confirm(team.ctx, team.actor(), change.id)
    refuse = faults.refuse("AccessDeniedException")
    with faults.on(team.table.client, "TransactWriteItems", refuse) as sent, pytest.raises(Unavailable):
        bulk_work.work_through(team.ctx, team.actor().registry, begun)
    assert len(sent) == 1
    assert len(outcome(worked(team, begun))[0]) == 3


def test_a_slice_ends_and_the_next_goes_on(team: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = [team.enrolled() for _ in range(5)]
    begun = propose_assignment(team.ctx, team.actor(), handles, "user-2", "ask")
    begun = confirm(team.ctx, team.actor(), begun.id)
    give = assignment.give

    def takes_long(*arguments: object, **named: object) -> object:
        team.forward(seconds=bulk_work.SLICE_SECONDS / 2 + 1)
        return give(*arguments, **named)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(bulk_work, "give", takes_long)
    slices = []
    finished = False
    while not finished:
        begun, finished = bulk_work.work_through(team.ctx, team.actor().registry, begun)
        assert begun.run is not None
        slices.append(begun.run.looked)
    assert slices == [2, 4, 5]


@pytest.mark.slow
def test_five_hundred_patients_cost_four_requests_each(team: Office) -> None:
    """Confirming costs the same for any number: the person waits for that alone."""
    everyone = crowd.active(crowd.synthetic(700, team.moment))[:500]
    crowd.load(team.table, REGISTRY, everyone)
    handles = [each.handle for each in everyone]
    with faults.on(team.table.client, "*", faults.none) as asking:
        propose_assignment(team.ctx, team.actor(), handles, "user-2", "ask")
        begun = confirm(team.ctx, team.actor(), "ask")
    with faults.on(team.table.client, "*", faults.none) as working:
        done, failed = outcome(worked(team, begun))
    assert (len(done), failed) == (500, {})
    assert len(asking) <= 7
    assert len(working) <= 4 * 500 + 5
