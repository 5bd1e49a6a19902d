"""Doing something for several patients of a list: choose them, say what, see what came of it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import model_validator

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.caseload.bulk import BulkChange
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.caseload import bulk
from cocm_bot.operations.caseload.caseload import choosable, listed
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.handles import export_handles
from cocm_bot.operations.roster import care_managers, names
from cocm_bot.operations.safety.flags import LONGEST_REASON
from cocm_bot.slack.caseload import bulk_view as screen
from cocm_bot.slack.caseload import caseload
from cocm_bot.slack.caseload.bulk_message_view import SHOW, UNDO, done_message, progress_message
from cocm_bot.slack.digests.digest import refresh_rows
from cocm_bot.slack.forms import (
    CheckboxesInput,
    Choice,
    ChoiceSource,
    FieldError,
    Form,
    MultiSelectInput,
    RadioInput,
    SelectInput,
    TextInput,
)
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.memo import ListMemo, OnceMemo
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.identity import named_option
from cocm_bot.slack.shared_views.list_lines import patients_told
from cocm_bot.slack.shared_views.patient_lists import CHOOSE_SEVERAL
from cocm_bot.store.jobs import JobKind

MOST = 100
"""Patients chosen one by one; a menu holds no more."""
EVERYBODY = "everybody"


class Deed(StrEnum):
    """An action on several patients."""

    ASSIGN = "Assign to…"
    FLAG = "Flag for discussion"
    EXPORT = "Export the handles"


NEEDS = {Deed.ASSIGN: Action.ASSIGN, Deed.FLAG: Action.RAISE_FLAG, Deed.EXPORT: Action.EXPORT_HANDLES}


class SeveralForm(Form):
    """The patients, and the action on them."""

    patients: Annotated[tuple[str, ...], MultiSelectInput("Patients", most=MOST)] = ()
    everybody: Annotated[tuple[str, ...], CheckboxesInput("Or the whole list")] = ()
    deed: Annotated[Deed, RadioInput("What to do", options=tuple(Deed))]
    to: Annotated[str | None, SelectInput("Care manager", hint="To assign to.")] = None
    reason: Annotated[
        str, TextInput("Reason", hint="Of the flag.", multiline=True, max_length=LONGEST_REASON)
    ] = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.patients and not self.everybody:
            raise FieldError("patients", "Choose patients, or the whole list.")
        if self.deed is Deed.ASSIGN and self.to is None:
            raise FieldError("to", "Choose who gets these patients.")
        if self.deed is Deed.FLAG and not self.reason.strip():
            raise FieldError("reason", "Say what is to be discussed.")
        return self


class SeveralMemo(OnceMemo, ListMemo):
    """The state of the modal for several patients."""


def register(router: Router) -> None:
    """The button below the caseload, the modals' submissions, and the buttons of what came of it."""
    router.opens(CHOOSE_SEVERAL, "Choose several", choosing)
    router.submission(screen.CHOOSE, go_on)
    router.submission(screen.CONFIRM, confirmed)
    router.redraws(SHOW, came_of)
    router.redraws(UNDO, undo)


def choosing(request: MemberRequest) -> Payload:
    """Return the modal with the patients of the list above the button."""
    authorise(request.ctx, request.actor, Action.EXPORT_HANDLES)
    whose, show, sort = _list(request, request.value)
    rows, matched = choosable(request.ctx, request.actor, show, sort, MOST, whose)
    if not rows:
        return screen.nobody_view()
    people = [Choice(row.summary.handle, named_option(row.summary, request.actor.registry)) for row in rows]
    deeds = [deed for deed, action in NEEDS.items() if may(request.actor.role, action)]
    managers = [Choice(user_id, name) for user_id, name in care_managers(request.ctx, request.actor).items()]
    everybody = [Choice(EVERYBODY, f"Everybody: {patients_told(matched)}")]
    options: Mapping[str, ChoiceSource] = {
        "patients": people,
        "everybody": everybody,
        "deed": deeds,
        "to": managers,
    }
    only = [name for name in SeveralForm.model_fields if name != "to" or Deed.ASSIGN in deeds]
    memo = SeveralMemo(request_id=new_id(), answer_url=request.answer_url, behind=request.value).packed()
    return screen.choosing_view(len(rows), matched, SeveralForm.blocks(options=options, only=only), memo)


def go_on(request: MemberRequest) -> Payload:
    """Ask whether what was chosen is to be done, and for how many; the handles alone are given at once."""
    entered = SeveralForm.read(request.answers)
    authorise(request.ctx, request.actor, NEEDS[entered.deed])
    ctx, actor, memo = request.ctx, request.actor, request.memo(SeveralMemo)
    chosen: Sequence[str] = entered.patients
    if entered.everybody:
        # As many as are on it by now: the next screen says how many, and they are who is confirmed.
        whose, show, _ = _list(request, memo.behind or "")
        chosen = listed(ctx, actor, show, whose)
    if entered.deed is Deed.EXPORT:
        return screen.export_view(export_handles(ctx, actor, chosen))
    if entered.deed is Deed.ASSIGN:
        change = bulk.propose_assignment(ctx, actor, chosen, entered.to or "", memo.request_id)
    else:
        change = bulk.propose_flags(ctx, actor, chosen, entered.reason, memo.request_id)
    return asked(request, change, memo)


def _list(request: MemberRequest, name: str) -> caseload.CaseloadList:
    """Return which list of the caseload it is about, by its name as in a button."""
    first, *words = name.split() or [""]
    if first != "caseload":
        raise InvalidInput(OUT_OF_DATE)
    return caseload.asked(request, words)


def asked(request: MemberRequest, change: BulkChange, memo: SeveralMemo) -> Payload:
    """Return the question whether to do it; of what was confirmed already, what came of it."""
    shown = names(request.ctx, request.actor)
    draw = screen.confirm_view if change.forth is None else screen.progress_view
    return draw(change, shown, memo.packed())


def confirmed(request: MemberRequest) -> Payload:
    """Have it done by the clock, at once; the list behind the modal is drawn again."""
    memo = request.memo(SeveralMemo)
    change = bulk.confirm(request.ctx, request.actor, memo.request_id)
    request.run_soon(JobKind.BULK, change.id)
    return _progress(request, change, memo)


def came_of(request: MemberRequest) -> Payload:
    """Return how far it is by now."""
    memo = request.memo(SeveralMemo)
    return _progress(request, bulk.shown(request.ctx, request.actor, memo.request_id), memo)


def undo(request: MemberRequest) -> Payload:
    """Have it undone by the clock at once, and say so in the place of the message, or what came of it."""
    change = bulk.undo(request.ctx, request.actor, request.value)
    if change.back and change.back.finished_at is not None:
        return done_message(change, names(request.ctx, request.actor), request.actor.registry)
    request.run_soon(JobKind.BULK, change.id)
    return progress_message(change)


def _progress(request: MemberRequest, change: BulkChange, memo: SeveralMemo) -> Payload:
    """Return how far it is; once it is done the list and the digests that show these patients are redrawn."""
    if change.run and change.run.finished_at is not None:
        request.later.append(lambda: refresh_rows(request, change.handles))
        request.redraw_list(memo, lambda behind: caseload.redrawn(request, behind))
    return screen.progress_view(change, names(request.ctx, request.actor), memo.packed())
