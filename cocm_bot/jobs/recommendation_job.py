"""Recommendations on their way: to those they are for until one answers, and back to who gave them."""

import logging

from pydantic import Field

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import CocmError, NotFound
from cocm_bot.domain.record import Record
from cocm_bot.jobs.patient_messages import deliver, redraw, remember
from cocm_bot.jobs.tick import JobContext, pause_after
from cocm_bot.logs import what
from cocm_bot.operations.recommendations import sending as letters
from cocm_bot.operations.recommendations.sending import Letter
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.recommendations.recommendation_view import (
    declined_message,
    recommendation_message,
    unreached_letter,
    withdrawn_message,
)
from cocm_bot.slack.runtime.failures import Gone, Refused
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job

PATIENT_TRIES = 3
"""After so many tries whoever caused a letter is told whom it did not reach; it is tried on."""

logger = logging.getLogger(__name__)


class Sending(Record):
    """How far a letter came."""

    handle: str
    by: str
    """Whose doing it is: they are told whom it does not reach."""
    missed: tuple[str, ...] = Field(default=(), strict=False)
    """Whom they were told of."""


def letter(job_context: JobContext, job: Job) -> None:
    """Draw all messages of a recommendation as it stands, and tell who is to know and does not yet.

    Each is remembered, so that another try leaves out whom an earlier one reached. A message whose answer was
    lost may come twice.
    """
    ctx, sending = job_context.ctx, Sending.model_validate(job.state)
    try:
        failures = _redraw(job_context, _letter(job_context, job, sending))
        unsent = _send(job_context, job, sending)
    except NotFound:
        logger.error("dropped kind=letter reason=no-patient")  # noqa: TRY400 - the text may not be logged
        jobs.complete(ctx.table, job)
        return
    hopeless = {user_id for user_id, error in unsent.items() if isinstance(error, Gone | Refused)}
    failures += [error for user_id, error in unsent.items() if user_id not in hopeless]
    missed = unsent.keys() if job.tries >= PATIENT_TRIES else hopeless
    try:
        sending = _report_unreached(
            job_context, job, sending, [each for each in missed if each not in sending.missed]
        )
    except CocmError as error:
        logger.warning("unreached not reported kind=letter error=%s", what(error))
        failures.append(error)
    if failures:
        at = ctx.now().timestamp() + pause_after(failures, job.tries)
        job_context.reschedule(job, at, sending.model_dump(), tries=job.tries)
    else:
        jobs.complete(ctx.table, job)


def _redraw(job_context: JobContext, found: Letter) -> list[CocmError]:
    """Draw the messages anew that members have who may still see the patient; others' stay as they are."""
    readers = {each.user_id: each for each in found.team if may(each.role, Action.VIEW_PATIENT)}
    failures: list[CocmError] = []
    for delivery in found.sent:
        member = readers.get(delivery.user_id)
        if member is None:
            continue
        try:
            redraw(job_context, found.registry, delivery, member, _message(found, member.user_id))
        except CocmError as error:
            failures.append(error)
    return failures


def _send(job_context: JobContext, job: Job, sending: Sending) -> dict[str, CocmError]:
    """Tell everybody who waits, one by one; gives whom it did not reach, and why not."""
    unsent: dict[str, CocmError] = {}
    while True:
        # Everything is read again before each message: the team, the patient, and whether somebody answered.
        found = _letter(job_context, job, sending)
        member = next((each for each in found.waiting if each.user_id not in unsent), None)
        if member is None:
            return unsent
        try:
            sent = deliver(
                job_context, found.registry, member, found.patient, _message(found, member.user_id)
            )
            remember(job_context.ctx, job.id, member.user_id, sent)
        except CocmError as error:
            logger.warning("later kind=letter error=%s", what(error))
            unsent[member.user_id] = error


def _message(found: Letter, reader: str) -> Payload:
    """The recommendation as one reader sees it; who gave it is told only that it was declined."""
    patient, given, registry = found.patient, found.given, found.registry
    if given is None:
        return withdrawn_message(patient, registry)
    if reader == given.by:
        return declined_message(patient, given, found.names, registry)
    return recommendation_message(patient, given, found.names, registry)


def _report_unreached(job_context: JobContext, job: Job, sending: Sending, missed: list[str]) -> Sending:
    """Tell whoever caused the letter whom it did not reach. Raises what keeps them from knowing."""
    found = _letter(job_context, job, sending)
    causer = next((each for each in found.team if each.user_id == sending.by), None)
    if causer is None or not missed:
        return sending
    logger.error("missed kind=letter count=%d", len(missed))
    names = sorted(found.names.get(user_id, "a former member") for user_id in missed)
    note = unreached_letter(found.patient, found.registry, names)
    deliver(job_context, found.registry, causer, found.patient, note)
    return sending.model_copy(update={"missed": (*sending.missed, *missed)})


def _letter(job_context: JobContext, job: Job, sending: Sending) -> Letter:
    return letters.letter_of(job_context.ctx, job.registry_id, sending.handle, job.id)
