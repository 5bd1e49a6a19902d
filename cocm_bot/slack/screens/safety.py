"""What the psychiatrists are told when a self-harm item is above 0: handle and initials only."""

from collections.abc import Sequence

from cocm_bot.registry.access import Actor
from cocm_bot.registry.patient import Patient
from cocm_bot.slack.kit import Payload, actions, button, clip, escape, message, section
from cocm_bot.slack.screens.words import discreet

OPEN_CARD = "safety-open"
ACTION_SHOWN = 400


def risk_message(actor: Actor, patient: Patient, measures: Sequence[str], done: str) -> Payload:
    """Who, what was answered and by whom it was recorded, what was done, and the way to the card."""
    names = escape(" and ".join(measures))
    lines = [
        f"🔴 *{escape(discreet(patient))}*: the self-harm item of {names} is above 0.",
        f"Recorded just now by {escape(f'{actor.first_name} {actor.last_name}')}, {actor.role}.",
        f"What was done: {escape(clip(done, ACTION_SHOWN))}",
    ]
    return message(
        "A patient needs your attention today",
        [
            section("\n".join(lines)),
            actions(button("Open the card", OPEN_CARD, patient.handle, style="primary")),
        ],
    )
