"""Going through the caseload: starting, going on, coming back, and clicks that meet."""

from datetime import date

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.errors import NotAllowed, NotFound
from cocm_bot.domain.records.agreements import DeactivationReason, RecommendationKind
from cocm_bot.domain.review.agenda import Decision, Topic
from cocm_bot.domain.vocabulary import ContactType, Flag, Role
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate
from cocm_bot.operations.review import review as operation
from cocm_bot.operations.review.review import Outcome, Rested, Step
from cocm_bot.operations.safety.flags import Flagging, raise_flags, resolve_flags
from cocm_bot.store.audit import access_log
from cocm_bot.store.patients import lists, reviews
from tests.operations.conftest import Office
from tests.store.build import REGISTRY


@pytest.fixture
def handles(office: Office) -> list[str]:
    """Four patients in the order of the agenda: in danger, flagged, and two new ones."""
    old, newer, flagged, unsafe = (office.enrolled(first_name=name) for name in ("Ana", "Bo", "Cy", "Di"))
    _flag(office, flagged, Flag.REVIEW)
    _flag(office, unsafe, Flag.SAFETY_RISK)
    return [unsafe, flagged, *sorted([old, newer])]


def _flag(office: Office, handle: str, flag: Flag) -> None:
    flagging = Flagging(flag_types=(flag,), reason="So.")
    raise_flags(office.ctx, office.actor(), handle, flagging, f"flag-{handle}")


def begun(office: Office, actor: Actor | None = None) -> Step:
    found = operation.come_to(office.ctx, actor or office.actor())
    assert isinstance(found, Step)
    return found


def go(office: Office, at: Step, decision: Decision = Decision.DISCUSSED) -> Step:
    return operation.decide(office.ctx, office.actor(), at.review.id, at.review.position, decision)


def leave(office: Office, handle: str) -> None:
    why = Deactivation(reason=DeactivationReason.MOVED, asked=True)
    deactivate(office.ctx, office.actor(), handle, why, f"leave-{handle}")


def test_it_begins_with_the_gravest_and_ends_with_what_was_decided(
    office: Office, handles: list[str]
) -> None:
    step = begun(office)
    assert list(step.review.handles) == handles
    seen = []
    for decision in (Decision.DISCUSSED, Decision.SKIPPED, Decision.DISCUSSED, Decision.DISCUSSED):
        assert step.card is not None
        assert step.point is not None
        seen.append((step.card.patient.handle, step.point.topic))
        step = go(office, step, decision)
    assert seen == [
        (handles[0], Topic.SAFETY_RISK),
        (handles[1], Topic.FLAGGED),
        (handles[2], Topic.NEW),
        (handles[3], Topic.NEW),
    ]
    assert step.card is None
    assert [(each.handle, each.decision) for each in step.outcomes] == [
        (handles[0], Decision.DISCUSSED),
        (handles[1], Decision.SKIPPED),
        (handles[2], Decision.DISCUSSED),
        (handles[3], Decision.DISCUSSED),
    ]
    [first] = [each for each in lists.directory(office.table, REGISTRY) if each.handle == handles[0]]
    assert step.outcomes[0] == Outcome(handles[0], first, Decision.DISCUSSED)
    assert (first.first_name, first.date_of_birth[:4]) == ("Di", "1980")


def test_every_patient_shown_is_in_the_access_log(office: Office, handles: list[str]) -> None:
    step = begun(office)
    office.forward(minutes=1)
    go(office, step)
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    shown = [each.patient_ids for each in entries if each.action == "review_caseload"]
    assert shown == [(office.patient(handle).id,) for handle in handles[:2]]


def test_two_clicks_at_once_skip_nobody(office: Office, handles: list[str]) -> None:
    first = begun(office)
    for _ in range(2):
        step = go(office, first)
    assert step.review.position == 1
    assert step.review.decisions == {handles[0]: Decision.DISCUSSED}


def test_it_is_gone_on_with_where_it_was_left(office: Office, handles: list[str]) -> None:
    left = go(office, begun(office))
    office.forward(hours=23)
    found = begun(office)
    assert found.review == left.review
    # Each person goes through the caseload by themselves.
    other = begun(office, office.actor(Role.PSYCHIATRIST, "user-9"))
    assert (other.review.position, list(other.review.handles)) == (0, handles)


