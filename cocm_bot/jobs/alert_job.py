"""Safety alerts: told in rounds until somebody takes them. At least once to each, and never given up."""

import logging
from collections.abc import Iterator

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import CocmError, NotFound
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.record import Record
from cocm_bot.domain.safety.alerts import ADMINS, TEAM, circle, is_paging, next_round_at
from cocm_bot.jobs.patient_messages import deliver, redraw, remember
from cocm_bot.jobs.tick import PAUSES, JobContext, pause_after
from cocm_bot.jobs.undelivered import report_if_late
from cocm_bot.logs import what
from cocm_bot.operations.caseload.gaps import report_risk
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.safety.alerts import Case
from cocm_bot.slack.runtime.failures import Gone, Refused
from cocm_bot.slack.runtime.gateway import Sent
from cocm_bot.slack.safety.alert_view import alert_message, taken_message, unreached_message
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job
from cocm_bot.store.table.errors import BrokenItem, NotHeld

MOST_REDRAWS = 5
"""How often it is tried to say in all messages what became of an alert: pressed, each says it anyway."""
SOON = (5.0, 15.0, 30.0, *PAUSES[:1])
"""Seconds until an alert that did not reach somebody is tried again: at first long before the next tick."""

TAKEN = 1_000_000
"""The round in which who raised an alert is told who has it: after all that page somebody."""

logger = logging.getLogger(__name__)


class EscalationState(Record):
    """How far the telling of an alert came."""

    handle: str
    begun: float
    """When this round began (seconds UTC)."""
    round: int = TEAM
    unreached_reported: bool = False
    """Whether who raised it was told whom it did not reach."""
    failed: int = 0
    """How often in a row it did not reach somebody who may be reached later."""

    def next(self, now: float) -> "EscalationState":
        """The round after this one."""
        return self.model_copy(update={"round": self.round + 1, "begun": now})


def alert(job_context: JobContext, job: Job) -> None:
    """Tell all of the round that is due, and wait for the next; once it is taken or over, tell them that.

    Who was told is remembered one by one. Where nobody can be reached at all, the next round begins at once.
    What keeps it from whom it should reach for minutes is told to the admins, whatever that is.
    """
    try:
        _alert(job_context, job)
    except NotHeld:
        raise
    except (BrokenItem, NotFound):
        # Nobody can be told the alert itself: the team is told that there is one.
        report_risk(job_context.ctx, job.registry_id, str(job.state["handle"]))
        raise
    except Exception:
        report_if_late(job_context, job)
        raise


def _alert(job_context: JobContext, job: Job) -> None:
    ctx, state = job_context.ctx, EscalationState.model_validate(job.state)
    failures: list[CocmError] = []
    case = _case(job_context, job)
    if case and is_paging(case.alert):
        if (now := ctx.now().timestamp()) >= _next_at(case, state):
            state = state.next(now)
        state, failures = _tell(job_context, job, state)
        case = _case(job_context, job)
    if case is None or not is_paging(case.alert):
        _close(job_context, job, case)
        return
    following = _next_at(case, state)
    state = state.model_copy(update={"failed": state.failed + 1 if failures else 0})
    if failures:
        following = min(following, ctx.now().timestamp() + pause_after(failures, state.failed, SOON))
    undelivered = bool(failures) or not case.told
    if undelivered:
        report_if_late(job_context, job, hopeless=not failures)
    job_context.reschedule(job, following, state.model_dump(), overdue=undelivered)


def _tell(
    job_context: JobContext, job: Job, state: EscalationState
) -> tuple[EscalationState, list[CocmError]]:
    """Tell everybody who is to know by now and does not; gives what failed and may work later."""
    tried: set[str] = set()
    failures: list[CocmError] = []
    refusals: list[CocmError] = []
    while True:
        # Everything is read again before each message: the team, the patient, and whether somebody has it.
        case = _case(job_context, job)
        if case is None or not is_paging(case.alert):
            return state, []
        member = next(
            (each for each in _waiting(job_context, case, state) if each.user_id not in tried), None
        )
        if member is not None:
            tried.add(member.user_id)
            try:
                sent = _deliver(job_context, case, state, member)
                remember(job_context.ctx, job.id, member.user_id, sent, state.round)
            except Gone:
                continue
            except Refused as refused:
                # Who is next in line is told at once, and it is tried again: Slack itself may be at fault.
                refusals.append(refused)
            except CocmError as error:
                logger.warning("later kind=alert error=%s", what(error))
                failures.append(error)
        elif case.told or failures or state.round >= ADMINS:
            return _report_unreached(job_context, case, state), [*failures, *refusals]
        else:
            state = state.next(job_context.ctx.now().timestamp())


