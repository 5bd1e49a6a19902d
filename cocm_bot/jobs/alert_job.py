"""Safety alerts: told in rounds until somebody takes them. At least once to each, and never given up."""

import logging
from collections.abc import Iterator

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.record import Record
from cocm_bot.domain.safety.alerts import ADMINS, TEAM, circle, is_open, next_round_at
from cocm_bot.jobs.patient_messages import deliver, pause_after, redraw, remember
from cocm_bot.jobs.tick import JobContext
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.safety.alerts import Case
from cocm_bot.slack.runtime.failures import Gone, Refused
from cocm_bot.slack.runtime.gateway import Sent
from cocm_bot.slack.safety.alert_view import alert_message, taken_message, unreached_message
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job

MOST_REDRAWS = 5
"""How often it is tried to say in all messages what became of an alert: pressed, each says it anyway."""

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

    def next(self, now: float) -> "EscalationState":
        """The round after this one."""
        return self.model_copy(update={"round": self.round + 1, "begun": now})


def alert(job_context: JobContext, job: Job) -> None:
    """Tell all of the round that is due, and wait for the next; once it is taken or over, tell them that.

    Who was told is remembered one by one. Where nobody can be reached at all, the next round begins at once.
    """
    ctx, state = job_context.ctx, EscalationState.model_validate(job.state)
    failures: list[CocmError] = []
    case = _case(job_context, job)
    if case and is_open(case.alert):
        if (now := ctx.now().timestamp()) >= _next_at(case, state):
            state = state.next(now)
        state, failures = _tell(job_context, job, state)
        case = _case(job_context, job)
    if case is None or not is_open(case.alert):
        _close(job_context, job, case)
        return
    following = _next_at(case, state)
    if failures:
        following = min(following, ctx.now().timestamp() + pause_after(failures, tries=1))
    jobs.reschedule(ctx.table, job, following, state.model_dump())


def _tell(
    job_context: JobContext, job: Job, state: EscalationState
) -> tuple[EscalationState, list[CocmError]]:
    """Tell everybody who is to know by now and does not; gives what failed and may work later."""
    tried: set[str] = set()
    failures: list[CocmError] = []
    while True:
        # Everything is read again before each message: the team, the patient, and whether somebody has it.
        case = _case(job_context, job)
        if case is None or not is_open(case.alert):
            return state, []
        member = next(
            (each for each in _waiting(job_context, case, state) if each.user_id not in tried), None
        )
        if member is not None:
            tried.add(member.user_id)
            try:
                sent = _deliver(job_context, case, state, member)
                remember(job_context.ctx, job.id, member.user_id, sent, state.round)
            except (Gone, Refused):
                continue
            except CocmError as error:
                failures.append(error)
        elif case.told or failures or state.round >= ADMINS:
            return _report_unreached(job_context, case, state), failures
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
        logger.warning("not owned up kind=alert error=%s", type(error).__name__)
        return state
    return state.model_copy(update={"owned_up": True})


def _close(job_context: JobContext, job: Job, case: Case | None) -> None:
    """Say in every message what became of the alert, as long as that is known, and be done."""
    ctx, now = job_context.ctx, job_context.ctx.now().timestamp()
    failures = [*_tell_raiser(job_context, job, case, now), *_redraw(job_context, case, now)] if case else []
    if failures and job.tries < MOST_REDRAWS:
        jobs.reschedule(ctx.table, job, now + pause_after(failures, job.tries), job.state, tries=job.tries)
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
    roles = {member.user_id: member.role for member in case.team}
    failures: list[CocmError] = []
    for delivery in case.told:
        role = roles.get(delivery.user_id)
        if role is None or delivery.round == TAKEN:
            continue
        try:
            redraw(job_context, case.registry, delivery, alert_message(case, role, now))
        except CocmError as error:
            failures.append(error)
    return failures


def _case(job_context: JobContext, job: Job) -> Case | None:
    return alerts.case_of(job_context.ctx, job.registry_id, str(job.state["handle"]), job.id)


def _next_at(case: Case, state: EscalationState) -> float:
    minutes = case.registry.alerts.escalate_minutes
    return next_round_at(state.round, state.begun, minutes, case.registry.policy)
