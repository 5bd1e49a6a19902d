"""One run over the whole table, or over one registry of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.errors import Conflict, NotFound
from cocm_bot.domain.members import Registry
from cocm_bot.operations.access.access_logging import NO_REGISTRY, record_export
from cocm_bot.operations.checking.findings import Finding, Kind
from cocm_bot.operations.checking.people import check_people
from cocm_bot.operations.checking.registries import check_registry, read_registry
from cocm_bot.operations.context import Context
from cocm_bot.store.patients import lists
from cocm_bot.store.repair import survey
from cocm_bot.store.repair.survey import Survey
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.keys import Key


@dataclass(frozen=True)
class Checked:
    """A finding, and whether it was repaired."""

    finding: Finding
    repaired: bool = False


def check(
    ctx: Context, registry_id: str | None = None, repair_as: str | None = None, *, accept: bool = False
) -> Iterator[Checked]:
    """Look for what disagrees, in the whole table or one registry; repair it if somebody answers for it.

    `repair_as` is the operating system's account, and goes to the access log before anything is repaired.
    With `accept` that account also takes tampered histories for right, each in an audit entry.
    Raises NotFound for an unknown registry, or Unavailable: then it could not be checked.
    """
    logged: set[str] = set()
    for finding in _findings(ctx, registry_id, repair_as if accept else None):
        if repair_as is None or finding.repair is None:
            yield Checked(finding)
            continue
        concerned = finding.registry_id or NO_REGISTRY
        if concerned not in logged:
            record_export(ctx, concerned, AccessAction.REPAIR, repair_as)
            logged.add(concerned)
        yield Checked(finding, _repaired(finding.repair))


def locate(ctx: Context, name: str, account: str) -> list[Key]:
    """Return the keys of what a finding or a notice names by a fingerprint or a handle.

    Keys may hold an MRN or an address: that `account` of the operating system asked goes to the access log.
    Raises NotFound or Unavailable.
    """
    record_export(ctx, NO_REGISTRY, AccessAction.LOCATE, account)
    found = survey.locate(ctx.table, name)
    if not found:
        raise NotFound("Nothing in the table has this name.")
    return found


def _repaired(repair: Callable[[], None]) -> bool:
    """Repair something, unless it is changed so often, or became such, that the next run must look again."""
    try:
        repair()
    except (Conflict, BrokenItem):
        return False
    return True


def _findings(ctx: Context, registry_id: str | None, accept_as: str | None) -> Iterator[Finding]:
    found = survey.survey(ctx.table)
    if registry_id is not None and registry_id not in found.registries:
        raise NotFound("There is no registry with this id.")
    if registry_id is None:
        for item in found.illegible:
            yield Finding(Kind.FOREIGN if item.foreign else Kind.BROKEN, "", item.where)
    yield from check_people(ctx, found, registry_id)
    ids: set[str] = set()
    for each in sorted(found.registries) if registry_id is None else [registry_id]:
        registry = read_registry(ctx, each)
        if isinstance(registry, Registry):
            yield from check_registry(ctx, registry, found, ids, accept_as)
        else:
            yield Finding(registry, each)
    if registry_id is None:
        yield from _orphans(ctx, found, ids)


def _orphans(ctx: Context, found: Survey, ids: set[str]) -> Iterator[Finding]:
    """Histories of nobody. Where a registry can't be read, its directory says whose histories it has."""
    left = found.histories - ids
    for registry_id in found.registries if left else ():
        left -= {entry.patient_id for entry in lists.directory(ctx.table, registry_id)}
    for patient_id in sorted(left):
        yield Finding(Kind.ORPHAN, "", patient_id)
