"""A member's own reminders: when the digest comes, and what decides that."""

from collections.abc import Sequence
from datetime import date

from cocm_bot.domain.access import Actor
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.team.assignment import next_away
from cocm_bot.domain.vocabulary import Role
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section
from cocm_bot.slack.team.absence_view import absence

TITLE = "Reminders"
CALLBACK = "remind"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def remind_view(
    actor: Actor,
    member: RegistryUser,
    team: Sequence[RegistryUser],
    today: date,
    inputs: Sequence[Block],
    memo: str,
    *,
    saved: bool = False,
) -> Payload:
    """Return when the digest comes as things are, and the inputs that change it."""
    sentence = _worded(actor, member)
    return modal(
        TITLE,
        [
            section(f"✅ Saved. {sentence}" if saved else sentence),
            *_away(member, team, today),
            *inputs,
            context("`/cocm away` says that you are away, until when, and who covers you."),
        ],
        CALLBACK,
        submit="Save",
        close="Close",
        private_metadata=memo,
    )


def _worded(actor: Actor, member: RegistryUser) -> str:
    rhythm, own = actor.registry.rhythm, member.reminders
    if not own.on:
        return "You get no digest. Safety alerts still reach you."
    at, place = own.time or rhythm.digest_time, escape(actor.registry.timezone.replace("_", " "))
    if actor.role is Role.CLINICAL_OPS:
        return f"The week's figures come on {DAYS[rhythm.report_day]} at {at} ({place})."
    if actor.role is Role.FINANCE:
        return f"Last month's billing comes on the first working day of a month at {at} ({place})."
    days = [DAYS[each] for each in rhythm.working_days if own.days is None or each in own.days]
    return f"Your digest comes on {', '.join(days)} at {at} ({place})."


def _away(member: RegistryUser, team: Sequence[RegistryUser], today: date) -> list[Block]:
    if next_away(member, today) is None:
        return []
    return [section(f"You are {absence(member, team, today)}. Until then you get no digest.")]
