"""Being away until a day, and who covers."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import model_validator

from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.team.assignment import in_charge, next_away
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.roster import members, named
from cocm_bot.operations.team.absence import be_away, be_back, may_be_away, may_cover
from cocm_bot.slack.forms import Choice, DateInput, FieldError, Form, RadioInput, SelectInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.memo import Memo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.lines.formatting import day
from cocm_bot.slack.shared_views.notices import said_view
from cocm_bot.slack.team.absence_view import CALLBACK, TITLE, absence_view


class How(StrEnum):
    """Going, or back."""

    AWAY = "Away until a day"
    BACK = "Back: end the absence"


class AbsenceForm(Form):
    """The member who is away, until when, and their cover."""

    who: Annotated[str, SelectInput("Who")]
    how: Annotated[How, RadioInput("How", options=tuple(How))]
    since: Annotated[date | None, DateInput("From", hint="The first day; empty for today.")] = None
    until: Annotated[date | None, DateInput("Until", hint="The last day of the absence.")] = None
    cover: Annotated[
        str | None,
        SelectInput("Covered by", hint="Someone with the same role. A care manager needs a cover."),
    ] = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.how is How.AWAY and self.until is None:
            raise FieldError("until", "Say until when.")
        return self


def register(router: Router) -> None:
    """The modal's submission."""
    router.submission(CALLBACK, save)


def form(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The modal, filled in with the person's own absence if they are away."""
    del words
    offered = may_be_away(request.ctx, request.actor)
    team = members(request.ctx, request.actor)
    today = request.actor.registry.policy.local_date(request.ctx.now().timestamp())
    mine = (member for member in team if member.user_id == request.actor.user_id)
    own = next((member for member in mine if next_away(member, today)), None)
    initial = {
        "who": request.actor.user_id,
        "how": How.AWAY,
        "since": own.away_from if own else None,
        "until": own.cover_until if own else None,
        "cover": own.covered_by if own else None,
    }
    covers = {cover.user_id: cover for each in offered for cover in may_cover(team, each)}
    options = {"who": _choices(offered), "cover": _choices(covers.values())}
    asked = ("who", "how", "since", "until", "cover") if covers else ("who", "how", "since", "until")
    inputs = AbsenceForm.blocks(initial, options=options, only=asked)
    return absence_view(team, today, inputs, Memo().packed())


def save(request: MemberRequest) -> Payload:
    """Note the absence, or its end."""
    entered = AbsenceForm.read(request.answers)
    names = named(members(request.ctx, request.actor))
    whom = names.get(entered.who, "")
    if entered.how is How.BACK or entered.until is None:
        be_back(request.ctx, request.actor, entered.who)
        return said_view(TITLE, f"{whom} is back.")
    be_away(request.ctx, request.actor, entered.who, entered.until, entered.cover, entered.since)
    cover = names.get(entered.cover or "", "nobody")
    today = request.actor.registry.policy.local_date(request.ctx.now().timestamp())
    begins = entered.since if entered.since and entered.since > today else None
    when = f"will be away from {day(begins)} to" if begins else "is away until"
    said = f"{whom} {when} {day(entered.until)}, covered by {cover}."
    return said_view(TITLE, said + _warning(request, entered.who, begins or today))


def _warning(request: MemberRequest, who: str, first: date) -> str:
    """Return what to know where nobody covers, or no care manager is there on the first day."""
    team = members(request.ctx, request.actor)
    charge = in_charge(team, first)
    absent = next((each for each in team if each.user_id == who), None)
    if charge and absent and absent.role is Role.CARE_MANAGER and who not in charge:
        return " Nobody covers: the patients are on every care manager's list meanwhile."
    if charge:
        return ""
    return (
        " No care manager is there until then, so no digest says who is due. /cocm today shows it to the "
        "psychiatrist and the physicians."
    )


def _choices(people: Iterable[RegistryUser]) -> list[Choice]:
    ordered = sorted(people, key=lambda each: (each.first_name.casefold(), each.last_name.casefold()))
    return [Choice(each.user_id, f"{each.first_name} {each.last_name} · {each.role}") for each in ordered]
