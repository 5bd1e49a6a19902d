"""Send safety alerts in rounds until somebody takes them: at least once to each, and never given up."""

import logging
from collections.abc import Iterator, Set
from contextlib import suppress
from functools import partial

from pydantic import Field

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.digests.digest_schedule import TEAM_CHANNEL
from cocm_bot.domain.errors import CocmError, NotFound
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.safety.alerts import ADMINS, COVER, TEAM, circle, is_paging, next_round_at
from cocm_bot.jobs.clock.tick import PAUSES, JobContext, pause_after
from cocm_bot.jobs.notifier import Notification, Notifier
from cocm_bot.logs import what
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.clock_status import ALERT_LATE_SECONDS
from cocm_bot.operations.gaps import report_risk
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.safety.alerts import Case
from cocm_bot.slack.registries.admin_notice_view import admin_notice
from cocm_bot.slack.runtime.client.failures import Gone, Refused
from cocm_bot.slack.safety.alert_view import alert_message, taken_message, unreached_message
from cocm_bot.store import jobs, registries, requests
from cocm_bot.store.jobs import Job
from cocm_bot.store.table.errors import AlreadyApplied, BrokenItem, NotHeld

MOST_REDRAWS = 5
"""Tries to show in all messages what became of an alert: pressed, each shows it anyway."""
SOON = (5.0, 15.0, 30.0, *PAUSES[:1])
"""Seconds until an alert that did not reach somebody is tried again: at first long before the next tick."""

TAKEN = 1_000_000
"""The round in which the person who raised an alert learns who has it: after all that page somebody."""

logger = logging.getLogger(__name__)


class EscalationState(Record):
    """The progress of an alert; kept with its job."""

    handle: str
    begun: float
    """The time this round began (seconds UTC)."""
    round: int = TEAM
    unreached_reported: bool = Field(default=False, alias="owned_up")
    """True once the person who raised it knows whom it did not reach. The alias is the stored name."""
    failed: int = 0
    """Times in a row that it did not reach somebody who may be reached later."""

    def next(self, now: float) -> "EscalationState":
        """Return the round after this one."""
        return self.model_copy(update={"round": self.round + 1, "begun": now})


def alert(job_context: JobContext, job: Job) -> None:
    """Send it to all of the round that is due, and wait for the next; once it is taken or over, say so.

    Each message is remembered at once. Where nobody can be reached at all, the next round begins at once.
    Whatever keeps it for minutes from whom it should reach is reported to the admins.
    """
    try:
        _alert(job_context, job)
    except NotHeld:
        raise
    except Exception as error:
        _report_if_late(job_context, job)
        if isinstance(error, BrokenItem | NotFound):
            # Nobody can be sent the alert itself: the team is notified that there is one.
            report_risk(job_context.ctx, job.registry_id, str(job.state["handle"]))
        raise


def _alert(job_context: JobContext, job: Job) -> None:
    ctx, state = job_context.ctx, EscalationState.model_validate(job.state)
    notifier = Notifier(job_context, job)
    failures: list[CocmError] = []
    case = _case(job_context, job)
    if case and is_paging(case.alert):
        if (now := ctx.now().timestamp()) >= _next_at(case, state):
            state = state.next(now)
        state, failures = _send(job_context, job, notifier, state)
        case = _case(job_context, job)
    if case is None or not is_paging(case.alert):
        _close(job_context, job, notifier, case)
        return
    following = _next_at(case, state)
    undelivered = bool(failures) or not case.told
    state = state.model_copy(update={"failed": state.failed + 1 if undelivered else 0})
    if undelivered:
        _report_if_late(job_context, job, hopeless=not failures)
        # Where nobody can be reached, somebody may be before the next round.
        pause = pause_after(failures or [Gone()], state.failed, SOON)
        following = min(following, ctx.now().timestamp() + pause)
    job_context.reschedule(job, following, state.model_dump(by_alias=True), overdue=undelivered)


def _send(
    job_context: JobContext, job: Job, notifier: Notifier, state: EscalationState
) -> tuple[EscalationState, list[CocmError]]:
    """Send it to whoever should have it by now and does not; returns what failed and may work later."""
    failures: list[CocmError] = []
    while True:
        unreached = notifier.send_all(partial(_next, job_context, job, state))
        failures += [error for error in unreached.values() if not isinstance(error, Gone)]
        case = _case(job_context, job)
        if case is None or not is_paging(case.alert):
            return state, []
        # Where Slack refused it, the next in line are notified at once: Slack itself may be at fault.
        waits = any(not isinstance(error, Refused) for error in failures)
        if case.told or waits or state.round >= ADMINS:
            return _report_unreached(job_context, notifier, case, state), failures
        state = state.next(job_context.ctx.now().timestamp())


def _next(job_context: JobContext, job: Job, state: EscalationState, tried: Set[str]) -> Notification | None:
    # Everything is read again before each message: the team, the patient, and whether somebody has it.
    case, now = _case(job_context, job), job_context.ctx.now().timestamp()
    if case is None or not is_paging(case.alert):
        return None
    member = next((each for each in _waiting(case, state, now) if each.user_id not in tried), None)
    if member is None:
        return None
    draw = partial(alert_message, case, member.role, now, again=state.round > TEAM)
    return Notification(case.registry, member, case.patient, draw(), draw(in_short=True), state.round)


