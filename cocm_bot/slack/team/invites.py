"""Inviting people, and what those do who were invited: accept or decline, members of a registry or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import ValidationError, model_validator

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.fields import Email, PersonName
from cocm_bot.domain.members import UserInvite
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.slack_users import Person
from cocm_bot.operations.context import new_id
from cocm_bot.operations.team import invites as operation
from cocm_bot.operations.team.invites import NewInvite, check_may_invite
from cocm_bot.operations.team.joining import accept, decline
from cocm_bot.slack import home
from cocm_bot.slack.forms import EmailInput, FieldError, Form, PeopleInput, SelectInput, TextInput
from cocm_bot.slack.kit import Payload, escape
from cocm_bot.slack.runtime.request import Arrival, ForAnyone, Memo, Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.team import invites_view as screen
from cocm_bot.slack.team import team

MOST_PEOPLE = 10
"""Whoever is picked is looked up in Slack, one by one, while the person waits."""

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
    """What came of inviting one person, in markup; `standing` is an invitation they had before."""

    line: str
    invited: UserInvite | None = None
    standing: UserInvite | None = None


def register(entry: Entry) -> None:
    """The modal, and the buttons of the message it leads to."""
    entry.opens(screen.INVITE, screen.TITLE, form)
    entry.submission(screen.INVITE, send)
    entry.redraws(screen.ACCEPT, ForAnyone(accepted))
    entry.redraws(screen.DECLINE, ForAnyone(declined))
    entry.redraws(screen.HOME_ACCEPT, accepted_at_home)
    entry.redraws(screen.HOME_DECLINE, declined_at_home)


def form(visit: Visit) -> Payload:
    """The modal that asks whom to invite."""
    check_may_invite(visit.desk, visit.actor)
    return screen.invite_view(
        visit.actor.registry.name, InviteForm.blocks(), Memo(request_id=new_id()).packed()
    )


def send(visit: Visit) -> Payload:
    """Invite everybody who was named, each for themselves, and say what came of it."""
    check_may_invite(visit.desk, visit.actor)
    outcomes = list(_outcomes(visit, InviteForm.read(visit.answers)))
    for each in outcomes:
        if each.invited:
            visit.wake(operation.WORK, each.invited.id or "")
    team.redraw_list(visit)
    again = [each.standing for each in outcomes if each.standing]
    return screen.outcome_view([each.line for each in outcomes], again)


def accepted(arrival: Arrival) -> Payload:
    """Join the registry; the message says so, however often it is pressed."""
    registry = accept(arrival.desk, arrival.person, arrival.value, arrival.surface)
    return screen.joined_message(registry)


def declined(arrival: Arrival) -> Payload:
    """Decline; whoever invited is told."""
    registry, told = decline(arrival.desk, arrival.person, arrival.value, arrival.surface)
    arrival.wake(operation.WORK, told)
    return screen.declined_message(registry)


def accepted_at_home(visit: Visit) -> Payload:
    """Join another registry from the App Home, which then offers to work there."""
    accept(visit.desk, _as_slack_says(visit), visit.value, visit.actor.surface)
    return home.draw(visit)


def declined_at_home(visit: Visit) -> Payload:
    """Decline an invitation to another registry."""
    _, told = decline(visit.desk, _as_slack_says(visit), visit.value, visit.actor.surface)
    visit.wake(operation.WORK, told)
    return home.draw(visit)


def _as_slack_says(visit: Visit) -> Person:
    """The person with the address they have now, whatever it was when the gate last asked."""
    return visit.gateway.person(visit.actor.slack_user_id)


def _outcomes(visit: Visit, entered: InviteForm) -> Iterator[Outcome]:
    for number, user_id in enumerate(entered.people):
        yield _invite_picked(visit, user_id, entered.role, f"{visit.request_id}-{number}")
    if entered.email:
        names = {"first_name": entered.first_name, "last_name": entered.last_name}
        wanted = NewInvite.model_validate({"email": entered.email, "role": entered.role, **names})
        yield _invite(visit, wanted, f"{visit.request_id}-by-hand")


def _invite_picked(visit: Visit, user_id: str, role: Role, invite_id: str) -> Outcome:
    who = f"<@{escape(user_id)}>"
    try:
        person = visit.gateway.person(user_id)
    except CocmError as error:
        return Outcome(f"⚠️ {who}: {escape(str(error))}")
    if why := _outside(person, visit.gateway.team_id()):
        return Outcome(f"⚠️ {UNFIT.format(who=who, why=why)}")
    names = {"first_name": person.first_name, "last_name": person.last_name}
    try:
        wanted = NewInvite.model_validate({"email": person.email, "role": role, **names})
    except ValidationError:
        return Outcome(f"⚠️ {NAMELESS.format(who=who)}")
    return _invite(visit, wanted, invite_id)


def _invite(visit: Visit, wanted: NewInvite, invite_id: str) -> Outcome:
    who = escape(f"{wanted.first_name} {wanted.last_name}")
    try:
        invited = operation.invite(visit.desk, visit.actor, wanted, invite_id)
    except operation.AlreadyInvited as before:
        return Outcome(f"✉️ *{who}* is invited already.", standing=before.invite)
    except CocmError as error:
        return Outcome(f"⚠️ *{who}*: {escape(str(error))}")
    return Outcome(f"✅ *{who}* is invited as {invited.role}.", invited=invited)


def _outside(person: Person, team_id: str) -> str | None:
    return person.outsider or (None if person.team_id == team_id else "external")
