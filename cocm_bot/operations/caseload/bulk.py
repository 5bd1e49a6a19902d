"""Change many patients at once: propose, confirm, undo. The clock does the work (`bulk_work`).

What is proposed names its patients, so that what is done is what the person confirmed, in number and in whom.
"""

from collections.abc import Sequence

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.caseload.bulk import BulkChange, BulkKind, BulkRun
from cocm_bot.domain.errors import Conflict, InvalidInput, NotFound
from cocm_bot.operations.access.access_logging import authorise, refuse
from cocm_bot.operations.context import Context
from cocm_bot.operations.safety.flags import flagging_for_discussion
from cocm_bot.operations.team.assignment import NOBODY, check_hand_over, check_receiver, to_hand_over
from cocm_bot.store import bulk_changes, jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table.errors import BulkChangeMoved

UNDO_SECONDS = 24 * 3600
"""Seconds after it was done for which a change can be undone."""
NEEDS = {
    BulkKind.HANDOVER: Action.HAND_OVER,
    BulkKind.ASSIGNMENT: Action.ASSIGN,
    BulkKind.FLAG: Action.RAISE_FLAG,
}
"""The action that each kind needs."""
UNDOING_NEEDS = {**NEEDS, BulkKind.FLAG: Action.RESOLVE_FLAG}
"""The action that undoing each kind needs."""
TOO_LATE = {
    BulkKind.HANDOVER: "Hand the patients over again instead.",
    BulkKind.ASSIGNMENT: "Assign the patients again instead.",
    BulkKind.FLAG: "Resolve each flag from its patient's card instead.",
}
"""The next step where a day has passed."""
GONE = "This is more than a week old, or was never asked for."


def propose_handover(ctx: Context, actor: Actor, giver: str, receiver: str, request_id: str) -> BulkChange:
    """Ask for all patients of a care manager, or NOBODY's, to be given to another.

    Asked again under the same request id once it was confirmed, returns what became of it. Raises NotAllowed,
    InvalidInput when they have none or one of the two is no care manager, or Unavailable.
    """
    names = check_hand_over(ctx, actor, giver, receiver)
    handles = to_hand_over(ctx, actor, giver)
    change = BulkChange(
        id=request_id,
        registry_id=actor.registry.id,
        kind=BulkKind.HANDOVER,
        by=actor.user_id,
        asked_at=ctx.now().timestamp(),
        handles=tuple(handles),
        giver=None if giver == NOBODY else giver,
        receiver=receiver,
    )
    begun = _begun(ctx, change)
    if begun is None and not handles:
        who = "Every patient has a care manager" if giver == NOBODY else f"{names[giver]} has no patients"
        raise InvalidInput(f"{who}: there is nobody to hand over.", "giver")
    return begun or _proposed(ctx, change)


def propose_assignment(
    ctx: Context, actor: Actor, handles: Sequence[str], receiver: str, request_id: str
) -> BulkChange:
    """Ask for some patients to be assigned to a care manager; as `propose_handover`."""
    authorise(ctx, actor, Action.ASSIGN)
    check_receiver(ctx, actor, receiver, "to")
    change = BulkChange(
        id=request_id,
        registry_id=actor.registry.id,
        kind=BulkKind.ASSIGNMENT,
        by=actor.user_id,
        asked_at=ctx.now().timestamp(),
        handles=tuple(dict.fromkeys(handles)),
        receiver=receiver,
    )
    return _begun(ctx, change) or _proposed(ctx, change)


def propose_flags(
    ctx: Context, actor: Actor, handles: Sequence[str], reason: str, request_id: str
) -> BulkChange:
    """Ask for some patients to be flagged as needing discussion; as `propose_handover`."""
    authorise(ctx, actor, Action.RAISE_FLAG)
    change = BulkChange(
        id=request_id,
        registry_id=actor.registry.id,
        kind=BulkKind.FLAG,
        by=actor.user_id,
        asked_at=ctx.now().timestamp(),
        handles=tuple(dict.fromkeys(handles)),
        reason=flagging_for_discussion(reason).reason,
    )
    return _begun(ctx, change) or _proposed(ctx, change)


def confirm(ctx: Context, actor: Actor, change_id: str) -> BulkChange:
    """Have the clock do what was proposed, once however often it is confirmed; returns it as it is now.

    Raises NotAllowed, NotFound or Unavailable.
    """
    change = shown(ctx, actor, change_id)
    if change.forth is not None:
        return change
    run = BulkRun(asked_at=ctx.now().timestamp())
    return _start(ctx, actor, change.model_copy(update={"forth": run}), undo=False)


def undo(ctx: Context, actor: Actor, change_id: str) -> BulkChange:
    """Have the clock undo it where nobody came in between, once however often pressed.

    Patients whose record was changed since stay where they are; a flag that was resolved since stays so.

    Raises NotAllowed, NotFound, Conflict while it is being done, InvalidInput when it can't be undone or a
    day has passed, or Unavailable.
    """
    change = shown(ctx, actor, change_id)
    if change.back is not None:
        return change
    authorise(ctx, actor, UNDOING_NEEDS[change.kind])
    if change.forth is None or change.forth.finished_at is None:
        raise Conflict("This is not done yet. You get a message when it is; undo it then.")
    if ctx.now().timestamp() > change.forth.finished_at + UNDO_SECONDS:
        raise InvalidInput(f"This was done more than a day ago. {TOO_LATE[change.kind]}")
    run = BulkRun(asked_at=ctx.now().timestamp())
    return _start(ctx, actor, change.model_copy(update={"back": run}), undo=True)


def shown(ctx: Context, actor: Actor, change_id: str) -> BulkChange:
    """A change that the actor asked for, as it is now.

    Raises NotAllowed when they may no longer do that or somebody else asked, NotFound or Unavailable.
    """
    change = bulk_changes.get(ctx.table, actor.registry.id, change_id)
    if change is None:
        raise NotFound(GONE)
    authorise(ctx, actor, NEEDS[change.kind])
    if change.by != actor.user_id:
        refuse(ctx, actor, NEEDS[change.kind], "Only the person who asked for this can do that.")
    return change


def _begun(ctx: Context, change: BulkChange) -> BulkChange | None:
    """Return what became of the same request, where it was confirmed."""
    before = bulk_changes.get(ctx.table, change.registry_id, change.id)
    return before if before and before.forth is not None else None


def _proposed(ctx: Context, change: BulkChange) -> BulkChange:
    bulk_changes.propose(ctx.table, change)
    return change


def _start(ctx: Context, actor: Actor, change: BulkChange, *, undo: bool) -> BulkChange:
    at = ctx.now().timestamp()
    job = jobs.new_job(JobKind.BULK, change.id, actor.registry.id, at, {"undo": undo})
    after, write = bulk_changes.saving(change)
    try:
        ctx.table.transact([write, jobs.adding(job)])
    except BulkChangeMoved:
        # A second press at the same moment: the first one counts.
        return shown(ctx, actor, change.id)
    return after
