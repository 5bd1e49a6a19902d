"""The forms a person was filling in: kept while they type, notified when closed, continued or dropped.

A draft is its person's own: nobody else is shown it, and it is no part of any patient's record.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import record_view
from cocm_bot.operations.context import Context
from cocm_bot.store import drafts, requests
from cocm_bot.store.drafts import Draft
from cocm_bot.store.patients import patients

LEFT_SECONDS = 30 * 60
"""Seconds without a change after which a form whose closing was not reported counts as closed."""
MOST_SHOWN = 10


@dataclass(frozen=True)
class Unsaved:
    """A draft whose form is closed, with the patient it is about; None where it is about none."""

    draft: Draft
    patient: Patient | None


def keep(ctx: Context, actor: Actor, draft: Draft) -> Unsaved | None:
    """Keep what was typed; return it where the form was closed before this arrived, to notify its person now.

    Raises Unavailable.
    """
    now = ctx.now().timestamp()
    drafts.keep(ctx.table, actor.user_id, draft, now)
    return _to_tell(ctx, actor, draft.id)


def is_kept(ctx: Context, actor: Actor, draft_id: str) -> bool:
    """Return whether something typed in a form of the actor's is kept. Raises Unavailable."""
    draft = drafts.get(ctx.table, actor.user_id, draft_id)
    return draft is not None and bool(draft.form)


def close(ctx: Context, actor: Actor, draft_id: str) -> Unsaved | None:
    """Record that a form was closed; return what was typed, where its person is to be notified.

    Raises Unavailable.
    """
    if requests.applied(ctx.table, draft_id) is not None:
        return None
    drafts.close(ctx.table, actor.user_id, draft_id, ctx.now().timestamp())
    return _to_tell(ctx, actor, draft_id)


def unsaved(ctx: Context, actor: Actor) -> Sequence[Unsaved]:
    """The actor's closed forms in this registry that they have not said anything about, latest first.

    Those at risk come first. One that was saved after all is dropped. Raises Unavailable.
    """
    now, found = ctx.now().timestamp(), list[Unsaved]()
    every = [each for each in drafts.of(ctx.table, actor.user_id) if each.registry_id == actor.registry.id]
    left = [each for each in every if each.closed_at is not None or now - each.kept_at > LEFT_SECONDS]
    for draft in sorted(left, key=lambda each: (not each.at_risk, -each.typed_at))[:MOST_SHOWN]:
        if requests.applied(ctx.table, draft.id) is None:
            found.append(_of(ctx, actor, draft))
        else:
            drafts.forget(ctx.table, actor.user_id, draft.id)
    return found


def resume(ctx: Context, actor: Actor, draft_id: str) -> Draft:
    """The actor's draft, to be gone on with; that it is shown is logged. Raises NotFound or Unavailable."""
    draft = drafts.get(ctx.table, actor.user_id, draft_id)
    if draft is None or not draft.form or draft.registry_id != actor.registry.id:
        raise NotFound("This draft is gone: it was saved, or dropped.")
    about = _of(ctx, actor, draft).patient
    if about is not None:
        record_view(ctx, actor, Action.VIEW_PATIENT, (about.id,))
    drafts.reopen(ctx.table, actor.user_id, draft_id)
    return draft


def drop(ctx: Context, actor: Actor, draft_id: str) -> None:
    """Forget one of the actor's drafts, if it is there. Raises Unavailable."""
    drafts.forget(ctx.table, actor.user_id, draft_id)


def _to_tell(ctx: Context, actor: Actor, draft_id: str) -> Unsaved | None:
    """The draft, for the one who is the first to notify of its closing."""
    if not drafts.tell(ctx.table, actor.user_id, draft_id, ctx.now().timestamp()):
        return None
    draft = drafts.get(ctx.table, actor.user_id, draft_id)
    return None if draft is None else _of(ctx, actor, draft)


def _of(ctx: Context, actor: Actor, draft: Draft) -> Unsaved:
    known = draft.handle and patients.by_handle(ctx.table, actor.registry.id, draft.handle)
    return Unsaved(draft, known or None)
