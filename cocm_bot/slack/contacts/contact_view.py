"""The modal that takes a contact, and what is said once it is saved."""

from collections.abc import Sequence
from typing import Any

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import Block, Payload, actions, button, context, escape, modal, section
from cocm_bot.slack.shared_views.crisis import CONTACT_FORM as CALLBACK
from cocm_bot.slack.shared_views.identity import subject
from cocm_bot.slack.shared_views.lines.formatting import day_of

BY_ITEM = "contact-by-item"


def contact_view(
    patient: Patient,
    registry: Registry,
    inputs: Sequence[Block],
    memo: str,
    *,
    clock: str = "",
    marks: str = "",
) -> Payload:
    """The inputs, under who it is about and where they stand; `clock` says what the timer filled in.

    `marks` says what of a typed line filled nothing in.
    """
    head = [context(subject(patient, registry)), context(_last(patient, registry.policy))]
    head += [context(f"⏱ {escape(clock)}")] if clock else []
    head += [context(marks)] if marks else []
    return modal(
        "Log a contact",
        [*head, *inputs],
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


def way_to_enter(measure: Measure, number: int, *, by_item: bool) -> list[Block]:
    """The button below a measure that shows or hides its items; `number` is its place among the measures."""
    if not measure.by_item:
        return []
    words = f"{measure.name}: total only" if by_item else f"{measure.name} item by item"
    return [actions(button(words, f"{BY_ITEM}:{number}", measure.name))]


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
