"""The agenda of a caseload review, worked out on a calendar: 5 January 2026 is a Monday."""

from collections.abc import Iterable

import pytest

from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.review.agenda import Decision, Review, Topic, agenda, decided, point, recorded, resumed
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain.build import (
    assessment,
    consult,
    derived,
    flag,
    follow_up,
    moment,
    patient,
    policy,
)
from tests.domain.cases import ASSESSED, ENROLLED, PREVENTION, REVIEW

LONG_AGO = "last consult 70 days ago (5 Jan), not in remission"
NOW = "2026-03-16"
SAFETY = flag(Flag.SAFETY_RISK, "2026-03-10")
TO_DISCUSS = flag(Flag.NEEDS_DISCUSSION, "2026-03-12")
RECENT = consult("2026-03-02")
STUCK = [ASSESSED, follow_up("2026-03-09", PHQ9=17)]


def made(who: Patient, logs: Iterable[TreatmentLog], handle: str = "K7Q4") -> Patient:
    return derived(who.model_copy(update={"handle": handle}), logs, NOW)


@pytest.mark.parametrize(
    ("who", "logs", "topic", "why"),
    [
        (patient(flags=[SAFETY, REVIEW]), STUCK, Topic.SAFETY_RISK, "flag raised 6 days ago (10 Mar)"),
        (
            patient(flags=[REVIEW]),
            STUCK,
            Topic.NOT_IMPROVING,
            "PHQ-9 18 → 17 in 9 weeks, last scored 7 days ago, no consult yet",
        ),
        (
            patient(flags=[REVIEW, TO_DISCUSS]),
            [ASSESSED, follow_up("2026-03-09", PHQ9=4)],
            Topic.FLAGGED,
            "review flag raised 43 days ago (1 Feb), no consult since",
        ),
        (
            patient(flags=[TO_DISCUSS]),
            [ASSESSED, follow_up("2026-03-09", PHQ9=4)],
            Topic.FLAGGED,
            "flag raised 4 days ago (12 Mar)",
        ),
        (
            patient(),
            [ASSESSED, follow_up("2026-03-09", PHQ9=4)],
            Topic.NEVER_REVIEWED,
            "no consult yet, treatment began 70 days ago (5 Jan)",
        ),
        (
            patient(),
            [ASSESSED, consult("2026-01-05"), follow_up("2026-03-09", PHQ9=8)],
            Topic.STALE,
            f"{LONG_AGO}: PHQ-9 18 → 8 in 9 weeks, last scored 7 days ago",
        ),
        (
            patient(enrolled="2026-03-02"),
            [assessment("2026-03-04", PHQ9=18)],
            Topic.NEW,
            "assessed 12 days ago (4 Mar), no consult yet",
        ),
        (ENROLLED, [], Topic.NEW, "enrolled 70 days ago (5 Jan), not assessed yet"),
        (
            patient(reopened="2026-03-09"),
            [ASSESSED, consult("2026-01-20"), assessment("2026-03-10", PHQ9=18)],
            Topic.NEW,
            "assessed 6 days ago (10 Mar), no consult yet",
        ),
    ],
)
def test_one_point_under_the_gravest_reason(
    who: Patient, logs: list[TreatmentLog], topic: Topic, why: str
) -> None:
    found = point(made(who, logs), policy(), moment(NOW))
    assert found is not None
    assert (found.topic, found.why) == (topic, why)


@pytest.mark.parametrize(
    ("who", "logs"),
    [
        (patient(), [ASSESSED, RECENT, follow_up("2026-03-09", PHQ9=4)]),
        # Stuck, but a consult has looked at it less than four weeks ago.
        (patient(), [*STUCK, RECENT]),
        (patient(enrolled="2026-03-02"), [assessment("2026-03-04", PHQ9=18), consult("2026-03-10")]),
        (PREVENTION, [assessment("2026-01-05", PHQ9=4)]),
        (patient(Status.DEACTIVATED, flags=[SAFETY]), STUCK),
    ],
)
def test_nobody_without_a_reason(who: Patient, logs: list[TreatmentLog]) -> None:
    assert point(made(who, logs), policy(), moment(NOW)) is None
    assert agenda([made(who, logs)], policy(), moment(NOW)) == []


def test_gravest_topic_first_then_longest_standing_then_by_handle() -> None:
    well = follow_up("2026-03-09", PHQ9=4)
    caseload = [
        made(patient(enrolled="2026-03-02"), [assessment("2026-03-04", PHQ9=18)], "NEW2"),
        made(patient(enrolled="2026-03-02"), [assessment("2026-03-03", PHQ9=18)], "NEW1"),
        made(patient(), [ASSESSED, consult("2026-01-05"), follow_up("2026-03-09", PHQ9=8)], "STALE"),
        made(patient(), [ASSESSED, well], "NEVER"),
        made(patient(), [ASSESSED, RECENT, well], "FINE"),
        made(patient(flags=[TO_DISCUSS]), [ASSESSED, RECENT, well], "FLAG2"),
        made(patient(flags=[flag(Flag.REVIEW, "2026-03-10")]), [ASSESSED, RECENT, well], "FLAG1"),
        made(patient(), STUCK, "STUCK"),
        made(patient(flags=[SAFETY]), [ASSESSED, RECENT, well], "SAFE2"),
        made(patient(flags=[SAFETY]), [ASSESSED, RECENT, well], "SAFE1"),
    ]
    found = [each.summary.handle for each in agenda(caseload, policy(), moment(NOW))]
    assert found == ["SAFE1", "SAFE2", "STUCK", "FLAG1", "FLAG2", "NEVER", "STALE", "NEW1", "NEW2"]


def session(*handles: str) -> Review:
    return Review(id="review-1", started=1.0, touched=1.0, handles=handles)


def test_a_session_goes_from_patient_to_patient() -> None:
    review = session("AAAA", "BBBB", "CCCC")
    review = decided(review, Decision.DISCUSSED, 2.0)
    assert (review.current, review.position, review.version, review.touched) == ("BBBB", 1, 2, 2.0)
    # What was recorded stays recorded, whichever way one goes on.
    review = decided(recorded(review, "BBBB", 3.0), Decision.SKIPPED, 4.0)
    review = decided(resumed(review, 5.0), Decision.SKIPPED, 6.0)
    assert review.current is None
    assert review.decisions == {
        "AAAA": Decision.DISCUSSED,
        "BBBB": Decision.RECORDED,
        "CCCC": Decision.SKIPPED,
    }
    assert (review.started, review.touched, review.version) == (1.0, 6.0, 6)
    assert decided(review, Decision.DISCUSSED, 7.0) == review


def test_an_empty_agenda_has_nobodys_turn() -> None:
    assert session().current is None
