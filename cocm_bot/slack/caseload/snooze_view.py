"""The modals that snooze a patient and end it, and how a snooze is told."""

from collections.abc import Mapping, Sequence
from datetime import date

from cocm_bot.domain.patient import Patient, Snooze
from cocm_bot.slack.kit import Block, Payload, clip, context, escape, modal, section
from cocm_bot.slack.shared_views.formatting import day, subject, who

SNOOZE = "snooze"
END = "snooze-end"
REASON_SHOWN = 200


def snooze_view(patient: Patient, inputs: Sequence[Block], memo: str) -> Payload:
    """For how long and why, under what ends it before."""
    return modal(
        "Snooze",
        [
            context(subject(patient)),
            context(
                "The patient is left out of the care managers' lists until that day. A contact, a flag or a "
                "recommendation brings them back before. The review is not affected."
            ),
            *inputs,
        ],
        SNOOZE,
        submit="Snooze",
        close="Cancel",
        private_metadata=memo,
    )


def end_view(patient: Patient, told: str, memo: str) -> Payload:
    """Whether to end it."""
    return modal(
        "End the snooze",
        [context(subject(patient)), section(told), section("Take the patient back into the lists now?")],
        END,
        submit="End it",
        close="Cancel",
        private_metadata=memo,
    )


def snooze_line(snooze: Snooze, names: Mapping[str, str]) -> str:
    """Like `Snoozed until 3 Dec 2026 by Cora Manager: on holiday`."""
    until = day(date.fromisoformat(snooze.until))
    why = escape(clip(" ".join(snooze.reason.split()), REASON_SHOWN))
    return f"💤 Snoozed until {until} by {who(snooze.by, names)}: {why}"
