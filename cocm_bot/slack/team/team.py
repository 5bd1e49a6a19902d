"""The team of a registry: seen by everybody in it, changed by its admins."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

from cocm_bot.domain.access import AdminRight
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import LONGEST_NAME, Line, PersonName
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise_admin
from cocm_bot.operations.team import invites
from cocm_bot.operations.team import team as operation
from cocm_bot.slack.forms import Form, NumberInput, PeopleInput, SelectInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.memo import Memo, Opaque
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.notices import said_view
from cocm_bot.slack.team import invites_view as invitations
from cocm_bot.slack.team import team_view as screen
from cocm_bot.store.jobs import JobKind, JobRef

WORDS = "roles"
ROW = re.compile(r"(?P<member>[\w-]{1,64}) (?P<page>\d{1,4})")
"""A member on a page of the list, as the button beside them says it."""


class RoleForm(Form):
    """A member's role in the team, and their name as the registry shows it."""

    role: Annotated[Role, SelectInput("Role", options=tuple(Role))]
    first_name: Annotated[PersonName, TextInput("First name", max_length=LONGEST_NAME)]
    last_name: Annotated[Line, TextInput("Last name", max_length=LONGEST_NAME)] = ""


class CareManagerForm(RoleForm):
    """The same of a care manager, with how much of a full-time one they are."""

    percent: Annotated[
        int | None,
        NumberInput(
            "Percent of full time",
            minimum=operation.LEAST_PERCENT,
            maximum=operation.FULL_TIME,
            hint="The figures' caseload per full-time care manager counts by it.",
        ),
    ] = None


class AccountForm(Form):
    """The Slack account that is a member's."""

    account: Annotated[tuple[str, ...], PeopleInput("Slack account", most=1)]


class MemberMemo(Memo):
    """The state of a member's modal."""

    member: Opaque
    """Their user id."""
    behind: str = "1"
    """The page of the list below."""


class AccountMemo(Memo):
    """The state of the modal that asks for a member's Slack account."""

    member: Opaque
    seen: Opaque
    """The account they had when it was opened, in a word."""


def register(router: Router) -> None:
    """The list's buttons, and those of a member."""
    router.redraws(re.compile(f"^{screen.TEAM_PAGE}:"), lambda request: listed(request, request.value))
    router.opens(screen.ROLES, "Who may do what", lambda request: screen.roles_view(request.actor))
    router.opens(screen.MEMBER, "Member", opened)
    router.submission(screen.MEMBER, save_role)
    router.redraws(screen.ADMIN, set_admin)
    router.redraws(screen.REMOVE, remove)
    router.redraws(screen.FORGET, forget_account)
    router.opens(screen.LET_IN, "Let an account in", which_account)
    router.submission(screen.LET_IN, let_in)
    router.redraws(invitations.RESEND, resend)
    router.redraws(invitations.WITHDRAW, withdraw)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The team, or who may do what."""
    if not words:
        return listed(request)
    if " ".join(words).lower() == WORDS:
        return screen.roles_view(request.actor)
    raise InvalidInput("Type `/cocm team` for the members, or `/cocm team roles` for who may do what.")


def listed(request: MemberRequest, number: str = "1", banner: str = "") -> Payload:
    """A page of the members."""
    if not (number.isdecimal() and len(number) <= 4):
        raise InvalidInput(OUT_OF_DATE)
    team = operation.team(request.ctx, request.actor)
    invited = []
    if request.actor.is_admin:
        pending = invites.pending(request.ctx, request.actor)
        invited = invitations.rows(pending, team.names, request.ctx.now())
    return screen.team_view(request.actor, team, invited, int(number), _today(request), banner)


def opened(request: MemberRequest) -> Payload:
    """A member of the list."""
    row = ROW.fullmatch(request.value)
    if row is None:
        raise InvalidInput(OUT_OF_DATE)
    return _member(request, MemberMemo(member=row["member"], behind=row["page"]))


def save_role(request: MemberRequest) -> Payload:
    """Give the member the role, the name and the share of full time that were entered, and show the team."""
    memo, entered = request.memo(MemberMemo), CareManagerForm.read(request.answers)
    user_id, names = memo.member, (entered.first_name, entered.last_name)
    _soon(request, operation.rename(request.ctx, request.actor, user_id, *names))
    if entered.percent is not None:
        operation.set_full_time(request.ctx, request.actor, user_id, entered.percent)
    _soon(request, operation.change_role(request.ctx, request.actor, user_id, entered.role))
    # Perhaps it was the actor's own.
    own = user_id == request.actor.user_id
    actor = replace(request.actor, role=entered.role) if own else request.actor
    there = replace(request, actor=actor)
    return there.marked(listed(there, memo.behind, f"Saved: {entered.role}."))


def set_admin(request: MemberRequest) -> Payload:
    """Make the member an admin, or take that away."""
    memo, is_admin = request.memo(MemberMemo), request.value == screen.YES
    user_id = memo.member
    _soon(request, operation.set_admin(request.ctx, request.actor, user_id, is_admin=is_admin))
    if user_id == request.actor.user_id and not is_admin:
        redraw_list(replace(request, actor=replace(request.actor, is_admin=False)), memo.behind)
        return said_view(screen.TITLE, "You are no longer an admin of this registry.")
    redraw_list(request, memo.behind)
    return _member(request, memo, "An admin now." if is_admin else "No longer an admin.")


def remove(request: MemberRequest) -> Payload:
    """End the membership; what it leaves behind is cleaned up at once."""
    memo = request.memo(MemberMemo)
    user_id = memo.member
    _soon(request, operation.remove(request.ctx, request.actor, user_id))
    if user_id == request.actor.user_id:
        return said_view(screen.TITLE, f"You have left {request.actor.registry.name}.")
    redraw_list(request, memo.behind)
    return said_view(
        screen.TITLE, "Removed. Their access has ended; I will write to you which patients to hand over."
    )


def forget_account(request: MemberRequest) -> Payload:
    """Forget the member's Slack account; the next one with their address becomes theirs."""
    memo = request.memo(MemberMemo)
    _soon(request, operation.forget_account(request.ctx, request.actor, memo.member))
    return _member(request, memo, "I forgot their Slack account. The next one with their address is theirs.")


