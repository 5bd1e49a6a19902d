"""Tell Finance what concerns a month's billing: a closed month that changed, an MRN that is billed twice."""

from collections.abc import Iterable, Mapping

from cocm_bot.domain.access import DIRECT_MESSAGE, Action
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.team.readers import Reader
from cocm_bot.domain.vocabulary import Role
from cocm_bot.jobs.clock.tick import JobContext
from cocm_bot.jobs.notifier import Notifier
from cocm_bot.operations.access.access_logging import record_view
from cocm_bot.operations.billing import closing, doubles
from cocm_bot.operations.billing.month_list import Month, read_month
from cocm_bot.operations.team.recipients import reader
from cocm_bot.slack.billing.billing_message_view import billed_twice_message, changed_message
from cocm_bot.slack.kit import Payload, for_reader
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job
from cocm_bot.store.team import people

MARK = "mark"
"""The key in the job's state for the mark of the changes being sent."""


def tell_changes(job_context: JobContext, job: Job) -> None:
    """Tell Finance once what is otherwise in a month since it was closed; nothing of one that is open."""
    ctx, month = job_context.ctx, str(job.state["month"])
    registry = registries.get(ctx.table, job.registry_id)
    finance = _finance(job_context, registry)
    found = _untold(job_context, job, registry, month) if registry and finance else None
    if registry is None or found is None:
        jobs.complete(ctx.table, job)
        return
    told, mark = found
    # First what it tells of: whoever takes over from a process that died tells the same, to the others.
    if MARK not in job.state:
        job = jobs.checkpoint(ctx.table, job, {**job.state, MARK: mark})
    closing.remember_told(ctx, told, mark)
    ids = [each.patient_id for change in told.changed for each in (change.after or change.before,) if each]
    Notifier(job_context, job).send_each(
        _for_each(job_context, registry, finance, changed_message(told), ids)
    )


def tell_billed_twice(job_context: JobContext, job: Job) -> None:
    """Tell a registry's Finance that another registry counts minutes for the MRN of a patient of theirs."""
    ctx = job_context.ctx
    registry = registries.get(ctx.table, job.registry_id)
    month, other = str(job.state["month"]), str(job.state["other"])
    found = doubles.own_entry(
        ctx, job.registry_id, month, str(job.state["of"]), str(job.state["patient"]), other
    )
    if registry is None or found is None:
        jobs.complete(ctx.table, job)
        return
    message = billed_twice_message(registry, month, found.handle, other)
    finance = _finance(job_context, registry)
    Notifier(job_context, job).send_each(
        _for_each(job_context, registry, finance, message, [found.patient_id])
    )


def _untold(job_context: JobContext, job: Job, registry: Registry, month: str) -> tuple[Month, str] | None:
    """Return the month and the mark of its changes; those a process was sending when it died come again."""
    mark = job.state.get(MARK)
    if mark is not None:
        return read_month(job_context.ctx, registry, month), str(mark)
    return closing.untold_changes(job_context.ctx, registry, month)


def _finance(job_context: JobContext, registry: Registry | None) -> list[RegistryUser]:
    members = people.members(job_context.ctx.table, registry.id).records if registry else []
    return [member for member in members if member.role is Role.FINANCE]


def _for_each(
    job_context: JobContext,
    registry: Registry,
    finance: Iterable[RegistryUser],
    message: Payload,
    patient_ids: list[str],
) -> Mapping[str, Payload]:
    """Each member's message, once it is written down whom it shows."""
    found = {}
    for member in finance:
        actor = reader(registry, member, "", DIRECT_MESSAGE)
        record_view(job_context.ctx, actor, Action.VIEW_BILLING, patient_ids)
        found[member.user_id] = for_reader(message, registry.id, Reader(member.role, member.is_admin).code)
    return found
