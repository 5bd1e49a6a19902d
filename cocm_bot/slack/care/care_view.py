"""The modals that edit a patient's care details and medication. Modals only: they show the name."""

from collections.abc import Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.slack.kit import Block, Payload, context, modal, section
from cocm_bot.slack.shared_views.identity import subject
from cocm_bot.slack.shared_views.lines.care_lines import treated_lines

CARE_CALLBACK = "care"
MEDICATION_CALLBACK = "medication"
CARE_TITLE = "Care details"
MEDICATION_TITLE = "Medication"


def care_view(
    patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str, notice: Sequence[Block] = ()
) -> Payload:
    """The inputs, under what others changed meanwhile, if they did."""
    return modal(
        CARE_TITLE,
        [context(subject(patient, registry)), *notice, *inputs],
        CARE_CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def medication_view(patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str) -> Payload:
    """The inputs, under what the patient takes now."""
    taken = treated_lines(patient) if patient.medications else ["No medication is on the list."]
    return modal(
        MEDICATION_TITLE,
        [context(subject(patient, registry)), section(taken[-1]), *inputs],
        MEDICATION_CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )
