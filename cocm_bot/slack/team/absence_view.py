"""The modal of absences: members who are away, until when, and their covers."""

from collections.abc import Sequence
from datetime import date

from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.people import full_name
from cocm_bot.domain.team.assignment import next_away, stand_in
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section
from cocm_bot.slack.shared_views.lines.formatting import day

TITLE = "Away"
CALLBACK = "absence"


def absence_view(team: Sequence[RegistryUser], today: date, inputs: Sequence[Block], memo: str) -> Payload:
    """Return who is to be away; above it who of the team is now."""
    absent = [member for member in team if next_away(member, today)]
    standing = [f"{_name(member)} is {absence(member, team, today)}." for member in absent]
    return modal(
        TITLE,
        [
            section(
                "While you are away you get no digest. Your cover sees your patients as their own, and gets "
                "what waits for you. Safety alerts still go to both of you."
            ),
            *([context("\n".join(standing))] if standing else []),
            *inputs,
        ],
        CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
    )


def absence(member: RegistryUser, team: Sequence[RegistryUser], today: date) -> str:
    """Like `away until 10 Mar 2031, covered by Iris Lindqvist`, of a member who is or will be away."""
    until = day(date.fromisoformat(member.cover_until or ""))
    first = next_away(member, today) or today
    cover = stand_in(member, {each.user_id: each for each in team}, first)
    when = f"away until {until}" if first == today else f"away from {day(first)} to {until}"
    return f"{when}, covered by {_name(cover) if cover else 'nobody'}"


def _name(member: RegistryUser) -> str:
    return escape(full_name(member))
