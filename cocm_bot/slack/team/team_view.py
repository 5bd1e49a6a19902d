"""The team of a registry: its members, one of them as an admin sees them, and who may do what."""

from collections.abc import Sequence
from datetime import date, timedelta

from cocm_bot.domain.access import Action, Actor, AdminRight, may
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.pages import page_of
from cocm_bot.domain.team.assignment import next_away
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.team.team import Member, Team
from cocm_bot.slack import kit
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    actions,
    button,
    confirm,
    context,
    divider,
    escape,
    modal,
    section,
)
from cocm_bot.slack.shared_views.lines.formatting import day
from cocm_bot.slack.shared_views.list_lines import patients_told, unreadable
from cocm_bot.slack.team.absence_view import absence
from cocm_bot.slack.team.invites_view import INVITE

TITLE = "Team"
TEAM = "team"
TEAM_PAGE = "team-page"
ROLES = "team-roles"
MEMBER = "team-member"
ADMIN = "team-admin"
REMOVE = "team-remove"
FORGET = "team-forget-account"
LET_IN = "team-let-in"
HAND_OVER = "team-handover"
MEMBERS_PER_PAGE = 25
YES, NO = "yes", "no"


def team_view(
    actor: Actor, team: Team, invited: Sequence[Block], number: int, today: date, banner: str = ""
) -> Payload:
    """A page of the members, then who is invited; `invited` are the rows of the invitations."""
    page = page_of(team.members, number, MEMBERS_PER_PAGE)
    registry = escape(actor.registry.name)
    buttons = [
        *([button("Invite…", INVITE, style="primary")] if actor.is_admin else []),
        button("Who may do what", ROLES),
    ]
    return modal(
        TITLE,
        [
            *([section(f"✅ {escape(banner)}")] if banner else []),
            section(f"*{registry}* · {_members(page.total)}"),
            *(_row(actor, team, each, today, page.number) for each in page.rows),
            *kit.page_bar(page, TEAM_PAGE),
            *([context(_alone(actor))] if page.total == 1 and not invited else []),
            *([divider(), *invited] if invited else []),
            *unreadable(team.broken),
            actions(*buttons),
        ],
        TEAM,
    )


def member_view(
    actor: Actor, member: Member, inputs: Sequence[Block], memo: str, today: date, banner: str = ""
) -> Payload:
    """A member, with what an admin may change; every change that takes something away asks first."""
    record = member.record
    name = escape(member.names[record.user_id])
    return modal(
        "Member",
        [
            *([section(f"✅ {escape(banner)}")] if banner else []),
            section(f"*{name}* · {_standing(record)}\n{_seen(record, today)}"),
            *([context(_assigned(member))] if record.role is Role.CARE_MANAGER else []),
            *inputs,
            actions(*_buttons(actor, member)),
        ],
        MEMBER,
        submit="Save",
        private_metadata=memo,
    )


def let_in_view(name: str, inputs: Sequence[Block], memo: str) -> Payload:
    """Return which Slack account is a member's, where Slack does not say enough for the bot to know."""
    return modal(
        "Let an account in",
        [
            section(
                f"Which Slack account is *{escape(name)}*'s? Pick it only if you have asked them: it will "
                "see what they may see. The account they had until now is notified, and loses access."
            ),
            *inputs,
        ],
        LET_IN,
        submit="Let it in",
        private_metadata=memo,
    )


def roles_view(actor: Actor) -> Payload:
    """Return what each role may do, and what being an admin adds, as the bot checks it."""
    everybody = [action for action in Action if all(may(role, action) for role in Role)]
    rows = [
        (role, [action for action in Action if may(role, action) and action not in everybody])
        for role in Role
    ]
    return modal(
        "Who may do what",
        [
            section(f"You are *{actor.role}*{' and *admin*' if actor.is_admin else ''} here."),
            *(section(f"*{role}*\n{_listed(rights)}") for role, rights in rows),
            section(f"*Everybody*\n{_listed(everybody)}"),
            section(f"*An admin, whatever their role*\n{_listed(list(AdminRight))}"),
            context("Being an admin adds no right to see patients. Everything else is refused, and logged."),
        ],
        ROLES,
    )


