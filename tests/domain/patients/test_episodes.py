"""Section 3b by hand: undoing a deactivation, going on with the same episode, and asking before leaving."""

import pytest

from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.patients.status_changes import (
    can_undo,
    days_since_leaving,
    deactivated,
    leaving_concerns,
    reopened,
    resumed,
    same_episode_proposed,
    undone,
)
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.records.patient import Patient, Snooze
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain.build import at, derived, flag, moment, patient, policy
from tests.domain.cases import LATER
from tests.domain.clinical import day, history

TREATED = "d0 IA P=18; d14 FU P=16; d28 FU P=12"
LEAVING = "d40"


def left(before: Patient, reason: DeactivationReason = DeactivationReason.MOVED) -> Patient:
    return before.model_copy(update=deactivated(before, reason, "", "user-1", at(day(LEAVING))))


def treated(
    entries: str = TREATED, status: Status = Status.TREATMENT, flags: tuple[Flag, ...] = ()
) -> Patient:
    who = patient(status, flags=[flag(each, "2026-01-20") for each in flags])
    return derived(who, history(entries), day(LEAVING))


@pytest.mark.parametrize("status", [Status.ENROLLED, Status.TREATMENT, Status.RELAPSE_PREVENTION])
def test_an_undone_deactivation_leaves_the_record_as_it_was(status: Status) -> None:
    snoozed = Snooze(until="2026-03-01", by="user-1", at=at("2026-02-01"), reason="away")
    before = treated(status=status, flags=(Flag.REVIEW, Flag.NEEDS_DISCUSSION)).model_copy(
        update={"snoozed": snoozed, "date_graduated": None}
    )
    gone = left(before).model_copy(update={"snoozed": None})
    assert gone.model_copy(update=undone(gone, policy(), at(day("d41")))) == before


def test_undoing_opens_no_flag_that_was_resolved_before() -> None:
    resolved = flag(Flag.REVIEW, "2026-01-20", "2026-01-27")
    before = patient(flags=[resolved, flag(Flag.NEEDS_DISCUSSION, "2026-01-20")])
    gone = left(before)
    assert gone.model_copy(update=undone(gone, policy(), at(day("d41")))).flags == before.flags


@pytest.mark.parametrize(
    ("today", "possible"), [("d40", True), ("d47", True), ("d48", False), ("d400", False)]
)
def test_a_deactivation_can_be_undone_for_seven_days(today: str, possible: bool) -> None:
    gone = left(treated())
    assert can_undo(gone, policy(), at(day(today))) is possible
    if not possible:
        with pytest.raises(InvalidInput, match="reopen the record"):
            undone(gone, policy(), at(day(today)))


@pytest.mark.parametrize("who", [treated(), patient(Status.DEACTIVATED)], ids=["active", "older record"])
def test_only_a_deactivation_of_which_the_record_tells_can_be_undone(who: Patient) -> None:
    assert not can_undo(who, policy(), at(day("d41")))


@pytest.mark.parametrize(
    ("today", "days", "same"), [("d40", 0, True), ("d100", 60, True), ("d101", 61, False)]
)
def test_the_same_episode_is_proposed_up_to_sixty_days(today: str, days: int, same: bool) -> None:
    gone = left(treated())
    assert days_since_leaving(gone, policy(), at(day(today))) == days
    assert same_episode_proposed(gone, policy(), at(day(today))) is same


def test_the_same_episode_keeps_baseline_weeks_and_scores() -> None:
    before = treated()
    gone = left(before)
    back = gone.model_copy(update=resumed(gone, at(day("d54"))))
    now = derived(back, history(TREATED), day("d54"))
    assert (now.status, now.status_since) == (Status.TREATMENT, at(day("d54")))
    assert now.course.scores == before.course.scores
    assert (now.initial_assessment, now.weeks_since_initial_assessment) == (before.initial_assessment, 7)
    assert [(each.ended, each.reason, each.resumed) for each in now.episodes] == [
        (None, None, at(day("d54")))
    ]


def test_a_new_episode_begins_at_nothing() -> None:
    gone = left(treated())
    now = derived(gone.model_copy(update=reopened(gone, at(day("d54")))), history(TREATED), day("d54"))
    assert (now.status, now.course.scores, now.initial_assessment) == (Status.ENROLLED, {}, None)
    assert [each.ended for each in now.episodes] == [at(day(LEAVING)), None]


def test_who_comes_back_into_the_same_episode_is_not_lost_since_before() -> None:
    gone = left(treated())
    back = gone.model_copy(update=resumed(gone, at(day("d95"))))
    now = derived(back, history(TREATED), day("d95"))
    found = {each.reason: each.since.isoformat() for each in due(now, policy(), moment(LATER))}
    # The last contact was on d28, and the 60 days count from d95, when they came back.
    assert found[Reason.LOST] == day("d155")


@pytest.mark.parametrize(
    ("entries", "status", "expected"),
    [
        ("", Status.ENROLLED, Status.ENROLLED),
        (TREATED, Status.ENROLLED, Status.TREATMENT),
    ],
)
def test_an_older_record_goes_on_where_its_assessment_says(
    entries: str, status: Status, expected: Status
) -> None:
    gone = left(treated(entries, status)).model_copy(update={"departure": None})
    assert resumed(gone, at(day("d54")))["status"] is expected


CONCERNS = [
    (TREATED, Status.TREATMENT, (), ["PHQ-9 is 12, at or above 10", "there is no relapse prevention plan"]),
    ("d0 IA P=18; d28 FU P=9", Status.TREATMENT, (), ["there is no relapse prevention plan"]),
    ("d0 IA P=18; d28 FU P=9; d30 RP", Status.RELAPSE_PREVENTION, (), []),
    ("d0 IA P=18; d28 FU P=10; d30 RP", Status.RELAPSE_PREVENTION, (), ["PHQ-9 is 10, at or above 10"]),
    ("d0 IA P=9 G=14; d28 FU G=11; d30 RP", Status.TREATMENT, (), ["GAD-7 is 11, at or above 10"]),
    ("", Status.ENROLLED, (), []),
    ("", Status.ENROLLED, (Flag.REVIEW,), ["the flag Review with Psychiatrist is open"]),
]


@pytest.mark.parametrize(("entries", "status", "flags", "concerns"), CONCERNS)
def test_what_speaks_against_leaving(
    entries: str, status: Status, flags: tuple[Flag, ...], concerns: list[str]
) -> None:
    assert leaving_concerns(treated(entries, status, flags), policy()) == concerns
