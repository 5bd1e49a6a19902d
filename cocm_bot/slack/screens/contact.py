"""The modal that takes a contact."""

from collections.abc import Sequence

from cocm_bot.registry.patient import Patient
from cocm_bot.registry.policy import CarePolicy
from cocm_bot.slack.kit import Block, Payload, context, escape, modal
from cocm_bot.slack.screens.words import day_of, full_name

CALLBACK = "contact"


def contact_view(patient: Patient, policy: CarePolicy, inputs: Sequence[Block], memo: str) -> Payload:
    """The inputs, under who it is about and where they stand."""
    return modal(
        "Log a contact",
        [
            context(f"*{escape(full_name(patient))}* · {patient.handle} · {patient.status}"),
            context(_last(patient, policy)),
            *inputs,
        ],
        CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
    )


def _last(patient: Patient, policy: CarePolicy) -> str:
    if not patient.treatment_logs:
        return "No contact yet."
    latest = patient.treatment_logs[-1]
    parts = [f"Last contact {day_of(latest.date, policy)}"]
    for measure in policy.measures:
        course = patient.course.scores.get(measure.name)
        if course is not None:
            latest_day = day_of(course.latest_date, policy)
            parts.append(f"{escape(measure.name)} {course.latest:g} on {latest_day}")
    return " · ".join(parts)
