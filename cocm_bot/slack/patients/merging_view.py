"""The modals of a merge: which record, the comparison, and undoing it. They show names, to members alone."""

from collections.abc import Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.join_differences import Difference
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.patients.merging import Comparison
from cocm_bot.slack.kit import Block, Payload, clip, context, escape, fit_view, modal, section
from cocm_bot.slack.shared_views.identity import compared, subject, withheld

CHOOSE = "merge"
MERGE_NOW = "merge-now"
UNDO_NOW = "merge-undo"
LONGEST = 200


def choose_view(patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str) -> Payload:
    """Ask for the other record of the same person."""
    told = "For two records of one person. You see what would happen before anything is changed."
    return modal(
        "Merge",
        [context(subject(patient, registry)), context(told), *inputs],
        CHOOSE,
        submit="Compare",
        close="Cancel",
        private_metadata=memo,
    )


def comparison_view(found: Comparison, registry: Registry, memo: str) -> Payload:
    """Show what moves, and each difference with what is true afterwards."""
    kept, other = found.kept.patient, found.other.patient
    moving = ", ".join(found.moves)
    head = [
        section(f"{compared(other, registry)}\ngoes into\n{compared(kept, registry)}"),
        context(f"With it: {moving or 'nothing of its own'}."),
    ]
    if found.closed:
        months = ", ".join(found.closed)
        head.append(section(f"⚠️ Closed months will be listed as changed since closing: {months}."))
    rows = [
        section(_difference(each, kept.handle, other.handle, registry)) for each in found.joined.differences
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


def undo_view(patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str) -> Payload:
    """Ask which of the records that were merged into this one is to be one of its own again."""
    told = "Both records become what they were before the merge."
    return modal(
        "Undo a merge",
        [context(subject(patient, registry)), context(told), *inputs],
        UNDO_NOW,
        submit="Undo the merge",
        close="Cancel",
        private_metadata=memo,
    )


def _difference(found: Difference, kept: str, other: str, registry: Registry) -> str:
    """Return one thing in which two records differ; who somebody is in no more words than windows show."""
    what = f"*{escape(found.what)}*"
    if withheld(found.what, registry):
        return f"{what}\nThey differ: {kept}'s is kept where it has one."
    return f"{what}\n{kept}: {_cut(found.kept)}\n{other}: {_cut(found.other)}\n→ {_cut(found.after)}"


def _cut(text: str) -> str:
    return escape(clip(text, LONGEST))
