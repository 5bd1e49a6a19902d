"""The billing ledger: a partition for each registry and month, with an item for each patient who had work.

An entry follows from the patient's record and history (`domain.billing.minutes`), and is written in the
transaction that changes them: a month is listed with one query that costs what the month holds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from cocm_bot.domain.records.billing_month import LedgerEntry
from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BrokenItem, VersionConflict
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

MONTH = "PK = :month"
"""All that a registry's billing of a month holds."""

AS_READ = "registries = :read"
"""Holds while the registries that bill an MRN in a month are those that were read."""

LARGEST_BATCH = 100

Months = Mapping[str, LedgerEntry]
"""A patient's entries by month (`YYYY-MM`)."""


class BilledMrn(Record):
    """The registries that count minutes for an MRN in a month."""

    registries: tuple[str, ...] = Field(strict=False)


@dataclass(frozen=True)
class Billed:
    """A change of the registries that bill an MRN in a month, with those that were read."""

    month: str
    mrn: str
    read: Sequence[str] | None
    """None where nothing is stored."""
    wanted: bool
    """True when the registry in question is to be among them."""


def month_items(table: Table, registry_id: str, month: str) -> list[Item]:
    """All items of a registry's month, as they are now. Raises Unavailable."""
    return table.query(MONTH, {"month": keys.billing_month(registry_id, month)})


def entries(found: Iterable[Item]) -> Listing[LedgerEntry]:
    """The entries among the items of a month; those that can't be read are counted."""
    return items.read_all(LedgerEntry, [item for item in found if key_of(item).sk.startswith(keys.LEDGER)])


def patients_of(table: Table, registry_id: str, month: str) -> Iterator[str]:
    """Yield the ids of the patients with an entry in a month, readable or not. Raises Unavailable."""
    for page in table.pages(MONTH, {"month": keys.billing_month(registry_id, month)}):
        yield from (sk.removeprefix(keys.LEDGER) for _, sk in map(key_of, page) if sk.startswith(keys.LEDGER))


def forget(table: Table, registry_id: str, patient_id: str, month: str) -> None:
    """Take an entry of nobody out of the ledger. Raises Unavailable."""
    table.transact([writes.forget(keys.ledger_entry(registry_id, month, patient_id))])


def of_patient(
    table: Table, registry_id: str, patient_id: str, months: Iterable[str]
) -> tuple[Months, set[str]]:
    """A patient's entries of some months, and the months whose entry can't be read. Raises Unavailable."""
    wanted = [keys.ledger_entry(registry_id, month, patient_id) for month in sorted(set(months))]
    found: dict[str, LedgerEntry] = {}
    broken: set[str] = set()
    for first in range(0, len(wanted), LARGEST_BATCH):
        for key, item in table.batch_get(wanted[first : first + LARGEST_BATCH]).items():
            month = key.pk.rpartition(":")[2]
            try:
                found[month] = items.read(LedgerEntry, item)
            except BrokenItem:
                broken.add(month)
    return found, broken


def changed_months(before: Months, after: Months) -> list[str]:
    """The months whose entry is another one, or gone, the latest first."""
    return sorted(
        (month for month in {*before, *after} if before.get(month) != after.get(month)), reverse=True
    )


def writing(registry_id: str, patient_id: str, month: str, entry: LedgerEntry | None) -> Write:
    """The write that puts an entry in its place, or takes it away."""
    key = keys.ledger_entry(registry_id, month, patient_id)
    return writes.forget(key) if entry is None else writes.put(items.to_item(key, entry))


def billed(table: Table, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Sequence[str]]:
    """Return which registries bill some MRNs, given as months and MRNs; those of none are left out.

    Raises Unavailable.
    """
    by_key = {keys.billed_mrn(month, mrn): (month, mrn) for month, mrn in wanted}
    ordered = list(by_key)
    found: dict[tuple[str, str], Sequence[str]] = {}
    for first in range(0, len(ordered), LARGEST_BATCH):
        for key, item in table.batch_get(ordered[first : first + LARGEST_BATCH]).items():
            found[by_key[key]] = [
                each["S"] for each in item.get("registries", {}).get("L", []) if "S" in each
            ]
    return found


def billing(registry_id: str, change: Billed) -> Write | None:
    """Return the write that adds a registry to those that bill an MRN, or removes it; None for no change.

    Refused with VersionConflict when another registry did the same meanwhile: then both are to be notified.
    """
    others = [each for each in change.read or () if each != registry_id]
    after = sorted({*others, *([registry_id] if change.wanted else [])})
    if after == sorted(change.read or ()):
        return None
    key = keys.billed_mrn(change.month, change.mrn)
    item = items.to_item(key, BilledMrn(registries=tuple(after)))
    if change.read is None:
        return writes.add(item, lambda _: VersionConflict())
    values = {"read": list(change.read)}
    if not after:
        return writes.delete(key, AS_READ, values, lambda _: VersionConflict())
    return writes.replace(item, AS_READ, values, lambda _: VersionConflict())
