"""Record when a member last used the bot, to the day of the registry, and which App Homes are open."""

import logging

from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.errors import CocmError
from cocm_bot.logs import what
from cocm_bot.operations.context import Context
from cocm_bot.store.digests import homes
from cocm_bot.store.digests.homes import Home
from cocm_bot.store.team import people

HOME_SECONDS = 8 * 3600
"""Seconds for which an App Home that was opened is kept current; opening it draws it again in any case."""

NOTED_SECONDS = 3600
"""Seconds after which it is written down once more that an App Home is open."""

logger = logging.getLogger(__name__)


def known_today(ctx: Context, actor: Actor) -> bool:
    """Return whether the membership, as it was read, has this day already."""
    return actor.last_seen == _today(ctx, actor)


def note_seen(ctx: Context, actor: Actor) -> None:
    """Write down that the member was here today. What fails is left to their next request: never raises."""
    try:
        people.seen(ctx.table, actor.registry.id, actor.user_id, _today(ctx, actor))
    except CocmError as error:
        logger.info("unseen error=%s", what(error))


def note_home(ctx: Context, slack_user_id: str, registry_id: str) -> None:
    """Remember that somebody has the App Home of a registry open. Never raises: it is then not kept true."""
    try:
        homes.record(ctx.table, slack_user_id, Home(registry=registry_id, at=ctx.now().timestamp()))
    except CocmError as error:
        logger.info("home not kept error=%s", what(error))


def home_open(ctx: Context, slack_user_id: str) -> Home | None:
    """The App Home that somebody opened lately, if any. Raises Unavailable."""
    return _if_open(ctx, homes.get(ctx.table, slack_user_id))


def home_and_timer(ctx: Context, slack_user_id: str, user_id: str) -> tuple[Home | None, Timer | None]:
    """The same, and the timer that runs for the person, read together. Raises Unavailable."""
    home, timer = homes.with_timer(ctx.table, slack_user_id, user_id)
    return _if_open(ctx, home), timer


def noted_lately(ctx: Context, home: Home | None, registry_id: str) -> bool:
    """Return whether an App Home is remembered as it is, and not since long."""
    return (
        home is not None and home.registry == registry_id and ctx.now().timestamp() - home.at < NOTED_SECONDS
    )


def _if_open(ctx: Context, home: Home | None) -> Home | None:
    return None if home is None or ctx.now().timestamp() - home.at > HOME_SECONDS else home


def _today(ctx: Context, actor: Actor) -> str:
    return actor.registry.policy.local_date(ctx.now().timestamp()).isoformat()
