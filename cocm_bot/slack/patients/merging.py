"""Merging two records of one person, from the card: which other record, what would happen, then the merge."""

from typing import Annotated, Any

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import Line
from cocm_bot.operations.patients.card import find, open_card
from cocm_bot.operations.patients.merging import Merging, merging
from cocm_bot.operations.patients.unmerging import undo_merge, undoable
from cocm_bot.slack.forms import Form, RadioInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients import merging_view as screen
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import Opaque, PatientMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import MERGE, UNDO_MERGE

KEEP_THIS, KEEP_OTHER = "This record", "The other record"


class MergeForm(Form):
    """The other record, and which of the two is kept."""

    other: Annotated[Line, TextInput("The other record", hint="Its handle or MRN.", max_length=100)]
    keep: Annotated[
        str,
        RadioInput(
            "Keep", options=(KEEP_THIS, KEEP_OTHER), hint="Its name, MRN and handle stay; both lead to it."
        ),
    ]


class MergeMemo(PatientMemo):
    """The state of the comparison: the record that is kept, the other, and the versions that were shown."""

    other: Opaque
    kept_version: int
    other_version: int


def register(router: Router) -> None:
    """The card's entries, and the modals' submissions."""
    router.opens(MERGE, "Merge", form)
    router.opens(UNDO_MERGE, "Undo a merge", undoing)
    router.submission(screen.CHOOSE, compare)
    router.submission(screen.MERGE_NOW, merge)
    router.submission(screen.UNDO_NOW, undo)


def form(request: MemberRequest) -> Payload:
    """Ask which other record is of the same person."""
    _allowed(request)
    patient = open_card(request.ctx, request.actor, request.value).patient
    memo = PatientMemo(handle=patient.handle).packed()
    return screen.choose_view(patient, request.actor.registry, MergeForm.blocks({"keep": KEEP_THIS}), memo)


def compare(request: MemberRequest) -> Payload:
    """Show what the merge would do; nothing is written."""
    merges = _allowed(request)
    entered = MergeForm.read(request.answers)
    this = request.memo(PatientMemo).handle
    other = _handle(request, entered.other)
    kept, gone = (this, other) if entered.keep == KEEP_THIS else (other, this)
    found = merges.compare(kept, gone)
    kept_version, other_version = found.seen
    memo = MergeMemo(
        handle=found.kept.patient.handle,
        other=found.other.patient.handle,
        kept_version=kept_version,
        other_version=other_version,
    )
    return screen.comparison_view(found, request.actor.registry, memo.packed())


def merge(request: MemberRequest) -> Payload:
    """Merge the two as they were shown, and show the card."""
    memo = request.memo(MergeMemo)
    _allowed(request).merge(memo.handle, memo.other, (memo.kept_version, memo.other_version))
    card = open_card(request.ctx, request.actor, memo.handle)
    told = f"{memo.other} is part of this record now. It can be undone for 30 days, while nobody changes it."
    return saved(request, card, told)


def undoing(request: MemberRequest) -> Payload:
    """Ask which merge of a record is to be undone."""
    merges = _allowed(request)
    patient = open_card(request.ctx, request.actor, request.value).patient
    handles = undoable(merges, patient)
    if not handles:
        raise InvalidInput("The merges of this record are older than 30 days and can no longer be undone.")
    memo = PatientMemo(handle=patient.handle).packed()
    return screen.undo_view(
        patient, request.actor.registry, _undo_form(handles).blocks({"other": handles[0]}), memo
    )


def undo(request: MemberRequest) -> Payload:
    """Undo the merge, and show the record that is one of its own again."""
    merges = _allowed(request)
    patient = merges.patient(request.memo(PatientMemo).handle)
    entered: Any = _undo_form(undoable(merges, patient)).read(request.answers)
    undo_merge(merges, entered.other)
    card = open_card(request.ctx, request.actor, entered.other)
    return saved(request, card, "The merge is undone: both records are as they were before it.")


def _undo_form(handles: list[str]) -> type[Form]:
    class UndoForm(Form):
        """Choose one of the records that were merged into this one."""

        other: Annotated[str, RadioInput("Make a record of its own again", options=tuple(handles))]

    return UndoForm


def _handle(request: MemberRequest, given: str) -> str:
    """Return the handle of the one record with a handle or MRN; raises InvalidInput."""
    found = find(request.ctx, request.actor, given).shown
    exact = [each for each in found if given == each.patient_mrn or given.upper() == each.handle]
    if len(exact) != 1:
        raise InvalidInput("No one record has this handle or MRN. Look it up with /cocm patient.", "other")
    return exact[0].handle


def _allowed(request: MemberRequest) -> Merging:
    return merging(request.ctx, request.actor)
