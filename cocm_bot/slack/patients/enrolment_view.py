"""The modal that adds a patient."""

from collections.abc import Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.duplicates import Likeness
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section
from cocm_bot.slack.shared_views.identity import compared

CALLBACK = "enrolment"


SHOWN = 5


def enrolment_view(
    actor: Actor, inputs: Sequence[Block], memo: str, alike: Sequence[Likeness] = ()
) -> Payload:
    """The inputs, under the registry the patient is added to, and under who may be the same person."""
    return modal(
        "Add a patient",
        [
            context(f"To the registry *{escape(actor.registry.name)}*, as Enrolled."),
            *_warned(alike, actor.registry),
            *inputs,
        ],
        CALLBACK,
        submit="Add",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def _warned(alike: Sequence[Likeness], registry: Registry) -> list[Block]:
    if not alike:
        return []
    lines = [f"• {compared(each.entry, registry)}: {' and '.join(each.alike)}" for each in alike[:SHOWN]]
    more = f"\n…and {len(alike) - SHOWN} more" if len(alike) > SHOWN else ""
    listed = "\n".join(lines)
    asked = "⚠️ Is this patient in the registry already? If it is somebody else, press *Add* again."
    return [section(f"{asked}\n{listed}{more}")]
