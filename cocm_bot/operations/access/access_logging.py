"""Access checks and the access log: no patient is shown or changed without its being written down."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal, NoReturn

from cocm_bot.domain.access import AccessAction, Action, Actor, AdminRight, LoggedAction, require
from cocm_bot.domain.errors import NotAllowed
from cocm_bot.operations.access.checkpoints import checkpoint
from cocm_bot.operations.access.unusual_access import watch
from cocm_bot.operations.context import Context
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.access_log import Access
from cocm_bot.store.table.writes import Write

Requester = Actor | str
"""The one patients are imported or exported for: a member, or the operating system's account by name."""

NO_REGISTRY = "-"
MEMBER = "member "


def authorise(ctx: Context, actor: Actor, action: Action) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor's role may do this."""
    try:
        require(actor, action)
    except NotAllowed:
        _record(ctx, _access(actor, action.logged, outcome="refused", reason=f"role {actor.role}"))
        raise


def authorise_admin(ctx: Context, actor: Actor, right: AdminRight) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor is an admin."""
    if not actor.is_admin:
        _record(ctx, _access(actor, right, outcome="refused", reason="not an admin"))
        raise NotAllowed(f"Only an admin of this registry may {right}. Ask one of them.")


def refuse(ctx: Context, actor: Actor, action: Action, sentence: str) -> NoReturn:
    """Raise NotAllowed with the sentence, after logging it: for what a role alone does not settle."""
    _record(ctx, _access(actor, action.logged, outcome="refused", reason="not theirs"))
    raise NotAllowed(sentence)


def record_view(ctx: Context, actor: Actor, action: Action | AdminRight, patient_ids: Iterable[str]) -> None:
    """Log that the actor is about to be shown these patients; raises Unavailable if it can't be written."""
    name, shown = action.logged if isinstance(action, Action) else action, tuple(patient_ids)
    _record(ctx, _access(actor, name, shown))
    watch(ctx, actor, action, shown)


@contextmanager
def recorded(
    ctx: Context, actor: Actor, action: LoggedAction, patient_ids: Iterable[str] = (), *, of: str = ""
) -> Iterator[list[Write]]:
    """The write that logs a change, to be done within the block, in the transaction of the change itself.

    `of` says what was changed where it was no patient, in opaque ids: `of_member` makes one.
    """
    with ctx.trail.next(_access(actor, action, patient_ids, reason=of)) as entry:
        yield [access_log.adding(entry)]


@contextmanager
def recorded_by_clock(
    ctx: Context, registry_id: str, user_id: str, action: AccessAction, what: str
) -> Iterator[list[Write]]:
    """The same for what the clock did because of somebody; `what` says what came of it, in counts."""
    access = Access(
        registry_id=registry_id,
        user_id=user_id,
        slack_user_id="",
        action=action,
        surface="clock",
        outcome="allowed",
        reason=what,
    )
    with ctx.trail.next(access) as entry:
        yield [access_log.adding(entry)]


@contextmanager
def recorded_by_account(
    ctx: Context, registry_id: str, action: LoggedAction, account: str, patient_ids: Iterable[str]
) -> Iterator[list[Write]]:
    """The same for what the operating system's account does to patients from the command line."""
    access = Access(
        registry_id=registry_id,
        user_id="",
        slack_user_id="",
        action=action,
        surface="command line",
        patient_ids=tuple(patient_ids),
        outcome="allowed",
        reason=f"account {account}",
    )
    with ctx.trail.next(access) as entry:
        yield [access_log.adding(entry)]


def recorded_for(
    ctx: Context,
    requester: Requester,
    registry_id: str,
    action: LoggedAction,
    patient_ids: Iterable[str] = (),
) -> AbstractContextManager[list[Write]]:
    """The same for a member or an account, whoever of the two does it."""
    if isinstance(requester, Actor):
        return recorded(ctx, requester, action, patient_ids)
    return recorded_by_account(ctx, registry_id, action, requester, patient_ids)


def record_for(
    ctx: Context,
    requester: Requester,
    registry_id: str,
    what: LoggedAction,
    patient_ids: Iterable[str] = (),
) -> None:
    """Log that a member or an account is about to be given patients, or to change them; see `record_export`.

    Raises Unavailable.
    """
    if isinstance(requester, Actor):
        _record(ctx, _access(requester, what, patient_ids))
    else:
        record_export(ctx, registry_id, what, requester, patient_ids)


def of_member(user_id: str) -> str:
    """Return what an entry says that is about a member, beside who did it."""
    return f"{MEMBER}{user_id}"


def member_of(entry: Access) -> str:
    """The member whom an entry is about, beside who did it; empty where there is none."""
    return entry.reason.removeprefix(MEMBER) if entry.reason.startswith(MEMBER) else ""


def record_file(
    ctx: Context, actor: Actor, what: AccessAction, patient_ids: Iterable[str], *, of: str
) -> None:
    """Log that the actor is about to be given a file about these patients; `of` says which, in opaque words.

    Raises Unavailable.
    """
    _record(ctx, _access(actor, what, patient_ids, reason=of))


def record_refusal(
    ctx: Context, slack_user_id: str, surface: str, reason: str, action: AccessAction = AccessAction.ENTER
) -> None:
    """Log that somebody was turned away from what needs no membership, or for want of one."""
    _record(
        ctx,
        Access(
            registry_id=NO_REGISTRY,
            user_id="",
            slack_user_id=slack_user_id,
            action=action,
            surface=surface,
            outcome="refused",
            reason=reason,
        ),
    )


def record_export(
    ctx: Context, registry_id: str, what: LoggedAction, account: str, patient_ids: Iterable[str] = ()
) -> None:
    """Log that the operating system's account is about to be given what the table holds, or to change it.

    `patient_ids` says of whom, where it is of patients. A checkpoint names the entry at once: a command ends
    before the next one would. Raises Unavailable.
    """
    _record(
        ctx,
        Access(
            registry_id=registry_id,
            user_id="",
            slack_user_id="",
            action=what,
            surface="command line",
            patient_ids=tuple(patient_ids),
            outcome="allowed",
            reason=f"account {account}",
        ),
    )
    checkpoint(ctx)


def _record(ctx: Context, access: Access) -> None:
    with ctx.trail.next(access) as entry:
        access_log.record(ctx.table, entry)


def _access(
    actor: Actor,
    action: str,
    patient_ids: Iterable[str] = (),
    *,
    outcome: Literal["allowed", "refused"] = "allowed",
    reason: str = "",
) -> Access:
    return Access(
        registry_id=actor.registry.id,
        user_id=actor.user_id,
        slack_user_id=actor.slack_user_id,
        action=action,
        surface=actor.surface,
        patient_ids=tuple(patient_ids),
        outcome=outcome,
        reason=reason,
    )
