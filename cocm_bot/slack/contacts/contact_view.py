"""The modal that takes a contact, and what is said once it is saved."""

from collections.abc import Sequence
from typing import Any

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import Block, Payload, actions, button, context, escape, modal, section
from cocm_bot.slack.shared_views.crisis import CONTACT_FORM as CALLBACK
from cocm_bot.slack.shared_views.formatting import day_of, subject

BY_ITEM = "contact-by-item"


def contact_view(
    patient: Patient, policy: CarePolicy, inputs: Sequence[Block], memo: str, *, clock: str = ""
) -> Payload:
    """Return the inputs below the patient and their status; `clock` says what the timer filled in."""
    head = [context(subject(patient)), context(_last(patient, policy))]
    return modal(
        "Log a contact",
        [*head, *([context(f"⏱ {escape(clock)}")] if clock else []), *inputs],
        CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def redrawn_view(shown: Payload, inputs: Sequence[Block]) -> Payload:
    """The modal as it is shown, its head and all, with other inputs."""
    head: list[dict[str, Any]] = []
    for block in shown["blocks"]:
        if block["type"] != "context":
            break
        head.append(block)
    return modal(
        shown["title"]["text"],
        [*head, *inputs],
        shown["callback_id"],
        submit=shown["submit"]["text"],
        close=shown["close"]["text"],
        private_metadata=shown["private_metadata"],
        draft=True,
    )


def ways_to_enter(measures: Sequence[Measure], by_item: frozenset[str]) -> list[Block]:
    """A button for each measure that can be entered item by item, or is."""
    buttons = [
        button(
            f"{measure.name}: total only" if measure.name in by_item else f"{measure.name} item by item",
            f"{BY_ITEM}:{number}",
            measure.name,
        )
        for number, measure in enumerate(measures)
        if measure.by_item
    ]
    return [actions(*buttons)] if buttons else []


def risk_notice(measures: Sequence[str]) -> list[Block]:
    """Return why the modal asks what was done."""
    names = escape(" and ".join(measures))
    return [section(f"🔴 *{names}: the self-harm item is above 0.* Say below what you did, then save.")]


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
