"""Draw the digests of today again in which rows of patients change: for a request as for the clock's work."""

import json
from collections.abc import Callable, Collection

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.members import Registry
from cocm_bot.operations.context import Context
from cocm_bot.operations.digests import live_rows
from cocm_bot.slack.digests.digest_view import struck
from cocm_bot.slack.runtime.client.gateway import Gateway, Sent
from cocm_bot.store.digests.live_digests import LiveDigest


def draw_changed(
    ctx: Context,
    gateway: Gateway,
    registry: Registry,
    handles: Collection[str],
    note: Callable[[CocmError], object],
) -> None:
    """Draw each of them, and note what can't be drawn: the work is saved, and a row says so when pressed.

    Raises Unavailable where the digests can't be read.
    """
    for digest in live_rows.changed_digests(ctx, registry, handles):
        try:
            _draw(ctx, gateway, registry.id, digest)
        except CocmError as error:
            note(error)


def _draw(ctx: Context, gateway: Gateway, registry_id: str, digest: LiveDigest) -> None:
    """Draw a digest again, and again if another row was settled meanwhile.

    One that is on its way is drawn by who sends it.
    """
    shown: LiveDigest | None = None
    now: LiveDigest | None = digest
    while now is not None and now.ts and now != shown:
        drawn = struck(json.loads(now.message), now.done)
        gateway.update_message(Sent(now.channel, now.ts), drawn, registry_id)
        shown, now = now, live_rows.reread(ctx, registry_id, now)
