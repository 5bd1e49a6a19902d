"""The caseload with what lists need of each patient, worked out once a day and after each change.

A list of thousands is chosen, counted and ordered by what is kept here; only the rows of the page that is
shown are read in full.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from cocm_bot.domain.due.rules import Due
from cocm_bot.domain.figures.counts import Judged, Numbers, judged
from cocm_bot.domain.figures.shares import Share
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.derive import as_of, weeks_at
from cocm_bot.domain.records.patient import Patient, PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status
from cocm_bot.operations.caseload.rows import Row, Show, Sort, places, row_of, shown_in
from cocm_bot.operations.context import Context
from cocm_bot.store.patients.remembered_rows import StoredRow
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.wire import Item
from cocm_bot.telemetry.in_hand import note_unreadable

FOREIGN = "another program's"
"""The kind, in the log, of an item in the index that is not under a key of the bot's."""
READ_TOGETHER = 10
"""Whole records that are read at once."""
MOST_WHOLE = 100
"""About as many whole records are remembered of one registry."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A patient as lists choose, count and order it on one local day."""

    stored: StoredRow
    due: Sequence[Due]
    care_manager: str | None
    snoozed: bool
    recommended: float | None
    """The time of the oldest unanswered recommendation (seconds UTC)."""
    shows: frozenset[Show]
    """The parts of the caseload it is in."""
    places: Mapping[Sort, tuple[object, ...]]
    """Its place in each order."""
    status: Status
    flag: Flag | None
    judged: Judged

    @property
    def handle(self) -> str:
        """The patient's handle."""
        return self.stored.handle

    def row(self, policy: CarePolicy, now: datetime) -> Row:
        """Return the row as it is shown, what is due in the order it has here."""
        summary = items.read(PatientSummary, self.stored.item)
        return Row(as_of(summary, policy, now), weeks_at(summary, policy, now), list(self.due))


@dataclass(frozen=True)
class Part:
    """Rows of the index, and those among them that can't be read."""

    rows: Sequence[Listed]
    unread: Sequence[Item]

    @property
    def broken(self) -> int:
        """Return how many can't be read."""
        return len(self.unread)

    def __len__(self) -> int:
        return len(self.rows)


class CurrentList:
    """Everybody in a registry's caseload as of one look and one local day, by next due day."""

    def __init__(
        self,
        stored: Mapping[Key, StoredRow],
        policy: CarePolicy,
        now: datetime,
        before: "CurrentList | None" = None,
    ) -> None:
        """Work out what is new since `before`; all of it on another day, or by another policy."""
        self._stored = stored
        self._policy = policy
        self._day = policy.local_date(now.timestamp())
        same = before if before and before.holds(policy, self._day) else None
        known: Mapping[Key, Listed | StoredRow] = same.found if same else {}
        self.found: Mapping[Key, Listed | StoredRow] = {
            key: _again(known.get(key), row, policy, now) for key, row in stored.items()
        }
        """The rows by key: as lists need them, or as they are stored where they can't be read."""
        in_order = sorted(stored.values(), key=lambda row: (row.place, row.key))
        found = [self.found[row.key] for row in in_order]
        self.rows: Sequence[Listed] = [each for each in found if isinstance(each, Listed)]
        self._unread = [each for each in found if isinstance(each, StoredRow)]
        self.orders: dict[Sort, Sequence[Listed]] = dict(same.orders) if same else {}
        """The rows in the orders that were asked for, here or before."""
        self._sorted: set[Sort] = set()

    def is_of(self, stored: Mapping[Key, StoredRow], policy: CarePolicy, day: date) -> bool:
        """Return whether this was worked out of these rows, by this policy, for this local day."""
        return self._stored is stored and self.holds(policy, day)

    def by(self, sort: Sort) -> Sequence[Listed]:
        """Return everybody in an order."""
        if sort not in self._sorted:
            # Nearly sorted already, most of the time: that costs a look at each, and no more.
            rows = self._nearly(self.orders.get(sort, ()))
            rows.sort(key=lambda each: each.places[sort])
            self.orders[sort] = rows
            self._sorted.add(sort)
        return self.orders[sort]

    def everybody(self) -> Part:
        """Return all rows."""
        return Part(self.rows, [row.item for row in self._unread])

    def placed_by(self, day: date) -> Part:
        """Return the rows that the index holds as due up to a local day."""
        last = keys.due_by(day)
        rows = [each for each in self.rows if each.stored.place <= last]
        return Part(rows, [row.item for row in self._unread if row.place <= last])

    def holds(self, policy: CarePolicy, day: date) -> bool:
        """Return whether what is due here is so by this policy on this local day."""
        return self._day == day and self._policy == policy

    def _nearly(self, before: Sequence[Listed]) -> list[Listed]:
        now = {id(each): each for each in self.rows}
        kept = [each for each in before if now.pop(id(each), None) is not None]
        return [*kept, *now.values()]


