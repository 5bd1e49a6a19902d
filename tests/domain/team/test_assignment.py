from datetime import date

import pytest

from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.team.assignment import away, concerns, in_charge, stand_in, unassigned, with_covers
from cocm_bot.domain.vocabulary import Role

MONDAY = date(2026, 3, 2)


def member(
    user_id: str, covered: str | None = None, until: str | None = None, role: Role = Role.CARE_MANAGER
) -> RegistryUser:
    return RegistryUser(
        registry_id="r",
        user_id=user_id,
        date_created=0,
        first_name=user_id,
        last_name="Example",
        role=role,
        is_admin=False,
        covered_by=covered,
        cover_until=until,
    )


COVERS = {
    "2026-03-01": None,
    "2026-03-02": "bo",
    "2026-03-03": "bo",
}


@pytest.mark.parametrize("until", COVERS)
def test_a_cover_lasts_through_its_last_day(until: str) -> None:
    bo = member("bo")
    assert stand_in(member("ann", "bo", until), {"bo": bo}, MONDAY) == (bo if COVERS[until] else None)


def test_an_absence_needs_no_cover() -> None:
    absent = member("ann", None, "2026-03-02", Role.PCP)
    assert (away(absent, MONDAY), stand_in(absent, {}, MONDAY)) == (True, None)
    assert not away(absent, date(2026, 3, 3))


def test_who_is_away_is_reached_through_who_covers() -> None:
    team = [
        member("ann", "bo", "2026-03-09", Role.PCP),
        member("bo", "gone", "2026-03-02", Role.PCP),
        member("cy", None, "2026-03-09", Role.PCP),
    ]
    assert with_covers(["ann"], team, MONDAY) == {"ann", "bo"}
    assert with_covers(["ann"], team, date(2026, 3, 3)) == {"ann", "bo"}
    assert with_covers(["cy", "left"], team, MONDAY) == {"cy", "left"}


def test_who_has_another_role_by_now_stands_in_for_nobody() -> None:
    team = [member("ann", "bo", "2026-03-09", Role.PCP), member("bo", role=Role.FINANCE)]
    assert with_covers(["ann"], team, MONDAY) == {"ann"}


TEAMS = {
    "nobody is away": ([member("ann"), member("bo")], {"ann": {"ann"}, "bo": {"bo"}}),
    "one is covered": (
        [member("ann", "bo", "2026-03-09"), member("bo")],
        {"ann": {"ann", "bo"}, "bo": {"bo"}},
    ),
    "a cover that is over": (
        [member("ann", "bo", "2026-03-01"), member("bo")],
        {"ann": {"ann"}, "bo": {"bo"}},
    ),
    "who covers is away too": (
        [member("ann", "bo", "2026-03-09"), member("bo", "cy", "2026-03-05"), member("cy")],
        {"ann": {"ann", "bo", "cy"}, "bo": {"bo", "cy"}, "cy": {"cy"}},
    ),
    "two cover each other": (
        [member("ann", "bo", "2026-03-09"), member("bo", "ann", "2026-03-09"), member("cy")],
        {"cy": {"cy"}},
    ),
    "one is away and nobody covers": ([member("ann", None, "2026-03-09"), member("bo")], {"bo": {"bo"}}),
    "who covers has left": ([member("ann", "bo", "2026-03-09"), member("cy")], {"cy": {"cy"}}),
    "who covers does something else now": (
        [member("ann", "bo", "2026-03-09"), member("bo", role=Role.FINANCE)],
        {},
    ),
}


@pytest.mark.parametrize("case", TEAMS)
def test_who_looks_after_whose_patients(case: str) -> None:
    team, expected = TEAMS[case]
    assert in_charge(team, MONDAY) == expected


def test_whose_nobody_is_everybodys() -> None:
    charge = in_charge([member("ann", "bo", "2026-03-09"), member("bo"), member("cy")], MONDAY)
    told = {
        patient: (
            unassigned(patient, charge),
            [who for who in ("ann", "bo", "cy") if concerns(patient, who, charge)],
        )
        for patient in ("ann", "bo", "gone", None)
    }
    assert told == {
        "ann": (False, ["ann", "bo"]),
        "bo": (False, ["bo"]),
        "gone": (True, ["ann", "bo", "cy"]),
        None: (True, ["ann", "bo", "cy"]),
    }
