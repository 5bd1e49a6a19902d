"""The modal that takes a consent."""

from collections.abc import Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.slack.kit import Block, Payload, context, modal
from cocm_bot.slack.shared_views.identity import subject

CALLBACK = "consent"


def consent_view(patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str) -> Payload:
    """The inputs, under who it is about and what it is for."""
    return modal(
        "Consent",
        [
            context(subject(patient, registry)),
            context("Verbal consent is enough, with its date. It comes before billable time."),
            *inputs,
        ],
        CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
    )
