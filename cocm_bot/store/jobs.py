"""Jobs that fall due and that one process takes: the queue.

An item waits in the index until its time. Claiming it hides it for a lease, under a name used once; whoever
claimed it then completes or reschedules it. When a process dies with a job, the lease ends and another takes
it.
"""

import zlib
from collections.abc import Sequence
from enum import StrEnum
from secrets import token_hex
from typing import Any, NamedTuple

from pydantic import Field

from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BrokenItem, NotHeld
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

SHARDS = 16
"""Parts of the queue, so that no partition of the index carries all of it."""

DUE = "GSI1PK = :shard AND GSI1SK <= :now"
"""The due jobs that wait in one part of the queue."""

AS_READ = "visible_at = :visible_at AND tries = :tries"
"""Holds while nobody took, completed or rescheduled the job since it was read."""

ALL = "GSI1PK = :shard"
"""All that waits in one part of the queue, due or not."""

LARGEST_BATCH = 100
"""Items that DynamoDB reads at once."""

MINE = "holder = :holder"
"""Holds while the job is claimed under this claim."""


class JobKind(StrEnum):
    """Kinds of jobs. The values are stored with jobs that wait: changing one is a migration."""

    ALERT = "alert"
    """Send a safety alert, in rounds until somebody takes it; the id is the alert's."""
    CLEARING = "clear"
    RECOMMENDATION = "letter"
    """Send a recommendation, or what became of it; the id is the recommendation's."""
    OFFBOARDING = "unassign"
    ADMIN_NOTICE = "notice"
    DIGEST = "registry"
    """Send the digests of a registry; the id is the registry's."""
    RECALCULATION = "rederive"
    """Derive a registry's patients again; the id is the registry's."""
    INVITE = "invite"
    BILLING_CHANGE = "billing"
    """Tell Finance what changed in a month since it was closed; the id is `<registry id>:<month>`."""
    BILLED_TWICE = "billed-twice"
    """Tell Finance that two registries bill an MRN in a month; the id names both, hashed."""
    BULK = "bulk"
    """Change many patients, or undo that; the id is the change's."""
    UPLOAD = "file"
    """Delete an uploaded file; the id is Slack's."""
    ERASED = "erased"
    """Empty the messages in Slack about a patient who was erased."""
    IMPORT = "import"
    """Read, import or take back a file that an admin gave in Slack; the id is Slack's of the file."""
    WATCH = "watch"
    """Look through all registries for what no list shows; there is one such job."""


class Job(Record):
    """Something to do at a time, for a registry; what exactly, its kind and state say."""

    kind: str
    """A `JobKind`, or one that only another version knows."""
    id: str
    registry_id: str
    visible_at: float
    """The time it may be taken (seconds UTC): its due time, or the end of its current lease."""
    due_at: float
    """The time it fell, or falls, due (seconds UTC)."""
    asked_at: float = 0.0
    """The time it was asked for (seconds UTC), where it also makes up for earlier work."""
    tries: int = 0
    """Times it was taken since it was last rescheduled on purpose, except when it was only cut short."""
    holder: str | None = None
    """The claim it was taken under."""
    state: dict[str, Any] = Field(default_factory=dict)
    """Its progress; opaque ids, days and counts only."""

    @property
    def late_since(self) -> float:
        """Since when it could have been done (seconds UTC), however often it was tried since."""
        return max(self.due_at, self.asked_at)


class JobRef(NamedTuple):
    """The name of a job, as the index lists it: somebody may have taken it since."""

    kind: str
    id: str


class Due(NamedTuple):
    """Return the due jobs of one part of the queue."""

    waiting: list[JobRef]
    foreign: int
    """Items of another writer that are there."""


class Queue(NamedTuple):
    """All that waits in one part of the queue, due or not."""

    jobs: list[Job]
    unreadable: list[JobRef]
    """Jobs that can't be read, and are not done."""
    foreign: int
    """Items of another writer that are there."""


def new_job(
    kind: JobKind, job_id: str, registry_id: str, at: float, state: dict[str, Any] | None = None
) -> Job:
    """Return a job that falls due at an instant (seconds UTC)."""
    return Job(kind=kind, id=job_id, registry_id=registry_id, visible_at=at, due_at=at, state=state or {})


def adding(wanted: Job) -> Write:
    """Return the write that queues a job, in the transaction of what calls for it; replaces the same job."""
    return writes.put(_item(wanted))


def get(table: Table, kind: str, job_id: str) -> Job | None:
    """Return a job in the queue, as it is now. Raises BrokenItem or Unavailable."""
    item = table.get(keys.work(kind, job_id))
    return _read(item) if item else None


def readable(table: Table, kind: JobKind, job_id: str) -> Job | None:
    """Return a job in the queue, as it is now; None also for one that can't be read. Raises Unavailable."""
    try:
        return get(table, kind, job_id)
    except BrokenItem:
        return None


def due(table: Table, shard: int, now: float) -> Due:
    """Return what waits in one part of the queue and is due, longest first. Raises Unavailable."""
    bounds = {"shard": keys.work_shard(shard), "now": keys.queued_by(now)}
    return _due(table.query(DUE, bounds, index=True))


def queue(table: Table, shard: int) -> Queue:
    """Return all that waits in one part of the queue, as it is now. Raises Unavailable."""
    waiting, foreign = _due(table.query(ALL, {"shard": keys.work_shard(shard)}, index=True))
    readable, unreadable = [], []
    for first in range(0, len(waiting), LARGEST_BATCH):
        found = table.batch_get(keys.work(*each) for each in waiting[first : first + LARGEST_BATCH])
        for key, item in found.items():
            try:
                readable.append(_read(item))
            except BrokenItem:
                unreadable.extend(_named([key]))
    return Queue(readable, unreadable, foreign)


def _due(found: Sequence[Item]) -> Due:
    waiting = _named([key_of(item) for item in found])
    return Due(waiting, len(found) - len(waiting))


def _named(found: Sequence[Key]) -> list[JobRef]:
    """Return the jobs that keys are of; keys of anything else are left out."""
    return [JobRef(*named) for key in found if (named := keys.queued(key))]


def _read(item: Item) -> Job:
    """Return the job of an item; raises BrokenItem also for one stored under the key of another."""
    found = items.read(Job, item)
    if (found.kind, found.id) != keys.queued(key_of(item)):
        raise BrokenItem("work", ("kind", "id"))
    return found


def waiting(table: Table, kind: JobKind, registry_id: str) -> list[str]:
    """Return the ids of the jobs of one kind that a registry has in the queue, due or not.

    Jobs that can't be read are among them, items of others in the same part of the queue are not. Raises
    Unavailable.
    """
    found = table.query(ALL, {"shard": keys.work_shard(shard_of(registry_id))}, index=True)
    prefix = keys.work(kind, "").pk
    ids = [key.pk.removeprefix(prefix) for key in map(key_of, found) if key.pk.startswith(prefix)]
    queued = ((job_id, table.get(keys.work(kind, job_id))) for job_id in ids)
    return [job_id for job_id, item in queued if item and item.get("registry_id") == {"S": registry_id}]


def registries_served(table: Table) -> list[str]:
    """Return the ids of all registries, by the job that each has in the queue. Raises Unavailable."""
    parts = (table.query(ALL, {"shard": keys.work_shard(shard)}, index=True) for shard in range(SHARDS))
    named = (ref for part in parts for ref in _due(part).waiting)
    return sorted({ref.id for ref in named if ref.kind == JobKind.DIGEST})


def ensure(table: Table, wanted: Job) -> None:
    """Queue a job unless it is there; one that can't be read is replaced. Raises Unavailable."""
    if readable(table, JobKind(wanted.kind), wanted.id) is None:
        table.transact([adding(wanted)])


