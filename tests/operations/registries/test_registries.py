from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cocm_bot.domain.access import Actor, Creators
from cocm_bot.domain.errors import InvalidInput, NotAllowed
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries import registries as operation
from cocm_bot.operations.registries.setup import NewRegistry, new_registry
from cocm_bot.store import jobs, registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store import faults
from tests.store.build import REGISTRY

NOOR = SlackUser("U0NOOR", "T0COCM", "Noor.Rahimi@Example.org", None, "Noor", "Rahimi", "America/New_York")
DUE_AGAIN, DAY_ANEW = (JobKind.RECALCULATION, REGISTRY), (JobKind.DIGEST, REGISTRY)


def wanted(**changes: Any) -> NewRegistry:
    entered = {"name": "Lakeside", "first_name": "Noor", "last_name": "Rahimi", "timezone": "Asia/Kolkata"}
    given: dict[str, Any] = {**entered, "admin_email": NOOR.email, "role": Role.CLINICAL_OPS, **changes}
    return new_registry(**given)


@pytest.fixture
def founders(empty_table: Table) -> Office:
    """An office in which there is nothing yet."""
    return Office(empty_table)


def desk_of(office: Office, creators: Creators) -> Context:
    return replace(office.ctx, creators=creators)


def noors(office: Office) -> Context:
    return desk_of(office, Creators(frozenset({"noor.rahimi@example.org"})))


@pytest.fixture
def admin(office: Office) -> Callable[[], Actor]:
    """An admin of the registry, as the table has it at each call."""
    return lambda: replace(office.actor(), is_admin=True)


# --- setting one up ---------------------------------------------------------------------------------------


def test_a_registry_from_nothing(founders: Office) -> None:
    ctx = noors(founders)
    actor = operation.create(ctx, NOOR, "modal", wanted(team_channel="C1", measures=("GAD-7",)), "request-1")
    registry = registries.get(ctx.table, actor.registry.id)
    assert registry is not None
    assert registry == actor.registry
    assert (registry.name, registry.timezone, registry.team_channel) == ("Lakeside", "Asia/Kolkata", "C1")
    assert (registry.members, registry.active_patients) == (1, 0)
    assert [measure.name for measure in registry.policy.measures] == ["GAD-7"]
    assert (actor.role, actor.is_admin, actor.slack_user_id) == (Role.CLINICAL_OPS, True, "U0NOOR")
    user = people.user_by_email(ctx.table, NOOR.email)
    assert user is not None
    assert (user.id, user.registeries, user.current_registry) == (
        actor.user_id,
        (registry.id,),
        registry.id,
    )
    assert jobs.get(ctx.table, JobKind.DIGEST, registry.id) is not None
    [entry] = access_log.entries(ctx.table, registry.id, founders.moment.date())
    assert (entry.action, entry.outcome, entry.user_id) == ("create_registry", "allowed", user.id)


def test_the_same_request_sets_up_one_registry(founders: Office) -> None:
    ctx = noors(founders)
    first = operation.create(ctx, NOOR, "modal", wanted(), "request-1")
    again = operation.create(ctx, NOOR, "modal", wanted(), "request-1")
    assert again.registry.id == first.registry.id
    assert len(operation.memberships(ctx, first.user_id)) == 1


def test_a_lost_answer_sets_up_one_registry(founders: Office) -> None:
    ctx = noors(founders)
    with faults.on(ctx.table.client, "TransactWriteItems", faults.times(1, faults.lose_answer)):
        actor = operation.create(ctx, NOOR, "modal", wanted(), "request-1")
    assert [each.registry.name for each in operation.memberships(ctx, actor.user_id)] == ["Lakeside"]


def test_a_second_one_needs_another_name_and_becomes_the_current_one(founders: Office) -> None:
    ctx = noors(founders)
    first = operation.create(ctx, NOOR, "modal", wanted(), "request-1")
    for same in ("LAKESIDE", "Lákeside", "“Lakeside”", "Ｌakeside"):
        with pytest.raises(InvalidInput, match="in a registry of this name already") as taken:
            operation.create(ctx, NOOR, "modal", wanted(name=same), "request-2")
        assert taken.value.field == "name"
    second = operation.create(ctx, NOOR, "modal", wanted(name="Hillside", role=Role.PCP), "request-3")
    assert second.user_id == first.user_id
    mine = operation.memberships(ctx, first.user_id)
    assert [(each.registry.name, each.role, each.is_admin) for each in mine] == [
        ("Hillside", Role.PCP, True),
        ("Lakeside", Role.CLINICAL_OPS, True),
    ]
    user = people.user(ctx.table, first.user_id)
    assert user is not None
    assert user.current_registry == second.registry.id


