"""Look through a registry unasked for patients its lists of today do not show.

Another writer, or a damaged index, can leave a patient at risk without an alert, or off every list. People
would notice at the next list or digest; this notices within minutes, and notifies them once.
"""

from dataclasses import dataclass, field
from itertools import islice

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
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.wire import Item

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
    seen = _Seen()
    for page in lists.caseload_pages(ctx.table, registry.id, due_by=today):
        _look_at(ctx, registry, page, seen)
    for page in lists.caseload_pages(ctx.table, registry.id, after=today):
        _look_at(ctx, registry, page, seen)
        days = (next_due(row, registry.policy) for row in page)
        seen.unlisted = seen.unlisted or any(day is not None and day <= today for day in days)
    report_risks(ctx, registry, seen.unread)
    for row in seen.at_risk:
        if _unalerted(ctx, registry, row):
            tell_admins(ctx, registry.id, Notice.RISK_UNALERTED, row.handle)
    # While patients are derived again after a change of the policy, the index follows by and by.
    if seen.unlisted and jobs.readable(ctx.table, JobKind.RECALCULATION, registry.id) is None:
        tell_admins(ctx, registry.id, Notice.DUE_UNLISTED, today.isoformat())
    if whole:
        all_gaps(ctx, registry)


@dataclass
class _Seen:
    """The findings of a look through the rows, of which nothing else is held."""

    unread: list[Item] = field(default_factory=list)
    at_risk: list[PatientSummary] = field(default_factory=list)
    unlisted: bool = False
    """True if somebody is due whom the index holds as due later, or never."""


def _look_at(ctx: Context, registry: Registry, page: Listing[PatientSummary], seen: _Seen) -> None:
    seen.unread += page.unread[: MOST_READ - len(seen.unread)]
    risks = (row for row in page if _says_risk(ctx, registry, row))
    seen.at_risk += islice(risks, MOST_READ - len(seen.at_risk))


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
