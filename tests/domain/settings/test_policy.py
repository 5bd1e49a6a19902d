from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain import build

ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "Pacific/Niue",
        "Pacific/Apia",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Africa/Cairo",
    ]
)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("instant", "zone", "day", "month"),
    [
        ("2026-03-01T04:59:59+00:00", "America/New_York", date(2026, 2, 28), "2026-02"),
        ("2026-03-01T05:00:00+00:00", "America/New_York", date(2026, 3, 1), "2026-03"),
        ("2026-06-01T03:59:59+00:00", "America/New_York", date(2026, 5, 31), "2026-05"),
        ("2026-06-01T04:00:00+00:00", "America/New_York", date(2026, 6, 1), "2026-06"),
        ("2025-12-31T10:00:00+00:00", "Pacific/Kiritimati", date(2026, 1, 1), "2026-01"),
        ("2026-01-01T10:59:59+00:00", "Pacific/Niue", date(2025, 12, 31), "2025-12"),
        ("2028-02-29T12:00:00+00:00", "UTC", date(2028, 2, 29), "2028-02"),
    ],
)
def test_days_and_months_are_the_clinics(instant: str, zone: str, day: date, month: str) -> None:
    seconds = datetime.fromisoformat(instant).timestamp()
    assert (build.policy(zone).local_date(seconds), build.policy(zone).month(seconds)) == (day, month)


@pytest.mark.parametrize(
    ("start", "end", "weeks"),
    [
        ("2026-03-02", "2026-03-02", 0),
        ("2026-03-02 23:59", "2026-03-09 00:01", 1),
        ("2026-03-02 00:01", "2026-03-08 23:59", 0),
        ("2026-03-08 01:30", "2026-03-15 01:30", 1),  # the clocks went forward on the 8th
        ("2026-10-25 23:30", "2026-11-01 00:30", 1),  # and back on 1 November
        ("2024-02-29", "2025-02-27", 52),
        ("2026-03-09", "2026-03-02", 0),
    ],
)
def test_weeks_are_counted_on_the_calendar(start: str, end: str, weeks: int) -> None:
    assert build.policy().weeks(build.at(start), build.at(end)) == weeks


def test_without_a_start_there_are_no_weeks() -> None:
    assert build.policy().weeks(None, build.at("2026-03-02")) == 0


def test_today_is_recorded_as_now_and_another_day_at_its_noon() -> None:
    policy, now = build.policy(), build.moment("2026-03-09 15:00")
    assert policy.instant(date(2026, 3, 9), now) == now.timestamp()
    # Noon in New York is 17:00 in Greenwich before the clocks go forward on 8 March, 16:00 after.
    assert policy.instant(date(2026, 3, 7), now) == datetime(2026, 3, 7, 17, tzinfo=UTC).timestamp()
    assert policy.instant(date(2026, 3, 8), now) == datetime(2026, 3, 8, 16, tzinfo=UTC).timestamp()


@given(ZONES, DAYS, st.integers(0, 86_399), st.integers(-4000, 4000))
def test_what_is_recorded_for_a_day_lies_on_that_day(zone: str, day: date, second: int, away: int) -> None:
    policy = build.policy(zone)
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    meant = policy.local_date(now.timestamp()) + timedelta(days=away)
    # Samoa had no 30 December 2011: it went from one side of the date line to the other.
    if (zone, meant) == ("Pacific/Apia", date(2011, 12, 30)):
        return
    assert policy.local_date(policy.instant(meant, now)) == meant


def test_a_registry_knows_its_own_measures_only() -> None:
    policy = build.policy(measures=["PHQ-9"])
    found = policy.measure("PHQ-9")
    assert found is not None
    assert found.maximum == 27
    assert policy.measure("GAD-7") is None
