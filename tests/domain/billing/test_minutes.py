from datetime import date
from itertools import permutations

import pytest

from cocm_bot.domain.billing.minutes import billable, initial_month, minutes_in_month
from cocm_bot.domain.vocabulary import ContactType, Role
from tests.domain.build import contact, policy


@pytest.mark.parametrize(
    ("role", "counts"),
    [
        (Role.CARE_MANAGER, True),
        (None, True),
        (Role.PSYCHIATRIST, False),
        (Role.PCP, False),
        (Role.CLINICAL_OPS, False),
        (Role.FINANCE, False),
    ],
)
def test_only_care_manager_work_is_billable(role: Role | None, counts: bool) -> None:
    assert billable(contact("2026-03-09", role=role)) is counts


def test_a_consultation_recorded_by_the_care_manager_counts_the_care_managers_minutes() -> None:
    assert billable(contact("2026-03-09", ContactType.CONSULTATION, role=Role.CARE_MANAGER))


@pytest.mark.parametrize(
    ("minutes", "total"),
    [
        ((), 0),
        ((0.49,), 0),
        ((0.5,), 1),
        ((1.5,), 2),
        ((2.5,), 3),
        ((10.25, 10.25), 21),
        ((10.4, 10.4), 21),
        ((10.2, 10.2), 20),
    ],
)
def test_the_sum_is_rounded_once_with_halves_up(minutes: tuple[float, ...], total: int) -> None:
    logs = [contact("2026-03-09", minutes=each) for each in minutes]
    assert minutes_in_month(logs, policy(), "2026-03") == total


def test_the_order_of_contacts_cannot_move_a_half() -> None:
    # Added one by one in floating point, some orders of these three fall just short of 4.5.
    logs = [contact("2026-03-09", minutes=each) for each in (0.1, 0.3, 4.1)]
    assert {minutes_in_month(order, policy(), "2026-03") for order in permutations(logs)} == {5}


# New York is UTC-5 in winter; Apia is UTC+13 (in southern summer UTC+14 until 2021), and left out 2011-12-30.
@pytest.mark.parametrize(
    ("utc", "zone", "month"),
    [
        ("2026-03-01 04:59", "America/New_York", "2026-02"),
        ("2026-03-01 05:00", "America/New_York", "2026-03"),
        ("2026-03-01 04:59", "UTC", "2026-03"),
        ("2026-02-28 10:59", "Pacific/Apia", "2026-02"),
        ("2026-02-28 11:00", "Pacific/Apia", "2026-03"),
        ("2011-12-31 10:00", "Pacific/Apia", "2012-01"),
        # New York leaves daylight saving on 1 November 2026 at 02:00: at midnight it is still UTC-4.
        ("2026-11-01 03:59", "America/New_York", "2026-10"),
        ("2026-11-01 04:00", "America/New_York", "2026-11"),
        # and on 1 December it is UTC-5.
        ("2026-12-01 04:59", "America/New_York", "2026-11"),
        ("2026-12-01 05:00", "America/New_York", "2026-12"),
        ("2028-02-29 12:00", "America/New_York", "2028-02"),
    ],
)
def test_a_month_is_the_registrys_own(utc: str, zone: str, month: str) -> None:
    logs = [contact(utc, minutes=30, zone="UTC")]
    year, number = (int(part) for part in month.split("-"))
    others = [f"{year + (number + step - 1) // 12}-{(number + step - 1) % 12 + 1:02}" for step in (-1, 1)]
    assert minutes_in_month(logs, policy(zone), month) == 30
    assert [minutes_in_month(logs, policy(zone), other) for other in others] == [0, 0]


@pytest.mark.parametrize(
    ("worked", "since", "initial"),
    [
        ([], None, None),
        (["2026-03-31", "2026-04-01"], None, "2026-03"),
        # Back-dated work moves the initial month with it.
        (["2026-04-01", "2026-02-10"], None, "2026-02"),
        # Reopened: January to August leaves six whole months between, January to July five.
        (["2026-01-20", "2026-08-03"], "2026-08-01", "2026-08"),
        (["2026-01-20", "2026-07-03"], "2026-07-01", None),
        (["2025-12-20", "2026-07-03"], "2026-07-01", "2026-07"),
        # Nothing worked in the new episode yet.
        (["2026-01-20"], "2026-08-01", None),
    ],
)
def test_the_initial_month_of_an_episode(worked: list[str], since: str | None, initial: str | None) -> None:
    logs = [contact(day) for day in worked]
    start = None if since is None else date.fromisoformat(since)
    assert initial_month(logs, policy(), start) == initial


def test_work_that_is_not_billable_begins_no_initial_month() -> None:
    logs = [contact("2026-03-09", role=Role.PSYCHIATRIST), contact("2026-03-10", minutes=0)]
    assert initial_month(logs, policy(), None) is None
    assert initial_month([*logs, contact("2026-04-09")], policy(), None) == "2026-04"