def _waiting(job_context: JobContext, case: Case, state: EscalationState) -> Iterator[RegistryUser]:
    """Who is to be told: in this round, or in an earlier one that did not reach them."""
    now = job_context.ctx.now().timestamp()
    told, lately = (
        {each.user_id for each in case.told},
        {each.user_id for each in case.told if each.round == state.round},
    )
    for number in range(state.round + 1):
        for member in circle(number, case.registry, case.team, case.patient, case.alert, now):
            if member.user_id not in (lately if number == state.round else told):
                yield member


def _deliver(job_context: JobContext, case: Case, state: EscalationState, member: RegistryUser) -> Sent:
    now = job_context.ctx.now().timestamp()
    again = state.round > TEAM
    full = alert_message(case, member.role, now, again=again)
    try:
        return deliver(job_context, case.registry, member, case.patient, full)
    except Refused as refused:
        # What people wrote may be what Slack does not take: the alert itself must arrive.
        logger.warning("refused kind=alert reason=%s", refused.reason)
        short = alert_message(case, member.role, now, again=again, in_short=True)
        return deliver(job_context, case.registry, member, case.patient, short)


def _report_unreached(job_context: JobContext, case: Case, state: EscalationState) -> EscalationState:
    """Tell who raised it, once, whom of those who treat the patient it did not reach."""
    now = job_context.ctx.now().timestamp()
    first = circle(TEAM, case.registry, case.team, case.patient, case.alert, now)
    told = {each.user_id for each in case.told}
    missed = sorted(case.names[each.user_id] for each in first if each.user_id not in told)
    raiser = next((each for each in case.team if each.user_id == case.alert.raised_by), None)
    if state.unreached_reported or raiser is None or not missed:
        return state
    logger.error("missed kind=alert count=%d", len(missed))
    reached = list(dict.fromkeys(case.names.get(each.user_id, "") for each in case.told))
    try:
        note = unreached_message(case, missed, reached)
        deliver(job_context, case.registry, raiser, case.patient, note)
    except CocmError as error:
        logger.warning("not owned up kind=alert error=%s", what(error))
        return state
    return state.model_copy(update={"owned_up": True})


def _close(job_context: JobContext, job: Job, case: Case | None) -> None:
    """Say in every message what became of the alert, as long as that is known, and be done."""
    ctx, now = job_context.ctx, job_context.ctx.now().timestamp()
    failures = [*_tell_raiser(job_context, job, case, now), *_redraw(job_context, case, now)] if case else []
    if failures and job.tries < MOST_REDRAWS:
        job_context.reschedule(job, now + pause_after(failures, job.tries), job.state, tries=job.tries)
    else:
        jobs.complete(ctx.table, job)


def _tell_raiser(job_context: JobContext, job: Job, case: Case, now: float) -> list[CocmError]:
    """Tell who raised the alert, once, that somebody else has it; gives what failed and may work later."""
    raiser = next((each for each in case.team if each.user_id == case.alert.raised_by), None)
    told = any(each.round == TAKEN and each.user_id == case.alert.raised_by for each in case.told)
    if raiser is None or told or case.alert.taken_by in (None, raiser.user_id):
        return []
    try:
        sent = deliver(job_context, case.registry, raiser, case.patient, taken_message(case))
        remember(job_context.ctx, job.id, raiser.user_id, sent, TAKEN)
    except (Gone, Refused) as unreachable:
        logger.warning("raiser not told kind=alert error=%s", type(unreachable).__name__)
    except CocmError as error:
        return [error]
    return []


def _redraw(job_context: JobContext, case: Case, now: float) -> list[CocmError]:
    members = {member.user_id: member for member in case.team}
    failures: list[CocmError] = []
    for delivery in case.told:
        member = members.get(delivery.user_id)
        # Who is told of alerts no more had the message taken back.
        if member is None or not (member.is_admin or may(member.role, Action.TAKE_ALERT)):
            continue
        if delivery.round == TAKEN:
            continue
        try:
            redraw(job_context, case.registry, delivery, member, alert_message(case, member.role, now))
        except CocmError as error:
            failures.append(error)
    return failures


def _case(job_context: JobContext, job: Job) -> Case | None:
    return alerts.case_of(job_context.ctx, job.registry_id, str(job.state["handle"]), job.id)


def _next_at(case: Case, state: EscalationState) -> float:
    minutes = case.registry.alerts.escalate_minutes
    return next_round_at(state.round, state.begun, minutes, case.registry.policy)
