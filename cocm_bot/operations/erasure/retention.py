"""Records whose retention is over: proposed to the admins, erased only when two people decide so."""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.erasure import retention_over
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import record_export
from cocm_bot.operations.admin_notices import Notice, job_of, tell_admins
from cocm_bot.operations.context import Context
from cocm_bot.store import registries, requests
from cocm_bot.store.patients import lists


def past_retention(ctx: Context, registry_id: str, account: str) -> list[tuple[str, date]] | None:
    """Return the handle and last day in the program of each record past retention, the oldest first.

    None where the registry keeps records for good. Logged as a list of patients. Raises NotFound or
    Unavailable.
    """
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    if not registry.privacy.retention_years:
        return None
    found = list(_past(ctx, registry))
    ids = [patient.id for patient, _ in found]
    record_export(ctx, registry_id, AccessAction.LIST_RETENTION, account, ids)
    return sorted(((patient.handle, left) for patient, left in found), key=lambda each: (each[1], each[0]))


def propose(ctx: Context, registry: Registry) -> None:
    """Tell the admins, once a week at most, that records are past retention. Raises Unavailable."""
    if not registry.privacy.retention_years:
        return
    month = registry.policy.month(ctx.now().timestamp())
    job = job_of(registry.id, Notice.RETENTION, month, ctx.now().timestamp())
    if requests.applied(ctx.table, f"{job.kind}-{job.id}") is None and next(_past(ctx, registry), None):
        tell_admins(ctx, registry.id, Notice.RETENTION, month)


def _past(ctx: Context, registry: Registry) -> Iterator[tuple[Patient, date]]:
    years, policy = registry.privacy.retention_years, registry.policy
    today = registry.policy.local_date(ctx.now().timestamp())
    for patient in chain.from_iterable(lists.record_pages(ctx.table, registry.id)):
        left = retention_over(patient, years, today, policy)
        if left is not None:
            yield patient, left
