"""A source as arrivals: the records that it would become, one after another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.arrivals import Arrival, Landing, arrival
from cocm_bot.domain.exchange.duplicates import note_similar, unique
from cocm_bot.domain.exchange.fhir.intake import read_fhir, resources
from cocm_bot.domain.exchange.fhir.patients import FhirNotes
from cocm_bot.domain.exchange.intake import PatientIn
from cocm_bot.domain.exchange.notes import Note, NoteKind, Place
from cocm_bot.domain.exchange.older_system import Attributes, OlderReader, sorted_out
from cocm_bot.domain.exchange.own_format import arrival_of, origin
from cocm_bot.domain.exchange.trackers.grid import Sheet, letters, text_of
from cocm_bot.domain.exchange.trackers.mapping import SheetMapping, SourceMapping
from cocm_bot.domain.exchange.trackers.tracker import read_tracker
from cocm_bot.operations.exchange.sheets import CSV_SHEET, csv_sheet, uncomputed, workbook
from cocm_bot.operations.exchange.sources import Form, Source, documents, form_of, unpacked
from cocm_bot.store.exchange.wire_json import items_of

MOST_CELLS_TOLD = 20


@dataclass(frozen=True)
class Reading:
    """A source that was read: how many rows or items it had, what became of them, and the patients."""

    form: Form
    rows: int
    notes: list[Note]
    patients: Iterable[Arrival]
    mapping: SourceMapping | None = None
    """The mapping of its columns, for a person to edit; None where a source has none."""
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The header of each column by sheet and letter, as written."""
    encodings: tuple[str, ...] = ()
    """The encodings that fit alike, the one it was read in first; none where there is no doubt."""


def read(source: Source, landing: Landing) -> Reading:
    """Read a source for a landing; raises InvalidInput for one that can't be read at all."""
    data = unpacked(source.data)
    form = form_of(data)
    if form in (Form.CSV, Form.WORKBOOK):
        return _tracker(data, form, source, landing)
    if form is Form.OLDER_TABLE:
        items = chain.from_iterable(map(items_of, documents(data)))
        return read_older(items, source, landing)
    if form is Form.FHIR:
        return _fhir(data, landing)
    return _own(data, landing)


def _fhir(data: bytes, landing: Landing) -> Reading:
    told = FhirNotes()
    today = landing.policy.local_date(landing.at.timestamp())
    people, rows = read_fhir(resources(documents(data)), landing.policy, today, told)
    kept = unique(people, told.notes)
    note_similar(kept, told.notes)
    return Reading(Form.FHIR, rows, told.notes, _arrivals(kept, landing, told.notes))


def _own(data: bytes, landing: Landing) -> Reading:
    lines = documents(data)
    came_from = origin(next(lines))
    # Each line is read twice, so that one that can't be read is known before the first is written.
    rows = sum(1 for _ in _exported(lines, came_from, landing))
    again = documents(data)
    next(again)
    return Reading(Form.OWN, rows, [], _exported(again, came_from, landing))


def _exported(lines: Iterable[Any], came_from: str, landing: Landing) -> Iterator[Arrival]:
    for number, line in enumerate(lines, 2):
        yield arrival_of(line, number, came_from, landing)


def read_older(items: Iterable[Attributes], source: Source, landing: Landing) -> Reading:
    """Read the items of an older system's table; raises InvalidInput."""
    notes: list[Note] = []
    found = sorted_out(items, source.registry)
    rows = len(found.patients)
    today = landing.policy.local_date(landing.at.timestamp())
    reader = OlderReader(landing.policy, today, notes, source.mapping)
    people, mapping = reader.read(found)
    kept = unique(people, notes)
    note_similar(kept, notes)
    if found.others:
        why = "no patients: profiles, invitations and what else the table holds"
        notes.append(Note(NoteKind.LEFT, Place("table"), "item", str(found.others), why))
    return Reading(Form.OLDER_TABLE, rows, notes, _arrivals(kept, landing, notes), mapping)


def _tracker(data: bytes, form: Form, source: Source, landing: Landing) -> Reading:
    notes: list[Note] = []
    encodings: tuple[str, ...] = ()
    sheets: Sequence[Sheet]
    if form is Form.WORKBOOK:
        sheets = workbook(data)
        if cells := uncomputed(data):
            why = "formulas without a value: open the file in a spreadsheet program, save it, import that"
            told = ", ".join(cells[:MOST_CELLS_TOLD])
            notes.append(Note(NoteKind.ASKED, Place("workbook"), "formula", told, why))
    else:
        sheet, found = csv_sheet(data, source.encoding)
        sheets = [sheet]
        if found.doubt:
            encodings = (found.encoding, found.doubt)
            why = (
                f"names would be read otherwise as {found.doubt}: look at one, and say which with --encoding"
            )
            notes.append(Note(NoteKind.ASKED, Place(CSV_SHEET), "encoding", found.encoding, why))
        elif not found.encoding.startswith("utf") and not source.encoding:
            why = "the bytes do not say their encoding; --encoding says otherwise"
            notes.append(Note(NoteKind.ASSUMED, Place(CSV_SHEET), "encoding", found.encoding, why))
    if source.sheet:
        sheets = [each for each in sheets if each.name == source.sheet]
        if not sheets:
            raise InvalidInput(f"The file has no sheet “{source.sheet}”.")
    policy = landing.policy
    today = policy.local_date(landing.at.timestamp())
    intake = read_tracker(sheets, source.mapping, policy.measures, today, landing.country)
    notes.extend(intake.notes)
    if not any(each.header for each in intake.mapping.sheets.values()):
        raise InvalidInput(
            "No row looks like a header with an MRN or a name. Name the columns in a mapping file."
        )
    arrivals = _arrivals(intake.patients, landing, notes)
    headers = {each.name: _headers(each, intake.mapping.sheets[each.name]) for each in sheets}
    return Reading(form, intake.rows, notes, arrivals, intake.mapping, headers, encodings)


def _headers(sheet: Sheet, mapping: SheetMapping) -> dict[str, str]:
    row = sheet.rows[mapping.header - 1] if mapping.header else ()
    return {letters(at): text_of(cell) for at, cell in enumerate(row) if text_of(cell)}


def _arrivals(people: Iterable[PatientIn], landing: Landing, notes: list[Note]) -> Iterator[Arrival]:
    for each in people:
        yield arrival(replace(each.whole, mrn=each.mrn.strip()), landing, notes)
    notes.extend(landing.team.notes("people"))
