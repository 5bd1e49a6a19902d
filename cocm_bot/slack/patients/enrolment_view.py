"""The modal that adds a patient."""

from collections.abc import Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.slack.kit import Block, Payload, context, escape, modal

CALLBACK = "enrolment"


def enrolment_view(actor: Actor, inputs: Sequence[Block], memo: str) -> Payload:
    """The inputs, under the registry the patient is added to."""
    return modal(
        "Add a patient",
        [context(f"To the registry *{escape(actor.registry.name)}*, as Enrolled."), *inputs],
        CALLBACK,
        submit="Add",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )
