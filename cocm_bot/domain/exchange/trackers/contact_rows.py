"""A row of a contact sheet as one contact of the patient whose MRN it names."""

from dataclasses import dataclass

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.intake import ContactIn
from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.exchange.trackers import values, words
from cocm_bot.domain.exchange.trackers.columns import Column, Field
from cocm_bot.domain.exchange.trackers.grid import text_of
from cocm_bot.domain.exchange.trackers.rows import DataRow
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.measures.scoring import check_self_harm, total
from cocm_bot.domain.vocabulary import ContactType, VisitType


@dataclass(frozen=True)
class Measured:
    """The measures of one contact."""

    scores: dict[str, float]
    answers: dict[str, tuple[int, ...]]
    self_harm: dict[str, int]


def contact_of(row: DataRow) -> tuple[str, ContactIn] | None:
    """Return the MRN and the contact of a row; None, noted, for one without either or without its day."""
    mrn, day = row.mrn(), row.day(Field.DATE)
    if not mrn:
        row.note(NoteKind.ASKED, 0, "row", "", "no MRN: the contact is not taken")
        return None
    if day is None:
        if not text_of(row.cell(Field.DATE)):
            row.note_cell(NoteKind.ASKED, Field.DATE, "no day: the contact is not taken")
        else:
            row.note_cell(NoteKind.ASKED, Field.DATE, "the whole contact is not taken without its day")
        return None
    kind = words.contact_type(row.text(Field.TYPE))
    if kind.kind is not None and row.reader.holds(Field.TYPE):
        row.note_cell(kind.kind, Field.TYPE, kind.why)
    contact_type = kind.value or ContactType.FOLLOW_UP
    with_patient = isinstance(contact_type, ContactType) and contact_type is not ContactType.CONSULTATION
    no_show = with_patient and _missed(row)
    found = measured(row)
    if (no_show or not with_patient) and (found.scores or found.self_harm):
        found = _without_scores(row, found, "a no-show" if no_show else f"{contact_type}")
    return mrn, ContactIn(
        place=row.place,
        day=day,
        contact_type=contact_type,
        visit_type=_visit(row) if with_patient else None,
        no_show=no_show,
        minutes=row.read(Column(Field.MINUTES), values.minutes) or 0,
        scores=found.scores,
        answers=found.answers,
        self_harm=found.self_harm,
        note=text_of(row.cell(Field.NOTE)),
        provider=row.text(Field.PROVIDER),
    )


def _missed(row: DataRow) -> bool:
    missed = row.read(Column(Field.NO_SHOW), values.yes_or_no)
    return missed is True


def _visit(row: DataRow) -> VisitType | None:
    return row.read(Column(Field.VISIT), lambda cell: words.visit_type(text_of(cell)))


def _without_scores(row: DataRow, found: Measured, what: str) -> Measured:
    """Return the measures of what has no scores: none, but a self-harm answer above 0 is kept."""
    for name in {*found.scores, *found.self_harm}:
        column = Column(Field.SCORE, name)
        row.note_cell(NoteKind.ASKED, column, f"{what} has no scores: not taken")
    return Measured({}, {}, {name: answer for name, answer in found.self_harm.items() if answer > 0})


def measured(row: DataRow) -> Measured:
    """Return the scores, items and self-harm answers of a row; what can't be true together is asked about."""
    found = Measured({}, {}, {})
    for measure in row.reader.measures:
        _score(row, measure, found)
        _items(row, measure, found)
        _agree(row, measure, found)
    return found


def _score(row: DataRow, measure: Measure, found: Measured) -> None:
    score = row.read(Column(Field.SCORE, measure.name), lambda cell: values.score(cell, measure))
    if score is not None:
        found.scores[measure.name] = score


def _items(row: DataRow, measure: Measure, found: Measured) -> None:
    given: list[int | None] = []
    for item in range(1, measure.items + 1):
        most = measure.most_self_harm if item == measure.self_harm_item else measure.most_per_item
        column = Column(Field.ITEM, measure.name, item)
        given.append(row.read(column, lambda cell, top=most: values.answer(cell, top)))  # type: ignore[misc]  # a default's type
    answer = given[measure.self_harm_item - 1] if measure.self_harm_item else None
    if answer is not None:
        found.self_harm[measure.name] = answer
    known = [each for each in given if each is not None]
    others = len(known) - (answer is not None)
    if not others:
        return
    column = Column(Field.SCORE, measure.name)
    if len(known) < measure.items:
        row.note_cell(NoteKind.ASKED, column, "not every item is answered: the items make no total")
    elif found.scores.get(measure.name, total(measure, known)) != total(measure, known):
        why = f"the items add up to {total(measure, known)}: the items are not taken"
        row.note_cell(NoteKind.ASKED, column, why)
    else:
        found.scores[measure.name] = float(total(measure, known))
        found.answers[measure.name] = tuple(known)


def _agree(row: DataRow, measure: Measure, found: Measured) -> None:
    """Ask about a total that its self-harm answer makes impossible: the answer stays, the total goes."""
    name = measure.name
    try:
        check_self_harm(measure, found.scores.get(name), found.self_harm.get(name))
    except InvalidInput:
        item = f"item {measure.self_harm_item} at {found.self_harm[name]}"
        why = f"not possible with {item}: the total is not taken"
        row.note_cell(NoteKind.ASKED, Column(Field.SCORE, name), why)
        del found.scores[name]