def claim(table: Table, waiting: JobRef, now: float, lease_seconds: float) -> Job | None:
    """Claim a job; None when it is done, rescheduled, or somebody else has it.

    Raises BrokenItem or Unavailable.
    """
    found = get(table, waiting.kind, waiting.id)
    if found is None or found.visible_at > now:
        return None
    job = found.model_copy(
        update={"visible_at": now + lease_seconds, "holder": token_hex(8), "tries": found.tries + 1}
    )
    as_read = {"visible_at": found.visible_at, "tries": found.tries}
    try:
        table.put(writes.replace(_item(job), AS_READ, as_read, lambda _: NotHeld()))
    except NotHeld:
        return None
    return job


def checkpoint(table: Table, job: Job, state: dict[str, Any]) -> Job:
    """Record how far a claimed job came, and keep it under a new claim until the same lease ends.

    Nobody can reschedule it under the old one, as if less had been done. Raises NotHeld when its lease ended.
    """
    after, write = checkpointing(job, state)
    table.transact([write])
    return after


def checkpointing(job: Job, state: dict[str, Any]) -> tuple[Job, Write]:
    """Return a claimed job under its new claim, and the write that records it; refused with NotHeld."""
    after = {"holder": token_hex(8), "state": state}
    return job.model_copy(update=after), _mine(job, **after)


def still_held(table: Table, job: Job) -> Job:
    """Return a claimed job as it was last checkpointed.

    Raises NotHeld when it is another's, BrokenItem or Unavailable. A checkpoint leaves the end of the lease
    and the count of tries alone; whoever else claims it changes both.
    """
    current = get(table, job.kind, job.id)
    same = (job.visible_at, job.tries)
    if current is None or current.holder is None or (current.visible_at, current.tries) != same:
        raise NotHeld
    return current


def reschedule(
    table: Table,
    job: Job,
    at: float,
    state: dict[str, Any] | None = None,
    *,
    tries: int = 0,
    overdue: bool = False,
) -> None:
    """Let a claimed job wait until an instant (seconds UTC), at which it falls due again.

    With `tries` it is tried again then; with these, or `overdue`, it is as overdue as before. Raises NotHeld
    when its lease ended.
    """
    after = job.state if state is None else state
    table.transact([rescheduling(job, at, after, tries=tries, overdue=overdue)])


def rescheduling(
    job: Job, at: float, state: dict[str, Any], *, tries: int = 0, overdue: bool = False
) -> Write:
    """Return the write that lets a claimed job wait; refused with NotHeld."""
    due_at = job.due_at if tries or overdue else at
    return _mine(job, visible_at=at, due_at=due_at, holder=None, tries=tries, state=state)


def continue_later(table: Table, job: Job, at: float) -> None:
    """Let a claimed job for which there was not time enough continue at an instant (seconds UTC).

    It stays as overdue as it is, and this attempt is not counted. Raises NotHeld when its lease ended.
    """
    table.transact([_mine(job, visible_at=at, holder=None, tries=job.tries - 1)])


def complete(table: Table, job: Job) -> None:
    """Take a claimed job out of the queue; raises NotHeld when its lease ended."""
    table.transact([completing(job)])


def completing(job: Job) -> Write:
    """Return the write that takes a claimed job out of the queue; refused with NotHeld."""
    key = keys.work(job.kind, job.id)
    return writes.delete(key, MINE, {"holder": job.holder}, lambda _: NotHeld())


def shard_of(registry_id: str) -> int:
    """Return the part of the queue that a registry's jobs wait in."""
    return zlib.crc32(registry_id.encode()) % SHARDS


def _mine(job: Job, **after: object) -> Write:
    """Return the write that changes a claimed job; refused with NotHeld."""
    changed = job.model_copy(update=after)
    return writes.replace(_item(changed), MINE, {"holder": job.holder}, lambda _: NotHeld())


def _item(wanted: Job) -> Item:
    place = {
        "GSI1PK": keys.work_shard(shard_of(wanted.registry_id)),
        "GSI1SK": keys.queue_place(wanted.visible_at, wanted.kind, wanted.id),
    }
    return items.to_item(keys.work(wanted.kind, wanted.id), wanted, place)
