"""The modals that snooze a patient and end it, and the line about a snooze."""

from collections.abc import Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.slack.kit import Block, Payload, context, modal, section
from cocm_bot.slack.shared_views.identity import subject

SNOOZE = "snooze"
END = "snooze-end"
REASON_SHOWN = 200


def snooze_view(patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str) -> Payload:
    """For how long and why, under what ends it before."""
    return modal(
        "Snooze",
        [
            context(subject(patient, registry)),
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


def end_view(patient: Patient, registry: Registry, told: str, memo: str) -> Payload:
    """Return whether to end it."""
    return modal(
        "End the snooze",
        [
            context(subject(patient, registry)),
            section(told),
            section("Take the patient back into the lists now?"),
        ],
        END,
        submit="End it",
        close="Cancel",
        private_metadata=memo,
    )
