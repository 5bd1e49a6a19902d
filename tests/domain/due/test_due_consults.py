"""Consults and flags: what somebody else has to look at."""

import pytest

from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.vocabulary import ContactType, Flag, Status
from tests.domain.build import (
    assessment,
    consult,
    contact,
    derived,
    flag,
    follow_up,
    moment,
    patient,
    policy,
)
from tests.domain.cases import ASSESSED, ENROLLED, LATER, PREVENTION, REVIEW, REVIEWED, Case, check


@pytest.mark.parametrize(
    "case",
    [
        Case("eight weeks after the assessment", [ASSESSED, follow_up("2026-02-02", PHQ9=16)], "2026-03-02"),
        Case("scored once only", [ASSESSED], "2026-03-02"),
        Case("10 is not improved", [ASSESSED, follow_up("2026-02-02", PHQ9=10)], "2026-03-02"),
        Case("9 is", [ASSESSED, follow_up("2026-02-02", PHQ9=9)], None),
        Case(
            "half of 20 is improved",
            [assessment("2026-01-05", PHQ9=20), follow_up("2026-02-02", PHQ9=10)],
            None,
        ),
        Case(
            "11 of 20 is not",
            [assessment("2026-01-05", PHQ9=20), follow_up("2026-02-02", PHQ9=11)],
            "2026-03-02",
        ),
        Case(
            "a consult less than four weeks ago",
            [ASSESSED, follow_up("2026-02-02", PHQ9=16), consult("2026-02-20")],
            "2026-03-20",
        ),
        Case(
            "a consult longer ago than the eight weeks give",
            [ASSESSED, follow_up("2026-02-02", PHQ9=16), consult("2026-01-20")],
            "2026-03-02",
        ),
        Case(
            "improved, then worse again: from the day it was seen",
            [ASSESSED, follow_up("2026-01-19", PHQ9=9), follow_up("2026-03-16", PHQ9=12)],
            "2026-03-16",
        ),
        Case(
            "0 at the start, ill later",
            [assessment("2026-01-05", PHQ9=0), follow_up("2026-04-06", PHQ9=12)],
            "2026-04-06",
        ),
        Case("0 at the start and still", [assessment("2026-01-05", PHQ9=0)], None),
        Case(
            "anxiety alone not improving",
            [assessment("2026-01-05", PHQ9=18, GAD7=15), follow_up("2026-02-02", PHQ9=4, GAD7=13)],
            "2026-03-02",
        ),
        Case(
            "anxiety worse later: due since the depression was",
            [assessment("2026-01-05", PHQ9=18, GAD7=4), follow_up("2026-04-06", GAD7=12)],
            "2026-03-02",
        ),
        Case("no score", [assessment("2026-01-05")], None),
        Case("no assessment", [follow_up("2026-01-05", PHQ9=18)], None),
        Case("a relapse during prevention", [ASSESSED], "2026-03-02", PREVENTION),
        Case(
            "a no-show's score changes nothing",
            [ASSESSED, follow_up("2026-02-02", no_show=True, PHQ9=3)],
            "2026-03-02",
        ),
        Case(
            "reopened: eight weeks of the new episode, consults of the old one forgotten",
            [ASSESSED, assessment("2026-06-01", PHQ9=18), consult("2026-05-31")],
            "2026-07-27",
            patient(reopened="2026-06-01"),
        ),
        Case("deactivated", [ASSESSED], None, patient(Status.DEACTIVATED)),
    ],
    ids=str,
)
def test_not_improving(case: Case) -> None:
    check(case, Reason.NOT_IMPROVING)


def test_a_measure_that_only_screens_makes_nobody_due() -> None:
    care = policy(measures=("AUDIT-C",))
    logs = [contact("2026-01-05", ContactType.INITIAL_ASSESSMENT, scores={"AUDIT-C": 12, "PHQ-9": 27})]
    reasons = {each.reason for each in due(derived(patient(), logs, LATER, care), care, moment(LATER))}
    assert Reason.NOT_IMPROVING not in reasons


@pytest.mark.parametrize(
    "case",
    [
        Case("from the day it is raised", [], "2026-02-01", patient(flags=[REVIEW])),
        Case("a consult before it", [consult("2026-01-31")], "2026-02-01", patient(flags=[REVIEW])),
        Case("a consult since", [consult("2026-02-02")], None, patient(flags=[REVIEW])),
        Case(
            "a consult the same morning, before it was raised",
            [consult("2026-02-01 09:00")],
            "2026-02-01",
            patient(flags=[REVIEW]),
        ),
        Case("resolved", [], None, patient(flags=[flag(Flag.REVIEW, "2026-02-01", "2026-02-01")])),
        Case(
            "a second one, raised after the consult that answered the first",
            [consult("2026-01-20")],
            "2026-02-01",
            patient(flags=[flag(Flag.REVIEW, "2026-01-10"), REVIEW]),
        ),
        Case("another flag", [], None, patient(flags=[flag(Flag.SAFETY_RISK, "2026-02-01")])),
        Case("before treatment too", [], "2026-02-01", patient(Status.ENROLLED, flags=[REVIEW])),
        Case("deactivated", [], None, patient(Status.DEACTIVATED, flags=[REVIEW])),
    ],
    ids=str,
)
def test_flagged(case: Case) -> None:
    check(case, Reason.FLAGGED)


