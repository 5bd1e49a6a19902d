from datetime import date

import pytest

from cocm_bot.domain.billing.claims import Requirement
from cocm_bot.domain.digests.near_code import near_codes, unready, working_days_left
from cocm_bot.domain.records.billing_month import BillingMonth
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.registry_settings import Rhythm
from tests.domain import build

TODAY = "2026-03-16"


def worked(
    minutes: int, handle: str = "K7Q4", month: str = "2026-03", initial: bool = False, consented: bool = True
) -> Patient:
    """A patient with so many minutes in a month, which is the initial one if so said."""
    who = build.derived(build.patient(), [], TODAY)
    facts = BillingMonth(
        month=month,
        seconds=minutes * 60,
        initial=initial,
        last_worked=month if minutes else None,
        consented="2026-01-05" if consented else None,
    )
    course = who.course.model_copy(update={"month": facts})
    counted = {"minutes_this_month": minutes, "minutes_month": month}
    return who.model_copy(update={"handle": handle, "course": course, **counted})


@pytest.mark.parametrize(
    ("minutes", "missing", "code"),
    [
        (6, 10, "G2214"),
        (15, 1, "G2214"),
        (21, 10, "99493"),
        (30, 1, "99493"),
        (75, 1, "99494"),
        (105, 1, "99494"),
    ],
)
def test_who_lacks_ten_minutes_or_less_is_near(minutes: int, missing: int, code: str) -> None:
    [near] = near_codes([worked(minutes)], build.policy(), build.moment(TODAY))
    assert (near.minutes, near.missing, near.code) == (minutes, missing, code)


@pytest.mark.parametrize("minutes", [0, 5, 16, 20, 31, 65, 76, 135])
def test_who_lacks_more_or_has_none_or_is_at_the_cap_is_not(minutes: int) -> None:
    assert near_codes([worked(minutes)], build.policy(), build.moment(TODAY)) == []


def test_the_initial_month_has_its_own_code() -> None:
    [near] = near_codes([worked(30, initial=True)], build.policy(), build.moment(TODAY))
    assert (near.missing, near.code) == (6, "99492")


def test_the_minutes_of_another_month_count_for_nothing() -> None:
    assert near_codes([worked(30, month="2026-02")], build.policy(), build.moment(TODAY)) == []


def test_without_a_consent_no_minutes_are_asked_for() -> None:
    assert near_codes([worked(30, consented=False)], build.policy(), build.moment(TODAY)) == []


def test_the_nearest_stand_first() -> None:
    found = near_codes(
        [worked(22, "B1"), worked(30, "C1"), worked(15, "A1")], build.policy(), build.moment(TODAY)
    )
    assert [near.summary.handle for near in found] == ["A1", "C1", "B1"]


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2026, 3, 30), 2),
        (date(2026, 3, 31), 1),
        (date(2026, 2, 28), 0),
        (date(2026, 12, 21), 8),
    ],
)
def test_the_working_days_left_count_today(day: date, left: int) -> None:
    """28 Feb 2026 is a Saturday; from 21 to 31 Dec 2026 there are 9 weekdays, of which one is Christmas."""
    assert working_days_left(Rhythm(holidays_of="US"), day) == left


@pytest.mark.parametrize(
    ("day", "reports"),
    [
        ("2026-03-16", True),
        ("2026-03-17", False),
        ("2026-05-25", False),
        ("2026-05-26", True),
        ("2026-05-27", False),
    ],
)
def test_the_weekly_figures_wait_for_a_working_day(day: str, reports: bool) -> None:
    """25 May 2026 is Memorial Day, a Monday."""
    assert Rhythm(holidays_of="US").reports_on(date.fromisoformat(day)) is reports


def claimed(minutes: int, **facts: object) -> Patient:
    """A patient whose month lacks nothing but what is said, and has so many minutes."""
    who = worked(minutes)
    month = who.course.month
    assert month is not None
    whole = {
        "assessed": "2026-01-05",
        "measured": "2026-03-02",
        "reviewed": "2026-02-02",
        "clinician": True,
        "diagnosed": True,
    }
    course = who.course.model_copy(update={"month": month.model_copy(update={**whole, **facts})})
    return who.model_copy(update={"course": course})


@pytest.mark.parametrize(
    ("who", "missing"),
    [
        (claimed(40), []),
        (claimed(40, assessed=None), [Requirement.ASSESSMENT]),
        (claimed(40, measured="2026-01-29"), [Requirement.MEASURE]),
        (claimed(40, reviewed=None), [Requirement.REVIEW]),
        (claimed(40, clinician=False), [Requirement.CLINICIAN]),
        (claimed(40, diagnosed=False), [Requirement.DIAGNOSIS]),
        (claimed(40, clinician=False, diagnosed=False), []),
        (claimed(0, consented=None, unconsented=2400), [Requirement.CONSENT]),
        (claimed(0, consented="2026-03-15", unconsented=2400), []),
        (claimed(10), [Requirement.MINUTES]),
        (claimed(5), []),
        (claimed(0), []),
    ],
)
def test_whose_claim_misses_one_thing_that_can_still_be_done(
    who: Patient, missing: list[Requirement]
) -> None:
    found = unready([who], build.policy(), build.moment(TODAY))
    assert [each.line.requirement for each in found] == missing
