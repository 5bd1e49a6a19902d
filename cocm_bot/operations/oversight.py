"""Access checks and the access log: nothing of a patient is handed out before it is written down."""

from collections.abc import Iterable
from typing import Literal, NoReturn

from cocm_bot.operations.desk import Desk, new_id
from cocm_bot.registry.access import Action, Actor, require
from cocm_bot.registry.errors import NotAllowed
from cocm_bot.store import access_log
from cocm_bot.store.access_log import AccessEntry

NO_REGISTRY = "-"


def authorise(desk: Desk, actor: Actor, action: Action) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor's role may do this."""
    try:
        require(actor, action)
    except NotAllowed:
        _write(desk, actor, action, outcome="refused", reason=f"role {actor.role}")
        raise


def refuse(desk: Desk, actor: Actor, action: Action, sentence: str) -> NoReturn:
    """Raise NotAllowed with the sentence, after logging it: for what a role alone does not settle."""
    _write(desk, actor, action, outcome="refused", reason="not theirs")
    raise NotAllowed(sentence)


def record_view(desk: Desk, actor: Actor, action: Action, patient_ids: Iterable[str]) -> None:
    """Log that the actor is about to be shown these patients; raises Unavailable if it can't be written."""
    _write(desk, actor, action, patient_ids=tuple(patient_ids))


def record_refusal(desk: Desk, slack_user_id: str, surface: str, reason: str) -> None:
    """Log that somebody who is no member was turned away."""
    entry = AccessEntry(
        id=new_id(),
        at=desk.now().timestamp(),
        registry_id=NO_REGISTRY,
        user_id="",
        slack_user_id=slack_user_id,
        action="enter",
        surface=surface,
        patient_ids=(),
        outcome="refused",
        reason=reason,
    )
    access_log.record(desk.table, entry)


def _write(
    desk: Desk,
    actor: Actor,
    action: Action,
    *,
    patient_ids: tuple[str, ...] = (),
    outcome: Literal["allowed", "refused"] = "allowed",
    reason: str = "",
) -> None:
    entry = AccessEntry(
        id=new_id(),
        at=desk.now().timestamp(),
        registry_id=actor.registry.id,
        user_id=actor.user_id,
        slack_user_id=actor.slack_user_id,
        action=action.name.lower(),
        surface=actor.surface,
        patient_ids=patient_ids,
        outcome=outcome,
        reason=reason,
    )
    access_log.record(desk.table, entry)
