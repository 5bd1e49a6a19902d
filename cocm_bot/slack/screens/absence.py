"""Who is away, until when, and who covers them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cocm_bot.registry.team import RegistryUser
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section
from cocm_bot.slack.screens.words import day

TITLE = "Away"
CALLBACK = "absence"


def absence_view(
    absent: Iterable[RegistryUser], names: Mapping[str, str], inputs: Sequence[Block], memo: str
) -> Payload:
    """Who is to be away; above it who is now."""
    standing = [f"{escape(names[member.user_id])} is {absence(member, names)}." for member in absent]
    return modal(
        TITLE,
        [
            section(
                "Who is away gets no digest. Who covers them sees their patients as their own, and gets what "
                "waits for them. Safety alerts still go to both."
            ),
            *([context("\n".join(standing))] if standing else []),
            *inputs,
        ],
        CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
    )


def absence(member: RegistryUser, names: Mapping[str, str]) -> str:
    """Like `away until 10 Mar 2031, covered by Iris Lindqvist`, of a member who is away."""
    until = day(date.fromisoformat(member.cover_until or ""))
    cover = names.get(member.covered_by or "", "nobody")
    return f"away until {until}, covered by {escape(cover)}"
