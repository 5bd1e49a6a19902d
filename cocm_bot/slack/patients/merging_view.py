"""The modals of a merge: which record, the comparison, and undoing it. They show names, to members alone."""

from collections.abc import Sequence

from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.patients.merging import Comparison
from cocm_bot.slack.kit import Block, Payload, clip, context, escape, fit_view, modal, section
from cocm_bot.slack.shared_views.lines.formatting import subject

CHOOSE = "merge"
MERGE_NOW = "merge-now"
UNDO_NOW = "merge-undo"
LONGEST = 200


def choose_view(patient: Patient, inputs: Sequence[Block], memo: str) -> Payload:
    """Ask for the other record of the same person."""
    told = "For two records of one person. You see what would happen before anything is changed."
    return modal(
        "Merge",
        [context(subject(patient)), context(told), *inputs],
        CHOOSE,
        submit="Compare",
        close="Cancel",
        private_metadata=memo,
    )


def comparison_view(found: Comparison, memo: str) -> Payload:
    """Show what moves, and each difference with what is true afterwards."""
    kept, other = found.kept.patient, found.other.patient
    moving = ", ".join(found.moves)
    head = [
        section(f"*{_named(other)}*\ngoes into\n*{_named(kept)}*"),
        context(f"With it: {moving or 'nothing of its own'}."),
    ]
    if found.closed:
        months = ", ".join(found.closed)
        head.append(section(f"⚠️ Closed months will be listed as changed since closing: {months}."))
    rows = [
        section(
            f"*{escape(each.what)}*\n{kept.handle}: {_cut(each.kept)}\n{other.handle}: {_cut(each.other)}\n"
            f"→ {_cut(each.after)}"
        )
        for each in found.joined.differences
    ]
    undo = context("It can be undone for 30 days, as long as nobody changes the record.")
    more = "`cocm-bot merge` lists all of them."
    return modal(
        "Merge",
        [*fit_view(rows, head=head, more=more, beyond=0, foot=[undo])],
        MERGE_NOW,
        submit="Merge",
        close="Cancel",
        private_metadata=memo,
    )


def undo_view(patient: Patient, inputs: Sequence[Block], memo: str) -> Payload:
    """Ask which of the records that were merged into this one is to be one of its own again."""
    told = "Both records become what they were before the merge."
    return modal(
        "Undo a merge",
        [context(subject(patient)), context(told), *inputs],
        UNDO_NOW,
        submit="Undo the merge",
        close="Cancel",
        private_metadata=memo,
    )


def _named(patient: Patient) -> str:
    name = f"{escape(patient.last_name)}, {escape(patient.first_name)}"
    born = escape(patient.date_of_birth or "on an unknown day")
    return f"{patient.handle} · {name} · born {born} · MRN {escape(patient.patient_mrn)}"


def _cut(text: str) -> str:
    return escape(clip(text, LONGEST))
