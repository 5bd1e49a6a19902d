"""A row of a caseload sheet as a patient, with the contacts that its dates and scores speak of."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from pydantic import TypeAdapter

from cocm_bot.domain.exchange.intake import ContactIn, FlagIn, PatientIn
from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.exchange.trackers import values, words
from cocm_bot.domain.exchange.trackers.columns import Column, Field
from cocm_bot.domain.exchange.trackers.grid import text_of
from cocm_bot.domain.exchange.trackers.rows import DataRow, note_names
from cocm_bot.domain.exchange.trackers.words import Standing, plain
from cocm_bot.domain.fields import Email, Mrn, can_be_dialed
from cocm_bot.domain.records.agreements import ConsentKind, DeactivationReason
from cocm_bot.domain.vocabulary import ContactType, Status

_MRN: TypeAdapter[str] = TypeAdapter(Mrn)
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
NAMES = (Field.NAME, Field.FIRST_NAME, Field.LAST_NAME)


def patient_of(row: DataRow, as_of: date | None) -> PatientIn | None:
    """Return the patient of a row, with the contacts it sums up; None as `details_of`."""
    patient = details_of(row)
    if patient is None:
        return None
    assessed, seen = row.day(Field.ASSESSED), row.day(Field.LAST_SESSION)
    return replace(patient, contacts=tuple(_contacts(row, assessed, seen, as_of)))


def details_of(row: DataRow) -> PatientIn | None:
    """Return the patient of a row without contacts; None, noted, for one without an MRN or a name."""
    mrn = _mrn(row)
    first, last = _name(row)
    if not mrn or not (first or last):
        missing = "MRN" if not mrn else "name"
        row.note(NoteKind.ASKED, 0, "row", f"{first} {last}".strip(), f"no {missing}: the row is not taken")
        return None
    note_names(row, NAMES)
    left_on = row.day(Field.LEFT_ON)
    found = _standing(row, left_on)
    return PatientIn(
        place=row.place,
        mrn=mrn,
        first_name=first,
        last_name=last,
        born=_born(row),
        phone_number=_phone(row),
        email=_email(row),
        payer=row.text(Field.PAYER),
        status=found.status,
        reason=found.reason,
        reason_note=found.note,
        left_on=left_on,
        enrolled=row.day(Field.ENROLLED),
        consent=_consent(row),
        flags=_flags(row),
        care_manager=row.text(Field.MANAGER),
    )


def _standing(row: DataRow, left_on: date | None) -> Standing:
    """Return the status of a row; without a column for it, a day of leaving says that the patient left."""
    if row.reader.holds(Field.STATUS):
        found = words.standing(row.text(Field.STATUS))
        if found.kind is not None:
            row.note_cell(found.kind, Field.STATUS, found.why)
        return found.value or Standing(None)
    if left_on is None:
        return Standing(None)
    died = "death" in plain(row.reader.header(Field.LEFT_ON))
    row.note_cell(NoteKind.ASSUMED, Field.LEFT_ON, "taken as deactivated on this day")
    if died:
        return Standing(Status.DEACTIVATED, DeactivationReason.DIED)
    return Standing(Status.DEACTIVATED, DeactivationReason.OTHER, "Left the program")


def _mrn(row: DataRow) -> str:
    mrn = row.mrn()
    if not mrn:
        return ""
    if mrn != row.text(Field.MRN):
        row.note_cell(NoteKind.CHANGED, Field.MRN, "the decimals of a spreadsheet's number", mrn)
    try:
        _MRN.validate_python(mrn)
    except ValueError:
        row.note_cell(NoteKind.ASKED, Field.MRN, "no number of the bot's form: the row is not taken")
        return ""
    if _SHORTENED.fullmatch(mrn):
        row.note_cell(NoteKind.ASKED, Field.MRN, "shortened by the spreadsheet: the row is not taken")
        return ""
    if isinstance(row.cell(Field.MRN), int | float) and row.reader.zero_filled:
        row.note_cell(NoteKind.ASKED, Field.MRN, "a number among texts: its leading zeros may be lost")
    return mrn


def _name(row: DataRow) -> tuple[str, str]:
    if not row.reader.holds(Field.NAME):
        return row.text(Field.FIRST_NAME), row.text(Field.LAST_NAME)
    if not row.text(Field.NAME):
        return "", ""
    first, last, told = values.named(row.cell(Field.NAME))
    if not told:
        why = "no comma: the first word is taken for the last name"
        row.note_cell(NoteKind.ASKED, Field.NAME, why, f"{last}, {first}")
    return first, last


def _born(row: DataRow) -> date | None:
    born = row.day(Field.BORN, birth=True)
    if born is None and not text_of(row.cell(Field.BORN)):
        row.note_cell(NoteKind.ASKED, Field.BORN, "no birth date: taken without one")
    return born


def _phone(row: DataRow) -> str:
    phone = row.text(Field.PHONE)
    if not can_be_dialed(phone, row.reader.country):
        row.note_cell(NoteKind.ASSUMED, Field.PHONE, "no single number that can be dialed: kept as written")
    return phone


def _email(row: DataRow) -> str:
    email = row.text(Field.EMAIL)
    try:
        return _EMAIL.validate_python(email)
    except ValueError:
        row.note_cell(NoteKind.REFUSED, Field.EMAIL, "no e-mail address: not taken")
        return ""


def _consent(row: DataRow) -> tuple[ConsentKind, date] | None:
    text = row.text(Field.CONSENT)
    if not text:
        return None
    if not any(character.isdigit() for character in text):
        row.note_cell(NoteKind.ASKED, Field.CONSENT, "consent without its day: not taken")
        return None
    day = row.day(Field.CONSENT)
    if day is None:
        return None
    kind, said = words.consent_kind(text)
    if not said:
        row.note_cell(NoteKind.ASSUMED, Field.CONSENT, f"taken as {kind.lower()} consent")
    return kind, day


def _flags(row: DataRow) -> tuple[FlagIn, ...]:
    found = row.read(Column(Field.FLAGS), lambda cell: words.flags(text_of(cell)))
    return tuple(FlagIn(flag, reason=f"Imported: {text_of(row.cell(Field.FLAGS))}") for flag in found or ())


def _contacts(
    row: DataRow, assessed: date | None, seen: date | None, as_of: date | None
) -> Iterator[ContactIn]:
    """Return the contacts a row sums up: assessment, days of scores, last session, last review."""
    first, last = dict(_first_scores(row, assessed)), dict(_last_scores(row, seen or as_of))
    days = {day for _, day in (*first.values(), *last.values())} | {day for day in (assessed, seen) if day}
    for day in sorted(days):
        scores = {name: score for name, (score, on) in first.items() if on == day}
        scores |= {name: score for name, (score, on) in last.items() if on == day}
        kind = ContactType.INITIAL_ASSESSMENT if day == assessed else ContactType.FOLLOW_UP
        yield ContactIn(row.place, day, kind, scores=scores, note="From the tracker's overview.")
    reviewed = row.day(Field.LAST_REVIEW)
    if reviewed:
        yield ContactIn(row.place, reviewed, ContactType.CONSULTATION, note="From the tracker's overview.")


Dated = tuple[str, tuple[float, date]]


def _first_scores(row: DataRow, assessed: date | None) -> Iterator[Dated]:
    for measure in row.reader.measures:
        column = Column(Field.FIRST_SCORE, measure.name)
        score = row.read(column, lambda cell, of=measure: values.score(cell, of))  # type: ignore[misc]  # a default's type
        if score is None:
            continue
        day = row.day(Column(Field.FIRST_DATE, measure.name)) or assessed
        if day is None:
            row.note_cell(NoteKind.ASKED, column, "a score without its day: not taken")
        else:
            yield measure.name, (score, day)


def _last_scores(row: DataRow, seen: date | None) -> Iterator[Dated]:
    for measure in row.reader.measures:
        for field in (Field.LAST_SCORE, Field.SCORE):
            column = Column(field, measure.name)
            score = row.read(column, lambda cell, of=measure: values.score(cell, of))  # type: ignore[misc]  # a default's type
            if score is None:
                continue
            day = row.day(Column(Field.LAST_DATE, measure.name)) or seen
            if day is None:
                why = "a score without its day: not taken; say `as_of` in the mapping if all are of one day"
                row.note_cell(NoteKind.ASKED, column, why)
            else:
                yield measure.name, (score, day)
            break
