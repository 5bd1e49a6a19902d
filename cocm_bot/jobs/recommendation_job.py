"""Send a recommendation to its addressees until one answers, and back to who gave it once answered."""

import logging
from collections.abc import Set
from functools import partial

from pydantic import Field

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import CocmError, NotFound
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.records.record import Record
from cocm_bot.jobs.clock.tick import JobContext, pause_after
from cocm_bot.jobs.notifier import Notification, Notifier
from cocm_bot.operations.recommendations.sending import RecommendationCase, case_of
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.recommendations.recommendation_view import (
    answered_message,
    recommendation_message,
    unreached_message,
    withdrawn_message,
)
from cocm_bot.slack.runtime.client.failures import Gone, Refused
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job

PATIENT_TRIES = 3
"""Tries after which the causer of the messages learns whom they did not reach; trying goes on."""

logger = logging.getLogger(__name__)


class SendingState(Record):
    """The progress of a recommendation; kept with its job."""

    handle: str
    by: str
    """The user who caused it, who learns whom it does not reach."""
    missed: tuple[str, ...] = Field(default=(), strict=False)
    """The people named to them as not reached."""


def send(job_context: JobContext, job: Job) -> None:
    """Redraw all messages of a recommendation as it is now, and send it to whoever lacks it.

    Each is remembered, so that another try leaves out whom an earlier one reached. A message whose answer was
    lost may come twice.
    """
    ctx, state = job_context.ctx, SendingState.model_validate(job.state)
    notifier = Notifier(job_context, job)
    try:
        failures = _redraw(notifier, _case(job_context, job, state))
        unreached = notifier.send_all(partial(_next, job_context, job, state))
    except NotFound:
        logger.error("dropped kind=%s reason=no-patient", job.kind)  # noqa: TRY400 - its text may not be logged
        jobs.complete(ctx.table, job)
        return
    hopeless = {user_id for user_id, error in unreached.items() if isinstance(error, Gone | Refused)}
    failures += [error for user_id, error in unreached.items() if user_id not in hopeless]
    missed = unreached.keys() if job.tries >= PATIENT_TRIES else hopeless
    try:
        state = _report_unreached(
            notifier,
            _case(job_context, job, state),
            state,
            [each for each in missed if each not in state.missed],
        )
    except CocmError as error:
        failures.append(error)
    if failures:
        at = ctx.now().timestamp() + pause_after(failures, job.tries)
        job_context.reschedule(job, at, state.model_dump(), tries=job.tries)
    else:
        jobs.complete(ctx.table, job)


def _redraw(notifier: Notifier, case: RecommendationCase) -> list[CocmError]:
    """Redraw the messages of members who may still see the patient; others' stay as they are."""
    readers = {each.user_id: each for each in case.team if may(each.role, Action.VIEW_PATIENT)}
    return notifier.redraw(case.registry, case.sent, readers, partial(_message, case))


def _next(job_context: JobContext, job: Job, state: SendingState, tried: Set[str]) -> Notification | None:
    # Everything is read again before each message: the team, the patient, and whether somebody answered.
    case = _case(job_context, job, state)
    member = next((each for each in case.waiting if each.user_id not in tried), None)
    return Notification(case.registry, member, case.patient, _message(case, member)) if member else None


def _message(case: RecommendationCase, reader: RegistryUser) -> Payload:
    """Draw the recommendation as one reader sees it; its giver is notified of the answer."""
    patient, given, registry = case.patient, case.given, case.registry
    if given is None:
        return withdrawn_message(patient, registry)
    if reader.user_id == given.by:
        return answered_message(patient, given, case.names, registry)
    return recommendation_message(patient, given, case.names, registry)


def _report_unreached(
    notifier: Notifier, case: RecommendationCase, state: SendingState, missed: list[str]
) -> SendingState:
    """Notify the causer of the messages of those they did not reach. Raises what keeps them from knowing."""
    causer = next((each for each in case.team if each.user_id == state.by), None)
    if causer is None or not missed:
        return state
    names = sorted(case.names.get(user_id, "a former member") for user_id in missed)
    report = unreached_message(case.patient, case.registry, names)
    failed = notifier.report_unreached(Notification(case.registry, causer, case.patient, report), len(missed))
    if failed:
        raise failed
    return state.model_copy(update={"missed": (*state.missed, *missed)})


def _case(job_context: JobContext, job: Job, state: SendingState) -> RecommendationCase:
    return case_of(job_context.ctx, job.registry_id, state.handle, job.id)