@pytest.mark.parametrize(
    ("kind", "reason"), [(Flag.SAFETY_RISK, Reason.SAFETY_RISK), (Flag.NEEDS_DISCUSSION, Reason.TO_DISCUSS)]
)
def test_an_open_flag_is_due_every_day_until_resolved(kind: Flag, reason: Reason) -> None:
    both = [flag(kind, "2026-02-10"), flag(kind, "2026-02-01")]
    # No consult answers it: somebody has to resolve it.
    check(Case("open", [consult("2026-02-20")], "2026-02-01", patient(flags=both)), reason)
    check(Case("resolved", [], None, patient(flags=[flag(kind, "2026-02-01", "2026-02-03")])), reason)
    check(Case("deactivated", [], None, patient(Status.DEACTIVATED, flags=both)), reason)


@pytest.mark.parametrize(
    "case",
    [
        Case("four weeks of treatment", [ASSESSED], "2026-02-02"),
        Case("reviewed", [ASSESSED, consult("2026-01-09")], None),
        Case(
            "a missed consultation is none",
            [ASSESSED, consult("2026-01-09").model_copy(update={"no_show": True})],
            "2026-02-02",
        ),
        Case("no assessment: from the status", [], "2026-02-07", patient(status_since="2026-01-10")),
        Case("an assessment recorded from before enrolment", [assessment("2025-12-15")], "2026-01-12"),
        Case("and its consult", [assessment("2025-12-15"), consult("2025-12-20")], None),
        Case("a repeated assessment begins nothing anew", [ASSESSED, assessment("2026-01-26")], "2026-02-02"),
        Case(
            "reopened: the old consult does not count",
            [ASSESSED, consult("2026-01-09")],
            "2026-06-29",
            patient(reopened="2026-06-01"),
        ),
        Case("enrolled", [], None, ENROLLED),
        Case("prevention", [ASSESSED], None, PREVENTION),
        Case("deactivated", [ASSESSED], None, patient(Status.DEACTIVATED)),
    ],
    ids=str,
)
def test_never_reviewed(case: Case) -> None:
    check(case, Reason.NEVER_REVIEWED)


WELL = follow_up("2026-02-02", PHQ9=4)


def planning(when: str, following: str) -> TreatmentLog:
    """A consult that names a day for the next one."""
    return consult(when).model_copy(update={"next_consult": following})


@pytest.mark.parametrize(
    "case",
    [
        # 2 March is exactly eight weeks after 5 January, 3 March is more.
        Case("more than eight weeks ago", [ASSESSED, REVIEWED], "2026-03-03"),
        Case("a later one counts", [ASSESSED, REVIEWED, consult("2026-02-02")], "2026-03-31"),
        Case("no scores: not in remission", [REVIEWED], "2026-03-03"),
        Case("5 is not remission", [ASSESSED, REVIEWED, follow_up("2026-02-02", PHQ9=5)], "2026-03-03"),
        Case("4 is", [ASSESSED, REVIEWED, follow_up("2026-02-02", PHQ9=4)], None),
        Case("never reviewed is another reason", [ASSESSED], None),
        Case("on the day it named", [ASSESSED, planning("2026-01-05", "2026-02-10")], "2026-02-10"),
        Case("later than the interval", [ASSESSED, planning("2026-01-05", "2026-04-01")], "2026-04-01"),
        Case("in remission", [ASSESSED, WELL, planning("2026-02-03", "2026-02-20")], "2026-02-20"),
        Case("prevention too", [ASSESSED, planning("2026-01-05", "2026-02-10")], "2026-02-10", PREVENTION),
        Case(
            "a later consult names none",
            [ASSESSED, planning("2026-01-05", "2026-02-10"), consult("2026-01-12")],
            "2026-03-10",
        ),
        Case(
            "the last one counts",
            [ASSESSED, planning("2026-01-12", "2026-02-20"), planning("2026-01-05", "2026-02-10")],
            "2026-02-20",
        ),
        Case("prevention", [ASSESSED, REVIEWED], None, PREVENTION),
        Case("a consult of the old episode", [REVIEWED], None, patient(reopened="2026-06-01")),
        Case("deactivated", [ASSESSED, REVIEWED], None, patient(Status.DEACTIVATED)),
    ],
    ids=str,
)
def test_stale_consult(case: Case) -> None:
    check(case, Reason.STALE_CONSULT)
