"""The erasures of a registry: asked for, confirmed, begun, and the tombstones of those done."""

from cocm_bot.domain.errors import Conflict
from cocm_bot.domain.patients.erasure import Erasure
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.writes import Write

OF_REGISTRY = "PK = :erasures"
"""All erasures of a registry."""

AS_READ = "#state = :state AND asked_at = :asked_at"
"""Holds while an erasure is as far as it was read."""


class ErasureMoved(Conflict):
    """Somebody else confirmed, withdrew or began the erasure meanwhile; nothing was written."""

    def __init__(self) -> None:
        super().__init__("This erasure was changed meanwhile. Look again.")


def get(table: Table, registry_id: str, patient_id: str) -> Erasure | None:
    """Return a patient's erasure. Raises BrokenItem or Unavailable."""
    item = table.get(keys.erasure(registry_id, patient_id))
    return items.read(Erasure, item) if item else None


def of_registry(table: Table, registry_id: str) -> Listing[Erasure]:
    """Return the erasures of a registry, done ones included. Raises Unavailable."""
    return items.read_all(Erasure, table.query(OF_REGISTRY, {"erasures": keys.erasures(registry_id)}))


def storing(registry_id: str, before: Erasure | None, after: Erasure) -> Write:
    """Return the write of an erasure in the place of what was read; refused with ErasureMoved."""
    item = items.to_item(keys.erasure(registry_id, after.patient_id), after)
    if before is None:
        return writes.add(item, lambda _: ErasureMoved())
    read = {"state": before.state, "asked_at": before.asked_at}
    return writes.replace(item, AS_READ, read, lambda _: ErasureMoved())


def withdrawing(registry_id: str, erasure: Erasure) -> Write:
    """Return the write that takes a request back; refused with ErasureMoved."""
    read = {"state": erasure.state, "asked_at": erasure.asked_at}
    return writes.delete(
        keys.erasure(registry_id, erasure.patient_id), AS_READ, read, lambda _: ErasureMoved()
    )
