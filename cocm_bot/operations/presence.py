"""When a member last used the bot: to the day, in the registry's own calendar."""

import logging

from cocm_bot.operations.desk import Desk
from cocm_bot.registry.access import Actor
from cocm_bot.registry.errors import CocmError
from cocm_bot.store import people

logger = logging.getLogger(__name__)


def known_today(desk: Desk, actor: Actor) -> bool:
    """Whether the membership, as it was read, tells of this day already."""
    return actor.last_seen == _today(desk, actor)


def note_seen(desk: Desk, actor: Actor) -> None:
    """Write down that the member was here today. What fails is left to their next request: never raises."""
    try:
        people.seen(desk.table, actor.registry.id, actor.user_id, _today(desk, actor))
    except CocmError as error:
        logger.info("unseen error=%s", type(error).__name__)


def _today(desk: Desk, actor: Actor) -> str:
    return actor.registry.policy.local_date(desk.now().timestamp()).isoformat()
