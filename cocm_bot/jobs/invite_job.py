"""Telling people that they were invited, and those who invited them that they declined."""

import contextlib

from cocm_bot.domain.members import Registry, UserInvite
from cocm_bot.jobs.job_messages import tell_each
from cocm_bot.jobs.tick import Rounds
from cocm_bot.slack.runtime.failures import Gone
from cocm_bot.slack.team.invites_view import invitation_message, told_declined
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Work
from cocm_bot.store.table.errors import InviteChanged
from cocm_bot.store.team import invites, people

ABSENT_SECONDS = 24 * 3600
"""How long until somebody who is not in the workspace is looked for again."""


def tell(rounds: Rounds, held: Work) -> None:
    """Tell of an invitation as it is now; nothing where it was accepted, withdrawn, or has expired."""
    table, now = rounds.desk.table, rounds.desk.now().timestamp()
    found = invites.of_registry(table, held.registry_id)
    invite = next((each for each in found if each.id == held.id), None)
    registry = registries.get(table, held.registry_id)
    if invite is None or registry is None:
        jobs.finish(table, held)
    elif invite.declined_at is not None:
        tell_each(rounds, held, {invite.invited_by: told_declined(invite, registry)})
    elif not invite.open(now):
        jobs.finish(table, held)
    else:
        _tell_invited(rounds, held, invite, registry)


def _tell_invited(rounds: Rounds, held: Work, invite: UserInvite, registry: Registry) -> None:
    """Send the invitation, at least once; who is not in the workspace yet is looked for again every day."""
    table = rounds.desk.table
    told = _sent(rounds, invite, registry)
    # Accepted or withdrawn meanwhile: there is nothing to be remembered.
    with contextlib.suppress(InviteChanged):
        invites.mark_told(table, invite, told=told)
    if told:
        jobs.finish(table, held)
    else:
        jobs.put_off(table, held, rounds.desk.now().timestamp() + ABSENT_SECONDS)


def _sent(rounds: Rounds, invite: UserInvite, registry: Registry) -> bool:
    """Whether Slack took the message; False when nobody there can be told at this address."""
    try:
        person = rounds.gateway.member_with(invite.email)
        if person is None:
            return False
        message = invitation_message(invite, registry, _inviter(rounds, invite))
        rounds.gateway.tell(person.id, message, registry.id)
    except Gone:
        return False
    return True


def _inviter(rounds: Rounds, invite: UserInvite) -> str:
    user = people.user(rounds.desk.table, invite.invited_by)
    return f"{user.first_name} {user.last_name}" if user else "An admin"
