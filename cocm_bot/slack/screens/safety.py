"""What the psychiatrists are told of a patient at risk: handle and initials only."""

from collections.abc import Sequence

from cocm_bot.registry.access import Actor
from cocm_bot.registry.patient import Patient
from cocm_bot.registry.vocabulary import Flag
from cocm_bot.slack.kit import Payload, actions, button, clip, escape, message, section
from cocm_bot.slack.screens.words import discreet

OPEN_CARD = "safety-open"
TEXT_SHOWN = 400


def risk_message(actor: Actor, patient: Patient, measures: Sequence[str], done: str) -> Payload:
    """Who, what was answered and by whom it was recorded, what was done, and the way to the card."""
    names = escape(" and ".join(measures))
    lines = [
        f"🔴 *{escape(discreet(patient))}*: the self-harm item of {names} is above 0.",
        f"Recorded just now by {_by(actor)}.",
        f"What was done: {escape(clip(done, TEXT_SHOWN))}",
    ]
    return _urgent(patient, lines)


def flag_message(actor: Actor, patient: Patient, reason: str) -> Payload:
    """Who, by whom the flag was raised and why, and the way to the card."""
    lines = [
        f"🔴 *{escape(discreet(patient))}*: a {Flag.SAFETY_RISK} flag was raised.",
        f"Raised just now by {_by(actor)}.",
        f"Why: {escape(clip(reason, TEXT_SHOWN))}",
    ]
    return _urgent(patient, lines)


def _by(actor: Actor) -> str:
    return f"{escape(f'{actor.first_name} {actor.last_name}')}, {actor.role}"


def _urgent(patient: Patient, lines: Sequence[str]) -> Payload:
    return message(
        "A patient needs your attention today",
        [
            section("\n".join(lines)),
            actions(button("Open the card", OPEN_CARD, patient.handle, style="primary")),
        ],
    )
