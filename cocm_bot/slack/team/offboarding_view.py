"""Notices about a member who was removed, or is no longer a care manager: direct messages, counts only."""

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.people import full_name
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.team.assignment import NOBODY
from cocm_bot.operations.team.offboarding import Left
from cocm_bot.slack.kit import Block, Payload, actions, button, context, escape, message, section
from cocm_bot.slack.shared_views.list_lines import patients_told
from cocm_bot.slack.shared_views.notices import notice_message
from cocm_bot.slack.team.team_view import HAND_OVER

TEXT = "A change in the team of a registry"


def removed_message(left: Left) -> Payload:
    """For who was removed."""
    return notice_message(_removed(left))


def admins_message(left: Left, admin: RegistryUser) -> Payload:
    """For an admin: what happened, and the patients who need somebody now."""
    how = "was removed from the registry" if left.removed else "is no longer a care manager"
    by = f" by {escape(left.by)}" if left.by and left.removed else ""
    number, have = patients_told(left.nobodys), "has" if left.nobodys == 1 else "have"
    rest = f"{number} {have} no care manager now." if left.nobodys else "Every patient has a care manager."
    next_step = [] if not left.nobodys else [_handing_over(number, admin)]
    blocks = [section(f"*{escape(_name(left))}* {how}{by}. {rest}"), *next_step]
    return message(TEXT, [*blocks, context(escape(left.registry.name))])


def uncovered_message(left: Left) -> Payload:
    """For whom they covered while away."""
    return notice_message(
        f"{_name(left)} no longer covers you in {left.registry.name}. "
        "While you are away, patients assigned to you are on every care manager's list. "
        "To have somebody else cover you: /cocm away."
    )


def _handing_over(number: str, admin: RegistryUser) -> Block:
    if may(admin.role, Action.HAND_OVER):
        return actions(button(f"Hand over {number}", HAND_OVER, NOBODY, style="primary"))
    who = " or ".join(role for role in Role if may(role, Action.HAND_OVER))
    return context(
        f"They are on every care manager's list. A {who} can hand them over with `/cocm handover`."
    )


def _removed(left: Left) -> str:
    by = f" {left.by} removed you; ask them if that is a mistake." if left.by else ""
    return f"You are no longer a member of {left.registry.name}.{by}"


def _name(left: Left) -> str:
    return full_name(left.person)
