"""Accepting and declining, on a real engine: once, by the right person, whatever happens on the way."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import NotFound, Unavailable
from cocm_bot.domain.members import Registry, UserInvite
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.accounts import account_of, known_user, unbind
from cocm_bot.operations.access.slack_users import AnotherAccount, SlackUser
from cocm_bot.operations.team.invites import NewInvite, NoInvite, invite, pending, resend, withdraw
from cocm_bot.operations.team.joining import (
    InviteDeclined,
    InviteExpired,
    accept,
    accept_all,
    decline,
    waiting,
)
from cocm_bot.store import jobs
from cocm_bot.store.audit import access_log
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import InviteChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import invites as stored
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store import faults
from tests.store.build import REGISTRY, counts, found_registry

pytestmark = pytest.mark.slow

NORA = SlackUser("U-NORA", "T1", "nora@example.org", None, "Nora", "Newcomer")
WANTED = NewInvite(email=NORA.email, first_name="Nora", last_name="Newcomer", role=Role.PCP)


def admin(office: Office) -> Actor:
    return replace(office.actor(), is_admin=True)


def invited(office: Office, **changes: object) -> None:
    invite(office.ctx, admin(office), WANTED.model_copy(update=changes), "invite-1")


def joins(office: Office, person: SlackUser = NORA, registry_id: str = REGISTRY) -> None:
    accept(office.ctx, person, registry_id, "message")


def is_whole(table: Table, person: SlackUser = NORA) -> None:
    """Everything that makes somebody a member agrees, and nothing of the invitation is left."""
    user = people.user_by_email(table, person.email)
    assert user is not None
    assert (user.registeries, user.slack_account) == ((REGISTRY,), (person.team_id, person.id))
    member = people.membership(table, REGISTRY, user.id)
    assert member is not None
    assert (member.role, member.is_admin, member.first_name) == (Role.PCP, False, "Nora")
    assert [each.registry_id for each in people.registries_of(table, user.id)] == [REGISTRY]
    assert counts(table)[0] == len(people.members(table, REGISTRY)) == 2
    assert stored.of_address(table, person.email).records == []
    assert stored.of_registry(table, REGISTRY).records == []


def test_accepting_makes_a_member_and_takes_the_invitation_away(office: Office) -> None:
    invited(office)
    joins(office)
    is_whole(office.table)
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    [entry] = [each for each in entries if each.action == "accept_invite"]
    assert (entry.outcome, entry.slack_user_id) == ("allowed", "U-NORA")
    assert entry.reason == "invite invite-1"


def test_accepting_twice_is_accepting_once(office: Office) -> None:
    invited(office)
    joins(office)
    joins(office)
    is_whole(office.table)


@pytest.mark.parametrize("written", ["NORA@Example.ORG", " nora@example.org "])
def test_an_address_is_the_same_in_any_case(office: Office, written: str) -> None:
    invited(office, email="Nora@Example.org")
    joins(office, replace(NORA, email=written))
    is_whole(office.table, replace(NORA, email=written))


def test_nobody_accepts_what_another_was_invited_to(office: Office) -> None:
    invited(office)
    with pytest.raises(NoInvite):
        joins(office, SlackUser("U-EVE", "T1", "eve@example.org", None, "Eve", "Else"))
    assert counts(office.table) == (1, 0)
    [refusal] = access_log.entries(office.table, "-", office.moment.date()).records
    assert (refusal.outcome, refusal.reason, refusal.slack_user_id) == ("refused", "NoInvite", "U-EVE")


def test_a_registry_that_is_gone_is_joined_by_nobody(office: Office) -> None:
    with pytest.raises(NotFound):
        joins(office, registry_id="nowhere")


@pytest.mark.parametrize(("days", "open_still"), [(29.999, True), (30, False), (400, False)])
def test_an_invitation_ends_after_thirty_days(office: Office, days: float, open_still: bool) -> None:
    invited(office)
    office.forward(days=days)
    assert bool(waiting(office.ctx, NORA.email)) is open_still
    if open_still:
        joins(office)
        is_whole(office.table)
        return
    with pytest.raises(InviteExpired):
        joins(office)
    assert counts(office.table) == (1, 0)


def test_an_invitation_that_ends_between_reading_and_writing_is_not_accepted(office: Office) -> None:
    invited(office)
    read = stored.get(office.table, NORA.email, REGISTRY)
    assert read is not None
    late = office.moment.timestamp() + 30 * 24 * 3600
    with pytest.raises(InviteChanged):
        office.table.transact(stored.accepting(read, late))
    office.table.transact(stored.accepting(read, late - 1))


def older(office: Office, days: float, **changes: object) -> None:
    """An invitation as an older system left it: under the bare registry id, without an id or an expiry."""
    made = int(office.moment.timestamp() - days * 24 * 3600)
    record = UserInvite(
        email=NORA.email,
        first_name="Nora",
        last_name="Newcomer",
        invited_by="user-1",
        registry_id=REGISTRY,
        date_created=made,
        role=Role.PCP,
    ).model_copy(update=changes)
    office.table.put(writes.put(items.to_item(keys.bare_invite(NORA.email, REGISTRY), record)))


@pytest.mark.parametrize(("days", "admits"), [(0, True), (29.99, True), (30.01, False), (3000, False)])
def test_an_older_systems_invitation_admits_for_thirty_days_and_blocks_nobody(
    office: Office, days: float, admits: bool
) -> None:
    older(office, days)
    assert [each.record.bare for each in waiting(office.ctx, NORA.email)] == [True] * admits
    accept_all(office.ctx, NORA, "message")
    assert counts(office.table) == (1 + admits, 0)
    if admits:
        is_whole(office.table)
    else:
        with pytest.raises(InviteExpired):
            joins(office)


@pytest.mark.parametrize("changes", [{"email": "else@example.org"}, {"registry_id": "gone"}])
def test_an_invitation_that_can_not_be_accepted_keeps_nobody_from_their_work(
    office: Office, changes: dict[str, object]
) -> None:
    older(office, 1, **changes)
    accept_all(office.ctx, NORA, "message")
    assert counts(office.table) == (1, 0)
    invited(office)
    accept_all(office.ctx, NORA, "message")
    assert counts(office.table) == (2, 0)


def test_an_older_systems_invitation_is_replaced_by_a_new_one(office: Office) -> None:
    older(office, 40)
    invited(office)
    assert [each.bare for each in stored.of_address(office.table, NORA.email)] == [False]
    joins(office)
    is_whole(office.table)


def test_a_declined_invitation_is_told_of_and_stays_declined(office: Office) -> None:
    invited(office)
    _, told = decline(office.ctx, NORA, REGISTRY, "message")
    assert decline(office.ctx, NORA, REGISTRY, "message")[1] == told
    waits = jobs.get(office.table, JobKind.INVITE, told)
    assert waits is not None
    with pytest.raises(InviteDeclined):
        joins(office)
    [left] = pending(office.ctx, admin(office))
    assert (left.id, left.declined_at) == (told, int(office.moment.timestamp()))
    resend(office.ctx, admin(office), told)
    joins(office)
    is_whole(office.table)


def test_a_withdrawn_invitation_is_gone(office: Office) -> None:
    invited(office)
    withdraw(office.ctx, admin(office), "invite-1")
    with pytest.raises(NoInvite):
        joins(office)
    with pytest.raises(NoInvite):
        decline(office.ctx, NORA, REGISTRY, "message")


def test_who_became_a_member_by_another_way_takes_the_invitation_away(office: Office) -> None:
    invited(office)
    nora = people.user_by_email(office.table, "person.1@example.org")
    assert nora is not None
    person = nora.model_copy(update={"id": "user-9", "email": NORA.email, "registeries": ()})
    people.add_member(office.table, REGISTRY, person, Role.FINANCE, is_admin=False, at=5)
    joins(office)
    member = people.membership(office.table, REGISTRY, "user-9")
    assert member is not None
    assert member.role is Role.FINANCE
    assert counts(office.table) == (2, 0)
    assert stored.of_registry(office.table, REGISTRY).records == []


def test_several_invitations_are_accepted_one_by_one(office: Office) -> None:
    found_registry(office.table, "registry-2")
    invited(office)
    there = replace(admin(office), registry=in_registry(office, "registry-2"))
    invite(office.ctx, there, WANTED, "invite-2")
    accept_all(office.ctx, NORA, "message")
    nora = known_user(office.ctx, NORA)
    assert set(nora.registeries) == {REGISTRY, "registry-2"}
    accept_all(office.ctx, NORA, "message")
    assert counts(office.table) == (2, 0)


def in_registry(office: Office, registry_id: str) -> Registry:
    return office.actor().registry.model_copy(update={"id": registry_id})


# --- whose Slack account it is ----------------------------------------------------------------------------


def test_a_changed_address_keeps_ones_own_account_and_opens_no_others(office: Office) -> None:
    invited(office)
    joins(office)
    nora = known_user(office.ctx, NORA)
    assert known_user(office.ctx, replace(NORA, email="person.1@example.org")).id == nora.id
    assert known_user(office.ctx, replace(NORA, email="new@example.org")).id == nora.id


def test_another_slack_account_with_the_address_gets_nothing(office: Office) -> None:
    invited(office)
    joins(office)
    for other in (replace(NORA, id="U-EVE"), replace(NORA, team_id="T2")):
        with pytest.raises(AnotherAccount):
            account_of(office.ctx, other)


def test_an_invitation_to_an_address_that_is_anothers_is_not_accepted(office: Office) -> None:
    found_registry(office.table, "registry-2")
    invited(office)
    joins(office)
    there = replace(admin(office), registry=in_registry(office, "registry-2"))
    wanted = WANTED.model_copy(update={"email": "eve@example.org"})
    invite(office.ctx, there, wanted, "invite-2")
    eve = SlackUser("U-EVE", "T1", "eve@example.org", None, "Eve", "Else")
    accept(office.ctx, eve, "registry-2", "message")
    invite(office.ctx, admin(office), wanted, "invite-3")
    with pytest.raises(AnotherAccount):
        joins(office, replace(NORA, email="eve@example.org"), REGISTRY)


def test_whoever_runs_the_bot_connects_a_new_slack_account(office: Office) -> None:
    invited(office)
    joins(office)
    nora = known_user(office.ctx, NORA)
    unbind(office.ctx, "Nora@example.org", "operator")
    assert known_user(office.ctx, replace(NORA, id="U-NEW")).id == nora.id
    with pytest.raises(AnotherAccount):
        account_of(office.ctx, NORA)
    entries = access_log.entries(office.table, "-", office.moment.date()).records
    assert [(each.action, each.reason) for each in entries] == [("unbind_user", "account operator")]
    with pytest.raises(NotFound):
        unbind(office.ctx, "nobody@example.org", "operator")


def test_finding_a_known_person_takes_two_reads_however_many_there_are(office: Office) -> None:
    invited(office)
    joins(office)
    with faults.on(office.table.client, "*", faults.none) as asked:
        known_user(office.ctx, NORA)
    assert [set(each) >= {"Key", "ConsistentRead"} for each in asked] == [True, True]


# --- what happens on the way ------------------------------------------------------------------------------


@pytest.fixture
def busy(table: Table) -> Office:
    """An office that many threads may use, whose requests may meet faults."""
    return Office(table)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("step", range(9))
@pytest.mark.parametrize(
    "fault", [faults.time_out, faults.lose_answer], ids=["lost on the way", "answer lost"]
)
def test_one_who_died_at_any_step_accepts_again(busy: Office, fault: faults.Fault, step: int) -> None:
    """From that request on nothing comes back: the process is gone. Another one is asked then."""
    invited(busy)
    sent = iter(range(10_000))

    def from_then_on(request: AWSPreparedRequest) -> AWSResponse | None:
        return fault(request) if next(sent) >= step else None

    with faults.on(busy.table.client, "*", from_then_on), contextlib.suppress(Unavailable):
        joins(busy)
    assert counts(busy.table)[0] == len(people.members(busy.table, REGISTRY))
    joins(busy)
    is_whole(busy.table)


@pytest.mark.usefixtures("no_pauses")
def test_twenty_clicks_at_once_are_one(busy: Office) -> None:
    invited(busy)
    offices = [Office(busy.table) for _ in range(4)]
    with ThreadPoolExecutor(20) as clicks:
        list(clicks.map(lambda number: joins(offices[number % 4]), range(20)))
    is_whole(busy.table)


@pytest.mark.usefixtures("no_pauses")
def test_accepting_and_declining_at_once_is_one_of_them(busy: Office) -> None:
    invited(busy)

    def declines(_: int) -> None:
        decline(busy.ctx, NORA, REGISTRY, "message")

    with ThreadPoolExecutor(2) as clicks:
        futures = [clicks.submit(joins, busy), clicks.submit(declines, 0)]
    failed = [type(each.exception()) for each in futures if each.exception()]
    members = counts(busy.table)[0]
    assert (members, failed) in (
        (2, [NoInvite]),
        (2, [InviteChanged]),
        (1, [InviteDeclined]),
    )
