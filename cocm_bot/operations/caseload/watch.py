"""Look through a registry unasked for patients its lists of today do not show.

Another writer, or a damaged index, can leave a patient at risk without an alert, or off every list. People
would notice at the next list or digest; this notices within minutes, and notifies them once.
"""

from collections.abc import Iterable
from itertools import chain, islice

from cocm_bot.domain.due.rules import Reason, due, next_due
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.safety.alerts import is_paging, unheard_risk
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.context import Context
from cocm_bot.operations.gaps import all_gaps, report_risk, report_risks
from cocm_bot.store import counters, jobs, sent_messages
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import patients
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import BrokenItem

RISKS = frozenset({Reason.SAFETY_RISK, Reason.SELF_HARM_OPEN})
MOST_READ = 100
"""The most records of a registry read again in one look: those of an open risk, and unreadable ones."""


def watch(ctx: Context, registry: Registry, *, whole: bool) -> None:
    """Notify the team of open risks without an alert, and of patients who are due and on no list.

    Reads the registry's part of the index; `whole` reads every record too, for what the index lacks. Raises
    Unavailable.
    """
    counters.settle(ctx.table, registry.id)
    today = registry.policy.local_date(ctx.now().timestamp())
    early = patients.caseload(ctx.table, registry.id, due_by=today)
    later = patients.listed_later(ctx.table, registry.id, today)
    report_risks(ctx, registry, islice(chain(early.unread, later.unread), MOST_READ))
    _report_unalerted(ctx, registry, chain(early, later))
    # While patients are derived again after a change of the policy, the index follows by and by.
    settled = jobs.readable(ctx.table, JobKind.RECALCULATION, registry.id) is None
    days = (next_due(summary, registry.policy) for summary in later)
    if settled and any(day is not None and day <= today for day in days):
        tell_admins(ctx, registry.id, Notice.DUE_UNLISTED, today.isoformat())
    if whole:
        all_gaps(ctx, registry)


def _report_unalerted(ctx: Context, registry: Registry, rows: Iterable[PatientSummary]) -> None:
    at_risk = (row for row in rows if _says_risk(ctx, registry, row))
    for row in islice(at_risk, MOST_READ):
        if _unalerted(ctx, registry, row):
            tell_admins(ctx, registry.id, Notice.RISK_UNALERTED, row.handle)


def _says_risk(ctx: Context, registry: Registry, row: PatientSummary) -> bool:
    reasons = (each.reason for each in due(row, registry.policy, ctx.now()))
    return row.patient_flag is Flag.SAFETY_RISK or any(reason in RISKS for reason in reasons)


def _unalerted(ctx: Context, registry: Registry, row: PatientSummary) -> bool:
    try:
        patient = patients.get(ctx.table, registry.id, row.patient_mrn)
    except BrokenItem:
        # The index says so, and what it says of an alert can't be read.
        report_risk(ctx, registry.id, row.handle)
        return False
    if patient is None:
        return False
    paging = [each for each in patient.alerts if is_paging(each)]
    return unheard_risk(patient) or any(_lost(ctx, each.id) for each in paging)


def _lost(ctx: Context, alert_id: str) -> bool:
    """Return whether an alert that nobody has taken is in nobody's hands: neither sent nor to be sent."""
    if ctx.table.get(keys.work(JobKind.ALERT, alert_id)) is not None:
        return False
    return not sent_messages.of(ctx.table, alert_id).records
