"""One way to notify people of the team: send, remember, redraw, retry, and report who could not be reached.

Each message goes to a member as Slack and the team are now. Messages about a patient are sent at least once
and remembered in the table, to be drawn again; all others are sent once, as far as Slack tells.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.team.readers import Reader
from cocm_bot.jobs.clock.tick import JobContext, pause_after
from cocm_bot.logs import what
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.team.recipients import record_shown
from cocm_bot.slack.kit import Payload, for_reader
from cocm_bot.slack.runtime.client.failures import Gone, Refused, SlackFailure
from cocm_bot.slack.runtime.client.gateway import Sent
from cocm_bot.store import jobs, sent_messages
from cocm_bot.store.jobs import Job
from cocm_bot.store.sent_messages import SentMessage
from cocm_bot.store.team import people

SENT_TO = "told"
"""The key in a job's state for the user ids of those who have their message."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notification:
    """A direct message about a patient to one member."""

    registry: Registry
    member: RegistryUser
    patient: Patient
    message: Payload
    short: Payload | None = None
    """Sent where Slack refuses the message: what people wrote may be what it does not take."""
    round: int = 0
    """The number of this round, where somebody is notified more than once."""


Next = Callable[[Set[str]], Notification | None]
"""Returns who is next, read again each time, leaving out those who were tried (user ids)."""


class Notifier:
    """Notifies people on behalf of one job, for as long as one process has it."""

    def __init__(self, job_context: JobContext, job: Job) -> None:
        self._job_context = job_context
        self._job = job
        self._tried: set[str] = set()

    def send(self, user_id: str, message: Payload) -> Sent:
        """Send somebody a direct message that names no patient.

        Raises Gone when they have no account here that takes messages, and whatever else Slack answers.
        """
        return self._job_context.gateway.tell(self.account(user_id), message, self._job.registry_id)

    def send_each(self, messages: Mapping[str, Payload]) -> None:
        """Send each person, by user id, the message they do not have yet, and complete the job.

        Where Slack did not take one, the job is tried again later. Each is remembered at once: when the table
        fails, one at most is sent twice.
        """
        table, job = self._job_context.ctx.table, self._job
        sent_to = job.state.get(SENT_TO, [])
        failures: list[SlackFailure] = []
        for user_id in [each for each in messages if each not in sent_to]:
            try:
                self.send(user_id, messages[user_id])
            except (Gone, Refused) as failed:
                logger.warning("unreached kind=%s reason=%s", job.kind, failed.reason)
            except SlackFailure as failed:
                logger.warning("later kind=%s error=%s", job.kind, what(failed))
                failures.append(failed)
                continue
            sent_to = [*sent_to, user_id]
            job = jobs.checkpoint(table, job, {**job.state, SENT_TO: sent_to})
        if not failures:
            jobs.complete(table, job)
            return
        at = self._job_context.ctx.now().timestamp() + pause_after(failures, job.tries)
        self._job_context.reschedule(job, at, tries=job.tries)

    def send_all(self, following: Next) -> dict[str, CocmError]:
        """Send one notification after another, and remember each, until nobody is left who was not tried.

        Returns whom they did not reach, by user id, and why not.
        """
        unreached: dict[str, CocmError] = {}
        while (notification := following(self._tried)) is not None:
            user_id = notification.member.user_id
            self._tried.add(user_id)
            try:
                self._remember(notification, self._send(notification))
            except Gone as gone:
                unreached[user_id] = gone
            except CocmError as error:
                logger.warning("later kind=%s error=%s", self._job.kind, what(error))
                unreached[user_id] = error
        return unreached

    def redraw(
        self,
        registry: Registry,
        sent: Iterable[SentMessage],
        readers: Mapping[str, RegistryUser],
        draw: Callable[[RegistryUser], Payload],
    ) -> list[CocmError]:
        """Draw the messages again that readers have; whoever may no longer read one had it taken back.

        Returns what failed and may work later. A message that is gone, or whose reader is, is left as it is.
        """
        failures: list[CocmError] = []
        for message in sent:
            reader = readers.get(message.user_id)
            if reader is None:
                continue
            try:
                self.account(message.user_id)
                shown = _drawn_for(reader, registry, draw(reader))
                self._job_context.gateway.update_message(
                    Sent(message.channel, message.ts), shown, registry.id
                )
            except (Gone, Refused) as refused:
                logger.warning("not redrawn kind=%s reason=%s", self._job.kind, refused.reason)
            except CocmError as error:
                failures.append(error)
        return failures

    def report_unreached(self, report: Notification, count: int) -> CocmError | None:
        """Send whoever caused the notifications a report of whom they missed; returns what failed."""
        logger.error("missed kind=%s count=%d", self._job.kind, count)
        try:
            self._send(report)
        except CocmError as error:
            logger.warning("unreached not reported kind=%s error=%s", self._job.kind, what(error))
            return error
        return None

    def _send(self, notification: Notification) -> Sent:
        try:
            return self._show(notification, notification.message)
        except Refused as refused:
            if notification.short is None:
                raise
            logger.warning("refused kind=%s reason=%s", self._job.kind, refused.reason)
            return self._show(notification, notification.short)

    def _show(self, notification: Notification, message: Payload) -> Sent:
        """Send a message about a patient, after recording that it is shown to the member.

        Raises Gone, after the admins were notified, when the member has no account here that takes messages.
        """
        registry, member, ctx = notification.registry, notification.member, self._job_context.ctx
        try:
            account = self.account(member.user_id)
            record_shown(ctx, registry, member, account, notification.patient.id)
            shown = _drawn_for(member, registry, message)
            return self._job_context.gateway.tell(account, shown, registry.id)
        except Gone as gone:
            logger.warning("gone kind=%s reason=%s", self._job.kind, gone.reason)
            tell_admins(ctx, registry.id, Notice.MEMBER_GONE, member.user_id)
            raise

    def _remember(self, notification: Notification, sent: Sent) -> None:
        ctx = self._job_context.ctx
        message = SentMessage(
            user_id=notification.member.user_id,
            channel=sent.channel,
            ts=sent.ts,
            at=ctx.now().timestamp(),
            round=notification.round,
        )
        sent_messages.record(ctx.table, self._job.id, message)

    def account(self, user_id: str) -> str:
        """Return the Slack account of somebody; raises Gone where they have none here, or Unavailable."""
        user = people.user(self._job_context.ctx.table, user_id)
        found = self._job_context.directory.member(user) if user else None
        if found is None:
            raise Gone("users_not_found")
        return found.id


def _drawn_for(member: RegistryUser, registry: Registry, message: Payload) -> Payload:
    return for_reader(message, registry.id, Reader(member.role, member.is_admin).code)
