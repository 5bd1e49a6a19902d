"""The button beside a patient of a list or a digest, and the menu below it: open, log, answer, snooze."""

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.digests.live_rows import settled_since
from cocm_bot.operations.patients.card import open_card, patient_of
from cocm_bot.slack.caseload import snooze
from cocm_bot.slack.contacts import log_contact
from cocm_bot.slack.digests import digest
from cocm_bot.slack.digests.digest_view import TOLD
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients import card as patient
from cocm_bot.slack.recommendations import recommendation
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.work_rows import PATIENT_MENU, PATIENT_PICK


def register(router: Router) -> None:
    """The button of a row, and the menu below a list."""
    router.opens(PATIENT_MENU, "Patient", chosen)
    router.opens(PATIENT_PICK, "Patient", chosen)


def chosen(request: MemberRequest) -> Payload:
    """Return what was chosen, as `open K7Q4 today 2`: what to do, the handle, and the list it is in."""
    match request.value.split():
        case ["open", handle, *_]:
            return patient.card(request, handle)
        case ["answer", handle, *_]:
            return recommendation.answering(request, handle)
        case ["log" | "snooze" as what, handle, *behind]:
            told, *at = behind or [""]
            if told == TOLD:
                # A message that was sent unasked stays, and its rows follow what is done.
                return _since(request, handle, at) or _opened(request, what, handle, None)
            return _opened(request, what, handle, " ".join(behind))
    raise InvalidInput(OUT_OF_DATE)


def _opened(request: MemberRequest, what: str, handle: str, behind: str | None) -> Payload:
    draw = log_contact.form if what == "log" else snooze.form
    return draw(request, handle, behind)


def _since(request: MemberRequest, handle: str, at: list[str]) -> Payload | None:
    """Return the card, with what settled the row since it was sent; None while something is left to do."""
    if len(at) != 1 or not at[0].isdecimal():
        raise InvalidInput(OUT_OF_DATE)
    found = patient_of(request.ctx, request.actor, handle)
    settled = settled_since(request.ctx, request.actor, found, float(at[0]))
    if settled is None:
        return None
    card = open_card(request.ctx, request.actor, handle)
    request.later.append(lambda: digest.refresh_rows(request, [handle]))
    return patient.saved(request, card, f"{settled}. Nothing was changed now.")
