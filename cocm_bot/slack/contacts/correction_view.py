"""The modals that correct a contact: which one, and what it should have said."""

from collections.abc import Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.pages import page_of
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.contacts.corrections import Entries
from cocm_bot.slack import kit
from cocm_bot.slack.kit import Block, Payload, button, clip, context, escape, modal, section
from cocm_bot.slack.shared_views.crisis import CORRECTION_FORM as CALLBACK
from cocm_bot.slack.shared_views.identity import subject
from cocm_bot.slack.shared_views.lines.formatting import day_of

PICK = "correction-pick"
PAGE = "correction-page"
PER_PAGE = 15
NOTE_SHOWN = 100
TITLE = "Correct an entry"


def entries_view(entries: Entries, registry: Registry, number: int = 1) -> Payload:
    """A page of the entries that the person may correct, latest first, each with a button."""
    patient, policy, page = entries.patient, registry.policy, page_of(entries.logs, number, PER_PAGE)
    rows = [
        section(
            entry_line(log, policy),
            accessory=button(
                "Correct",
                PICK,
                f"{patient.handle} {log.id}",
                accessibility_label=f"Correct the entry of {day_of(log.date, policy)}",
            ),
        )
        for log in page.rows
    ]
    none = section("There is no entry you may correct. A Care Manager may correct any of them.")
    bar = kit.page_bar(page, PAGE, lambda number: f"{patient.handle} {number}")
    return modal(TITLE, [context(subject(patient, registry)), *(rows or [none]), *bar], "corrections")


def correction_view(
    patient: Patient, registry: Registry, log: TreatmentLog, inputs: Sequence[Block], memo: str
) -> Payload:
    """The contact's inputs as it was recorded, under what it says now."""
    head = [context(subject(patient, registry)), context(f"As recorded: {entry_line(log, registry.policy)}")]
    return modal(
        TITLE, [*head, *inputs], CALLBACK, submit="Save", close="Cancel", private_metadata=memo, draft=True
    )


def entry_line(log: TreatmentLog, policy: CarePolicy) -> str:
    """One contact on one line: day, type, minutes, scores, the beginning of its note."""
    what = f"{log.contact_type}, no-show" if log.no_show else log.contact_type
    parts = [f"*{day_of(log.date, policy)}*", what, f"{log.minutes:g} min"]
    parts += [f"{escape(score.score_name)} {score.score_value:g}" for score in log.scores]
    if log.note:
        parts.append(escape(clip(" ".join(log.note.split()), NOTE_SHOWN)))
    return " · ".join(parts)
