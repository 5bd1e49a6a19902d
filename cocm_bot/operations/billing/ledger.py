"""Derive the ledger writes of a patient's change, for the same transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cocm_bot.domain.billing.minutes import ledger_of, month_before
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.billing_month import LedgerEntry
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.context import Context
from cocm_bot.store import jobs
from cocm_bot.store.billing import ledger
from cocm_bot.store.billing.ledger import Billed, Months
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients.changing import FULL
from cocm_bot.store.table.writes import Write

MOST_MONTHS = 20
"""Months that one transaction changes, of up to three items each: DynamoDB takes a hundred. Older ones, as of
somebody whose MRN is corrected after years, are left to the recalculation that is called for then."""
MOST_PUT_RIGHT = FULL
"""The same where little else is in the transaction."""
MOST_TOLD = 6
"""Past months that Finance is notified of, the latest ones."""
MOST_DOUBLES = 4
"""Other registries that are notified of one change."""
SETTLE_SECONDS = 600.0
"""Seconds the clock waits after a change in a past month, so that several changes are sent together."""


def moved(
    ctx: Context,
    registry: Registry,
    before: Patient,
    history: Sequence[TreatmentLog],
    after: Patient,
    standing: Sequence[TreatmentLog],
) -> list[Write]:
    """The writes for the months in which a patient's work, or who they are, is another after a change.

    With what the clock is to tell: months that are over, and an MRN that another registry bills too. Raises
    Unavailable.
    """
    was, now = (ledger_of(who, logs, registry.policy) for who, logs in ((before, history), (after, standing)))
    months = ledger.changed_months(was, now)
    found = [ledger.writing(registry.id, after.id, month, now.get(month)) for month in months[:MOST_MONTHS]]
    found += late_work(ctx, registry, [month for month in months if _bill(was, month) != _bill(now, month)])
    found += billed_elsewhere(ctx, registry, after.id, was, now, months[:MOST_MONTHS])
    return [*found, _recalculating(ctx, registry)] if len(months) > MOST_MONTHS else found


def moved_between(
    ctx: Context, registry: Registry, changes: Mapping[str, tuple[Months, Months]], room: int
) -> list[Write]:
    """The writes for the months of several patients whose records change at once, by id, before and after.

    At most `room` of them, the latest months first; what is left is done by the recalculation that is called
    for then (`missing`). Raises Unavailable.
    """
    months = sorted(
        {month for was, now in changes.values() for month in ledger.changed_months(was, now)}, reverse=True
    )
    billed = [
        month
        for month in months
        if any(_bill(was, month) != _bill(now, month) for was, now in changes.values())
    ]
    found = late_work(ctx, registry, billed)
    for month in months:
        writes: list[Write] = []
        for patient_id, (was, now) in changes.items():
            if was.get(month) != now.get(month):
                writes.append(ledger.writing(registry.id, patient_id, month, now.get(month)))
                writes += billed_elsewhere(ctx, registry, patient_id, was, now, [month])
        if len(found) + len(writes) >= room:
            return [*found, _recalculating(ctx, registry)]
        found += writes
    return found


def missing(ctx: Context, registry: Registry, patient: Patient, logs: Sequence[TreatmentLog]) -> list[Write]:
    """The writes that make a patient's stored months what follows from the history, as far as one
    transaction goes; none where all is right.

    Looks at the months with work and those beside them, to which a change of the zone may have moved a day.
    Raises Unavailable, and what `billed_elsewhere` does.
    """
    now = ledger_of(patient, logs, registry.policy)
    near = {month_before(month, step) for month in now for step in (-1, 0, 1)}
    found = put_right(ctx, registry, patient.id, now, near)
    for merged_id in patient.joined:
        found += put_right(ctx, registry, merged_id, {}, near)
    return found[:MOST_PUT_RIGHT]


def begun(ctx: Context, registry: Registry, patient: Patient, logs: Sequence[TreatmentLog]) -> list[Write]:
    """The writes that put a new patient's months into the ledger, in the transaction that adds them.

    Months beyond what it holds are left to the recalculation that is called for then. Raises as `missing`.
    """
    now = ledger_of(patient, logs, registry.policy)
    found = put_right(ctx, registry, patient.id, now, ())
    return [*found, _recalculating(ctx, registry)] if len(now) > MOST_PUT_RIGHT else found


def put_right(
    ctx: Context, registry: Registry, patient_id: str, now: Months, looked_at: Iterable[str]
) -> list[Write]:
    """The writes that make the stored entries of some months those given. Raises as `missing`."""
    if not now and not looked_at:
        return []
    stored, broken = ledger.of_patient(ctx.table, registry.id, patient_id, looked_at)
    months = sorted({*ledger.changed_months(stored, now), *broken}, reverse=True)[:MOST_PUT_RIGHT]
    found = [ledger.writing(registry.id, patient_id, month, now.get(month)) for month in months]
    # Of months whose entry is right the list of who bills the MRN may still be wrong.
    was = {month: each for month, each in stored.items() if _mrns(each) != _mrns(now.get(month))}
    done = [month for month in {*was, *now} if month in months or month not in was]
    billed = billed_elsewhere(ctx, registry, patient_id, was, now, done)
    return found + billed[:MOST_PUT_RIGHT]


def late_work(ctx: Context, registry: Registry, months: Sequence[str]) -> list[Write]:
    """The clock's work to tell Finance of months that are over and may have been closed, latest first."""
    at = ctx.now().timestamp()
    over = [month for month in months if month < registry.policy.month(at)][:MOST_TOLD]
    return [
        jobs.adding(
            jobs.new_job(
                JobKind.BILLING_CHANGE,
                f"{registry.id}:{month}",
                registry.id,
                at + SETTLE_SECONDS,
                {"month": month},
            )
        )
        for month in over
    ]


