"""Snoozing a patient, from a digest, a list or the card; and ending it."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import model_validator

from cocm_bot.domain.access import Action
from cocm_bot.domain.caseload.snoozes import check_snooze
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.caseload.snoozes import LONGEST_REASON, end_snooze, snooze
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.slack.caseload import snooze_view as screen
from cocm_bot.slack.caseload.caseload import redrawn
from cocm_bot.slack.forms import DateInput, FieldError, Form, RadioInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import ChangeMemo, ListMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import END_SNOOZE, SNOOZE
from cocm_bot.slack.shared_views.lines.patient_lines import snooze_line


class HowLong(StrEnum):
    """For how long."""

    DAY = "1 day"
    THREE_DAYS = "3 days"
    WEEK = "1 week"
    UNTIL = "Until a day"


DAYS: Mapping[HowLong, int] = MappingProxyType({HowLong.DAY: 1, HowLong.THREE_DAYS: 3, HowLong.WEEK: 7})


class SnoozeForm(Form):
    """For how long, and why."""

    how_long: Annotated[HowLong, RadioInput("For how long", options=tuple(HowLong))]
    until: Annotated[date | None, DateInput("Until", hint="The day the patient is back on the lists.")] = None
    reason: Annotated[str, TextInput("Why", max_length=LONGEST_REASON, placeholder="e.g. on holiday")]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.how_long is HowLong.UNTIL and self.until is None:
            raise FieldError("until", "Choose the day.")
        return self


class SnoozeMemo(ChangeMemo, ListMemo):
    """The state of a snooze's modal."""


def register(router: Router) -> None:
    """The card's entries, and the modals' submissions."""
    router.opens(SNOOZE, "Snooze", lambda request: form(request, request.value))
    router.opens(END_SNOOZE, "End the snooze", ending)
    router.submission(screen.SNOOZE, save)
    router.submission(screen.END, end)


def form(request: MemberRequest, handle: str, behind: str | None = None) -> Payload:
    """The modal for one patient; `behind` names the list it was opened from, to be redrawn after."""
    authorise(request.ctx, request.actor, Action.SNOOZE)
    patient, today = open_card(request.ctx, request.actor, handle).patient, _today(request)
    check_snooze(patient, today + timedelta(days=1), today)
    memo = SnoozeMemo(
        handle=patient.handle,
        request_id=new_id(),
        behind=behind,
        answer_url=request.answer_url if behind else None,
    )
    return screen.snooze_view(
        patient, request.actor.registry, SnoozeForm.blocks({"how_long": HowLong.DAY}), memo.packed()
    )


def save(request: MemberRequest) -> Payload:
    """Snooze the patient and show the card."""
    entered = SnoozeForm.read(request.answers)
    days = DAYS.get(entered.how_long)
    until = entered.until if days is None else _today(request) + timedelta(days=days)
    if until is None:
        raise InvalidInput("Choose the day.", "until")
    memo = request.memo(SnoozeMemo)
    card = snooze(request.ctx, request.actor, memo.handle, until, entered.reason, memo.request_id)
    request.redraw_list(memo, lambda behind: redrawn(request, behind))
    return saved(request, card, "Snoozed. “End the snooze” below takes it back.")


def ending(request: MemberRequest) -> Payload:
    """The question whether to end it."""
    authorise(request.ctx, request.actor, Action.SNOOZE)
    card = open_card(request.ctx, request.actor, request.value)
    snooze = card.patient.snoozed
    if snooze is None:
        raise InvalidInput("This patient is no longer snoozed.")
    memo = ChangeMemo(handle=card.patient.handle, request_id=new_id()).packed()
    return screen.end_view(card.patient, request.actor.registry, snooze_line(snooze, card.names), memo)


def end(request: MemberRequest) -> Payload:
    """End it and show the card."""
    memo = request.memo(ChangeMemo)
    card = end_snooze(request.ctx, request.actor, memo.handle, memo.request_id)
    return saved(request, card, "The snooze has ended.")


def _today(request: MemberRequest) -> date:
    return request.actor.registry.policy.local_date(request.ctx.now().timestamp())
