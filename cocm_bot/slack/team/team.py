"""The team of a registry: seen by everybody in it, changed by its admins."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.team import invites
from cocm_bot.operations.team import team as operation
from cocm_bot.slack.caseload.bulk_view import said_view
from cocm_bot.slack.forms import Form, SelectInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import OUT_OF_DATE, Memo, Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.team import invites_view as invitations
from cocm_bot.slack.team import team_view as screen

WORDS = "roles"
ROW = re.compile(r"(?P<member>[\w-]{1,64}) (?P<page>\d{1,4})")
"""A member on a page of the list, as the button beside them says it."""


class RoleForm(Form):
    """What a member does in the team."""

    role: Annotated[Role, SelectInput("Role", options=tuple(Role))]


def register(entry: Entry) -> None:
    """The list's buttons, and those of a member."""
    entry.redraws(re.compile(f"^{screen.TEAM_PAGE}:"), lambda visit: listed(visit, visit.value))
    entry.opens(screen.ROLES, "Who may do what", lambda visit: screen.roles_view(visit.actor))
    entry.opens(screen.MEMBER, "Member", opened)
    entry.submission(screen.MEMBER, save_role)
    entry.redraws(screen.ADMIN, set_admin)
    entry.redraws(screen.REMOVE, remove)
    entry.redraws(screen.FORGET, forget_account)
    entry.redraws(invitations.RESEND, resend)
    entry.redraws(invitations.WITHDRAW, withdraw)


def show(visit: Visit, words: Sequence[str]) -> Payload:
    """The team, or who may do what."""
    if not words:
        return listed(visit)
    if " ".join(words).lower() == WORDS:
        return screen.roles_view(visit.actor)
    raise InvalidInput("Type `/cocm team` for the members, or `/cocm team roles` for who may do what.")


def listed(visit: Visit, number: str = "1", banner: str = "") -> Payload:
    """A page of the members."""
    if not (number.isdecimal() and len(number) <= 4):
        raise InvalidInput(OUT_OF_DATE)
    team = operation.team(visit.desk, visit.actor)
    invited = []
    if visit.actor.is_admin:
        pending = invites.pending(visit.desk, visit.actor)
        invited = invitations.rows(pending, team.names, visit.desk.now())
    return screen.team_view(visit.actor, team, invited, int(number), _today(visit), banner)


def opened(visit: Visit) -> Payload:
    """A member of the list."""
    row = ROW.fullmatch(visit.value)
    if row is None:
        raise InvalidInput(OUT_OF_DATE)
    return _member(visit, Memo(member=row["member"], behind=row["page"]))


def save_role(visit: Visit) -> Payload:
    """Give the member the role that was chosen, and show the team."""
    memo, entered = visit.memo, RoleForm.read(visit.answers)
    user_id = _whose(memo)
    _soon(visit, operation.change_role(visit.desk, visit.actor, user_id, entered.role))
    # Perhaps it was the actor's own.
    own = user_id == visit.actor.user_id
    actor = replace(visit.actor, role=entered.role) if own else visit.actor
    return listed(replace(visit, actor=actor), memo.behind or "1", f"Saved: {entered.role}.")


def set_admin(visit: Visit) -> Payload:
    """Make the member an admin, or take that away."""
    memo, is_admin = visit.memo, visit.value == screen.YES
    user_id = _whose(memo)
    operation.set_admin(visit.desk, visit.actor, user_id, is_admin=is_admin)
    if user_id == visit.actor.user_id and not is_admin:
        redraw_list(replace(visit, actor=replace(visit.actor, is_admin=False)))
        return said_view(screen.TITLE, "You are no admin of this registry any more.")
    redraw_list(visit)
    return _member(visit, memo, "An admin now." if is_admin else "No admin any more.")


def remove(visit: Visit) -> Payload:
    """End the membership; what it leaves behind is seen to at once."""
    user_id = _whose(visit.memo)
    _soon(visit, operation.remove(visit.desk, visit.actor, user_id))
    if user_id == visit.actor.user_id:
        return said_view(screen.TITLE, f"You have left {visit.actor.registry.name}.")
    redraw_list(visit)
    return said_view(
        screen.TITLE, "Removed. Their access has ended; I write to you which patients are to be handed over."
    )


def forget_account(visit: Visit) -> Payload:
    """Forget the member's Slack account; the next one with their address becomes theirs."""
    operation.forget_account(visit.desk, visit.actor, _whose(visit.memo))
    return _member(
        visit, visit.memo, "I forgot their Slack account. The next one with their address is theirs."
    )


def resend(visit: Visit) -> Payload:
    """Send an invitation again, and show the team."""
    sent = invites.resend(visit.desk, visit.actor, visit.value)
    visit.wake(invites.WORK, sent.id or "")
    return listed(visit, banner=f"Sent again to {sent.first_name} {sent.last_name}.")


def withdraw(visit: Visit) -> Payload:
    """Take an invitation back, and show the team."""
    gone = invites.withdraw(visit.desk, visit.actor, visit.value)
    return listed(visit, banner=f"{gone.first_name} {gone.last_name} is not invited any more.")


def _member(visit: Visit, memo: Memo, banner: str = "") -> Payload:
    shown = operation.member(visit.desk, visit.actor, _whose(memo))
    inputs = RoleForm.blocks({"role": shown.record.role})
    return screen.member_view(visit.actor, shown, inputs, memo.packed(), _today(visit), banner)


def _whose(memo: Memo) -> str:
    if memo.member is None:
        raise InvalidInput(OUT_OF_DATE)
    return memo.member


def redraw_list(visit: Visit) -> None:
    """Draw the list below a modal anew that was opened from it."""
    below, page = visit.body["view"].get("previous_view_id"), visit.memo.behind or "1"
    if below:
        visit.later.append(lambda: visit.gateway.update_view(str(below), visit.marked(listed(visit, page))))


def _soon(visit: Visit, called_for: tuple[str, str] | None) -> None:
    if called_for:
        visit.wake(*called_for)


def _today(visit: Visit) -> date:
    return visit.actor.registry.policy.local_date(visit.desk.now().timestamp())
