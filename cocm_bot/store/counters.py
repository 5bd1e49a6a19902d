"""The registry's counts: of members in the transaction that changes them, of patients right after it.

Transactions that meet on one item refuse each other, and many people enrol patients at once. So a change of a
patient says in an item of its own what it adds to the count; whoever made it, or the next who does, adds up
what is there and takes those items away, in one transaction.
"""

from contextlib import suppress

from cocm_bot.domain.errors import CocmError
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import CountedAlready, RegistryMissing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import from_wire, key_of, to_wire, wire_key
from cocm_bot.store.table.writes import Write

ADD_TRIES = 20
"""Times what there is to add is read again when somebody else has added of it."""
MOST_ADDED = 90
"""Items added up in one transaction: DynamoDB takes a hundred."""

TO_ADD = "PK = :counts"
"""The items still to be added to a registry's count of patients."""


def members(registry_id: str, by: int) -> Write:
    """Count members in or out; refused with RegistryMissing."""
    return _count(registry_id, "members", by)


def active_patients(registry_id: str, by: int) -> Write:
    """Count patients that are not deactivated in or out; refused with RegistryMissing."""
    return _count(registry_id, "active_patients", by)


def patient_counted(registry_id: str, handle: str, version: int, by: int) -> list[Write]:
    """The writes that say what a patient's change to a version adds to the count, for its transaction.

    None where it adds nothing. `settle` is to follow the transaction.
    """
    if by == 0:
        return []
    return [writes.put(to_wire({"by": by}) | wire_key(keys.patient_count(registry_id, handle, version)))]


def settle(table: Table, registry_id: str) -> None:
    """Add up what there is to add; what fails is left to the next who does: never raises."""
    with suppress(CocmError):
        add_up(table, registry_id)


def add_up(table: Table, registry_id: str) -> None:
    """Add what changes of patients said to the registry's count.

    Raises RegistryMissing, CountedAlready where others always came first, or Unavailable.
    """
    for _ in tries(ADD_TRIES):
        found = table.query(TO_ADD, {"counts": keys.patient_counts(registry_id)})[:MOST_ADDED]
        if not found:
            return
        by = sum(int(from_wire({"by": item["by"]})["by"]) for item in found)
        taken = [writes.delete(key_of(item), writes.STORED, {}, lambda _: CountedAlready()) for item in found]
        with suppress(CountedAlready):
            table.transact([active_patients(registry_id, by), *taken])
            if len(found) < MOST_ADDED:  # whoever said something meanwhile adds it up too
                return
    raise CountedAlready


def _count(registry_id: str, attribute: str, by: int) -> Write:
    key = keys.registry(registry_id)
    if by == 0:
        return writes.check(key, writes.STORED, {}, lambda _: RegistryMissing())
    return writes.update(key, f"ADD {attribute} :by", writes.STORED, {"by": by}, lambda _: RegistryMissing())
