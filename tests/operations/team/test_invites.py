"""The right to invite, and the outcome of invitations; accepting is in test_joining.py."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from moto import mock_aws
from pydantic import ValidationError

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import NotAllowed, Unavailable
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.context import Context
from cocm_bot.operations.team.invites import (
    AlreadyInvited,
    NewInvite,
    NoInvite,
    invite,
    pending,
    resend,
    withdraw,
)
from cocm_bot.operations.team.joining import accept
from cocm_bot.store import jobs
from cocm_bot.store.audit import access_log
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table.client import connect_user_pools
from cocm_bot.store.table.errors import AlreadyMember
from cocm_bot.store.team import invites, people
from cocm_bot.store.team.cognito import UserPool
from tests.operations.conftest import Office
from tests.store import engines, faults
from tests.store.build import REGISTRY, counts

DAY = 24 * 3600
WANTED = NewInvite(email="nora@example.org", first_name="Nora", last_name="Newcomer", role=Role.PCP)
NORA = SlackUser("U-NORA", "T1", "nora@example.org", None, "Nora", "Newcomer")


def admin(office: Office, role: Role = Role.CLINICAL_OPS) -> Actor:
    return replace(office.actor(role), is_admin=True)


def test_an_invitation_is_listed_for_both_sides_and_its_telling_waits(office: Office) -> None:
    made = invite(office.ctx, admin(office), WANTED, "i-1")
    now = int(office.moment.timestamp())
    assert (made.date_created, made.valid_until, made.invited_by) == (now, now + 30 * DAY, "user-1")
    assert invites.of_address(office.table, " NORA@example.org").records == [made]
    assert pending(office.ctx, admin(office)) == [made]
    waits = jobs.get(office.table, JobKind.INVITE, "i-1")
    assert waits is not None
    assert (waits.registry_id, waits.due_at, waits.state) == (REGISTRY, office.moment.timestamp(), {})
    [entry] = access_log.entries(office.table, REGISTRY, office.moment.date())
    assert (entry.action, entry.reason, entry.patient_ids) == ("invite", "invite i-1", ())


def test_the_registry_says_how_long_an_invitation_lasts(office: Office) -> None:
    actor = admin(office)
    brief = replace(actor, registry=actor.registry.model_copy(update={"invite_days": 2}))
    made = invite(office.ctx, brief, WANTED, "i-1")
    assert made.valid_until == int(office.moment.timestamp()) + 2 * DAY


def test_the_same_request_twice_is_one_invitation_and_another_is_told_of_it(office: Office) -> None:
    made = invite(office.ctx, admin(office), WANTED, "i-1")
    assert invite(office.ctx, admin(office), WANTED, "i-1") == made
    with pytest.raises(AlreadyInvited) as refusal:
        invite(office.ctx, admin(office), WANTED.model_copy(update={"role": Role.FINANCE}), "i-2")
    assert refusal.value.invite == made
    assert pending(office.ctx, admin(office)) == [made]


def test_a_member_is_not_invited(office: Office) -> None:
    with pytest.raises(AlreadyMember):
        invite(office.ctx, admin(office), WANTED.model_copy(update={"email": "PERSON.1@example.org"}), "i-1")
    assert pending(office.ctx, admin(office)) == []


def test_an_expired_invitation_is_replaced_or_sent_again(office: Office) -> None:
    invite(office.ctx, admin(office), WANTED, "i-1")
    office.forward(days=31)
    made = invite(office.ctx, admin(office), WANTED, "i-2")
    assert pending(office.ctx, admin(office)) == [made]
    office.forward(days=31)
    again = resend(office.ctx, admin(office), "i-2")
    assert again.valid_until == int(office.moment.timestamp()) + 30 * DAY
    assert pending(office.ctx, admin(office)) == [again]
    assert jobs.get(office.table, JobKind.INVITE, again.id or "") is not None


@pytest.mark.parametrize("change", [resend, withdraw])
def test_what_is_gone_is_said_to_be(office: Office, change: Callable[[Context, Actor, str], object]) -> None:
    invite(office.ctx, admin(office), WANTED, "i-1")
    withdraw(office.ctx, admin(office), "i-1")
    assert invites.of_address(office.table, WANTED.email).records == []
    with pytest.raises(NoInvite):
        change(office.ctx, admin(office), "i-1")


@pytest.mark.parametrize("role", list(Role))
def test_only_admins_invite_and_see_who_is_invited_whatever_their_role(office: Office, role: Role) -> None:
    made = invite(office.ctx, admin(office, role), WANTED, "i-1")
    member = office.actor(role)
    for attempt in (
        lambda: invite(office.ctx, member, WANTED.model_copy(update={"email": "b@example.org"}), "i-2"),
        lambda: pending(office.ctx, member),
        lambda: resend(office.ctx, member, "i-1"),
        lambda: withdraw(office.ctx, member, "i-1"),
    ):
        with pytest.raises(NotAllowed, match="Only an admin of this registry may invite people"):
            attempt()
    assert office.refusals() == ["invite people"] * 4
    assert pending(office.ctx, admin(office)) == [made]


@pytest.mark.parametrize(
    "wrong", [{"email": ""}, {"email": "nora"}, {"first_name": "…"}, {"last_name": " "}, {"role": "Boss"}]
)
def test_what_can_not_be_an_invitation_is_none(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        NewInvite.model_validate(WANTED.model_dump() | wrong)


# --- with a user pool -------------------------------------------------------------------------------------


@pytest.fixture
def ctx(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """The office's, with new users from a pool."""
    for name, value in engines.LOCAL.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = connect_user_pools(max_connections=4)
        made = client.create_user_pool(PoolName="clinic", UsernameAttributes=["email"])
        yield replace(office.ctx, pool=UserPool(client, made["UserPool"]["Id"]))


def pool_of(ctx: Context) -> UserPool:
    assert ctx.pool is not None
    return ctx.pool


def subs(ctx: Context) -> list[str]:
    """Return who is in the pool, by the id it gave them."""
    pool = pool_of(ctx)
    found = pool.client.list_users(UserPoolId=pool.pool_id)["Users"]
    return [each["Value"] for user in found for each in user["Attributes"] if each["Name"] == "sub"]


def test_a_new_users_id_is_the_pools(office: Office, ctx: Context) -> None:
    invite(ctx, admin(office), WANTED, "i-1")
    assert subs(ctx) == []
    accept(ctx, NORA, REGISTRY, "message")
    nora = people.user_by_email(office.table, NORA.email)
    assert nora is not None
    assert subs(ctx) == [nora.id]


@pytest.mark.usefixtures("no_pauses")
def test_a_pool_that_does_not_answer_leaves_nothing_half_made(office: Office, ctx: Context) -> None:
    invite(ctx, admin(office), WANTED, "i-1")
    with (
        faults.on(pool_of(ctx).client, "*", faults.time_out, "cognito-identity-provider"),
        faults.on(office.table.client, "*", faults.none) as asked,
        pytest.raises(Unavailable, match="Please try again in a moment"),
    ):
        accept(ctx, NORA, REGISTRY, "message")
    assert not any("TransactItems" in each or "Item" in each for each in asked)
    assert people.user_by_email(office.table, NORA.email) is None
    assert counts(office.table) == (1, 0)
    accept(ctx, NORA, REGISTRY, "message")
    assert counts(office.table) == (2, 0)
