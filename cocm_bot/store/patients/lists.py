"""The patients of a registry listed: the caseload, everyone with all that is on record, and the directory."""

from collections.abc import Iterator, Sequence
from datetime import date

from cocm_bot.domain.records.patient import DirectoryEntry, Patient, PatientSummary
from cocm_bot.store.patients.patient_items import directory_entries
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of

DIRECTORY = "PK = :directory"
"""All entries of a registry's directory."""

EVERYONE = "PK = :patients"
"""All patients of a registry, deactivated ones included."""

CASELOAD = "GSI1PK = :patients"
"""All patients of a registry that are not deactivated, by next due day."""

CASELOAD_DUE = "GSI1PK = :patients AND GSI1SK <= :due_by"
"""Those of them for whom something falls due up to a day."""

CASELOAD_LATER = "GSI1PK = :patients AND GSI1SK > :due_by"
"""The others, who are on no list of that day."""

MOST_AT_ONCE = 50
"""Patients that are held at a time where all of them are gone through with everything on their records: a
megabyte of them, DynamoDB's own page, takes thirty more while it is read, and they do not come back.
"""
ROWS_AT_ONCE = 250
"""The same of the index, which has less of each."""


def caseload(table: Table, registry_id: str, due_by: date | None = None) -> Listing[PatientSummary]:
    """The patients that are not deactivated, by next due day; with `due_by` those due up to that local day.

    Reads the index alone, which follows a change by a moment.
    """
    return _summaries(table.query(*_part(registry_id, due_by), index=True), registry_id)


def caseload_pages(
    table: Table, registry_id: str, *, due_by: date | None = None, after: date | None = None
) -> Iterator[Listing[PatientSummary]]:
    """The same a page at a time; with `after` those due after that local day, or never."""
    for page in table.pages(*_part(registry_id, due_by, after), index=True, most=ROWS_AT_ONCE):
        yield _summaries(page, registry_id)


def _part(registry_id: str, due_by: date | None, after: date | None = None) -> tuple[str, dict[str, str]]:
    """Return the condition of a part of the index, and its values."""
    values = {"patients": keys.patients(registry_id)}
    if due_by is not None:
        return CASELOAD_DUE, values | {"due_by": keys.due_by(due_by)}
    if after is not None:
        return CASELOAD_LATER, values | {"due_by": keys.due_by(after)}
    return CASELOAD, values


def _summaries(found: Sequence[Item], registry_id: str) -> Listing[PatientSummary]:
    """The rows of the index; items of another writer among them are unread."""
    foreign = [item for item in found if key_of(item).pk != keys.patients(registry_id)]
    own = items.read_all(
        PatientSummary, [item for item in found if item not in foreign] if foreign else found
    )
    unread = [*own.unread, *foreign]
    return Listing(own.records, len(unread), unread)


def whole(table: Table, registry_id: str) -> Iterator[list[Patient]]:
    """All patients with everything the record holds, a page at a time, in the order of their MRNs.

    Raises BrokenItem for one that can't be read: who takes all of them along must not miss one unseen.
    """
    everyone = {"patients": keys.patients(registry_id)}
    for page in table.pages(EVERYONE, everyone, most=MOST_AT_ONCE):
        yield [items.read(Patient, item) for item in page]


def record_pages(table: Table, registry_id: str) -> Iterator[Listing[Patient]]:
    """All patients with everything on their records, deactivated ones included, a page at a time."""
    everyone = {"patients": keys.patients(registry_id)}
    for page in table.pages(EVERYONE, everyone, most=MOST_AT_ONCE):
        yield items.read_all(Patient, page)


def directory(table: Table, registry_id: str) -> list[DirectoryEntry]:
    """Every patient of the registry, for finding one by name; entries that can't be read are left out."""
    return directory_entries(table.query(DIRECTORY, {"directory": keys.directory(registry_id)}))
