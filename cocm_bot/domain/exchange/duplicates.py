"""Patients of one source who may be the same person, or who share a number."""

from collections import defaultdict
from collections.abc import Iterable

from cocm_bot.domain.exchange.intake import PatientIn
from cocm_bot.domain.exchange.notes import Note, NoteKind


def unique(found: Iterable[PatientIn], notes: list[Note]) -> list[PatientIn]:
    """Return one patient an MRN: of rows of one person the first, of several none; both are asked."""
    by_mrn: defaultdict[str, list[PatientIn]] = defaultdict(list)
    for each in found:
        by_mrn[each.mrn].append(each)
    kept = []
    for mrn, (first, *others) in by_mrn.items():
        same = all(each.person == first.person for each in others)
        for each in others if same else [first, *others] if others else []:
            why = (
                f"this number is already in {first.place.cell}: this row is not taken"
                if same
                else "this number is given to different people: none of them is taken"
            )
            notes.append(Note(NoteKind.ASKED, each.place, "mrn", mrn, why))
        if same:
            kept.append(first)
    return kept


def note_similar(found: Iterable[PatientIn], notes: list[Note]) -> None:
    """Note patients who may be one: numbers that differ by zeros or case, the same name and birth date."""
    by_number: defaultdict[str, list[PatientIn]] = defaultdict(list)
    by_person: defaultdict[object, list[PatientIn]] = defaultdict(list)
    for each in found:
        by_number[each.mrn.casefold().lstrip("0")].append(each)
        if each.born is not None:
            by_person[each.person].append(each)
    for first, *others in by_number.values():
        for other in others:
            why = f"differs from that of {first.place.cell} by zeros or case alone: taken as another patient"
            notes.append(Note(NoteKind.ASSUMED, other.place, "mrn", other.mrn, why))
    for first, *others in by_person.values():
        for other in others:
            why = f"same name and birth date as {first.place.cell}: taken as another patient"
            notes.append(Note(NoteKind.ASKED, other.place, "mrn", other.mrn, why))
