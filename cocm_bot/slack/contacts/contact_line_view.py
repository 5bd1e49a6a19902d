"""Answers to a typed line: words not understood, what was saved and how to undo it, what is missing."""

from collections.abc import Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.line import Unread
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.patients.card import Card
from cocm_bot.slack.kit import Payload, actions, button, clip, context, escape, message, section
from cocm_bot.slack.shared_views.card_actions import OPEN_CARD
from cocm_bot.slack.shared_views.identity import told_apart
from cocm_bot.slack.shared_views.lines.formatting import day_of
from cocm_bot.slack.shared_views.list_lines import registry_line

LINE_FORM = "line-form"
UNDO = "line-undo"
WORDS_SHOWN = 100
MOST_MARKS = 12


def unread_marks(unread: Sequence[Unread]) -> str:
    """Return what of a line fills nothing in, and why, for the top of the filled modal."""
    if not unread:
        return ""
    marks = [
        f"“{escape(clip(each.words, WORDS_SHOWN))}”{f' ({escape(each.why)})' if each.why else ''}"
        for each in unread[:MOST_MARKS]
    ]
    left = len(unread) - MOST_MARKS
    return f"⚠️ *Not filled in:* {' · '.join(marks)}{f' · and {left} more' if left > 0 else ''}"


def line_saved(actor: Actor, card: Card, log: TreatmentLog | None, banner: str) -> Payload:
    """A contact that was saved from a line, with the way to undo it; it shows what messages may show."""
    handle = card.patient.handle
    undo = (
        [button("Undo", UNDO, f"{handle} {log.id}", accessibility_label="Undo this contact")] if log else []
    )
    told = [section(f"✅ *{escape(told_apart(card.patient, actor.registry))}*\n{_entry(actor, log)}{banner}")]
    opening = button("Open the card", OPEN_CARD, handle)
    undoing = [context("Undo works for 10 minutes.")] if log else []
    return message("A contact was saved", [*told, actions(*undo, opening), *undoing, registry_line(actor)])


def line_undone(actor: Actor, patient: Patient, sentence: str) -> Payload:
    """Return the result of undoing, in the place of what was saved."""
    name = escape(told_apart(patient, actor.registry))
    opening = button("Open the card", OPEN_CARD, patient.handle)
    return message(
        "A contact was undone",
        [section(f"*{name}*\n{escape(sentence)}"), actions(opening), registry_line(actor)],
    )


def line_to_check(actor: Actor, sentence: str, line_id: str, *, opened: bool) -> Payload:
    """A line that is not saved: why, and the form with what it says."""
    then = "The form is open, filled in." if opened else "Open the form: it is filled in."
    return message(
        "A contact is not saved yet",
        [
            section(f"*Not saved yet.* {escape(sentence)} {then}"),
            actions(button("Open the form", LINE_FORM, line_id, style="primary")),
            registry_line(actor),
        ],
    )


def _entry(actor: Actor, log: TreatmentLog | None) -> str:
    if log is None:
        return ""
    policy = actor.registry.policy
    what = f"{log.contact_type}, no-show" if log.no_show else log.contact_type
    parts = [day_of(log.date, policy), what, *([log.visit_type] if log.visit_type else [])]
    parts += [f"{log.minutes:g} min"]
    parts += [f"{escape(score.score_name)} {score.score_value:g}" for score in log.scores]
    if log.next_appointment:
        parts.append(f"next appointment {log.next_appointment}")
    if log.note:
        parts.append(escape(clip(" ".join(log.note.split()), WORDS_SHOWN)))
    return " · ".join(parts) + "\n"
