"""A clinic's own spreadsheet as patients: a caseload sheet, and perhaps a sheet of contacts joined by MRN."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from cocm_bot.domain.exchange.duplicates import note_similar, unique
from cocm_bot.domain.exchange.intake import ContactIn, PatientIn
from cocm_bot.domain.exchange.notes import Note, NoteKind, Place
from cocm_bot.domain.exchange.trackers.columns import Field
from cocm_bot.domain.exchange.trackers.contact_rows import contact_of
from cocm_bot.domain.exchange.trackers.grid import Sheet, text_of
from cocm_bot.domain.exchange.trackers.mapping import SheetMapping, SourceMapping, proposed
from cocm_bot.domain.exchange.trackers.overview import NAMES, details_of, patient_of
from cocm_bot.domain.exchange.trackers.rows import DataRow, SheetReader
from cocm_bot.domain.exchange.trackers.words import plain
from cocm_bot.domain.fields import US
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.vocabulary import ContactType

V = TypeVar("V")


@dataclass(frozen=True)
class Intake:
    """All that a source holds: its patients, what became of its cells, and how its columns were read."""

    patients: Sequence[PatientIn]
    notes: Sequence[Note]
    rows: int
    mapping: SourceMapping


def read_tracker(
    sheets: Sequence[Sheet],
    mapping: SourceMapping | None,
    measures: Iterable[Measure],
    today: date,
    country: str = US,
) -> Intake:
    """Read a tracker's sheets; without a mapping by the words of their headers. Raises InvalidInput.

    `country` is that of phone numbers without `+`.
    """
    notes: list[Note] = []
    asked = tuple(measures)
    known = (*asked, *(each for name, each in CATALOGUE.items() if name not in {one.name for one in asked}))
    given = mapping or SourceMapping(sheets={sheet.name: proposed(sheet, known) for sheet in sheets})
    readers = [
        SheetReader(sheet, given.sheets[sheet.name], known, today, notes, country)
        for sheet in sheets
        if given.sheets.get(sheet.name, SheetMapping()).header
    ]
    for reader in readers:
        if reader.sheet.hidden:
            why = "a hidden sheet: read like the others; its header set to 0 in the mapping leaves it out"
            notes.append(Note(NoteKind.ASSUMED, Place(reader.sheet.name), "sheet", "", why))
    for sheet in sheets:
        if sheet not in [reader.sheet for reader in readers]:
            why = "no header with an MRN or a name: the sheet is not read"
            notes.append(Note(NoteKind.LEFT, Place(sheet.name), "sheet", "", why))
    contacts, named, rows = _contacts(reader for reader in readers if reader.holds(Field.DATE))
    found, more = _overviews([reader for reader in readers if not reader.holds(Field.DATE)], given.as_of)
    alone = {mrn: those for mrn, those in named.items() if mrn not in {each.mrn for each in found}}
    people = unique([*found, *_told_in_contacts(alone, notes)], notes)
    note_similar(people, notes)
    patients = [_joined(each, contacts.pop(each.mrn, []), notes) for each in people]
    for mrn, strays in contacts.items():
        for contact in strays:
            why = "no patient of this number in the file: the contact is not taken"
            notes.append(Note(NoteKind.ASKED, contact.place, "mrn", mrn, why))
    decided = {reader.sheet.name: reader.decided() for reader in readers}
    unread = {sheet.name: SheetMapping() for sheet in sheets if sheet.name not in decided}
    kept = [_measured_here(each, asked, notes) for each in patients]
    return Intake(kept, notes, rows + more, given.model_copy(update={"sheets": {**decided, **unread}}))


Named = dict[str, list[tuple[date, DataRow]]]
"""The rows of contacts that name their patient, by MRN, each with its day."""


def _contacts(readers: Iterable[SheetReader]) -> tuple[dict[str, list[ContactIn]], Named, int]:
    found: defaultdict[str, list[ContactIn]] = defaultdict(list)
    named: defaultdict[str, list[tuple[date, DataRow]]] = defaultdict(list)
    rows = 0
    for reader in readers:
        for row in reader.rows():
            rows += 1
            if read := contact_of(row):
                mrn, contact = read
                found[mrn].append(contact)
                if _name_in(row):
                    named[mrn].append((contact.day, row))
    return found, named, rows


def _told_in_contacts(named: Named, notes: list[Note]) -> Iterator[PatientIn]:
    """Yield the patients of whom rows of contacts alone tell: by the row of the latest day."""
    for mrn, rows in named.items():
        if len({_name_in(row) for _, row in rows}) > 1:
            why = "this number is given to different names: none of them is taken"
            notes.extend(Note(NoteKind.ASKED, row.place, "mrn", mrn, why) for _, row in rows)
            continue
        latest, row = max(rows, key=lambda each: each[0])
        if patient := details_of(row):
            why = f"no row of the caseload: taken from the contact of {latest}"
            notes.append(Note(NoteKind.ASSUMED, row.place, "mrn", mrn, why))
            yield patient


def _name_in(row: DataRow) -> str:
    return plain(" ".join(text_of(row.cell(field)) for field in NAMES))


def _overviews(readers: Iterable[SheetReader], as_of: date | None) -> tuple[list[PatientIn], int]:
    found, rows = [], 0
    for reader in readers:
        for row in reader.rows():
            rows += 1
            if patient := patient_of(row, as_of):
                found.append(patient)
    return found, rows


def _joined(patient: PatientIn, logged: Sequence[ContactIn], notes: list[Note]) -> PatientIn:
    """Return a patient with the contacts of the contact sheet, and what only the overview tells.

    A day that both tell of is taken from the contact sheet; scores that differ there are asked about.
    """
    added = []
    for summed in patient.contacts:
        same_day = [each for each in logged if each.day == summed.day and _alike(each, summed)]
        assessed = [each for each in logged if each.contact_type is ContactType.INITIAL_ASSESSMENT]
        if not same_day and summed.contact_type is ContactType.INITIAL_ASSESSMENT and assessed:
            why, other = "the contact sheet has another day, which is taken", str(assessed[0].day)
            notes.append(
                Note(NoteKind.ASKED, summed.place, "initial_assessment", str(summed.day), why, other)
            )
        elif not same_day:
            added.append(summed)
        else:
            notes.extend(_differing(summed, same_day))
    return replace(patient, contacts=tuple(sorted((*logged, *added), key=lambda each: each.day)))


def _alike(one: ContactIn, other: ContactIn) -> bool:
    consult = ContactType.CONSULTATION
    return (one.contact_type is consult) is (other.contact_type is consult)


def _differing(summed: ContactIn, logged: Sequence[ContactIn]) -> Iterator[Note]:
    for name, score in summed.scores.items():
        known = [each.scores[name] for each in logged if name in each.scores]
        if score not in known:
            why = "the contact sheet says otherwise of this day, and is taken"
            taken = f"{known[0]:g}" if known else "no score"
            yield Note(NoteKind.ASKED, summed.place, name, f"{score:g}", why, taken)


def _measured_here(patient: PatientIn, measures: Sequence[Measure], notes: list[Note]) -> PatientIn:
    """Return the patient without scores of measures that the registry does not ask for, each noted."""
    names = {each.name for each in measures}
    contacts = []
    for contact in patient.contacts:
        for name in sorted({*contact.scores, *contact.answers, *contact.self_harm} - names):
            why = "the registry does not ask for this measure: not taken; choose it, then import"
            notes.append(Note(NoteKind.ASKED, contact.place, name, f"{contact.scores.get(name, 0):g}", why))
        contacts.append(
            replace(
                contact,
                scores=_only(contact.scores, names),
                answers=_only(contact.answers, names),
                self_harm=_only(contact.self_harm, names),
            )
        )
    return replace(patient, contacts=tuple(contacts))


def _only(given: Mapping[str, V], names: set[str]) -> dict[str, V]:
    return {name: value for name, value in given.items() if name in names}