@pytest.mark.parametrize(
    ("creators", "workspace_admin", "allowed"),
    [
        (Creators(), True, False),
        (Creators(frozenset({"noor.rahimi@example.org"})), False, True),
        (Creators(frozenset({"maya.okafor@example.org"})), True, False),
        (Creators(workspace_admins=True), False, False),
        (Creators(workspace_admins=True), True, True),
    ],
)
def test_who_may(founders: Office, creators: Creators, workspace_admin: bool, allowed: bool) -> None:
    ctx, person = desk_of(founders, creators), replace(NOOR, workspace_admin=workspace_admin)
    if allowed:
        operation.create(ctx, person, "modal", wanted(), "request-1")
        return
    with pytest.raises(NotAllowed, match="named by whoever runs the bot"):
        operation.create(ctx, person, "modal", wanted(), "request-1")
    assert people.user_by_email(ctx.table, person.email) is None
    [entry] = access_log.entries(ctx.table, "-", founders.moment.date())
    assert (entry.action, entry.outcome, entry.slack_user_id) == ("create_registry", "refused", "U0NOOR")


# --- its name ---------------------------------------------------------------------------------------------


def test_renaming_is_for_admins_and_written_down(office: Office, admin: Callable[[], Actor]) -> None:
    with pytest.raises(NotAllowed, match="Only an admin of this registry may rename the registry"):
        operation.rename(office.ctx, office.actor(), "Hillside")
    assert operation.rename(office.ctx, admin(), "Hillside").name == "Hillside"
    assert office.actor().registry.name == "Hillside"
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    assert {(each.action, each.outcome) for each in entries} == {
        ("rename the registry", "refused"),
        ("rename the registry", "allowed"),
    }


# --- its settings -----------------------------------------------------------------------------------------


def queued(office: Office) -> dict[tuple[str, str], float]:
    """Return when the work that a change may call for can be taken."""
    found = {each: jobs.get(office.table, *each) for each in (DUE_AGAIN, DAY_ANEW)}
    return {each: waiting.visible_at for each, waiting in found.items() if waiting}


CALLED_FOR: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
    ({"follow_up_days": 10}, {DUE_AGAIN}),
    ({"gap_months": 12}, {DUE_AGAIN}),
    ({"timezone": "Asia/Kolkata"}, {DUE_AGAIN, DAY_ANEW}),
    ({"digest_time": "07:30"}, {DAY_ANEW}),
    ({"quiet_days": ("2031-12-24",)}, {DAY_ANEW}),
    ({"invite_days": 7, "direct": "name", "escalate_minutes": 5, "cover": "user-1"}, set()),
]


@pytest.mark.parametrize(("changes", "called"), CALLED_FOR)
def test_a_change_calls_for_what_follows_from_it(
    office: Office, admin: Callable[[], Actor], changes: dict[str, Any], called: set[tuple[str, str]]
) -> None:
    office.forward(minutes=5)
    actor = admin()
    after = operation.change_settings(office.ctx, actor, changes, operation.seal(actor.registry))
    assert office.actor().registry == after
    now = office.moment.timestamp()
    assert {each for each, due in queued(office).items() if due == now} == called
    waiting = jobs.get(office.table, *DUE_AGAIN)
    assert waiting is None or waiting.state["by"] == actor.user_id
    [entry] = access_log.entries(office.table, REGISTRY, office.moment.date())
    assert (entry.action, entry.outcome) == ("change the registry's settings", "allowed")
    assert set(entry.reason.split(", ")) == changes.keys()


def test_nothing_changed_is_nothing_written(office: Office, admin: Callable[[], Actor]) -> None:
    actor = admin()
    same = {"follow_up_days": 14, "working_days": [0, 1, 2, 3, 4]}
    assert operation.change_settings(office.ctx, actor, same, "") == actor.registry
    assert len(access_log.entries(office.table, REGISTRY, office.moment.date())) == 0


def test_who_was_overtaken_is_told_and_nothing_is_written(office: Office, admin: Callable[[], Actor]) -> None:
    mine = theirs = admin()
    seen = operation.seal(mine.registry)
    operation.change_settings(office.ctx, theirs, {"lost_days": 90}, seen)
    with pytest.raises(operation.Overtaken):
        operation.change_settings(office.ctx, admin(), {"lost_days": 45}, seen)
    assert office.actor().registry.cadence.lost_days == 90
    # what somebody else chose to ask for is no setting of this modal: it does not come between
    registry = admin().registry
    registries.save_measures(
        office.table, registry, registry.model_copy(update={"own_measures": (), "modified_date": 9.0})
    )
    after = operation.change_settings(
        office.ctx, admin(), {"lost_days": 45}, operation.seal(admin().registry)
    )
    assert after.cadence.lost_days == 45


def test_only_admins_and_only_what_can_be(office: Office, admin: Callable[[], Actor]) -> None:
    with pytest.raises(NotAllowed, match="may change the registry's settings"):
        operation.change_settings(office.ctx, office.actor(), {"lost_days": 90}, "")
    assert office.refusals() == ["change the registry's settings"]
    seen = operation.seal(admin().registry)
    for changes, field in (({"lost_days": 0}, "lost_days"), ({"cover": "user-9"}, "cover")):
        with pytest.raises(InvalidInput) as wrong:
            operation.change_settings(office.ctx, admin(), changes, seen)
        assert wrong.value.field == field
    assert operation.seal(admin().registry) == seen
