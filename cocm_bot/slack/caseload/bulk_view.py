"""The modals about several patients: choosing them, handing them over, and what came of it."""

from collections.abc import Sequence

from cocm_bot.operations.team.assignment import Outcome
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section

CHOOSE = "several-choose"
HANDOVER = "handover"
HANDLES_SHOWN = 400
"""Handles in one section: 3,000 characters hold more, but nobody reads them."""


def choosing_view(listed: int, matched: int, inputs: Sequence[Block], memo: str) -> Payload:
    """The patients of a list to choose from, and what to do with them."""
    cut = f" The first {listed} of {matched} are listed: filter the caseload to see the others."
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
        submit="Hand over",
        close="Cancel",
        private_metadata=memo,
    )


def outcome_view(title: str, done: str, outcome: Outcome) -> Payload:
    """Return how many it was done for, and each other patient by handle with why not.

    `done` completes "11 of 12 …".
    """
    every = len(outcome.done) + len(outcome.failed)
    count = f"{every}" if not outcome.failed else f"{len(outcome.done)} of {every}"
    mark = "⚠️" if outcome.failed else "✅"
    head = f"{mark} {count} {done}." if every else "Already done for all of these patients."
    return modal(title, [section(head), *map(section, _reasons(outcome))], "outcome")


def export_view(handles: Sequence[str]) -> Payload:
    """The handles, to be copied."""
    told = f"{len(handles)} handle{'' if len(handles) == 1 else 's'}, to copy:"
    return modal("Handles", [section(told), section(f"```{' '.join(handles)}```")], "outcome")


def _reasons(outcome: Outcome) -> list[str]:
    """The handles under each reason."""
    reasons: dict[str, list[str]] = {}
    for handle, why in outcome.failed.items():
        reasons.setdefault(why, []).append(handle)
    return [
        f"*{' '.join(handles[:HANDLES_SHOWN])}*\n{escape(why)}" for why, handles in list(reasons.items())[:20]
    ]
