"""Forms closed without saving: their person is notified at once, and continues or drops them."""

import json
import re

from cocm_bot.operations.contacts import drafts as operation
from cocm_bot.slack import home
from cocm_bot.slack.caseload.caseload import redrawn
from cocm_bot.slack.contacts.drafting import keep, tell
from cocm_bot.slack.forms.input import ACTION_ID
from cocm_bot.slack.kit import Payload, filled
from cocm_bot.slack.runtime.memo import DraftMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.unsaved import CONTINUE, DROP, DROPPED, GOING_ON, HOME, settled_message

ANY = re.compile(".*")


def register(router: Router) -> None:
    """Register typing, closing and saving of any form, and the buttons of the message and the lists."""
    router.follows(ACTION_ID, keep)
    router.closed(ANY, closed)
    router.finished(forget)
    router.opens(CONTINUE, "What you typed", go_on, changes=True)
    router.redraws(DROP, drop, changes=True)


def closed(request: MemberRequest) -> None:
    """Notify the person of a form that was closed with something in it."""
    draft_id = request.memo(DraftMemo).request_id
    if draft_id is not None:
        tell(request, operation.close(request.ctx, request.actor, draft_id))


def forget(request: MemberRequest) -> None:
    """Drop the draft of a form that was saved."""
    draft_id = request.memo(DraftMemo).request_id
    if draft_id is not None and draft_id not in request.dropped:
        operation.drop(request.ctx, request.actor, draft_id)


def go_on(request: MemberRequest) -> Payload:
    """The form again, with all that was typed; its message says so."""
    draft_id, _, behind = request.value.partition(" ")
    draft = operation.resume(request.ctx, request.actor, draft_id)
    if url := request.answer_url:
        request.redraw_message(url, lambda: redrawn(request, behind) if behind else settled_message(GOING_ON))
    return filled(json.loads(draft.view))


def drop(request: MemberRequest) -> Payload:
    """Drop what was typed, and say so in the place of the message, the worklist or the App Home."""
    draft_id, _, behind = request.value.partition(" ")
    operation.drop(request.ctx, request.actor, draft_id)
    if behind == HOME:
        return home.draw(request)
    return redrawn(request, behind) if behind else settled_message(DROPPED)
