"""Taking back a contact that was saved a moment ago: it is voided, so that nothing is lost."""

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import Conflict, InvalidInput, NotFound
from cocm_bot.operations.contacts.corrections import Correction, correct_contact, correctable
from cocm_bot.operations.contacts.log_contact import Logged
from cocm_bot.operations.context import Context

UNDO_SECONDS = 10 * 60
REASON = "Undone right after it was saved"
TOO_LATE = "It is more than 10 minutes since this was saved. Open the card and choose “Correct an entry”."
GONE = "This contact was undone or corrected already. Nothing was changed now."


def undo_contact(ctx: Context, actor: Actor, handle: str, log_id: str) -> Logged:
    """Void a contact the actor recorded within the last 10 minutes, once however often it is asked.

    Raises NotAllowed, NotFound, InvalidInput when it is too late, Conflict when it is gone, or Unavailable.
    """
    logs = correctable(ctx, actor, handle).logs
    log = next((each for each in logs if each.id == log_id and each.provider == actor.user_id), None)
    if log is None:
        raise Conflict(GONE)
    if ctx.now().timestamp() > (log.recorded_at or 0) + UNDO_SECONDS:
        raise InvalidInput(TOO_LATE)
    try:
        return correct_contact(ctx, actor, handle, log_id, Correction(reason=REASON), f"undo-{log_id}")
    except (Conflict, NotFound):
        raise Conflict(GONE) from None
