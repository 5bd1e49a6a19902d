"""Assessment, follow-up, plan, lost to contact: the care manager's own days."""

import pytest

from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.vocabulary import ContactType, Status
from tests.domain.build import (
    assessment,
    consult,
    contact,
    derived,
    follow_up,
    moment,
    patient,
    plan,
    policy,
)
from tests.domain.cases import ASSESSED, ENROLLED, PREVENTION, Case, check

WELL = assessment("2026-01-05", PHQ9=3)


@pytest.mark.parametrize(
    "case",
    [
        Case("seven days after enrolment", [], "2026-01-12", ENROLLED),
        Case("done", [ASSESSED], None, ENROLLED),
        Case("a no-show is no assessment", [assessment("2026-01-08", no_show=True)], "2026-01-12", ENROLLED),
        Case("in treatment without one: not this reason", [], None),
        Case("onto a leap day", [], "2028-02-29", patient(Status.ENROLLED, enrolled="2028-02-22")),
        Case("over a leap day", [], "2028-03-01", patient(Status.ENROLLED, enrolled="2028-02-23")),
        Case("no leap day", [], "2027-03-02", patient(Status.ENROLLED, enrolled="2027-02-23")),
        Case(
            "reopened: the old assessment is of another episode",
            [ASSESSED],
            "2026-06-08",
            patient(Status.ENROLLED, reopened="2026-06-01"),
        ),
        Case("deactivated", [], None, patient(Status.DEACTIVATED)),
    ],
    ids=str,
)
def test_assessment(case: Case) -> None:
    check(case, Reason.ASSESSMENT)


@pytest.mark.parametrize(
    "case",
    [
        Case("a week after Monday 15:00, all Monday", [ASSESSED], "2026-01-12"),
        Case("day 27 is still early: weekly", [ASSESSED, follow_up("2026-02-01")], "2026-02-08"),
        Case("day 28 is not: fortnightly", [ASSESSED, follow_up("2026-02-02")], "2026-02-16"),
        Case("prevention: 30 days", [WELL, follow_up("2026-03-02")], "2026-04-01", PREVENTION),
        Case("prevention: even in the first weeks", [WELL], "2026-02-04", PREVENTION),
        Case("enrolled: none", [], None, ENROLLED),
        Case("deactivated: none", [ASSESSED], None, patient(Status.DEACTIVATED)),
        Case("no contact at all: from the status", [], "2026-01-17", patient(status_since="2026-01-10")),
        Case(
            "a no-show brings it forward",
            [ASSESSED, follow_up("2026-01-08", no_show=True)],
            "2026-01-10",
        ),
        Case(
            "a no-show never puts it off",
            [ASSESSED, follow_up("2026-01-12", no_show=True)],
            "2026-01-12",
        ),
        Case(
            "a no-show of one already late leaves it late",
            [ASSESSED, follow_up("2026-02-20", no_show=True)],
            "2026-01-12",
        ),
        Case(
            "a no-show made good is over",
            [ASSESSED, follow_up("2026-01-08", no_show=True), follow_up("2026-01-09")],
            "2026-01-16",
        ),
        Case(
            "a no-show on the day of a later contact is over",
            [ASSESSED, follow_up("2026-01-09 09:00", no_show=True), follow_up("2026-01-09 16:00")],
            "2026-01-16",
        ),
        Case(
            "of a no-show and a contact recorded for one past day the contact counts",
            [ASSESSED, follow_up("2026-01-08", no_show=True), follow_up("2026-01-08")],
            "2026-01-15",
        ),
        Case(
            "a no-show with no contact in the episode",
            [follow_up("2026-01-06", no_show=True)],
            "2026-01-08",
        ),
        Case(
            "a no-show from before the status changed does not count",
            [assessment("2026-01-08", no_show=True)],
            "2026-01-27",
            patient(status_since="2026-01-20"),
        ),
        Case(
            "a consultation is no contact with the patient",
            [ASSESSED, consult("2026-01-09")],
            "2026-01-12",
        ),
        Case(
            "a missed consultation is no missed appointment",
            [ASSESSED, consult("2026-01-06").model_copy(update={"no_show": True})],
            "2026-01-12",
        ),
        Case(
            "a back-dated contact never moves it back",
            [ASSESSED, follow_up("2026-03-02"), follow_up("2026-02-16")],
            "2026-03-16",
        ),
        # Daylight saving begins on 8 March and ends on 1 November: a fortnight of calendar days all the same.
        Case("into daylight saving", [ASSESSED, follow_up("2026-03-02 23:30")], "2026-03-16"),
        Case("out of daylight saving", [ASSESSED, follow_up("2026-10-26 00:30")], "2026-11-09"),
        Case(
            "the evening of 2 March in New York is the 3rd in UTC: New York's day counts",
            [ASSESSED, contact("2026-03-03 03:30", zone="UTC")],
            "2026-03-16",
        ),
        Case(
            "and UTC's own day in UTC",
            [ASSESSED, contact("2026-03-03 03:30", zone="UTC")],
            "2026-03-17",
            zone="UTC",
        ),
        Case(
            "Apia left out 30 December 2011: seven days of the calendar, six of the clock",
            [contact("2011-12-28", zone="Pacific/Apia")],
            "2012-01-04",
            patient(enrolled="2011-12-28", zone="Pacific/Apia"),
            zone="Pacific/Apia",
        ),
        Case("over a leap day", [assessment("2028-02-23")], "2028-03-01", patient(enrolled="2028-02-23")),
        Case(
            "reopened into treatment: from the day of reopening",
            [ASSESSED, follow_up("2026-05-25")],
            "2026-06-08",
            patient(reopened="2026-06-01"),
        ),
        Case(
            "reopened: the first weeks are early again",
            [ASSESSED, assessment("2026-06-02"), follow_up("2026-06-20")],
            "2026-06-27",
            patient(reopened="2026-06-01"),
        ),
    ],
    ids=str,
)
def test_follow_up(case: Case) -> None:
    check(case, Reason.FOLLOW_UP)


