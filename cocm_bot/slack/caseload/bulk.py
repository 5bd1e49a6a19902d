"""Doing something for several patients of a list: choose them, say what, see what came of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import model_validator

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.caseload.caseload import choosable
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.handles import export_handles
from cocm_bot.operations.roster import care_managers
from cocm_bot.operations.safety import flags
from cocm_bot.operations.safety.flags import LONGEST_REASON
from cocm_bot.operations.team import assignment
from cocm_bot.operations.team.assignment import Outcome
from cocm_bot.slack.caseload import bulk_view as screen
from cocm_bot.slack.caseload import caseload
from cocm_bot.slack.digests.digest import refresh_rows
from cocm_bot.slack.forms import (
    Choice,
    ChoiceSource,
    FieldError,
    Form,
    MultiSelectInput,
    RadioInput,
    SelectInput,
    TextInput,
)
from cocm_bot.slack.kit import Payload, escape
from cocm_bot.slack.runtime.memo import ListMemo, OnceMemo
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.formatting import named_option
from cocm_bot.slack.shared_views.patient_lists import CHOOSE_SEVERAL

MOST = 100
"""Patients at once; a menu holds no more."""


class Deed(StrEnum):
    """An action on several patients."""

    ASSIGN = "Assign to…"
    FLAG = "Flag for discussion"
    EXPORT = "Export the handles"


NEEDS = {Deed.ASSIGN: Action.ASSIGN, Deed.FLAG: Action.RAISE_FLAG, Deed.EXPORT: Action.EXPORT_HANDLES}


class SeveralForm(Form):
    """The patients, and the action on them."""

    patients: Annotated[tuple[str, ...], MultiSelectInput("Patients", most=MOST)]
    deed: Annotated[Deed, RadioInput("What to do", options=tuple(Deed))]
    to: Annotated[str | None, SelectInput("Care manager", hint="To assign to.")] = None
    reason: Annotated[
        str, TextInput("Reason", hint="Of the flag.", multiline=True, max_length=LONGEST_REASON)
    ] = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.deed is Deed.ASSIGN and self.to is None:
            raise FieldError("to", "Choose who gets these patients.")
        if self.deed is Deed.FLAG and not self.reason.strip():
            raise FieldError("reason", "Say what is to be discussed.")
        return self


class SeveralMemo(OnceMemo, ListMemo):
    """The state of the modal for several patients."""


def register(router: Router) -> None:
    """The button below the caseload, and the modal's submission."""
    router.opens(CHOOSE_SEVERAL, "Choose several", choosing)
    router.submission(screen.CHOOSE, go_on)


def choosing(request: MemberRequest) -> Payload:
    """Return the modal with the patients of the list above the button."""
    first, *words = request.value.split() or [""]
    if first != "caseload":
        raise InvalidInput(OUT_OF_DATE)
    authorise(request.ctx, request.actor, Action.EXPORT_HANDLES)
    whose, show, sort = caseload.asked(request, words)
    rows, matched = choosable(request.ctx, request.actor, show, sort, MOST, whose)
    if not rows:
        return screen.nobody_view()
    people = [Choice(row.summary.handle, named_option(row.summary)) for row in rows]
    deeds = [deed for deed, action in NEEDS.items() if may(request.actor.role, action)]
    managers = [Choice(user_id, name) for user_id, name in care_managers(request.ctx, request.actor).items()]
    options: Mapping[str, ChoiceSource] = {"patients": people, "deed": deeds, "to": managers}
    only = [name for name in SeveralForm.model_fields if name != "to" or Deed.ASSIGN in deeds]
    memo = SeveralMemo(request_id=new_id(), answer_url=request.answer_url, behind=request.value).packed()
    return screen.choosing_view(len(rows), matched, SeveralForm.blocks(options=options, only=only), memo)


def go_on(request: MemberRequest) -> Payload:
    """Do what was chosen for each patient, and say what came of it."""
    entered = SeveralForm.read(request.answers)
    authorise(request.ctx, request.actor, NEEDS[entered.deed])
    ctx, actor, memo = request.ctx, request.actor, request.memo(SeveralMemo)
    request_id = memo.request_id
    if entered.deed is Deed.EXPORT:
        return screen.export_view(export_handles(ctx, actor, entered.patients))
    if entered.deed is Deed.ASSIGN:
        to = entered.to or ""
        name = assignment.check_receiver(ctx, actor, to, "to")[to]
        outcome = assignment.assign(ctx, actor, entered.patients, to, request_id)
        return came_of(request, "Assign", f"assigned to {escape(name)}", outcome, memo)
    outcome = flags.flag_for_discussion(ctx, actor, entered.patients, entered.reason, request_id)
    return came_of(request, "Flag for discussion", "flagged for discussion", outcome, memo)


def came_of(
    request: MemberRequest, title: str, done: str, outcome: Outcome, memo: SeveralMemo | None = None
) -> Payload:
    """Return what came of it; the list behind the modal is drawn again, and the digests that name these
    patients.
    """
    request.later.append(lambda: refresh_rows(request, outcome.done))
    if memo:
        request.redraw_list(memo, lambda behind: caseload.redrawn(request, behind))
    return screen.outcome_view(title, done, outcome)
