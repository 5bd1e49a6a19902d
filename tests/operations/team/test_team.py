"""The team: its list, roles, the admin mark, and the end of a membership."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cocm_bot.domain.access import AccessAction, Actor
from cocm_bot.domain.errors import NotAllowed, NotFound
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.settings.registry_settings import Alerts
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.accounts import account_of
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.checking import check
from cocm_bot.operations.team import team
from cocm_bot.operations.team.team import ElsewhereToo, LastAdmin
from cocm_bot.store import jobs, registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import accounts, people
from tests.operations.conftest import Office
from tests.store import faults
from tests.store.build import REGISTRY, counts, found_registry, user


def add(office: Office, number: int, role: Role = Role.CARE_MANAGER, *, is_admin: bool = False) -> str:
    """Somebody more in the team; returns their user id."""
    people.add_member(office.table, REGISTRY, user(number), role, is_admin=is_admin, at=5)
    return f"user-{number}"


def admin(office: Office, user_id: str = "user-1") -> Actor:
    return replace(office.actor(user_id=user_id), is_admin=True)


def member(office: Office, user_id: str) -> RegistryUser:
    found = people.membership(office.table, REGISTRY, user_id)
    assert found is not None
    return found


def admins(office: Office) -> set[str]:
    return {each.user_id for each in people.members(office.table, REGISTRY) if each.is_admin}


def cover_alerts(office: Office, user_id: str) -> None:
    value = {"alerts": Alerts(cover=user_id).model_dump()}
    key = keys.registry(REGISTRY)
    office.table.transact(
        [writes.update(key, "SET alerts = :alerts", writes.STORED, value, lambda _: NotFound())]
    )


def logged(office: Office) -> list[tuple[str, str, str]]:
    """Return who did what to whom, as the access log has it."""
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    return sorted((each.user_id, each.action, each.reason) for each in entries if each.outcome == "allowed")


def queued(office: Office) -> int:
    """Return how many who left, or are no longer care managers, are still to be handled."""
    now = office.moment.timestamp()
    found = [each.kind for shard in range(jobs.SHARDS) for each in jobs.due(office.table, shard, now).waiting]
    return found.count(JobKind.OFFBOARDING)


# --- the list -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_the_team_by_name(office: Office, role: Role) -> None:
    for number, name in enumerate(("Zoe", "Élodie", "bea"), 2):
        person = user(number).model_copy(update={"first_name": name})
        people.add_member(office.table, REGISTRY, person, role, is_admin=False, at=5)
    found = team.team(office.ctx, office.actor(role))
    assert [each.first_name for each in found.members] == ["bea", "Cara", "Élodie", "Zoe"]
    assert found.names["user-2"] == "Zoe Manager"


def test_an_admin_sees_how_many_patients_a_member_has(office: Office) -> None:
    for _ in range(2):
        office.enrolled()
    add(office, 2)
    assert team.member(office.ctx, admin(office), "user-1").patients == 2
    assert team.member(office.ctx, admin(office), "user-2").patients == 0
    with pytest.raises(NotFound):
        team.member(office.ctx, admin(office), "user-9")


# --- who may change it ------------------------------------------------------------------------------------


def test_only_admins_change_the_team_and_every_refusal_is_written_down(office: Office) -> None:
    add(office, 2)
    actor = office.actor(user_id="user-2")
    for refused in (
        lambda: team.member(office.ctx, actor, "user-1"),
        lambda: team.change_role(office.ctx, actor, "user-1", Role.FINANCE),
        lambda: team.set_admin(office.ctx, actor, "user-2", is_admin=True),
        lambda: team.remove(office.ctx, actor, "user-1"),
        lambda: team.forget_account(office.ctx, actor, "user-1"),
    ):
        with pytest.raises(NotAllowed, match="Only an admin of this registry may "):
            refused()
    assert len(office.refusals()) == 5
    assert (counts(office.table), admins(office), logged(office)) == ((2, 0), {"user-1"}, [])


def test_who_was_an_admin_when_they_clicked_and_is_none_now_is_refused(office: Office) -> None:
    add(office, 2, is_admin=True)
    team.set_admin(office.ctx, admin(office), "user-2", is_admin=False)
    with pytest.raises(NotAllowed):
        team.remove(office.ctx, admin(office, "user-2"), "user-1")
    assert admins(office) == {"user-1"}


# --- roles ------------------------------------------------------------------------------------------------


def test_a_role_is_changed_once_and_written_down(office: Office) -> None:
    add(office, 2, Role.PSYCHIATRIST)
    for _ in range(2):
        team.change_role(office.ctx, admin(office), "user-2", Role.PCP)
    assert member(office, "user-2").role is Role.PCP
    assert logged(office) == [("user-1", "change a role to Primary Care Physician", "member user-2")]
    assert queued(office) == 0


def test_what_a_care_manager_leaves_is_seen_to_when_the_role_changes(office: Office) -> None:
    add(office, 2)
    waiting = team.change_role(office.ctx, admin(office), "user-2", Role.PSYCHIATRIST)
    assert ([each.kind for each in waiting], queued(office)) == ([JobKind.CLEARING, JobKind.OFFBOARDING], 1)


@pytest.mark.parametrize(("role", "covers"), [(Role.PSYCHIATRIST, "user-2"), (Role.FINANCE, None)])
def test_who_sees_no_patients_covers_no_alerts(office: Office, role: Role, covers: str | None) -> None:
    add(office, 2, Role.PCP)
    cover_alerts(office, "user-2")
    team.change_role(office.ctx, admin(office), "user-2", role)
    registry = registries.get(office.table, REGISTRY)
    assert registry is not None
    assert registry.alerts.cover == covers


# --- admins -----------------------------------------------------------------------------------------------


def test_admins_are_made_and_step_down_but_not_the_last_one(office: Office) -> None:
    add(office, 2)
    with pytest.raises(LastAdmin):
        team.set_admin(office.ctx, admin(office), "user-1", is_admin=False)
    with pytest.raises(LastAdmin):
        team.remove(office.ctx, admin(office), "user-1")
    team.set_admin(office.ctx, admin(office), "user-2", is_admin=True)
    team.set_admin(office.ctx, admin(office), "user-2", is_admin=True)
    team.set_admin(office.ctx, admin(office), "user-1", is_admin=False)
    assert admins(office) == {"user-2"}
    assert logged(office) == [
        ("user-1", "make an admin", "member user-2"),
        ("user-1", "take the admin mark away", "member user-1"),
    ]


def admins_of(table: Table, number: int) -> Office:
    """An office in which user-1 to that number are admins."""
    office = Office(table)
    for each in range(2, number + 1):
        add(office, each, is_admin=True)
    return office


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 5])
@pytest.mark.parametrize("how", ["step down", "leave", "throw each other out", "demote each other"])
def test_of_admins_who_all_go_at_once_one_stays(table: Table, number: int, how: str) -> None:
    office = admins_of(table, number)
    everybody = [f"user-{each}" for each in range(1, number + 1)]

    def go(user_id: str) -> object:
        actor, other = admin(office, user_id), everybody[everybody.index(user_id) - 1]
        try:
            match how:
                case "step down":
                    team.set_admin(office.ctx, actor, user_id, is_admin=False)
                case "leave":
                    team.remove(office.ctx, actor, user_id)
                case "throw each other out":
                    team.remove(office.ctx, actor, other)
                case _:
                    team.set_admin(office.ctx, actor, other, is_admin=False)
        except (LastAdmin, NotAllowed, NotFound) as refused:
            return type(refused)
        return None

    with ThreadPoolExecutor(number) as pool:
        outcomes = list(pool.map(go, everybody))
    left = admins(office)
    assert left
    assert outcomes.count(None) == number - len(left)
    if how in ("step down", "leave"):
        assert (len(left), outcomes.count(LastAdmin)) == (1, 1)
    found = people.members(table, REGISTRY)
    assert counts(table)[0] == len(found)


# --- Slack accounts ---------------------------------------------------------------------------------------


def bound(office: Office, number: int) -> str:
    """Somebody more in the team, known by their Slack account."""
    user_id = add(office, number)
    person = people.user(office.table, user_id)
    assert person is not None
    accounts.bind(office.table, person, "T1", f"U{number}")
    return user_id


def test_a_slack_account_is_forgotten_once_and_the_next_one_is_theirs(office: Office) -> None:
    user_id = bound(office, 2)
    assert team.member(office.ctx, admin(office), user_id).bound
    for _ in range(2):
        team.forget_account(office.ctx, admin(office), user_id)
    assert not team.member(office.ctx, admin(office), user_id).bound
    assert accounts.user_of(office.table, "T1", "U2") is None
    person = account_of(office.ctx, SlackUser("U3", "T1", "person.2@example.org", None))
    assert person is not None
    assert (person.id, person.slack_user_id) == (user_id, "U3")
    assert logged(office) == [("user-1", "forget a Slack account", "member user-2")]


def test_the_account_of_who_is_elsewhere_too_is_not_an_admins_to_forget(office: Office) -> None:
    user_id = bound(office, 2)
    found_registry(office.table, "registry-2")
    people.add_member(office.table, "registry-2", user(2), Role.FINANCE, is_admin=False, at=5)
    with pytest.raises(ElsewhereToo):
        team.forget_account(office.ctx, admin(office), user_id)
    assert accounts.user_of(office.table, "T1", "U2") is not None


# --- the end of a membership ------------------------------------------------------------------------------


def test_a_member_who_is_removed_is_gone_from_everywhere_at_once(office: Office) -> None:
    add(office, 2)
    people.choose_registry(office.table, "user-2", REGISTRY)
    cover_alerts(office, "user-2")
    waiting = team.remove(office.ctx, admin(office), "user-2")
    assert [each.kind for each in waiting] == [JobKind.CLEARING, JobKind.OFFBOARDING]
    assert people.membership(office.table, REGISTRY, "user-2") is None
    assert people.registries_of(office.table, "user-2").records == []
    person, registry = people.user(office.table, "user-2"), registries.get(office.table, REGISTRY)
    assert person is not None
    assert registry is not None
    assert (person.registeries, person.current_registry) == ((), None)
    assert (registry.alerts.cover, registry.members) == (None, 1)
    assert registry.modified_date == office.moment.timestamp()
    assert logged(office) == [("user-1", "remove a member", "member user-2")]
    assert queued(office) == 1
    with pytest.raises(NotFound, match="no longer a member of the registry"):
        team.remove(office.ctx, admin(office), "user-2")


def test_the_other_registries_of_a_removed_member_stay_theirs(office: Office) -> None:
    add(office, 2)
    found_registry(office.table, "registry-2")
    people.add_member(office.table, "registry-2", user(2), Role.FINANCE, is_admin=False, at=5)
    people.choose_registry(office.table, "user-2", "registry-2")
    before = registries.get(office.table, REGISTRY)
    team.remove(office.ctx, admin(office), "user-2")
    person, after = people.user(office.table, "user-2"), registries.get(office.table, REGISTRY)
    assert person is not None
    assert before is not None
    assert (person.registeries, person.current_registry) == (("registry-2",), "registry-2")
    assert people.membership(office.table, "registry-2", "user-2") is not None
    assert after == before.model_copy(update={"members": 1}), "the settings are as they were"


def test_a_removal_that_meets_another_change_is_made_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(office, 2)
    stale, read = [member(office, "user-2")], people.members
    team.set_admin(office.ctx, admin(office), "user-2", is_admin=True)

    def first_stale(table: Table, registry_id: str) -> object:
        listing = read(table, registry_id)
        if not stale:
            return listing
        records = [stale[0] if each.user_id == "user-2" else each for each in listing]
        stale.clear()
        return replace(listing, records=records)

    monkeypatch.setattr(people, "members", first_stale)
    team.remove(office.ctx, admin(office), "user-2")
    assert stale == []
    assert people.membership(office.table, REGISTRY, "user-2") is None


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("lost", [1, 2])
def test_a_removal_whose_answer_is_lost_is_counted_once(table: Table, lost: int) -> None:
    office = Office(table)
    add(office, 2)
    fault = faults.times(lost, faults.lose_answer)
    with faults.on(table.client, "TransactWriteItems", fault):
        team.remove(office.ctx, admin(office), "user-2")
    assert counts(table) == (1, 0)
    assert queued(office) == 1


def test_a_name_is_corrected_and_entries_keep_the_id(office: Office) -> None:
    admin = replace(office.actor(), is_admin=True)
    handle = office.enrolled()
    team.rename(office.ctx, admin, "user-1", "Cara", "Bride")
    assert team.rename(office.ctx, admin, "user-1", "Cara", "Bride") == []
    assert team.team(office.ctx, admin).names["user-1"] == "Cara Bride"
    assert office.patient(handle).audit_logs[0].user_id == "user-1"
    with pytest.raises(NotAllowed):
        team.rename(office.ctx, office.actor(), "user-1", "Someone", "Else")
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    done = [each.reason for each in entries if each.action == AccessAction.RENAME_MEMBER]
    assert done == ["member user-1"]
    assert list(check(office.ctx)) == []
