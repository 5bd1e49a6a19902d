"""Handing out handles, to be taken elsewhere."""

from collections.abc import Sequence

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.errors import no_such_patient
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.context import Context
from cocm_bot.operations.usage import EXPORTS
from cocm_bot.store.patients import patients


def export_handles(ctx: Context, actor: Actor, handles: Sequence[str]) -> list[str]:
    """Those of these handles that are of the actor's registry; logged as an export of these patients.

    Raises NotAllowed, TooOften, NotFound when none is, or Unavailable.
    """
    authorise(ctx, actor, Action.EXPORT_HANDLES)
    ctx.usage.take(EXPORTS, actor.user_id, ctx.now().timestamp())
    entries = patients.entries(ctx.table, actor.registry.id, handles)
    if not entries:
        raise no_such_patient()
    record_view(ctx, actor, Action.EXPORT_HANDLES, tuple(entry.patient_id for entry in entries))
    return [entry.handle for entry in entries]
