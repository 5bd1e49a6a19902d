"""Inviting people, and what those do who were invited: accept or decline, members of a registry or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import ValidationError, model_validator

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.fields import Email, PersonName
from cocm_bot.domain.members import UserInvite
from cocm_bot.domain.people import full_name
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.context import new_id
from cocm_bot.operations.team import invites as operation
from cocm_bot.operations.team.invites import NewInvite, check_may_invite
from cocm_bot.operations.team.joining import accept, decline
from cocm_bot.slack.forms import EmailInput, FieldError, Form, PeopleInput, SelectInput, TextInput
from cocm_bot.slack.kit import Payload, escape
from cocm_bot.slack.runtime.memo import OnceMemo
from cocm_bot.slack.runtime.request import GuestRequest, MemberRequest, OpenToGuests
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.team import invites_view as screen
from cocm_bot.slack.team import team
from cocm_bot.store.jobs import JobKind

MOST_PEOPLE = 10
"""Each picked person is looked up in Slack, one by one, while the inviter waits."""

UNFIT = "{who}: Slack has them as {why}, and I work for full members of this workspace only."
NAMELESS = "{who}: Slack has no first and last name, or no e-mail address, of them. Invite them by hand."


class InviteForm(Form):
    """People picked in Slack, or one written out; all get the same role."""

    people: Annotated[tuple[str, ...], PeopleInput("People in Slack", most=MOST_PEOPLE)] = ()
    email: Annotated[
        Email, EmailInput("Or by e-mail", hint="The address they have, or will have, in Slack.")
    ] = ""
    first_name: Annotated[PersonName | None, TextInput("First name", max_length=200)] = None
    last_name: Annotated[PersonName | None, TextInput("Last name", max_length=200)] = None
    role: Annotated[Role, SelectInput("Role", options=tuple(Role))]

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.people and not self.email:
            raise FieldError("people", "Pick somebody, or give an e-mail address below.")
        if self.email and self.first_name is None:
            raise FieldError("first_name", "Give the first name that goes with the address.")
        if self.email and self.last_name is None:
            raise FieldError("last_name", "Give the last name that goes with the address.")
        return self


@dataclass(frozen=True)
class Outcome:
    """The outcome of inviting one person, in markup; `standing` is an invitation they had before."""

    line: str
    invited: UserInvite | None = None
    standing: UserInvite | None = None


def register(router: Router) -> None:
    """The modal, and the buttons of the message it leads to."""
    router.opens(screen.INVITE, screen.TITLE, form)
    router.submission(screen.INVITE, send)
    router.redraws(screen.ACCEPT, OpenToGuests(accepted))
    router.redraws(screen.DECLINE, OpenToGuests(declined))


def form(request: MemberRequest) -> Payload:
    """The modal that asks whom to invite."""
    check_may_invite(request.ctx, request.actor)
    return screen.invite_view(
        request.actor.registry.name, InviteForm.blocks(), OnceMemo(request_id=new_id()).packed()
    )


def send(request: MemberRequest) -> Payload:
    """Invite everybody who was named, each for themselves, and say what came of it."""
    check_may_invite(request.ctx, request.actor)
    outcomes = list(_outcomes(request, InviteForm.read(request.answers)))
    for each in outcomes:
        if each.invited:
            request.run_soon(JobKind.INVITE, each.invited.id or "")
    team.redraw_list(request)
    again = [each.standing for each in outcomes if each.standing]
    return screen.outcome_view([each.line for each in outcomes], again)


def accepted(request: GuestRequest) -> Payload:
    """Join the registry; the message says so, however often it is pressed."""
    registry = accept(request.ctx, request.person, request.value, request.surface)
    return screen.joined_message(registry)


def declined(request: GuestRequest) -> Payload:
    """Decline; the inviter is notified."""
    registry, job_id = decline(request.ctx, request.person, request.value, request.surface)
    request.run_soon(JobKind.INVITE, job_id)
    return screen.declined_message(registry)


def accept_at_home(request: MemberRequest) -> None:
    """Join another registry from the App Home, which then offers to work there."""
    accept(request.ctx, _as_slack_says(request), request.value, request.actor.surface)


def decline_at_home(request: MemberRequest) -> None:
    """Decline an invitation to another registry."""
    _, job_id = decline(request.ctx, _as_slack_says(request), request.value, request.actor.surface)
    request.run_soon(JobKind.INVITE, job_id)


def _as_slack_says(request: MemberRequest) -> SlackUser:
    """The person with the address they have now, whatever it was when the gate last asked."""
    return request.gateway.person(request.actor.slack_user_id)


def _outcomes(request: MemberRequest, entered: InviteForm) -> Iterator[Outcome]:
    request_id = request.memo(OnceMemo).request_id
    for number, user_id in enumerate(entered.people):
        yield _invite_picked(request, user_id, entered.role, f"{request_id}-{number}")
    if entered.email:
        names = {"first_name": entered.first_name, "last_name": entered.last_name}
        wanted = NewInvite.model_validate({"email": entered.email, "role": entered.role, **names})
        yield _invite(request, wanted, f"{request_id}-by-hand")


def _invite_picked(request: MemberRequest, user_id: str, role: Role, invite_id: str) -> Outcome:
    who = f"<@{escape(user_id)}>"
    try:
        person = request.gateway.person(user_id)
    except CocmError as error:
        return Outcome(f"⚠️ {who}: {escape(str(error))}")
    if person.outsider:
        return Outcome(f"⚠️ {UNFIT.format(who=who, why=person.outsider)}")
    names = {"first_name": person.first_name, "last_name": person.last_name}
    try:
        wanted = NewInvite.model_validate({"email": person.email, "role": role, **names})
    except ValidationError:
        return Outcome(f"⚠️ {NAMELESS.format(who=who)}")
    return _invite(request, wanted, invite_id)


def _invite(request: MemberRequest, wanted: NewInvite, invite_id: str) -> Outcome:
    who = escape(full_name(wanted))
    try:
        invited = operation.invite(request.ctx, request.actor, wanted, invite_id)
    except operation.AlreadyInvited as before:
        return Outcome(f"✉️ *{who}* is invited already.", standing=before.invite)
    except CocmError as error:
        return Outcome(f"⚠️ *{who}*: {escape(str(error))}")
    return Outcome(f"✅ *{who}* is invited as {invited.role}.", invited=invited)
