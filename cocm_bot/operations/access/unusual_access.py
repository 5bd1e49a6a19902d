"""Unusual access: the admins are notified, once a day for each, of a member who sees very many patients.

Each process counts what it shows. Whenever its count has grown by a tenth of what is unusual, the access log,
which all processes write, is asked how many it was in all: the log decides, and is seldom read.
"""

import logging
from collections.abc import Collection

from cocm_bot.domain.access import UNASKED, Action, Actor, AdminRight
from cocm_bot.domain.errors import CocmError
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.context import Context
from cocm_bot.store.audit import access_log

COUNTED = frozenset(
    {
        Action.VIEW_PATIENT,
        Action.VIEW_CASELOAD,
        Action.REVIEW_CASELOAD,
        Action.CORRECT_CONTACT,
        Action.EXPORT_HANDLES,
        Action.EXPORT_PATIENT,
    }
)
"""Actions that show a patient; a search is limited instead, and billing is one list of everybody."""
STEPS = 10

logger = logging.getLogger(__name__)


def watch(ctx: Context, actor: Actor, action: Action | AdminRight, patient_ids: Collection[str]) -> None:
    """Count patients that an actor was just shown, and have the admins notified where they are too many.

    What fails here keeps nobody from their work: it is logged, and the next view looks again.
    """
    if action not in COUNTED or actor.surface in UNASKED:
        return
    privacy, now = actor.registry.privacy, ctx.now().timestamp()
    most, seconds = privacy.viewed_patients, privacy.viewed_minutes * 60
    person = f"{actor.registry.id}:{actor.user_id}"
    before, after = ctx.usage.shown(person, patient_ids, now, seconds)
    step = max(1, most // STEPS)
    if after < most and before // step == after // step:
        return
    try:
        if _shown_since(ctx, actor, now - seconds) >= most:
            day = actor.registry.policy.local_date(now).isoformat()
            tell_admins(ctx, actor.registry.id, Notice.UNUSUAL_ACCESS, f"{actor.user_id}/{day}")
    except CocmError as error:
        logger.warning("unwatched error=%s", type(error).__name__)


def _shown_since(ctx: Context, actor: Actor, since: float) -> int:
    """Return how many different patients the log says that a member was shown after an instant (seconds
    UTC).
    """
    counted = {action.logged for action in COUNTED}
    entries = access_log.since(ctx.table, actor.registry.id, since, ctx.now().timestamp())
    return len(
        {
            patient_id
            for entry in entries
            if entry.user_id == actor.user_id and entry.action in counted and entry.surface not in UNASKED
            for patient_id in entry.patient_ids
        }
    )
