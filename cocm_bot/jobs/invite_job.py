"""Notify people of their invitations, and those who invited them of a refusal."""

import contextlib

from cocm_bot.domain.members import Registry, UserInvite
from cocm_bot.domain.people import full_name
from cocm_bot.jobs.clock.tick import JobContext
from cocm_bot.jobs.notifier import Notifier
from cocm_bot.slack.runtime.client.failures import Gone
from cocm_bot.slack.team.invites_view import declined_notice, invitation_message
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job
from cocm_bot.store.table.errors import InviteChanged
from cocm_bot.store.team import invites, people

ABSENT_SECONDS = 24 * 3600
"""Seconds until somebody who is not in the workspace is looked for again."""


def send(job_context: JobContext, job: Job) -> None:
    """Send an invitation as it is now, or its refusal; nothing once accepted, withdrawn or expired."""
    table, now = job_context.ctx.table, job_context.ctx.now().timestamp()
    found = invites.of_registry(table, job.registry_id)
    invite = next((each for each in found if each.id == job.id), None)
    registry = registries.get(table, job.registry_id)
    if invite is None or registry is None:
        jobs.complete(table, job)
    elif invite.declined_at is not None:
        Notifier(job_context, job).send_each({invite.invited_by: declined_notice(invite, registry)})
    elif not invite.open(now):
        jobs.complete(table, job)
    else:
        _invite(job_context, job, invite, registry)


def _invite(job_context: JobContext, job: Job, invite: UserInvite, registry: Registry) -> None:
    """Send the invitation, at least once; who is not in the workspace yet is looked for again every day."""
    table = job_context.ctx.table
    sent = _send(job_context, invite, registry)
    # Accepted or withdrawn meanwhile: there is nothing to remember.
    with contextlib.suppress(InviteChanged):
        invites.mark_notified(table, invite, told=sent)
    if sent:
        jobs.complete(table, job)
    else:
        jobs.reschedule(table, job, job_context.ctx.now().timestamp() + ABSENT_SECONDS)


def _send(job_context: JobContext, invite: UserInvite, registry: Registry) -> bool:
    """Return whether Slack took the message; False when nobody there can be reached at this address."""
    try:
        person = job_context.gateway.member_with(invite.email)
        if person is None:
            return False
        message = invitation_message(invite, registry, _inviter(job_context, invite))
        job_context.gateway.tell(person.id, message, registry.id)
    except Gone:
        return False
    return True


def _inviter(job_context: JobContext, invite: UserInvite) -> str:
    user = people.user(job_context.ctx.table, invite.invited_by)
    return full_name(user) if user else "An admin"