def _row(actor: Actor, team: Team, member: RegistryUser, today: date, number: int) -> Block:
    name = escape(team.names[member.user_id])
    you = " (you)" if member.user_id == actor.user_id else ""
    change = button(
        "Change…",
        MEMBER,
        f"{member.user_id} {number}",
        accessibility_label=f"Change {team.names[member.user_id]}",
    )
    lines = [f"*{name}*{you} · {_standing(member)}", _seen(member, today), *_away(member, team, today)]
    return section(f"{lines[0]}\n{' · '.join(lines[1:])}", accessory=change if actor.is_admin else None)


def _standing(member: RegistryUser) -> str:
    return f"{member.role}{' · 🔑 admin' if member.is_admin else ''}"


def _seen(member: RegistryUser, today: date) -> str:
    if member.last_seen is None:
        return "not seen yet"
    seen = date.fromisoformat(member.last_seen)
    near = {today: "today", today - timedelta(days=1): "yesterday"}
    return f"last seen {near.get(seen) or day(seen)}"


def _away(member: RegistryUser, team: Team, today: date) -> Sequence[str]:
    return [absence(member, team.members, today)] if next_away(member, today) else []


def _members(number: int) -> str:
    return "1 member" if number == 1 else f"{number:,} members"


def _alone(actor: Actor) -> str:
    if actor.is_admin:
        return (
            "You are alone here so far. Invite the others: I write to them, and they are in once they accept."
        )
    return "Nobody else is here yet."


def _assigned(member: Member) -> str:
    if not member.patients:
        return "No patients are assigned to them."
    are = "is" if member.patients == 1 else "are"
    return (
        f"{patients_told(member.patients)} {are} assigned to them. In another role, or removed, they keep "
        "none: hand the patients over now, or from the message I send you then."
    )


def _buttons(actor: Actor, member: Member) -> list[Element]:
    record, name = member.record, member.names[member.record.user_id]
    own = record.user_id == actor.user_id
    found = [_admin_button(record, name, own=own)]
    if member.patients and may(actor.role, Action.HAND_OVER):
        found.append(button("Hand patients over…", HAND_OVER, record.user_id))
    if member.bound and not own:
        found.append(_forget_button(name))
    if not own:
        found.append(button("Let an account in…", LET_IN, record.user_id))
    return [*found, _remove_button(member, name, own=own)]


def _admin_button(record: RegistryUser, name: str, *, own: bool) -> Element:
    if not record.is_admin:
        asked = confirm(
            f"Make {name} an admin?",
            "They can then invite, change and remove members, change the settings and read the access log.",
            "Make admin",
        )
        return button("Make admin", ADMIN, YES, confirm=asked)
    asked = confirm(
        "Step down as admin?" if own else f"Take the admin mark from {name}?",
        "Only another admin can give it back.",
        "Step down" if own else "Take away",
        style="danger",
    )
    return button("Step down as admin" if own else "Take admin away", ADMIN, NO, confirm=asked)


def _forget_button(name: str) -> Element:
    asked = confirm(
        f"A new Slack account for {name}?",
        "For who has a new one. Whichever Slack account next comes with their e-mail address is theirs.",
        "New account",
        style="danger",
    )
    return button("New Slack account", FORGET, confirm=asked)


def _remove_button(member: Member, name: str, *, own: bool) -> Element:
    left = f"{patients_told(member.patients)} will have no care manager until you hand them over. "
    asked = confirm(
        "Leave this registry?" if own else f"Remove {name}?",
        f"{'Your' if own else 'Their'} access ends at once. {left if member.patients else ''}"
        "What was recorded stays as it is.",
        "Leave" if own else "Remove",
        style="danger",
    )
    return button("Leave the registry" if own else "Remove", REMOVE, style="danger", confirm=asked)


def _listed(rights: Sequence[str]) -> str:
    return " · ".join(rights)
