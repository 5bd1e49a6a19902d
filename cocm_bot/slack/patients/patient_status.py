"""A patient's status: the modals that move, deactivate and reopen, and their submissions."""

from collections.abc import Callable
from typing import Annotated

from cocm_bot.domain.access import Action
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.status_changes import can_undo, leaving_reasons, moves, same_episode_proposed
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.patients.patient_status import (
    LONGEST_NOTE,
    Deactivation,
    Unsettled,
    deactivate,
    move,
    reopen,
    undo,
)
from cocm_bot.slack.forms import Choice, Form, RadioInput, SelectInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients import status_view as screen
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import ChangeMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import CHANGE_STATUS, DEACTIVATE, REOPEN, UNDO


class MoveForm(Form):
    """The new status."""

    status: Annotated[Status, RadioInput("New status", options=tuple(Status))]


class DeactivationForm(Form):
    """The reason the patient leaves."""

    reason: Annotated[DeactivationReason, SelectInput("Reason", options=tuple(DeactivationReason))]
    note: Annotated[
        str,
        TextInput(
            "In words", multiline=True, max_length=LONGEST_NOTE, hint="Needed where the reason is Other."
        ),
    ] = ""


SAME, NEW = "same", "new"
_EPISODES = (
    Choice(SAME, "The same episode goes on", "First scores, weeks and status are kept."),
    Choice(NEW, "A new episode begins", "As Enrolled: assessment, weeks and first scores count again."),
)


class ReopeningForm(Form):
    """The episode, and the reason the patient comes back."""

    episode: Annotated[str, RadioInput("Episode", options=_EPISODES)]
    why: Annotated[str, TextInput("Why", multiline=True, max_length=LONGEST_NOTE)]


class DeactivationMemo(ChangeMemo):
    """The state of a deactivation's modal."""

    asked: bool = False
    """True once it has asked about what speaks against saving it."""


def register(router: Router) -> None:
    """The card's entries, and the modals' submissions."""
    router.opens(CHANGE_STATUS, "Change status", moving)
    router.opens(DEACTIVATE, "Deactivate", deactivating)
    router.opens(REOPEN, "Reopen", reopening)
    router.opens(UNDO, "Undo", undoing)
    router.submission(screen.MOVE, move_on)
    router.submission(screen.DEACTIVATE, let_go)
    router.submission(screen.REOPEN, take_back)
    router.submission(screen.UNDO, put_back)


def moving(request: MemberRequest) -> Payload:
    """The modal with the moves that are possible now."""

    def draw(patient: Patient, registry: Registry, memo: str) -> Payload:
        offered = moves(patient)
        if not offered:
            raise InvalidInput(
                "There is no other status to move to now. Relapse prevention begins with a plan."
            )
        inputs = MoveForm.blocks({"status": offered[0]}, options={"status": offered})
        return screen.move_view(patient, registry, inputs, memo)

    return _opened(request, draw)


def move_on(request: MemberRequest) -> Payload:
    """Move the patient and show the card."""
    to = MoveForm.read(request.answers).status
    memo = request.memo(ChangeMemo)
    card = move(request.ctx, request.actor, memo.handle, to, memo.request_id)
    return saved(request, card, f"Status is now {to}.")


def deactivating(request: MemberRequest) -> Payload:
    """The modal that asks for the reason, or says what must be done first."""

    def draw(patient: Patient, registry: Registry, memo: str) -> Payload:
        offered = leaving_reasons(patient.status)
        if not offered:
            raise InvalidInput("This patient is deactivated already.")
        inputs = DeactivationForm.blocks(options={"reason": offered})
        return screen.deactivate_view(patient, registry, inputs, memo)

    return _opened(request, draw)


def let_go(request: MemberRequest) -> Payload:
    """Deactivate the patient and show the card; what speaks against it is asked about once."""
    entered, memo = DeactivationForm.read(request.answers), request.memo(DeactivationMemo)
    leaving = Deactivation(reason=entered.reason, note=entered.note, asked=memo.asked)
    try:
        card = deactivate(request.ctx, request.actor, memo.handle, leaving, memo.request_id)
    except Unsettled as unsettled:
        patient = unsettled.patient
        inputs = DeactivationForm.blocks(entered, options={"reason": leaving_reasons(patient.status)})
        asked = memo.model_copy(update={"asked": True}).packed()
        return screen.deactivate_view(
            patient, request.actor.registry, inputs, asked, concerns=unsettled.concerns
        )
    return saved(request, card, f"Deactivated: {entered.reason}.")


def reopening(request: MemberRequest) -> Payload:
    """The modal that asks which episode it is, and why the patient comes back."""
    at = request.ctx.now().timestamp()

    def draw(patient: Patient, registry: Registry, memo: str) -> Payload:
        if patient.status is not Status.DEACTIVATED:
            raise InvalidInput("This patient is active already.")
        proposed = SAME if same_episode_proposed(patient, registry.policy, at) else NEW
        inputs = ReopeningForm.blocks({"episode": proposed})
        return screen.reopen_view(
            patient, registry, inputs, memo, undoable=can_undo(patient, registry.policy, at)
        )

    return _opened(request, draw)


def take_back(request: MemberRequest) -> Payload:
    """Take the patient back into the episode chosen and show the card."""
    entered = ReopeningForm.read(request.answers)
    same = entered.episode == SAME
    memo = request.memo(ChangeMemo)
    card = reopen(request.ctx, request.actor, memo.handle, entered.why, memo.request_id, same_episode=same)
    return saved(
        request, card, f"Reopened: {'the same episode goes on' if same else 'a new episode begins'}."
    )


def undoing(request: MemberRequest) -> Payload:
    """The modal that says what the record goes back to."""
    at = request.ctx.now().timestamp()

    def draw(patient: Patient, registry: Registry, memo: str) -> Payload:
        if patient.departure is None or not can_undo(patient, registry.policy, at):
            raise InvalidInput("This deactivation can no longer be undone: reopen the record instead.")
        return screen.undo_view(patient, patient.departure, registry, memo)

    return _opened(request, draw)


def put_back(request: MemberRequest) -> Payload:
    """Undo the deactivation and show the card."""
    memo = request.memo(ChangeMemo)
    card = undo(request.ctx, request.actor, memo.handle, memo.request_id)
    return saved(request, card, f"Deactivation undone: status is {card.patient.status} again.")


def _opened(request: MemberRequest, draw: Callable[[Patient, Registry, str], Payload]) -> Payload:
    authorise(request.ctx, request.actor, Action.CHANGE_STATUS)
    patient = open_card(request.ctx, request.actor, request.value).patient
    memo = ChangeMemo(handle=patient.handle, request_id=new_id()).packed()
    return draw(patient, request.actor.registry, memo)
