"""Dues as a whole: their words, their order, the day they next change."""

from datetime import date

import pytest

from cocm_bot.domain.due.rules import Reason, due, next_due
from cocm_bot.domain.settings.policy import CarePolicy
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
    recommendation,
)
from tests.domain.cases import ASSESSED, ENROLLED, LATER, PREVENTION, REVIEW, REVIEWED, Case, found

ONCE = "GAD-7 14, scored once, 9 weeks ago"


@pytest.mark.parametrize(
    ("reason", "case", "now", "why"),
    [
        (
            Reason.NOT_IMPROVING,
            Case("", [ASSESSED, follow_up("2026-03-09", PHQ9=16)], None),
            "2026-03-10",
            "PHQ-9 18 → 16 in 9 weeks, last scored yesterday, no consult yet",
        ),
        (
            Reason.NOT_IMPROVING,
            Case("", [ASSESSED, follow_up("2026-01-12", PHQ9=19), consult("2026-02-01")], None),
            "2026-03-10",
            "PHQ-9 18 → 19 in 7 days, last scored 8 weeks ago, last consult 37 days ago (1 Feb)",
        ),
        (
            Reason.NOT_IMPROVING,
            Case("", [assessment("2026-01-05", PHQ9=18, GAD7=14), follow_up("2026-03-09", PHQ9=16.5)], None),
            "2026-03-10",
            f"PHQ-9 18 → 16.5 in 9 weeks, last scored yesterday, {ONCE}, no consult yet",
        ),
        (Reason.FOLLOW_UP, Case("", [ASSESSED], None), "2026-01-17", "last contact 12 days ago (5 Jan)"),
        (
            Reason.FOLLOW_UP,
            Case("", [ASSESSED, follow_up("2026-01-16", no_show=True)], None),
            "2026-01-17",
            "last contact 12 days ago (5 Jan), no-show yesterday (16 Jan)",
        ),
        (
            Reason.FOLLOW_UP,
            Case("", [], None),
            "2026-01-17",
            "no contact since treatment began 12 days ago (5 Jan)",
        ),
        (
            Reason.FOLLOW_UP,
            Case("", [], None, PREVENTION),
            "2026-02-04",
            "no contact since prevention began 30 days ago (5 Jan)",
        ),
        (
            Reason.ASSESSMENT,
            Case("", [], None, patient(Status.ENROLLED, enrolled="2025-12-28")),
            "2026-01-04",
            "no initial assessment, enrolled 7 days ago (28 Dec 2025)",
        ),
        (
            Reason.SAFETY_RISK,
            Case("", [], None, patient(flags=[flag(Flag.SAFETY_RISK, "2026-02-01")])),
            "2026-02-01",
            "flag raised today (1 Feb)",
        ),
        (
            Reason.FLAGGED,
            Case("", [], None, patient(flags=[REVIEW])),
            "2026-02-02",
            "review flag raised yesterday (1 Feb), no consult since",
        ),
        (
            Reason.TO_DISCUSS,
            Case("", [], None, patient(flags=[flag(Flag.NEEDS_DISCUSSION, "2026-02-01")])),
            "2026-02-04",
            "flag raised 3 days ago (1 Feb)",
        ),
        (
            Reason.NEVER_REVIEWED,
            Case("", [ASSESSED], None),
            "2026-02-02",
            "no consult yet, treatment began 28 days ago (5 Jan)",
        ),
        (
            Reason.STALE_CONSULT,
            Case("", [REVIEWED], None),
            "2026-03-03",
            "last consult 57 days ago (5 Jan), not in remission",
        ),
        (
            Reason.PLAN,
            Case(
                "",
                [
                    assessment("2026-01-05", PHQ9=18, GAD7=2),
                    follow_up("2026-02-02", PHQ9=4),
                    follow_up("2026-02-16", PHQ9=3, GAD7=0),
                ],
                None,
            ),
            "2026-02-16",
            "PHQ-9 3, last scored today: in remission at two measures in a row, no plan yet",
        ),
        (
            Reason.RECOMMENDATION,
            Case("", [ASSESSED], None, patient(recommendations=[recommendation("2026-03-09")])),
            "2026-03-14",
            "recommended 5 days ago (9 Mar), not answered",
        ),
        (Reason.LOST, Case("", [ASSESSED], None), "2026-03-07", "last contact 61 days ago (5 Jan)"),
        (Reason.LOST, Case("", [], None, ENROLLED), "2026-03-06", "never met, enrolled 60 days ago (5 Jan)"),
    ],
)
def test_why_is_told_in_facts_to_check_at_a_glance(reason: Reason, case: Case, now: str, why: str) -> None:
    there = found(case, reason, now)
    assert there is not None
    assert there.why == why


def test_a_day_is_told_as_it_is_where_the_registry_is() -> None:
    # 01:30 UTC on 13 January is still the 12th in New York.
    summary = derived(patient(), [ASSESSED], "2026-01-05")
    follow_up_due = due(summary, policy(), moment("2026-01-13 01:30", "UTC"))[0]
    assert follow_up_due.why == "last contact 7 days ago (5 Jan)"


def test_the_gravest_comes_first_and_each_reason_once() -> None:
    flags = [flag(each, "2026-02-01") for each in (Flag.NEEDS_DISCUSSION, Flag.REVIEW, Flag.SAFETY_RISK)]
    who = patient(flags=flags, recommendations=[recommendation("2026-02-01")])
    summary = derived(who, [ASSESSED], LATER)
    assert [each.reason for each in due(summary, policy(), moment(LATER))] == [
        Reason.SAFETY_RISK,
        Reason.NOT_IMPROVING,
        Reason.FLAGGED,
        Reason.NEVER_REVIEWED,
        Reason.FOLLOW_UP,
        Reason.MEASURE,
        Reason.RECOMMENDATION,
        Reason.TO_DISCUSS,
        Reason.LOST,
    ]


def test_gravity_orders_as_listed() -> None:
    assert sorted(Reason, key=lambda reason: reason.gravity) == list(Reason)
    assert (Reason.SAFETY_RISK.gravity, Reason.LOST.gravity) == (0, len(Reason) - 1)


def test_the_next_due_day_may_lie_ahead() -> None:
    assert next_due(derived(patient(), [ASSESSED], "2026-01-05"), policy()) == date(2026, 1, 12)


def test_a_registrys_own_cadence_is_kept() -> None:
    care = policy()
    weekly = CarePolicy(care.zone, care.cadence.model_copy(update={"follow_up_days": 7}), care.measures)
    summary = derived(patient(), [ASSESSED, follow_up("2026-03-02")], "2026-03-02", weekly)
    by_reason = {each.reason: each for each in due(summary, weekly, moment(LATER))}
    assert by_reason[Reason.FOLLOW_UP].since == date(2026, 3, 9)
