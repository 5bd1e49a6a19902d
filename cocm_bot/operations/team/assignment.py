"""Assigning patients to care managers, and handing them over."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import CocmError, Conflict, InvalidInput, Unavailable
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.patient import Patient, PatientSummary, TreatmentLog
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.operations.roster import care_managers, members
from cocm_bot.store.patients import patients
from cocm_bot.store.patients.patients import Edit

NOT_TRIED = "The registry does not answer right now: not tried."
NOBODY = "nobody"
"""In the place of a user id: hands over the patients who have no care manager."""


@dataclass(frozen=True)
class Outcome:
    """The outcome for several patients, by handle; `failed` says why for each that it was not done."""

    done: Sequence[str]
    failed: Mapping[str, str] = field(default_factory=dict)


def assign_one(ctx: Context, actor: Actor, handle: str, user_id: str, request_id: str) -> Card:
    """Assign a patient to a care manager, once per request id.

    Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.ASSIGN)
    check_receiver(ctx, actor, user_id, "to")
    return card_of(ctx, actor, _assign(ctx, actor, handle, user_id, request_id))


def assign(ctx: Context, actor: Actor, handles: Sequence[str], user_id: str, request_id: str) -> Outcome:
    """Assign several patients to a care manager, each once per request id.

    Raises NotAllowed, InvalidInput when the person is no care manager here, or Unavailable before anything
    is done; what fails for one patient is in the outcome.
    """
    authorise(ctx, actor, Action.ASSIGN)
    check_receiver(ctx, actor, user_id, "to")
    return for_each(
        handles,
        lambda handle: _assign(ctx, actor, handle, user_id, _part(request_id, handle)),
    )


def hand_over(ctx: Context, actor: Actor, giver: str, receiver: str, request_id: str) -> Outcome:
    """Assign all of a care manager's patients to another, those in the program, each once per request id.

    With NOBODY as giver, the patients who have no care manager. A patient who was given to somebody else
    meanwhile stays there. Raises as `assign`.
    """
    managers = check_hand_over(ctx, actor, giver, receiver)

    def given(care_manager: str | None) -> bool:
        return care_manager not in managers if giver == NOBODY else care_manager == giver

    return for_each(
        to_hand_over(ctx, actor, giver),
        lambda handle: _assign(ctx, actor, handle, receiver, _part(request_id, handle), given),
    )


def to_hand_over(ctx: Context, actor: Actor, giver: str) -> list[str]:
    """The handles of a care manager's patients, or of NOBODY's. Raises NotAllowed or Unavailable."""
    authorise(ctx, actor, Action.HAND_OVER)
    listing = patients.caseload(ctx.table, actor.registry.id)
    if giver == NOBODY:
        return [summary.handle for summary in nobodys(listing, members(ctx, actor))]
    return [summary.handle for summary in listing if summary.care_manager == giver]


def patients_by_manager(ctx: Context, actor: Actor) -> Mapping[str, int]:
    """The number of patients each care manager would hand over, and NOBODY; none for those without any.

    Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.HAND_OVER)
    listing = patients.caseload(ctx.table, actor.registry.id)
    found = Counter(summary.care_manager for summary in listing if summary.care_manager)
    return {**found, NOBODY: len(nobodys(listing, members(ctx, actor)))}


def nobodys(caseload: Iterable[PatientSummary], members: Iterable[RegistryUser]) -> list[PatientSummary]:
    """The patients without a care manager, or with one who is no longer in the registry."""
    managers = {member.user_id for member in members if member.role is Role.CARE_MANAGER}
    return [summary for summary in caseload if summary.care_manager not in managers]


def check_receiver(ctx: Context, actor: Actor, user_id: str, asked: str) -> Mapping[str, str]:
    """The care managers' names by user id; raises InvalidInput unless the person is one."""
    names = care_managers(ctx, actor)
    if user_id not in names:
        raise InvalidInput("This person is no longer a care manager here. Choose another.", asked)
    return names


def check_hand_over(ctx: Context, actor: Actor, giver: str, receiver: str) -> Mapping[str, str]:
    """The care managers' names by user id; raises NotAllowed or InvalidInput unless one can take over."""
    authorise(ctx, actor, Action.HAND_OVER)
    names = check_receiver(ctx, actor, receiver, "receiver")
    if giver not in (*names, NOBODY):
        raise InvalidInput("This person is no longer a care manager here.", "giver")
    if giver == receiver:
        raise InvalidInput("Choose somebody other than the person who hands over.", "receiver")
    return names


def for_each(handles: Sequence[str], work: Callable[[str], object]) -> Outcome:
    """Do something for each patient; one that fails does not stop the others, a silent table does."""
    done: list[str] = []
    failed: dict[str, str] = {}
    silent = False
    for handle in dict.fromkeys(handles):
        if silent:
            failed[handle] = NOT_TRIED
            continue
        try:
            work(handle)
        except CocmError as error:
            failed[handle] = str(error)
            silent = isinstance(error, Unavailable)
        else:
            done.append(handle)
    return Outcome(done, failed)


def _assign(
    ctx: Context,
    actor: Actor,
    handle: str,
    user_id: str,
    request_id: str,
    given: Callable[[str | None], bool] = lambda _: True,
) -> Patient:
    standing: list[Patient] = []

    def give(patient: Patient, history: list[TreatmentLog]) -> Edit:
        if patient.status is Status.DEACTIVATED:
            raise InvalidInput("This patient is deactivated: reopen the record before assigning it.")
        if patient.care_manager == user_id:
            standing.append(patient)
            raise _SameAlready
        if not given(patient.care_manager):
            raise Conflict("Somebody else was assigned to this patient meanwhile.")
        update = {"care_manager": user_id}
        return edited(ctx, actor, patient, history, update, action=AuditAction.ASSIGNED)

    try:
        return patients.change(ctx.table, actor.registry.id, handle, give, request_id=request_id)
    except _SameAlready:
        return standing[-1]


class _SameAlready(CocmError):
    """The patient is assigned to that person already: there is nothing to write."""


def _part(request_id: str, handle: str) -> str:
    """The request id of one patient's part of a request."""
    return f"{request_id}-{handle}"
