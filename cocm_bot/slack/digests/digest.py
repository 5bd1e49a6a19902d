"""The digest a person asks for, and the rows of the one they were sent: struck through once done with."""

import json
from collections.abc import Collection, Sequence

from cocm_bot.domain.errors import CocmError
from cocm_bot.operations.digests import live_rows
from cocm_bot.operations.digests.digests import digest_of
from cocm_bot.operations.digests.registry_snapshot import due_of
from cocm_bot.slack.digests.digest_view import digest_message, struck
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.gateway import Sent
from cocm_bot.slack.runtime.request import MemberRequest, remembered_handle
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.notices import notice_message
from cocm_bot.store.digests.live_digests import LiveDigest

STRIKING = "live-rows"
"""The access log's name of the place."""
NONE = "Your role has no digest. `/cocm help` shows what there is for you."


def register(router: Router) -> None:
    """Redraw rows after every change of a patient that was saved."""
    router.saved(refresh)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """Return the person's digest as of now."""
    del words
    standing = due_of(request.ctx, request.actor.registry)
    digest = digest_of(request.ctx, standing, request.actor, asked=True)
    return digest_message(request.actor, digest, asked=True) if digest else notice_message(NONE)


def refresh(request: MemberRequest) -> None:
    """Strike the patient's row through in the digests of today, if that settled it; or take that back."""
    handle = remembered_handle(request.body["view"])
    if handle:
        refresh_rows(request, [handle])


def refresh_rows(request: MemberRequest, handles: Collection[str]) -> None:
    """Draw the digests of today again in which rows of these patients change."""
    for digest in live_rows.changed_digests(request.ctx, request.actor.registry, handles):
        try:
            _draw(request, digest)
        except CocmError as error:
            # What was done is saved: a row that is not struck is only out of date, and says so when pressed.
            errors.sentence(error, request.reference, STRIKING)


def _draw(request: MemberRequest, digest: LiveDigest) -> None:
    """Draw a digest again, and again if another row was settled meanwhile.

    One that is on its way is drawn by who sends it.
    """
    shown: LiveDigest | None = None
    now: LiveDigest | None = digest
    registry_id = request.actor.registry.id
    while now is not None and now.ts and now != shown:
        drawn = struck(json.loads(now.message), now.done)
        request.gateway.update_message(Sent(now.channel, now.ts), drawn, registry_id)
        shown, now = now, live_rows.reread(request.ctx, registry_id, now)
