"""The registry's counts, changed only in the transaction that changes what they count."""

from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.errors import RegistryMissing
from cocm_bot.store.table.writes import Write


def members(registry_id: str, by: int) -> Write:
    """Count members in or out; refused with RegistryMissing."""
    return _count(registry_id, "members", by)


def active_patients(registry_id: str, by: int) -> Write:
    """Count patients that are not deactivated in or out; refused with RegistryMissing."""
    return _count(registry_id, "active_patients", by)


def _count(registry_id: str, attribute: str, by: int) -> Write:
    key = keys.registry(registry_id)
    if by == 0:
        return writes.check(key, writes.STORED, {}, lambda _: RegistryMissing())
    return writes.update(key, f"ADD {attribute} :by", writes.STORED, {"by": by}, lambda _: RegistryMissing())
