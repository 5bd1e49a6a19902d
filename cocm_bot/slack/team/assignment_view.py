"""The modal that assigns a patient to a care manager. Modals only: it shows the name."""

from collections.abc import Mapping, Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.slack.kit import Block, Payload, context, modal
from cocm_bot.slack.shared_views.identity import subject
from cocm_bot.slack.shared_views.lines.patient_lines import care_manager_line

ASSIGN = "assignment"


def assign_view(
    patient: Patient, registry: Registry, names: Mapping[str, str], inputs: Sequence[Block], memo: str
) -> Payload:
    """Return whose patient it is now, and whose it is to be."""
    return modal(
        "Assign",
        [context(subject(patient, registry)), context(care_manager_line(patient, names)), *inputs],
        ASSIGN,
        submit="Assign",
        close="Cancel",
        private_metadata=memo,
    )
