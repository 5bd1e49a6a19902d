"""Members who are away until a day, and their covers."""

from contextlib import suppress
from datetime import date

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.caseload.caseload import caseload
from cocm_bot.operations.caseload.rows import Show, Sort
from cocm_bot.operations.team.absence import be_away, be_back, may_be_away, may_cover
from cocm_bot.store.audit import access_log
from cocm_bot.store.table.errors import UserChanged
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store.build import REGISTRY, end_membership, user

TEAM = {
    "user-2": Role.CARE_MANAGER,
    "user-3": Role.CARE_MANAGER,
    "user-4": Role.PSYCHIATRIST,
    "user-5": Role.PCP,
    "user-6": Role.PCP,
    "user-7": Role.CLINICAL_OPS,
    "user-8": Role.FINANCE,
}
UNTIL = date(2031, 3, 9)


@pytest.fixture
def team(office: Office) -> Office:
    """Three care managers, of whom user-1 enrols, and the other roles."""
    for user_id, role in TEAM.items():
        person = user(int(user_id.removeprefix("user-")))
        people.add_member(office.table, REGISTRY, person, role, is_admin=False, at=5)
    return office


def manager(office: Office, user_id: str) -> Actor:
    return office.actor(Role.CARE_MANAGER, user_id)


def mine(office: Office, user_id: str) -> set[str]:
    page = caseload(office.ctx, manager(office, user_id), Show.ALL, Sort.URGENCY)
    return {row.summary.handle for row in page.rows}


def test_everybody_who_is_told_something_can_be_away(team: Office) -> None:
    def absence(user_id: str) -> tuple[str | None, str | None]:
        now = people.membership(team.table, REGISTRY, user_id)
        assert now is not None
        return now.covered_by, now.cover_until

    for user_id, role in TEAM.items():
        if role is not Role.FINANCE:
            cover = next((other for other, its in TEAM.items() if its is role and other != user_id), None)
            be_away(team.ctx, team.actor(role, user_id), user_id, UNTIL, cover)
            assert absence(user_id) == (cover, "2031-03-09")
            be_back(team.ctx, team.actor(role, user_id), user_id)
            assert absence(user_id) == (None, None)


def test_a_cover_is_another_of_the_same_role_and_care_managers_need_one(team: Office) -> None:
    for absent, cover in (
        ("user-1", "user-1"),
        ("user-1", "user-4"),
        ("user-1", None),
        ("user-5", "user-4"),
        ("user-5", "user-9"),
    ):
        with pytest.raises(InvalidInput) as refused:
            be_away(team.ctx, team.actor(), absent, UNTIL, cover)
        assert refused.value.field == "cover"


def test_the_only_care_manager_can_be_away_without_a_cover(office: Office) -> None:
    be_away(office.ctx, office.actor(), "user-1", UNTIL, None)
    now = people.membership(office.table, REGISTRY, "user-1")
    assert now is not None
    assert (now.covered_by, now.cover_until) == (None, "2031-03-09")


def test_whose_absence_a_role_sees_to(team: Office) -> None:
    everybody = people.members(team.table, REGISTRY).records
    anybodys = {"user-1", *TEAM} - {"user-8"}
    for role, own, expected in (
        (Role.CARE_MANAGER, "user-1", anybodys),
        (Role.PSYCHIATRIST, "user-4", {"user-4"}),
        (Role.PCP, "user-5", {"user-5"}),
        (Role.CLINICAL_OPS, "user-7", anybodys),
        (Role.FINANCE, "user-8", set()),
    ):
        actor, allowed = team.actor(role, own), set()
        for absent in everybody:
            cover = next((each.user_id for each in may_cover(everybody, absent)), None)
            with suppress(NotAllowed, NotFound):
                be_away(team.ctx, actor, absent.user_id, UNTIL, cover)
                allowed.add(absent.user_id)
        assert allowed == expected, role
        if expected:
            assert {each.user_id for each in may_be_away(team.ctx, actor)} == expected
        else:
            with pytest.raises(NotAllowed):
                may_be_away(team.ctx, actor)


def test_a_cover_lasts_through_its_last_local_day_and_ends_by_itself(team: Office) -> None:
    handle = team.enrolled()
    assert (mine(team, "user-1"), mine(team, "user-2")) == ({handle}, set())
    be_away(team.ctx, team.actor(), "user-1", date(2031, 3, 4), "user-2")
    be_away(team.ctx, team.actor(), "user-1", date(2031, 3, 4), "user-2")
    seen = []
    # Monday 9:00 in New York; Tuesday 23:59; Wednesday 0:00, when it is 5:00 UTC.
    for hours in (0, 38, 0.99, 0.01):
        team.forward(hours=hours)
        seen.append((mine(team, "user-1"), mine(team, "user-2"), mine(team, "user-3")))
    assert seen == [({handle}, {handle}, set())] * 3 + [({handle}, set(), set())]
    assert team.patient(handle).care_manager == "user-1"


def test_who_covers_whom_stands_in_the_access_log(team: Office) -> None:
    be_away(team.ctx, team.actor(), "user-1", date(2031, 3, 4), "user-2")
    team.forward(seconds=1)
    be_back(team.ctx, manager(team, "user-2"), "user-1")
    logged = access_log.entries(team.table, REGISTRY, team.moment.date()).records
    assert [(each.user_id, each.action, each.reason) for each in logged] == [
        ("user-1", "set an absence", "member user-1"),
        ("user-2", "end an absence", "member user-1"),
    ]


def test_an_absence_can_be_ended_before_its_day(team: Office) -> None:
    handle = team.enrolled()
    be_away(team.ctx, team.actor(), "user-1", date(2031, 3, 9), "user-2")
    assert mine(team, "user-2") == {handle}
    be_back(team.ctx, manager(team, "user-2"), "user-1")
    assert mine(team, "user-2") == set()
    with pytest.raises(NotFound):
        be_back(team.ctx, team.actor(), "user-9")


def test_nobody_is_away_until_a_day_that_is_past(team: Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        be_away(team.ctx, team.actor(), "user-1", date(2031, 3, 2), "user-2")
    assert refused.value.field == "until"


def test_a_cover_that_changed_meanwhile_is_not_overwritten(team: Office) -> None:
    read = people.membership(team.table, REGISTRY, "user-1")
    assert read is not None
    people.cover(team.table, read, "user-2", "2031-03-09")
    with pytest.raises(UserChanged):
        people.cover(team.table, read, "user-3", "2031-03-05")
    now = people.membership(team.table, REGISTRY, "user-1")
    assert now == read.model_copy(update={"covered_by": "user-2", "cover_until": "2031-03-09"})
    people.cover(team.table, now, None, None)
    end_membership(team.table, "user-1")
    with pytest.raises(UserChanged):
        people.cover(team.table, read, "user-2", "2031-03-09")
    assert people.membership(team.table, REGISTRY, "user-1") is None
