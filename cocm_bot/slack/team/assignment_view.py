"""The modal that assigns a patient to a care manager. Modals only: it shows the name."""

from collections.abc import Mapping, Sequence

from cocm_bot.domain.patient import Patient
from cocm_bot.slack.kit import Block, Payload, context, modal
from cocm_bot.slack.shared_views.formatting import subject, who

ASSIGN = "assignment"


def assign_view(patient: Patient, names: Mapping[str, str], inputs: Sequence[Block], memo: str) -> Payload:
    """Whose patient it is now, and whose it is to be."""
    return modal(
        "Assign",
        [context(subject(patient)), context(care_manager_line(patient, names)), *inputs],
        ASSIGN,
        submit="Assign",
        close="Cancel",
        private_metadata=memo,
    )


def care_manager_line(patient: Patient, names: Mapping[str, str]) -> str:
    """The care manager the patient is assigned to."""
    return f"Care manager: {who(patient.care_manager, names) if patient.care_manager else 'nobody yet'}"
