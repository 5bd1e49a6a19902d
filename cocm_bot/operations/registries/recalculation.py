"""Recalculate every patient of a registry once its policy has changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from pydantic import ValidationError

from cocm_bot.domain.errors import CocmError, NotFound, Unavailable
from cocm_bot.domain.figures.episodes.outcome_record import FORM
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.derive import as_of, derive
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.billing.ledger import missing
from cocm_bot.operations.context import Context
from cocm_bot.operations.figures import records
from cocm_bot.operations.figures.records import tracked
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job, JobKind
from cocm_bot.store.patients import changing, history, lists, patients
from cocm_bot.store.patients.changing import Compute
from cocm_bot.store.table.writes import Write

SLICE_SECONDS = 30.0
"""Seconds between checkpoints of its progress: well within the lease."""
SETTLED_SECONDS = 180.0
"""Seconds after a change of the policy by which everything begun under the old one is surely saved."""


class Progress(Record):
    """The progress of one run, which its job in the queue keeps."""

    by: str = ""
    """The user id of who changed the policy; empty for the command line."""
    since: float | None = None
    """The time the policy was changed (seconds UTC)."""
    cursor: str = ""
    """The handle it came to, in the order of the directory."""
    looked: int = 0
    total: int = 0
    moved: int = 0
    """Patients whose next due day changed."""
    failed: int = 0
    """Patients who could not be computed; `cocm-bot check` says why."""
    again: bool = False
    """True if it looks a second time, at what was saved after the change."""
    channel: str = ""
    ts: str = ""
    """The message in which the person sees its progress."""

    @property
    def settles(self) -> float:
        """Return when the second look may begin (seconds UTC)."""
        return (self.since or 0) + SETTLED_SECONDS


def calling_for(ctx: Context, registry_id: str, by: str) -> Write:
    """The write that has every patient computed again, in the transaction that changes the policy.

    A run under way starts over, and keeps its messages. Raises Unavailable.
    """
    before = _progress_of(jobs.readable(ctx.table, JobKind.RECALCULATION, registry_id))
    progress = Progress(by=by, channel=before.channel, ts=before.ts)
    now = ctx.now().timestamp()
    return jobs.adding(
        jobs.new_job(JobKind.RECALCULATION, registry_id, registry_id, now, progress.model_dump())
    )


def fill(ctx: Context, registry: Registry) -> None:
    """Have the clock fill the billing ledger and the outcome records of a registry from before them.

    Raises Unavailable.
    """
    done = registry.ledgered and registry.outcomes_form == FORM
    if done or jobs.readable(ctx.table, JobKind.RECALCULATION, registry.id):
        return
    ctx.table.transact([calling_for(ctx, registry.id, "")])


def _progress_of(running: Job | None) -> Progress:
    """Return how far a run came; of one that can't be read, or does not say, the beginning."""
    try:
        return Progress.model_validate(running.state) if running else Progress()
    except ValidationError:
        return Progress()


def work_through(ctx: Context, registry_id: str, progress: Progress) -> tuple[Progress, bool]:
    """Compute patients again for a slice of time, by the policy as it is now; whether it came to the end.

    A patient who can't be computed is counted and passed over. Raises Unavailable.
    """
    until = ctx.now() + timedelta(seconds=SLICE_SECONDS)
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        return progress, True
    entries = [each for each in lists.directory(ctx.table, registry_id) if not each.same_as]
    progress = progress.model_copy(update={"total": len(entries)})
    for entry in entries:
        if entry.handle <= progress.cursor:
            continue
        if ctx.now() > until:
            return progress, False
        progress = _after(progress, entry, _one(ctx, registry, entry, progress))
    return progress, True


def steps(ctx: Context, registry_id: str) -> tuple[int, Iterator[bool]]:
    """Return how many patients there are, and computing each again: True for each whose next due day changed.

    For the command line. Raises NotFound or Unavailable; what was done stays done.
    """
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    entries = [each for each in lists.directory(ctx.table, registry_id) if not each.same_as]
    return len(entries), _each(ctx, registry, entries)


def _each(ctx: Context, registry: Registry, entries: Sequence[DirectoryEntry]) -> Iterator[bool]:
    for entry in entries:
        yield bool(_one(ctx, registry, entry, Progress()))
    ctx.table.transact([registries.filled(registry.id)])


def recalculated(policy: CarePolicy, now: datetime) -> Compute:
    """Computes what follows from a history by a policy.

    The very record comes back where nothing but the calendar moved: weeks and minutes are set at reading.
    """

    def compute(before: Patient, logs: list[TreatmentLog]) -> Patient:
        after = derive(before, logs, policy, now)
        return before if after == as_of(before, policy, now) else after

    return compute


def _followed(ctx: Context, compute: Compute, before: Patient, logs: list[TreatmentLog]) -> Patient:
    """Compute a patient again, with the turns of the history where there are none yet."""
    after = compute(before, logs)
    if before.turns is not None:
        return after
    trail = history.audit_trail(ctx.table, before.id)
    return after if trail.broken else tracked(after, trail)


def _beside(ctx: Context, registry: Registry, after: Patient, logs: list[TreatmentLog]) -> list[Write]:
    return [*missing(ctx, registry, after, logs), *records.missing(ctx, registry, after, logs)]


def _one(ctx: Context, registry: Registry, entry: DirectoryEntry, progress: Progress) -> bool | None:
    """Compute one patient again: whether the next due day changed; None when it could not be done."""
    try:
        if progress.again and not _saved_since(ctx, registry, entry, progress):
            return False
        compute = partial(_followed, ctx, recalculated(registry.policy, ctx.now()))
        beside = partial(_beside, ctx, registry)
        before, after = changing.recompute(ctx.table, registry.id, entry, compute, beside)
    except Unavailable:
        raise
    except CocmError:
        return None
    return before.next_due != after.next_due


def _saved_since(ctx: Context, registry: Registry, entry: DirectoryEntry, progress: Progress) -> bool:
    """Return whether the patient was saved after the change of the policy, so perhaps by the old one."""
    patient = patients.get(ctx.table, registry.id, entry.patient_mrn)
    # A minute, because the clocks of two replicas may differ.
    return patient is None or patient.date_modified >= (progress.since or 0) - 60


def _after(progress: Progress, entry: DirectoryEntry, moved: bool | None) -> Progress:
    counted = {
        "cursor": entry.handle,
        "looked": progress.looked + 1,
        "moved": progress.moved + bool(moved),
        "failed": progress.failed + (moved is None),
    }
    return progress.model_copy(update=counted)
