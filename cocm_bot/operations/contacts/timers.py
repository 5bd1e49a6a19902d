"""The timer of the person who works: started for a patient, and read into the contact that is logged."""

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.errors import InvalidInput, no_such_patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context, new_id
from cocm_bot.store.patients import patients, timers
from cocm_bot.store.table.errors import AlreadyStored


def running(ctx: Context, actor: Actor) -> Timer | None:
    """The actor's timer, in whichever registry it runs. Raises Unavailable."""
    return timers.running(ctx.table, actor.user_id)


def running_for(ctx: Context, actor: Actor, handle: str) -> Timer | None:
    """The actor's timer if it runs for this patient. Raises Unavailable."""
    timer = running(ctx, actor)
    return timer if timer and is_for(timer, actor, handle) else None


def is_for(timer: Timer, actor: Actor, handle: str) -> bool:
    """Return whether the timer runs for this patient of the actor's registry."""
    return (timer.registry_id, timer.handle) == (actor.registry.id, handle)


def start(ctx: Context, actor: Actor, handle: str, *, instead: bool = False) -> Timer:
    """Start a timer for a patient, unless one runs already; returns the one that runs now.

    With `instead` the running one is discarded. Raises NotAllowed, NotFound, InvalidInput or Unavailable.
    """
    authorise(ctx, actor, Action.LOG_CONTACT)
    patient = patients.by_handle(ctx.table, actor.registry.id, handle) if handle else None
    if patient is None:
        raise no_such_patient()
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("This patient is deactivated: reopen the record before logging a contact.")
    now = ctx.now().timestamp()
    timer = Timer(id=new_id(), registry_id=actor.registry.id, handle=patient.handle, started=now)
    if instead:
        timers.replace(ctx.table, actor.user_id, timer)
        return timer
    try:
        timers.start(ctx.table, actor.user_id, timer)
    except AlreadyStored:
        return timers.running(ctx.table, actor.user_id) or timer
    return timer


def stop(ctx: Context, actor: Actor, timer_id: str) -> bool:
    """End the actor's timer; return whether it still ran. Raises NotAllowed or Unavailable."""
    authorise(ctx, actor, Action.LOG_CONTACT)
    return timers.stop(ctx.table, actor.user_id, timer_id)
