"""Assigning a patient from the card, and handing a care manager's patients over."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import model_validator

from cocm_bot.operations import assignment as operation
from cocm_bot.operations.desk import new_id
from cocm_bot.operations.oversight import authorise
from cocm_bot.operations.patients import open_card
from cocm_bot.operations.roster import care_managers, members
from cocm_bot.registry.access import Action
from cocm_bot.registry.assignment import covered_by
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.forms import Choice, DateInput, FieldError, Form, RadioInput, SelectInput
from cocm_bot.slack.kit import Payload, escape
from cocm_bot.slack.patient import saved
from cocm_bot.slack.screens import several as screen
from cocm_bot.slack.screens.assignment import ASSIGN as ASSIGN_VIEW
from cocm_bot.slack.screens.assignment import assign_view
from cocm_bot.slack.screens.card_actions import ASSIGN
from cocm_bot.slack.screens.team import HAND_OVER
from cocm_bot.slack.screens.words import day
from cocm_bot.slack.several import came_of
from cocm_bot.slack.visit import Memo, Visit

TITLE = "Hand over"
AWAY = "away"
"""The word for an absence."""


class How(StrEnum):
    """For how long."""

    FOR_GOOD = "For good"
    COVER = "While they are away, until a day"
    END = "They are back: end the cover"


class AssignForm(Form):
    """To whom."""

    to: Annotated[str, SelectInput("Care manager")]


class HandoverForm(Form):
    """From whom, to whom, and for how long."""

    giver: Annotated[str, SelectInput("From")]
    how: Annotated[How, RadioInput("How", options=tuple(How))]
    receiver: Annotated[str | None, SelectInput("To")] = None
    until: Annotated[date | None, DateInput("Until", hint="The last day of the absence.")] = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.how is not How.END and self.receiver is None:
            raise FieldError("receiver", "Choose who takes over.")
        if self.how is How.COVER and self.until is None:
            raise FieldError("until", "Say until when.")
        return self


def register(entry: Entry) -> None:
    """The card's entry, and the modals' submissions."""
    entry.opens(ASSIGN, "Assign", assigning)
    entry.submission(ASSIGN_VIEW, assign)
    entry.opens(HAND_OVER, TITLE, lambda visit: _form(visit, visit.value))
    entry.submission(screen.HANDOVER, hand_over)


def assigning(visit: Visit) -> Payload:
    """The modal with the registry's care managers."""
    authorise(visit.desk, visit.actor, Action.ASSIGN)
    card = open_card(visit.desk, visit.actor, visit.value)
    inputs = AssignForm.blocks({"to": card.patient.care_manager}, options={"to": _offered(visit)})
    memo = Memo(handle=card.patient.handle, request_id=new_id()).packed()
    return assign_view(card.patient, card.names, inputs, memo)


def assign(visit: Visit) -> Payload:
    """Assign the patient and show the card."""
    entered = AssignForm.read(visit.answers)
    card = operation.assign_one(visit.desk, visit.actor, visit.handle, entered.to, visit.request_id)
    return saved(visit, card, f"Assigned to {escape(card.names.get(entered.to, ''))}.")


def form(visit: Visit, words: Sequence[str]) -> Payload:
    """The modal that hands over, with who covers whom today; `away` has the person's own absence covered."""
    return _form(visit, visit.actor.user_id, How.COVER if AWAY in words else How.FOR_GOOD)


def _form(visit: Visit, giver: str, how: How = How.FOR_GOOD) -> Payload:
    nobodys = operation.to_hand_over(visit.desk, visit.actor, operation.NOBODY)
    team = members(visit.desk, visit.actor)
    today = visit.actor.registry.policy.local_date(visit.desk.now().timestamp())
    names = {member.user_id: f"{member.first_name} {member.last_name}" for member in team}
    standing = [
        f"{escape(names[member.user_id])} is covered by {escape(names.get(cover, 'a former member'))}"
        f" until {day(date.fromisoformat(member.cover_until or ''))}."
        for member in team
        if (cover := covered_by(member, today))
    ]
    offered = _offered(visit)
    givers = [
        *offered,
        *([Choice(operation.NOBODY, f"Nobody: {len(nobodys)} without a care manager")] if nobodys else []),
    ]
    initial = {"giver": giver, "how": how}
    inputs = HandoverForm.blocks(initial, options={"giver": givers, "receiver": offered})
    return screen.handover_view(standing, inputs, Memo(request_id=new_id()).packed())


def hand_over(visit: Visit) -> Payload:
    """Hand over for good, have an absence covered, or end a cover."""
    entered = HandoverForm.read(visit.answers)
    desk, actor, receiver = visit.desk, visit.actor, entered.receiver or ""
    if entered.how is How.END:
        operation.end_cover(desk, actor, entered.giver)
        return screen.said_view(TITLE, "The cover has ended.")
    names = operation.check_hand_over(desk, actor, entered.giver, receiver)
    if entered.how is How.COVER and entered.until:
        operation.cover(desk, actor, entered.giver, receiver, entered.until)
        return screen.said_view(
            TITLE,
            f"{names[receiver]} covers {names[entered.giver]} until {day(entered.until)}: "
            "the patients stay assigned, and are on both lists.",
        )
    outcome = operation.hand_over(desk, actor, entered.giver, receiver, visit.request_id)
    return came_of(visit, TITLE, f"handed over to {escape(names[receiver])}", outcome)


def _offered(visit: Visit) -> list[Choice]:
    return [Choice(user_id, name) for user_id, name in care_managers(visit.desk, visit.actor).items()]