@pytest.mark.parametrize(
    "case",
    [
        Case(
            "at the second in a row",
            [ASSESSED, follow_up("2026-02-02", PHQ9=4), follow_up("2026-02-16", PHQ9=3)],
            "2026-02-16",
        ),
        Case("not at the first", [ASSESSED, follow_up("2026-02-02", PHQ9=4)], None),
        Case(
            "5 is not remission",
            [ASSESSED, follow_up("2026-02-02", PHQ9=4), follow_up("2026-02-16", PHQ9=5)],
            None,
        ),
        Case(
            "not in a row",
            [
                ASSESSED,
                follow_up("2026-02-02", PHQ9=4),
                follow_up("2026-02-09", PHQ9=6),
                follow_up("2026-02-16", PHQ9=3),
            ],
            None,
        ),
        Case(
            "anxiety scored once, in remission",
            [
                assessment("2026-01-05", PHQ9=18, GAD7=4),
                follow_up("2026-02-02", PHQ9=4),
                follow_up("2026-02-16", PHQ9=3),
            ],
            "2026-02-16",
        ),
        Case(
            "anxiety scored once, not in remission",
            [
                assessment("2026-01-05", PHQ9=18, GAD7=12),
                follow_up("2026-02-02", PHQ9=4),
                follow_up("2026-02-16", PHQ9=3),
            ],
            None,
        ),
        Case(
            "anxiety in remission once only",
            [
                assessment("2026-01-05", PHQ9=18, GAD7=12),
                follow_up("2026-02-02", PHQ9=4),
                follow_up("2026-02-16", PHQ9=3, GAD7=4),
            ],
            None,
        ),
        Case(
            "when the last of the two measures has it twice",
            [
                assessment("2026-01-05", PHQ9=18, GAD7=12),
                follow_up("2026-02-02", PHQ9=4),
                follow_up("2026-02-16", PHQ9=3, GAD7=4),
                follow_up("2026-03-02", PHQ9=3, GAD7=4),
            ],
            "2026-03-02",
        ),
        Case(
            "0 twice from the start",
            [assessment("2026-01-05", PHQ9=0), follow_up("2026-01-12", PHQ9=0)],
            "2026-01-12",
        ),
        Case(
            "planned already",
            [ASSESSED, follow_up("2026-02-02", PHQ9=4), follow_up("2026-02-16", PHQ9=3), plan("2026-02-10")],
            None,
        ),
        Case(
            "a plan of the old episode",
            [plan("2026-03-02"), assessment("2026-06-01", PHQ9=4), follow_up("2026-06-08", PHQ9=3)],
            "2026-06-08",
            patient(reopened="2026-06-01"),
        ),
        Case(
            "prevention: it is there",
            [ASSESSED, follow_up("2026-02-02", PHQ9=4), follow_up("2026-02-16", PHQ9=3)],
            None,
            PREVENTION,
        ),
    ],
    ids=str,
)
def test_plan(case: Case) -> None:
    check(case, Reason.PLAN)


@pytest.mark.parametrize(
    "case",
    [
        # 26 days of January, 28 of February, 6 of March.
        Case("sixty days after the last contact", [ASSESSED], "2026-03-06"),
        Case("in prevention too", [ASSESSED], "2026-03-06", PREVENTION),
        Case("never met: from enrolment", [], "2026-03-06", ENROLLED),
        Case("a no-show is no contact", [ASSESSED, follow_up("2026-02-02", no_show=True)], "2026-03-06"),
        Case("nor is a consultation", [ASSESSED, consult("2026-02-02")], "2026-03-06"),
        Case("reopened: from reopening", [ASSESSED], "2026-07-31", patient(reopened="2026-06-01")),
        Case("a leap February", [assessment("2028-01-05")], "2028-03-05", patient(enrolled="2028-01-05")),
        Case("deactivated", [ASSESSED], None, patient(Status.DEACTIVATED)),
    ],
    ids=str,
)
def test_lost(case: Case) -> None:
    check(case, Reason.LOST)


def test_a_measure_without_remission_does_not_hold_a_plan_up() -> None:
    care = policy(measures=("PHQ-9", "EPDS"))
    days = {"2026-01-05": 12, "2026-01-12": 4, "2026-01-19": 3}
    logs = [
        contact(day, ContactType.INITIAL_ASSESSMENT, scores={"PHQ-9": score, "EPDS": 20})
        for day, score in days.items()
    ]
    found = due(derived(patient(), logs, "2026-01-19", care), care, moment("2026-01-19"))
    assert [(each.reason, each.why) for each in found] == [
        (Reason.PLAN, "PHQ-9 3, last scored today: in remission at two measures in a row, no plan yet")
    ]
