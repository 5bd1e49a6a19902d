"""Direct messages about a patient that the clock sends: each to a member as Slack and the team are now."""

import logging

from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.patient import Patient
from cocm_bot.domain.team.readers import Reader
from cocm_bot.jobs.tick import JobContext
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.context import Context
from cocm_bot.operations.team.recipients import record_shown
from cocm_bot.slack.kit import Payload, for_reader
from cocm_bot.slack.runtime.failures import Gone, Refused
from cocm_bot.slack.runtime.gateway import Sent
from cocm_bot.store import sent_messages
from cocm_bot.store.sent_messages import Delivery
from cocm_bot.store.team import people

logger = logging.getLogger(__name__)


def deliver(
    job_context: JobContext, registry: Registry, member: RegistryUser, about: Patient, message: Payload
) -> Sent:
    """Send a member a direct message about a patient, once it is written down that they are shown it.

    Raises Gone, after the admins were told, when they have no account here that takes messages; and what else
    the table and Slack answer.
    """
    try:
        slack_user_id = _account(job_context, member.user_id)
        record_shown(job_context.ctx, registry, member, slack_user_id, about.id)
        return job_context.gateway.tell(slack_user_id, _for(message, registry, member), registry.id)
    except Gone as gone:
        logger.warning("gone kind=message reason=%s", gone.reason)
        tell_admins(job_context.ctx, registry.id, Notice.MEMBER_GONE, member.user_id)
        raise


def _account(job_context: JobContext, user_id: str) -> str:
    user = people.user(job_context.ctx.table, user_id)
    person = job_context.directory.member(user) if user else None
    if person is None:
        raise Gone("users_not_found")
    return person.id


def redraw(
    job_context: JobContext, registry: Registry, delivery: Delivery, member: RegistryUser, message: Payload
) -> None:
    """Draw a message anew, if it is still there and its reader a full member of the workspace.

    Raises what may work later.
    """
    try:
        _account(job_context, delivery.user_id)
        shown = _for(message, registry, member)
        job_context.gateway.update_message(Sent(delivery.channel, delivery.ts), shown, registry.id)
    except (Gone, Refused) as refused:
        logger.warning("not redrawn kind=message reason=%s", refused.reason)


def _for(message: Payload, registry: Registry, member: RegistryUser) -> Payload:
    return for_reader(message, registry.id, Reader(member.role, member.is_admin).code)


def remember(ctx: Context, subject_id: str, user_id: str, sent: Sent, round_number: int = 0) -> None:
    """Write down a message that was just sent: to send it once, and to draw it anew. Raises Unavailable."""
    at = ctx.now().timestamp()
    sending = Delivery(user_id=user_id, channel=sent.channel, ts=sent.ts, at=at, round=round_number)
    sent_messages.record(ctx.table, subject_id, sending)
