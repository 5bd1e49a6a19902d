"""The modals about several patients: choosing them, handing them over, and what came of it."""

from collections.abc import Mapping, Sequence

from cocm_bot.domain.caseload.bulk import BulkChange, BulkKind, BulkRun
from cocm_bot.slack.caseload.bulk_message_view import MOST_REASONS, SHOW, outcome_told, progress_told
from cocm_bot.slack.kit import Block, Payload, actions, button, context, escape, modal, section
from cocm_bot.slack.shared_views.lines.formatting import who
from cocm_bot.slack.shared_views.list_lines import patients_told

CHOOSE = "several-choose"
HANDOVER = "handover"
CONFIRM = "bulk-confirm"
UNDOABLE = "You can undo this for a day, for patients whose record nobody changed in between."
UNDOABLE_FLAGS = (
    "Each flag stays open until somebody resolves it. You can undo this for a day, for flags still open."
)
HANDLES_SHOWN = 400
"""Handles in one section: 3,000 characters hold more, but nobody reads them."""


def choosing_view(listed: int, matched: int, inputs: Sequence[Block], memo: str) -> Payload:
    """The patients of a list to choose from, and what to do with them."""
    cut = f" The menu has the first {listed} of {matched}."
    return modal(
        "Choose several",
        [context(f"From the list you were on.{cut if listed < matched else ''}"), *inputs],
        CHOOSE,
        submit="Continue",
        close="Cancel",
        private_metadata=memo,
    )


def nobody_view() -> Payload:
    """For a list without patients."""
    return modal("Choose several", [section("There are no patients on this list.")], CHOOSE)


def handover_view(inputs: Sequence[Block], memo: str) -> Payload:
    """From whom to whom."""
    return modal(
        "Hand over",
        [
            section("All patients in the program, for good."),
            *inputs,
            context("For an absence, `/cocm away` names who covers: the patients stay assigned."),
        ],
        HANDOVER,
        submit="Continue",
        close="Cancel",
        private_metadata=memo,
    )


def confirm_view(change: BulkChange, names: Mapping[str, str], memo: str) -> Payload:
    """Return the question: the number of patients, and what is about to be done with them."""
    count, receiver = patients_told(change.total), who(change.receiver or "", names)
    note = UNDOABLE
    match change.kind:
        case BulkKind.HANDOVER:
            giver = f"*{who(change.giver, names)}*" if change.giver else "nobody (no care manager)"
            told, verb = f"*{count}* will go from {giver} to *{receiver}*, for good.", "Hand over"
        case BulkKind.ASSIGNMENT:
            told, verb = f"*{count}* will be assigned to *{receiver}*.", "Assign"
        case BulkKind.FLAG:
            told, verb = f"*{count}* will be flagged for discussion: {escape(change.reason)}", "Flag"
            note = UNDOABLE_FLAGS
    return modal(
        TITLES[change.kind],
        [section(told), context(note)],
        CONFIRM,
        submit=f"{verb} {change.total}",
        close="Cancel",
        private_metadata=memo,
    )


def progress_view(change: BulkChange, names: Mapping[str, str], memo: str) -> Payload:
    """Return the progress of a confirmed change; at its end, who was left as they are, and why."""
    run = change.run
    if run is None or run.finished_at is None:
        blocks = [
            section(progress_told(change)),
            context("You can close this window. I will write to you when it is done."),
            actions(button("How far is it?", SHOW, change.id)),
        ]
    else:
        blocks = [section(outcome_told(change, run, names)), *map(section, _left(run))]
    return modal(TITLES[change.kind], blocks, "outcome", private_metadata=memo)


def export_view(handles: Sequence[str]) -> Payload:
    """The handles, to be copied."""
    told = f"{len(handles)} handle{'' if len(handles) == 1 else 's'}, to copy:"
    parts = (handles[start : start + HANDLES_SHOWN] for start in range(0, len(handles), HANDLES_SHOWN))
    return modal(
        "Handles", [section(told), *(section(f"```{' '.join(part)}```") for part in parts)], "outcome"
    )


def _left(run: BulkRun) -> list[str]:
    """The handles under each reason."""
    told = [f"*{' '.join(handles[:HANDLES_SHOWN])}*\n{escape(why)}" for why, handles in run.failed.items()]
    return told[:MOST_REASONS]


TITLES: Mapping[BulkKind, str] = {
    BulkKind.HANDOVER: "Hand over",
    BulkKind.ASSIGNMENT: "Assign",
    BulkKind.FLAG: "Flag for discussion",
}