def test_a_session_of_yesterday_is_resumed_or_started_over(office: Office, handles: list[str]) -> None:
    left = go(office, begun(office))
    office.forward(days=1)
    rested = operation.come_to(office.ctx, office.actor())
    assert rested == Rested(left.review)
    resumed = operation.resume(office.ctx, office.actor())
    assert (resumed.review.id, resumed.review.position) == (left.review.id, 1)
    assert begun(office).review == resumed.review
    office.forward(days=2)
    anew = operation.start_over(office.ctx, office.actor(), left.review.id)
    assert anew.review.id != left.review.id
    assert (anew.review.position, anew.review.decisions) == (0, {})
    # The second of two clicks finds the session the first has made.
    again = operation.start_over(office.ctx, office.actor(), left.review.id)
    assert again.review.id == anew.review.id
    assert list(anew.review.handles) == handles


def test_a_finished_session_gives_way_to_a_new_one(office: Office, handles: list[str]) -> None:
    step = begun(office)
    while step.card is not None:
        step = go(office, step, Decision.SKIPPED)
    assert begun(office).review.id != step.review.id


def test_a_button_of_a_session_that_is_gone_says_so(office: Office, handles: list[str]) -> None:
    old = begun(office)
    operation.start_over(office.ctx, office.actor(), old.review.id)
    with pytest.raises(NotFound):
        go(office, old)


def test_who_left_the_program_is_passed_over(office: Office, handles: list[str]) -> None:
    step = begun(office)
    leave(office, handles[1])
    leave(office, handles[2])
    step = go(office, step)
    assert step.card is not None
    assert (step.card.patient.handle, list(step.passed)) == (handles[3], handles[1:3])
    # Shown once: the session knows.
    assert list(begun(office).passed) == []
    leave(office, handles[3])
    step = begun(office)
    assert [each.decision for each in step.outcomes] == [Decision.DISCUSSED, *[Decision.LEFT] * 3]


def test_who_changed_is_shown_as_now(office: Office, handles: list[str]) -> None:
    begun(office)
    resolved = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Seen.")
    resolve_flags(office.ctx, office.actor(), handles[0], resolved, "resolve")
    step = begun(office)
    assert step.card is not None
    assert (step.card.patient.handle, step.card.patient.patient_flag) == (handles[0], None)
    assert step.point is not None
    assert step.point.topic is Topic.NEW


def test_a_recorded_consultation_is_marked_and_stays_so(office: Office, handles: list[str]) -> None:
    step = begun(office)
    advice = Advice(kinds=(RecommendationKind.CONTINUE,))
    contact = Contact(contact_type=ContactType.CONSULTATION, day=date(2031, 3, 3), minutes=5, advice=advice)
    log_contact(office.ctx, office.actor(), handles[0], contact, "consult")
    for _ in range(2):
        marked = operation.consulted(office.ctx, office.actor(), step.review.id, handles[0])
        assert marked is not None
        assert marked.review.decisions == {handles[0]: Decision.RECORDED}
        assert marked.review.position == 0
    assert go(office, step, Decision.SKIPPED).review.decisions == {handles[0]: Decision.RECORDED}
    assert operation.consulted(office.ctx, office.actor(), "another", handles[0]) is None
    assert operation.consulted(office.ctx, office.actor(), step.review.id, "ZZZZ") is None


def test_an_empty_agenda_keeps_no_session(office: Office) -> None:
    step = begun(office)
    assert (step.review.handles, step.card, list(step.outcomes)) == ((), None, [])
    assert reviews.get(office.table, REGISTRY, "user-1") is None


@pytest.mark.parametrize("role", [Role.PCP, Role.CLINICAL_OPS, Role.FINANCE])
def test_others_are_refused_and_it_is_logged(office: Office, role: Role) -> None:
    actor = office.actor(role)
    for attempt in (
        lambda: operation.come_to(office.ctx, actor),
        lambda: operation.resume(office.ctx, actor),
        lambda: operation.start_over(office.ctx, actor, "review"),
        lambda: operation.decide(office.ctx, actor, "review", 0, Decision.SKIPPED),
        lambda: operation.consulted(office.ctx, actor, "review", "K7Q4"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert office.refusals() == ["review_caseload"] * 5