def current_list(ctx: Context, registry: Registry) -> CurrentList:
    """Return a registry's caseload as it is now. Raises Unavailable."""
    now, policy = ctx.now(), registry.policy
    day = policy.local_date(now.timestamp())
    memory = ctx.memory.of(registry.id, now.timestamp())
    stored = memory.rows.now(ctx.table).parts
    with memory.lock:
        before: CurrentList | None = memory.derived.get(CurrentList)
        if before is None or not before.is_of(stored, policy, day):
            before = CurrentList(stored, policy, now, before)
            memory.derived[CurrentList] = before
        return before


def summaries(rows: Iterable[Listed]) -> list[PatientSummary]:
    """Return what the index has of these patients."""
    return items.read_all(PatientSummary, [row.stored.item for row in rows]).records


def in_whole(ctx: Context, registry: Registry, rows: Sequence[Listed]) -> Iterator[Patient]:
    """Yield the whole records of these patients, in their order; those that can't be read are left out.

    They are read some at a time, and remembered until something is written to them. Raises Unavailable.
    """
    memory = ctx.memory.of(registry.id, ctx.now().timestamp())
    with memory.lock:
        known: dict[Key, tuple[StoredRow, Patient]] = memory.derived.setdefault(Patient, {})
        if len(known) > MOST_WHOLE:
            known.clear()
    for first in range(0, len(rows), READ_TOGETHER):
        some = [row.stored for row in rows[first : first + READ_TOGETHER]]
        kept = {row.key: each for row in some if (each := known.get(row.key)) and each[0] is row}
        missing = [row for row in some if row.key not in kept]
        found = ctx.table.batch_get(row.key for row in missing) if missing else {}
        for row in missing:
            with suppress(BrokenItem, KeyError):
                kept[row.key] = row, items.read(Patient, found[row.key])
        known.update(kept)
        yield from (kept[row.key][1] for row in some if row.key in kept)


def numbers_of(rows: Iterable[Listed]) -> Numbers:
    """Count patients of a caseload, as `counts.numbers` does."""
    listed = list(rows)
    improved = Share(
        sum(each.judged.improved.part for each in listed), sum(each.judged.improved.whole for each in listed)
    )
    return Numbers(
        patients=len(listed),
        by_status=Counter(each.status for each in listed),
        due=sum(bool(each.due) for each in listed),
        flagged=Counter(each.flag for each in listed if each.flag),
        judged=Judged(improved, sum(each.judged.unmeasured for each in listed)),
    )


def _again(
    before: Listed | StoredRow | None, stored: StoredRow, policy: CarePolicy, now: datetime
) -> Listed | StoredRow:
    """Return a row as it was known, unless something was written to its patient since."""
    if before is not None and stored is (before.stored if isinstance(before, Listed) else before):
        return before
    return _listed(stored, policy, now)


def _listed(stored: StoredRow, policy: CarePolicy, now: datetime) -> Listed | StoredRow:
    """Return a row as lists need it; as it is stored where it can't be read, or is another writer's."""
    # Once for each time it was written: whoever opens a list again looks at the same row.
    if stored.foreign:
        note_unreadable(FOREIGN)
        return stored
    try:
        summary = items.read(PatientSummary, stored.item)
    except BrokenItem as error:
        note_unreadable(error.kind)
        return stored
    row = row_of(summary, policy, now)
    return Listed(
        stored=stored,
        due=row.due,
        care_manager=row.care_manager,
        snoozed=row.snoozed,
        recommended=summary.course.recommended,
        shows=shown_in(row, policy),
        places=places(row, policy),
        status=summary.status,
        flag=summary.patient_flag,
        judged=judged([summary], policy, now),
    )
