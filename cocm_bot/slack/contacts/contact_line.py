"""A contact typed as one line: the modal filled in, or saved at once with the way to undo it.

The bot asks when the patient is not exact or something keeps the line from being saved; a line is never lost,
for it is kept until the form with it is open.
"""

from collections.abc import Sequence
from functools import partial

from cocm_bot.domain.access import Action
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.contacts.line import ContactLine
from cocm_bot.domain.contacts.line_contact import expected_type, in_the_way, line_contact
from cocm_bot.domain.errors import CocmError, Conflict, InvalidInput
from cocm_bot.domain.patients.search import closest_only
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.contacts import timers, typed_lines
from cocm_bot.operations.contacts.log_contact import Logged, log_contact
from cocm_bot.operations.contacts.undoing import undo_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.slack.contacts.contact_line_view import (
    LINE_FORM,
    UNDO,
    line_saved,
    line_to_check,
    line_undone,
)
from cocm_bot.slack.contacts.log_contact import TITLE, form
from cocm_bot.slack.digests.digest import refresh_rows
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import suggest
from cocm_bot.slack.patients.card_view import saved_banner
from cocm_bot.slack.patients.find_view import matches_view, search_view
from cocm_bot.slack.recommendations import recommendation
from cocm_bot.slack.runtime.memo import Memo, Opaque
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety import alerts

FIND = "find-contact"
WHICH = "Choose the patient first."
UNDONE = "Undone. The entry stays in the history, marked, and counts for nothing."


class FindMemo(Memo):
    """The memo of the modal that chooses a patient."""

    line: Opaque | None = None
    """The line that was typed, kept by this id."""


def register(router: Router) -> None:
    """The choice of a patient, the form of a line that was not saved, and the way to undo one that was."""
    router.redraws(FIND, chosen)
    router.suggestions(FIND, suggest)
    router.opens(LINE_FORM, TITLE, lambda request: typed(request, _kept(request, request.value)))
    router.redraws(UNDO, undo, changes=True)


def find(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The search for whom a contact is logged; what is typed after the command goes to `typed`."""
    return typed(request, " ".join(words))


def typed(request: MemberRequest, text: str) -> Payload:
    """The modal for what was typed, filled in; or the choice of the patient it means."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    line = typed_lines.read(request.ctx, request.actor, text)
    return _opened(request, text, line, typed_lines.patient_meant(request.ctx, request.actor, line))


def chosen(request: MemberRequest) -> Payload:
    """The modal for the patient who was chosen, filled in with the line that asked."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    line_id = request.memo(FindMemo).line if "view" in request.body else None
    if line_id is None:
        return form(request, request.value)
    line = typed_lines.read(request.ctx, request.actor, _kept(request, line_id))
    return form(request, request.value, line=line)


def save_at_once(request: MemberRequest, text: str, request_id: str | None = None) -> Payload:
    """Save what was typed and say so; else say what is needed, with the form open where Slack lets it be.

    `request_id` names what was typed where Slack may deliver it again.
    """
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    ctx, actor, policy = request.ctx, request.actor, request.actor.registry.policy
    line = typed_lines.read(ctx, actor, text)
    meant = typed_lines.patient_meant(ctx, actor, line)
    if meant.exact is None:
        return _to_check(request, text, line, meant, WHICH)
    patient = open_card(ctx, actor, meant.exact.handle).patient
    why = in_the_way(line, expected_type(patient), policy)
    if why:
        return _to_check(request, text, line, meant, why)
    contact = line_contact(line, policy.local_date(ctx.now().timestamp()))
    try:
        logged = log_contact(ctx, actor, patient.handle, contact, request_id or new_id())
    except InvalidInput as wrong:
        return _to_check(request, text, line, meant, str(wrong))
    return _saved(request, logged, contact)


def to_open(request: MemberRequest, text: str) -> Payload:
    """Offer the form for what was written where none can be opened."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    line_id = typed_lines.keep(request.ctx, request.actor, text)
    return line_to_check(request.actor, "", line_id, opened=False)


def undo(request: MemberRequest) -> Payload:
    """Void the contact that a line saved, and say so in its place."""
    authorise(request.ctx, request.actor, Action.CORRECT_CONTACT)
    match request.value.split():
        case [handle, log_id]:
            pass
        case _:
            raise InvalidInput(OUT_OF_DATE)
    try:
        logged = undo_contact(request.ctx, request.actor, handle, log_id)
    except (Conflict, InvalidInput) as refused:
        card = open_card(request.ctx, request.actor, handle)
        return line_undone(request.actor, card.patient, str(refused))
    alerts.settle(request, logged.card.patient)
    recommendation.tell(request, logged.replaced)
    request.later.append(partial(refresh_rows, request, [handle]))
    return line_undone(request.actor, logged.card.patient, UNDONE)


def _kept(request: MemberRequest, line_id: str) -> str:
    return typed_lines.kept(request.ctx, request.actor, line_id)


def _opened(request: MemberRequest, text: str, line: ContactLine, meant: typed_lines.Meant) -> Payload:
    if meant.exact is not None:
        return form(request, meant.exact.handle, line=line if line.says_something else None)
    near = closest_only(meant.found.shown, line.patient)
    # Nobody is taken for another because a letter is wrong: who is nearly called so is asked about.
    if not near and not line.says_something and meant.found.total == 1:
        return form(request, meant.found.shown[0].handle)
    kept = typed_lines.keep(request.ctx, request.actor, text) if line.says_something else None
    memo = FindMemo(line=kept).packed()
    if not meant.found.shown:
        return search_view(TITLE, FIND, request.actor.registry, missed=line.patient or None, memo=memo)
    return matches_view(
        TITLE, FIND, meant.found, request.actor.registry, memo=memo, inexact=line.patient if near else ""
    )


def _to_check(
    request: MemberRequest, text: str, line: ContactLine, meant: typed_lines.Meant, why: str
) -> Payload:
    """Say why a line is not saved, and open the form with it while Slack still lets that be done."""
    line_id = typed_lines.keep(request.ctx, request.actor, text)
    trigger, opened = request.body.get("trigger_id"), False
    if trigger:
        try:
            view = request.marked(_opened(request, text, line, meant))
            request.gateway.open_view(str(trigger), view, on_top=False)
            opened = True
        except CocmError:
            # The message has a button for it.
            opened = False
    return line_to_check(request.actor, why, line_id, opened=opened)


def _saved(request: MemberRequest, logged: Logged, contact: Contact) -> Payload:
    actor, handle = request.actor, logged.card.patient.handle
    banner = saved_banner(logged.before, logged.card, actor.registry.policy)
    told = alerts.tell(request, logged.card.patient, logged.log.recorded_at) if logged.log else ""
    recommendation.tell(request, logged.log)
    request.later.append(partial(_after, request, handle))
    return line_saved(actor, logged.card, logged.log, "\n".join(filter(None, (banner, told))))


def _after(request: MemberRequest, handle: str) -> None:
    """Stop the timer that ran for the patient, and draw the digests of today again."""
    timer = timers.running_for(request.ctx, request.actor, handle)
    if timer:
        timers.stop(request.ctx, request.actor, timer.id)
    refresh_rows(request, [handle])