def _waiting(case: Case, state: EscalationState, now: float) -> Iterator[RegistryUser]:
    """Yield who is to be notified: in this round, or in an earlier one that did not reach them."""
    ever = {each.user_id for each in case.told}
    this_round = {each.user_id for each in case.told if each.round == state.round}
    for number in range(state.round + 1):
        for member in circle(number, case.registry, case.team, case.patient, case.alert, now):
            if member.user_id not in (this_round if number == state.round else ever):
                yield member


def _report_unreached(
    job_context: JobContext, notifier: Notifier, case: Case, state: EscalationState
) -> EscalationState:
    """Notify the person who raised it, once, of those who treat the patient and were not reached."""
    now = job_context.ctx.now().timestamp()
    first = circle(TEAM, case.registry, case.team, case.patient, case.alert, now)
    told = {each.user_id for each in case.told}
    missed = sorted(case.names[each.user_id] for each in first if each.user_id not in told)
    raiser = next((each for each in case.team if each.user_id == case.alert.raised_by), None)
    if state.unreached_reported or raiser is None or not missed:
        return state
    reached = list(dict.fromkeys(case.names.get(each.user_id, "") for each in case.told))
    report = Notification(case.registry, raiser, case.patient, unreached_message(case, missed, reached))
    failed = notifier.report_unreached(report, len(missed))
    return state if failed else state.model_copy(update={"unreached_reported": True})


def _report_if_late(job_context: JobContext, job: Job, *, hopeless: bool = False) -> None:
    """Report an alert that has waited for minutes, or at once where nobody can be reached. Never raises.

    It is logged at every try; the admins are notified once, each by a message of their own, and where the
    registry has a team channel that is no other company's, there too: no patient is named.
    """
    late = job_context.ctx.now().timestamp() - job.late_since
    if late < ALERT_LATE_SECONDS and not hopeless:
        return
    logger.error("undelivered kind=%s seconds=%d", job.kind, late)
    try:
        tell_admins(job_context.ctx, job.registry_id, Notice.ALERT_UNDELIVERED, job.id)
        _post_to_channel(job_context, job)
    except CocmError as error:
        logger.error("unreported kind=alert error=%s", what(error))  # noqa: TRY400 - the text may not be logged


def _post_to_channel(job_context: JobContext, job: Job) -> None:
    """Post to the team channel, once as far as Slack tells; what it does not take now is tried again."""
    table, posted = job_context.ctx.table, f"{job.kind}-{job.id}-{TEAM_CHANNEL}"
    registry = registries.get(table, job.registry_id)
    if registry is None or registry.team_channel is None or requests.applied(table, posted) is not None:
        return
    try:
        if job_context.gateway.silenced_by(registry.team_channel) is None:
            message = admin_notice(Notice.ALERT_UNDELIVERED, job.id, registry.name)
            job_context.gateway.tell(registry.team_channel, message, registry.id)
    except (Gone, Refused) as failed:
        logger.warning("unreached kind=%s reason=%s", TEAM_CHANNEL, failed.reason)
    with suppress(AlreadyApplied):
        table.transact([requests.mark(posted, "", job_context.ctx.now().timestamp())])


def _close(job_context: JobContext, job: Job, notifier: Notifier, case: Case | None) -> None:
    """Say in every message what became of the alert, as long as that is known, and complete the job."""
    now = job_context.ctx.now().timestamp()
    failures: list[CocmError] = []
    if case:
        team = [each for each in case.team if each.is_admin or may(each.role, Action.TAKE_ALERT)]
        covers = circle(COVER, case.registry, case.team, case.patient, case.alert, now)
        readers = {each.user_id: each for each in (*team, *covers)}
        failures = _notify_raiser(job_context, job, case)
        drawn = [each for each in case.told if each.round != TAKEN]
        failures += notifier.redraw(
            case.registry, drawn, readers, lambda reader: alert_message(case, reader.role, now)
        )
    if failures and job.tries < MOST_REDRAWS:
        job_context.reschedule(job, now + pause_after(failures, job.tries), job.state, tries=job.tries)
    else:
        jobs.complete(job_context.ctx.table, job)


def _notify_raiser(job_context: JobContext, job: Job, case: Case) -> list[CocmError]:
    """Notify whoever raised the alert, once, that somebody else has it; returns what may work later."""
    raiser = next((each for each in case.team if each.user_id == case.alert.raised_by), None)
    notified = any(each.round == TAKEN and each.user_id == case.alert.raised_by for each in case.told)
    if raiser is None or notified or case.alert.taken_by in (None, raiser.user_id):
        return []
    notification = Notification(case.registry, raiser, case.patient, taken_message(case), round=TAKEN)
    unreached = Notifier(job_context, job).send_all(
        lambda tried: None if raiser.user_id in tried else notification
    )
    return [error for error in unreached.values() if not isinstance(error, Gone | Refused)]


def _case(job_context: JobContext, job: Job) -> Case | None:
    return alerts.case_of(job_context.ctx, job.registry_id, str(job.state["handle"]), job.id)


def _next_at(case: Case, state: EscalationState) -> float:
    minutes = case.registry.alerts.escalate_minutes
    return next_round_at(state.round, state.begun, minutes, case.registry.policy)
