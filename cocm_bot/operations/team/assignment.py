"""Assigning patients to care managers, and handing them over."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import CocmError, InvalidInput
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient, PatientSummary
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited, known_as
from cocm_bot.operations.roster import care_managers, members
from cocm_bot.store.patients import changing, lists
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table.wire import Item
from cocm_bot.store.team import memberships

NO_LONGER = "This person is no longer a care manager here. Choose another."
NOBODY = "nobody"
"""In the place of a user id: hands over the patients who have no care manager."""


def assign_one(ctx: Context, actor: Actor, handle: str, user_id: str, request_id: str) -> Card:
    """Assign a patient to a care manager, once per request id.

    Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.ASSIGN)
    check_receiver(ctx, actor, user_id, "to")
    return card_of(ctx, actor, give(ctx, actor, handle, user_id, request_id))


def to_hand_over(ctx: Context, actor: Actor, giver: str) -> list[str]:
    """The handles of a care manager's patients, or of NOBODY's. Raises NotAllowed or Unavailable."""
    authorise(ctx, actor, Action.HAND_OVER)
    listing = lists.caseload(ctx.table, actor.registry.id)
    if giver == NOBODY:
        return [summary.handle for summary in nobodys(listing, members(ctx, actor))]
    return [summary.handle for summary in listing if summary.care_manager == giver]


def patients_by_manager(ctx: Context, actor: Actor) -> Mapping[str, int]:
    """The number of patients each care manager would hand over, and NOBODY; none for those without any.

    Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.HAND_OVER)
    listing = lists.caseload(ctx.table, actor.registry.id)
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
        raise InvalidInput(NO_LONGER, asked)
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


def give(
    ctx: Context,
    actor: Actor,
    handle: str,
    user_id: str | None,
    request_id: str,
    *,
    entry_id: str = "",
    allowed: Callable[[Patient], None] = lambda _: None,
) -> Patient:
    """Assign a patient to a care manager, or to nobody, once per request id; nothing if it is so already.

    `allowed` raises where the patient, as read just now, is not to be given; `entry_id` becomes the id of the
    audit entry.
    Raises NotFound, InvalidInput, Conflict or Unavailable.
    """
    standing: list[Patient] = []
    here = [] if user_id is None else [memberships.is_care_manager(actor.registry.id, user_id, _gone)]

    def change(patient: Patient, history: list[TreatmentLog]) -> Edit:
        if patient.status is Status.DEACTIVATED:
            raise InvalidInput("This patient is deactivated: reopen the record before assigning it.")
        if patient.care_manager == user_id:
            standing.append(patient)
            raise _SameAlready
        allowed(patient)
        action = AuditAction.UNASSIGNED if user_id is None else AuditAction.ASSIGNED
        update = {"care_manager": user_id}
        edit = edited(ctx, actor, patient, history, update, action=action, along=here)
        return known_as(edit, entry_id) if entry_id else edit

    try:
        return changing.change(ctx.table, actor.registry.id, handle, change, request_id=request_id)
    except _SameAlready:
        return standing[-1]


class _SameAlready(CocmError):
    """The patient is assigned to that person already: there is nothing to write."""


def _gone(_stored: Item) -> InvalidInput:
    return InvalidInput(NO_LONGER)