def which_account(request: MemberRequest) -> Payload:
    """Ask which Slack account is the member's."""
    shown = operation.member(request.ctx, request.actor, request.value)
    memo = AccountMemo(member=request.value, seen=shown.seen)
    return screen.let_in_view(shown.names[request.value], AccountForm.blocks(), memo.packed())


def let_in(request: MemberRequest) -> Payload:
    """Let the account in as the member's; their previous one is notified."""
    authorise_admin(request.ctx, request.actor, AdminRight.FORGET_ACCOUNT)
    memo, (account,) = request.memo(AccountMemo), AccountForm.read(request.answers).account
    person, with_address = request.gateway.person(account), request.gateway.account_with
    user_id = memo.member
    _soon(request, operation.let_in(request.ctx, request.actor, user_id, person, with_address, memo.seen))
    banner = "Let in. The Slack account they had until now, if any, is notified."
    return _member(request, MemberMemo(member=user_id), banner)


def resend(request: MemberRequest) -> Payload:
    """Send an invitation again, and show the team."""
    sent = invites.resend(request.ctx, request.actor, request.value)
    request.run_soon(JobKind.INVITE, sent.id or "")
    return listed(request, banner=f"Sent again to {sent.first_name} {sent.last_name}.")


def withdraw(request: MemberRequest) -> Payload:
    """Take an invitation back, and show the team."""
    gone = invites.withdraw(request.ctx, request.actor, request.value)
    return listed(request, banner=f"{gone.first_name} {gone.last_name} is no longer invited.")


def _member(request: MemberRequest, memo: MemberMemo, banner: str = "") -> Payload:
    shown = operation.member(request.ctx, request.actor, memo.member)
    record = shown.record
    form = CareManagerForm if record.role is Role.CARE_MANAGER else RoleForm
    names = {"first_name": record.first_name, "last_name": record.last_name}
    percent = round(record.full_time * operation.FULL_TIME)
    inputs = form.blocks({"role": record.role, "percent": percent, **names})
    return screen.member_view(request.actor, shown, inputs, memo.packed(), _today(request), banner)


def redraw_list(request: MemberRequest, page: str = "1") -> None:
    """Redraw the list below a modal that was opened from it."""
    below = request.body["view"].get("previous_view_id")
    if below:
        request.later.append(
            lambda: request.gateway.update_view(str(below), request.marked(listed(request, page)))
        )


def _soon(request: MemberRequest, called_for: Sequence[JobRef]) -> None:
    for each in called_for:
        request.run_soon(*each)


def _today(request: MemberRequest) -> date:
    return request.actor.registry.policy.local_date(request.ctx.now().timestamp())
