"""The periods somebody can ask for; today is Thursday, 12 March 2026."""

from datetime import date

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.figures.periods import USAGE, Period, add_months, month_of, parse_period

TODAY = date(2026, 3, 12)


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("words", "period", "told"),
    [
        ("", days("2026-03-01", "2026-03-12"), "1 Mar 2026 to 12 Mar 2026"),
        ("range", days("2026-03-01", "2026-03-12"), "1 Mar 2026 to 12 Mar 2026"),
        ("month", days("2026-03-01", "2026-03-12"), "1 Mar 2026 to 12 Mar 2026"),
        ("quarter", days("2026-01-01", "2026-03-12"), "1 Jan 2026 to 12 Mar 2026"),
        ("Year", days("2026-01-01", "2026-03-12"), "1 Jan 2026 to 12 Mar 2026"),
        ("last month", days("2026-02-01", "2026-02-28"), "February 2026"),
        ("last quarter", days("2025-10-01", "2025-12-31"), "October 2025 to December 2025"),
        ("last year", days("2025-01-01", "2025-12-31"), "2025"),
        ("2024-02", days("2024-02-01", "2024-02-29"), "February 2024"),
        ("month 2025-07", days("2025-07-01", "2025-07-31"), "July 2025"),
        ("2025-q3", days("2025-07-01", "2025-09-30"), "July 2025 to September 2025"),
        ("quarter 2025Q3", days("2025-07-01", "2025-09-30"), "July 2025 to September 2025"),
        ("year 2025", days("2025-01-01", "2025-12-31"), "2025"),
        ("range 2025-07 2026-01", days("2025-07-01", "2026-01-31"), "July 2025 to January 2026"),
        ("range 2025-07 to 2025-12", days("2025-07-01", "2025-12-31"), "July 2025 to December 2025"),
        ("2025-07-15 – 2025-08-02", days("2025-07-15", "2025-08-02"), "15 Jul 2025 to 2 Aug 2025"),
        ("2024 2025", days("2024-01-01", "2025-12-31"), "January 2024 to December 2025"),
        ("range 2026-01 2026-12", days("2026-01-01", "2026-03-12"), "1 Jan 2026 to 12 Mar 2026"),
    ],
)
def test_what_can_be_asked_for(words: str, period: Period, told: str) -> None:
    found = parse_period(words.split(), TODAY)
    assert (found, found.told) == (period, told)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("2026-04", "April 2026 has not begun yet."),
        ("2027", "2027 has not begun yet."),
        ("range 2026-02 2025-11", "The range ends before it begins: say the earlier month first."),
        ("march", USAGE),
        ("2026-13", USAGE),
        ("2026-02-30", USAGE),
        ("last", USAGE),
        ("2025-01 2025-02 2025-03", USAGE),
        ("0000", USAGE),
        ("0001", "Figures go back to 1990. Is the year right?"),
    ],
)
def test_what_can_not(words: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_period(words.split(), TODAY)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (days("2026-03-01", "2026-03-31"), days("2026-02-01", "2026-02-28")),
        (days("2026-01-01", "2026-03-31"), days("2025-10-01", "2025-12-31")),
        (days("2025-01-01", "2025-12-31"), days("2024-01-01", "2024-12-31")),
        (days("2026-03-01", "2026-03-12"), days("2026-02-17", "2026-02-28")),
        (days("2026-03-05", "2026-03-05"), days("2026-03-04", "2026-03-04")),
    ],
)
def test_the_period_before(period: Period, before: Period) -> None:
    assert period.before == before


def test_the_months_of_a_range_are_cut_to_its_days() -> None:
    assert days("2025-12-20", "2026-02-03").months == [
        days("2025-12-20", "2025-12-31"),
        month_of(date(2026, 1, 1)),
        days("2026-02-01", "2026-02-03"),
    ]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-12-15", 12, "2026-12-15"),
        ("2026-01-10", -1, "2025-12-10"),
    ],
)
def test_months_later(day: str, months: int, then: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(then)
