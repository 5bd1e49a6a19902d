"""A hundred people accept at once, each twice, on four processes of the bot over one table."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.context import Context
from cocm_bot.operations.team.invites import NewInvite, invite
from cocm_bot.playground import cast, messages
from cocm_bot.playground.sender import Reply, Sender
from cocm_bot.playground.servers.server import running_workspace
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.kit import block_of
from cocm_bot.store import registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import accounts, invites, people
from tests.rig.seats import PATIENCE
from tests.rig.servers.served import environment, found_registry, run_here, serving
from tests.store import engines

pytestmark = [pytest.mark.slow, pytest.mark.long(20), pytest.mark.timeout(400)]

PROCESSES = 4
EVERYBODY = 100
AT_ONCE = 16
"""Clicks under way at any moment."""
ROLES = tuple(Role)


def guest(number: int) -> cast.Person:
    """One of the hundred; their address is written otherwise in Slack than in the invitation."""
    name, email = f"Given{number} Family{number}", f"Person.{number}@Example.org"
    return cast.Person(f"U0NEW{number:03}", name, email=email)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with running_workspace(ack_seconds=PATIENCE) as running:
        for number in range(EVERYBODY):
            running.people[guest(number).id] = guest(number)
        yield running


def invite_all(table: Table, registry_id: str, key: str) -> None:
    """Invitations of Maya's to everybody."""

    def now() -> datetime:
        return datetime.now(UTC)

    ctx = Context(table, now, AuditTrail(key, 6, now))
    maya, registry = (
        people.user_by_email(table, "maya.okafor@example.org"),
        registries.get(table, registry_id),
    )
    assert maya is not None
    assert registry is not None
    actor = Actor(maya.id, "Maya", "Okafor", Role.CARE_MANAGER, is_admin=True, registry=registry)

    def one(number: int) -> None:
        wanted = NewInvite(
            email=f"person.{number}@example.org",
            first_name=f"Given{number}",
            last_name="Family",
            role=ROLES[number % len(ROLES)],
        )
        invite(ctx, actor, wanted, f"invite-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(EVERYBODY)))


def accepts(workspace: Workspace, sender: Sender, person: str, registry_id: str) -> Reply:
    """A press of Accept in the direct message."""
    place = workspace.direct(person, cast.BOT).id
    pressed = {"type": "button", "action_id": "invite-accept", "value": registry_id}
    return sender.interact(
        {
            "type": "block_actions",
            "team": {"id": cast.TEAM},
            "user": {"id": person, "team_id": cast.TEAM},
            "channel": {"id": place, "name": "directmessage"},
            "container": {"type": "message", "channel_id": place},
            "trigger_id": workspace.fresh_trigger(person),
            "response_url": messages.fresh_link(workspace, person, place),
            "actions": [{**pressed, "block_id": block_of(registry_id, 1)}],
        }
    )


def test_a_hundred_people_accept_at_once_on_four_processes(
    endpoint: str, workspace: Workspace, tmp_path: Path
) -> None:
    settings = environment(workspace, endpoint)
    registry_id = found_registry(settings, "UTC")
    table = Table(engines.client_of(endpoint or settings[engines.ENDPOINT]), settings["COCM_TABLE"])
    invite_all(table, registry_id, settings["COCM_AUDIT_KEY"])
    with ExitStack() as processes, ThreadPoolExecutor(AT_ONCE) as pool:
        wanted = [serving(settings, workspace, tmp_path / f"log-{number}") for number in range(PROCESSES)]
        bots = list(pool.map(processes.enter_context, wanted))
        slacks = [Sender(workspace, f"{bot.url}/slack/events", workspace.signing_secret) for bot in bots]

        def click(number: int) -> Reply:
            """Everybody once, then everybody again, at another process."""
            person, again = number % EVERYBODY, number // EVERYBODY
            slack = slacks[(person + again) % PROCESSES]
            reply = accepts(workspace, slack, guest(person).id, registry_id)
            # Who gets no answer at all, on a machine too busy to take the connection, presses again.
            return reply if reply.status else accepts(workspace, slack, guest(person).id, registry_id)

        replies = list(pool.map(click, range(2 * EVERYBODY)))
        assert [reply for reply in replies if not reply.status] == [], "every click reaches the bot"
        answers = workspace.wait_until(lambda: told(workspace, 2 * EVERYBODY), "every answer", 240)
    # How soon each is acknowledged says more of this machine, which all four share, than of the bot.
    assert [refused for refused in workspace.refusals if refused.where != "block_actions"] == []
    assert [answer for answer in answers if "You are in *Riverside Clinic*" not in answer] == []
    presses = [call for call in workspace.calls if call.to == "bot"]
    assert 2 * EVERYBODY <= len(answers) <= len(presses)

    members = {each.user_id: each for each in people.members(table, registry_id)}
    registry = registries.get(table, registry_id)
    assert registry is not None
    assert registry.members == len(members) == EVERYBODY + 1
    assert invites.of_registry(table, registry_id).records == []
    for number in range(EVERYBODY):
        is_whole(table, registry_id, number, members)
    log = access_log.entries(table, registry_id, datetime.now(UTC).date())
    accepted = [each.slack_user_id for each in log if each.action == "accept_invite"]
    assert sorted(accepted) == [guest(number).id for number in range(EVERYBODY)]
    proved = run_here(settings, "audit", "verify", "--registry", registry_id)
    assert proved.returncode == 0, proved.stdout
    freed = run_here(settings, "user", "unbind", "--email", guest(0).email or "")
    assert freed.returncode == 0, freed.stderr
    assert accounts.user_of(table, cast.TEAM, guest(0).id) is None


def told(workspace: Workspace, wanted: int) -> list[str]:
    """Return what the clicks were answered, once there are as many answers; before, nothing."""
    sent = [str(each.blocks) for each in list(workspace.messages) if each.author == cast.BOT]
    # Meanwhile the clock sends invitations to those who have not accepted yet.
    answers = [each for each in sent if "invites you to" not in each]
    return answers if len(answers) >= wanted else []


def is_whole(table: Table, registry_id: str, number: int, members: dict[str, RegistryUser]) -> None:
    """Every record of one of the hundred is there, once, and the others agree with it."""
    person = guest(number)
    assert person.team_id is not None
    user = accounts.user_of(table, person.team_id, person.id)
    assert user is not None
    assert user == people.user_by_email(table, f"person.{number}@example.org")
    assert (user.registeries, user.slack_account) == ((registry_id,), (cast.TEAM, person.id))
    assert (user.first_name, user.last_name) == (f"Given{number}", "Family")
    assert members[user.id].role is ROLES[number % len(ROLES)]
    assert [each.registry_id for each in people.registries_of(table, user.id)] == [registry_id]
    assert invites.of_address(table, user.email).records == []
