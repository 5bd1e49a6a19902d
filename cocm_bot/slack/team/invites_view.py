"""Inviting people: the modal, what came of it, the message they get, and the list of who was invited."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from cocm_bot.domain.members import Registry, UserInvite
from cocm_bot.domain.people import full_name
from cocm_bot.operations.team.joining import Invitation
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
    message,
    modal,
    section,
)
from cocm_bot.slack.shared_views.lines.formatting import day, who

TITLE = "Invite people"
INVITE = "team-invite"
RESEND = "team-invite-again"
WITHDRAW = "team-invite-withdraw"
ACCEPT = "invite-accept"
DECLINE = "invite-decline"
HOME_ACCEPT = "home-invite-accept"
HOME_DECLINE = "home-invite-decline"
MOST_LISTED = 20
"""Invitations in one list; each takes a block, and buttons."""
MOST_AT_HOME = 3
"""Invitations shown above the day's work."""


def invite_view(registry_name: str, inputs: Sequence[Block], memo: str) -> Payload:
    """The modal that asks whom to invite."""
    return modal(
        TITLE,
        [
            section(f"*{escape(registry_name)}*"),
            *inputs,
            context("They get a message from me, and are in once they accept."),
        ],
        INVITE,
        submit="Invite",
        private_metadata=memo,
    )


def outcome_view(lines: Sequence[str], again: Sequence[UserInvite]) -> Payload:
    """Return what came of inviting several: a line (markup) each, and buttons for those invited before."""
    return modal(
        TITLE,
        [
            *(section(line) for line in lines),
            *(actions(_again(each)) for each in again),
        ],
        INVITE,
    )


def rows(pending: Sequence[UserInvite], names: Mapping[str, str], now: datetime) -> list[Block]:
    """Return who was invited and has not accepted, with an admin's buttons; `names` are the members' by
    user id.
    """
    if not pending:
        return []
    shown, left_out = pending[:MOST_LISTED], len(pending) - MOST_LISTED
    return [
        section(f"*Invited, not in yet* · {len(pending)}"),
        *(block for each in shown for block in _row(each, names, now)),
        *([context(f"… and {left_out} more")] if left_out > 0 else []),
    ]


def invitation_message(invite: UserInvite, registry: Registry, inviter: str) -> Payload:
    """Return what the invited person gets."""
    return message(
        "You are invited to a patient registry",
        [
            section(
                f"{escape(inviter)} invites you to the patient registry *{escape(registry.name)}* "
                f"as *{invite.role}*."
            ),
            actions(*_answers(registry, ACCEPT, DECLINE)),
            context(_valid(invite, registry)),
        ],
    )


def joined_message(registry: Registry) -> Payload:
    """Return the message in its place once they accepted."""
    return message(
        "You are in the registry",
        [section(f"You are in *{escape(registry.name)}*. Type `/cocm` to see what I can do for you.")],
    )


def declined_message(registry: Registry) -> Payload:
    """Return the message in its place once they declined."""
    return message(
        "You declined the invitation",
        [
            section(
                f"You declined the invitation to *{escape(registry.name)}*. Whoever invited you will know."
            )
        ],
    )


def declined_notice(invite: UserInvite, registry: Registry) -> Payload:
    """Return the notice to the inviter of somebody who declined."""
    return message(
        "An invitation was declined",
        [
            section(
                f"{escape(full_name(invite))} declined your invitation to *{escape(registry.name)}*. "
                "You can send it again, or withdraw it, in `/cocm team`."
            )
        ],
    )


def home_invitations(waiting: Sequence[Invitation]) -> list[Block]:
    """Return what a member of one registry sees of invitations to others."""
    return [
        block
        for each in waiting[:MOST_AT_HOME]
        for block in (
            section(f"You are invited to *{escape(each.registry.name)}* as *{each.record.role}*."),
            actions(*_answers(each.registry, HOME_ACCEPT, HOME_DECLINE)),
            divider(),
        )
    ]


def _answers(registry: Registry, accept: str, decline: str) -> list[Element]:
    asked = confirm("Decline the invitation?", "Whoever invited you will know.", "Decline")
    return [
        button("Accept", accept, registry.id, style="primary"),
        button("Decline", decline, registry.id, confirm=asked),
    ]


def _row(invite: UserInvite, names: Mapping[str, str], now: datetime) -> list[Block]:
    by = who(invite.invited_by, names)
    invited = day(datetime.fromtimestamp(invite.date_created, UTC).date())
    line = f"*{escape(full_name(invite))}* · {invite.role}\n{escape(invite.email)} · {invited} by {by} · "
    if invite.id is None:
        return [section(f"{line}{_state(invite, now)}")]
    asked = confirm(
        "Withdraw the invitation?",
        f"{full_name(invite)} will no longer be able to accept it.",
        "Withdraw",
        style="danger",
    )
    withdraw = button(
        "Withdraw", WITHDRAW, invite.id, confirm=asked, accessibility_label=f"Withdraw {full_name(invite)}"
    )
    return [section(f"{line}{_state(invite, now)}"), actions(_again(invite), withdraw)]


def _again(invite: UserInvite) -> Element:
    return button(
        "Send again",
        RESEND,
        invite.id,
        accessibility_label=f"Send the invitation to {full_name(invite)} again",
    )


def _state(invite: UserInvite, now: datetime) -> str:
    if invite.declined_at is not None:
        return "❌ declined"
    if not invite.open(now.timestamp()):
        return "⌛ expired"
    match invite.told:
        case None:
            return "the message is on its way"
        case True:
            return "has the message"
        case False:
            return "not in Slack with this address yet"


def _valid(invite: UserInvite, registry: Registry) -> str:
    until = day(_local(invite.ends, registry))
    return f"Valid until {until}. Only you can accept it. Your first command accepts it too."


def _local(seconds: int, registry: Registry) -> date:
    return registry.policy.local_date(seconds)