def billed_elsewhere(
    ctx: Context, registry: Registry, patient_id: str, was: Months, now: Months, months: Sequence[str]
) -> list[Write]:
    """The writes that keep which registries bill an MRN, and tell those that do so in one month.

    Raises Unavailable; the writes are refused with VersionConflict when another registry was quicker.
    """
    changes = {
        (month, mrn): mrn in bills_now
        for month in months
        for bills_before, bills_now in [(_mrns(was.get(month)), _mrns(now.get(month)))]
        for mrn in bills_before ^ bills_now
    }
    if not changes:
        return []
    found: list[Write] = []
    telling: list[Write] = []
    read = ledger.billed(ctx.table, changes)
    at = ctx.now().timestamp()
    for (month, mrn), wanted in changes.items():
        there = read.get((month, mrn))
        write = ledger.billing(registry.id, Billed(month, mrn, there, wanted))
        found += [write] if write else []
        others = [each for each in there or () if each != registry.id] if wanted and write else []
        for other in others[:MOST_DOUBLES]:
            telling.extend(_telling(month, patient_id, registry.id, other, at))
    return [*found, *telling[: 2 * MOST_DOUBLES]]


def _recalculating(ctx: Context, registry: Registry) -> Write:
    at = ctx.now().timestamp()
    return jobs.adding(jobs.new_job(JobKind.RECALCULATION, registry.id, registry.id, at))


def _telling(month: str, patient_id: str, registry_id: str, other: str, at: float) -> Iterator[Write]:
    """The clock's work for both registries, each in its own part of the queue."""
    for told, beside in ((registry_id, other), (other, registry_id)):
        job_id = f"{month}:{patient_id}:{told}:{beside}"
        state = {"month": month, "patient": patient_id, "of": registry_id, "other": beside}
        yield jobs.adding(jobs.new_job(JobKind.BILLED_TWICE, job_id, told, at, state))


def _mrns(entry: LedgerEntry | None) -> set[str]:
    """The MRN under which an entry is billed, if it is."""
    return {entry.patient_mrn} if entry is not None and entry.facts.seconds else set()


def _bill(months: Months, month: str) -> object:
    """Return the parts of an entry that decide about codes, payer and patient."""
    entry = months.get(month)
    return entry and (entry.patient_mrn, entry.payer, entry.facts)
