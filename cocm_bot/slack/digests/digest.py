"""The digest a person asks for, and the rows of the one they were sent: struck through once done with."""

from collections.abc import Collection, Sequence

from cocm_bot.domain.errors import CocmError
from cocm_bot.operations.digests.digests import digest_of
from cocm_bot.operations.digests.registry_snapshot import due_of
from cocm_bot.slack.digests.digest_view import digest_message
from cocm_bot.slack.digests.live_drawing import draw_changed
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.request import MemberRequest, remembered_handle
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.notices import notice_message

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

    def note(error: CocmError) -> None:
        errors.sentence(error, request.reference, STRIKING)

    draw_changed(request.ctx, request.gateway, request.actor.registry, handles, note)
