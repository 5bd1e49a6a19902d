"""A month's billing list: its pages and parts, its file, and closing the month."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from cocm_bot.domain.billing.month_words import Asked, Filter
from cocm_bot.domain.billing.month_words import asked as read_words
from cocm_bot.domain.errors import CocmError, InvalidInput
from cocm_bot.operations.billing.closing import close_month
from cocm_bot.operations.billing.files import Format, billing_file
from cocm_bot.operations.billing.month_list import month_list
from cocm_bot.slack.billing.billing_message_view import closed_message
from cocm_bot.slack.billing.billing_view import (
    BILLING_FILE,
    BILLING_MONTH,
    BILLING_PAGE,
    BILLING_PART,
    BILLING_PAYER,
    CLOSE_MONTH,
    billing_view,
    named,
)
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.request import OUT_OF_DATE, LastWork, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.uploads import kept_for_hours

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
COMING = "The file comes to you as a direct message from me. I delete it after {} hours."
NO_FILE = "Too many files are being made at this moment. Please ask for yours again in a minute."
FORMS: Mapping[str, Format] = MappingProxyType({form.value: form for form in Format})
FILE_TEXT = (
    "The billing file you asked for. I delete it after {} hours: save it where your clinic keeps such files."
)


def register(router: Router) -> None:
    """The buttons that turn the pages and choose a part, a payer or a month; the file; and closing."""
    router.redraws(re.compile(f"^({BILLING_PAGE}|{BILLING_PART}):"), turn)
    router.redraws(BILLING_PAYER, turn)
    router.redraws(re.compile(f"^{BILLING_FILE}:"), send_file)
    router.redraws(CLOSE_MONTH, close)
    router.opens(BILLING_MONTH, "Billing", turn)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The list of the month the words mean."""
    today = request.actor.registry.policy.local_date(request.ctx.now().timestamp())
    return _page(request, read_words(words, today))


def turn(request: MemberRequest) -> Payload:
    """Another page or part of a list, or another month."""
    asked, number = _place(request.value)
    return _page(request, asked, number)


def send_file(request: MemberRequest) -> Payload:
    """The list as it is, while its file is made and sent to the person."""
    asked, _ = _place(request.value)
    form = FORMS.get(request.body["actions"][0]["action_id"].partition(":")[2])
    if form is None:
        raise InvalidInput(OUT_OF_DATE)
    hours = request.actor.registry.privacy.file_hours
    shown = _page(request, asked, banner=COMING.format(hours))
    request.last.append(LastWork(partial(_send, request, asked, form), partial(request.say, NO_FILE)))
    return shown


def close(request: MemberRequest) -> Payload:
    """The month that was closed, with what it came to."""
    month = _month(request.value)
    closed = close_month(request.ctx, request.actor, month)
    if "view" not in request.body:
        # A message can't hold the list: it says what was done, and its button opens the list.
        return closed_message(closed, request.actor)
    return _page(request, Asked(month), banner=f"{named(closed.month)} is closed.")


def _send(request: MemberRequest, asked: Asked, form: Format) -> None:
    """Send the file to whoever asked for it, to be deleted in time; say so where that can't be done."""
    try:
        content = billing_file(request.ctx, request.actor, asked, form)
        text = FILE_TEXT.format(request.actor.registry.privacy.file_hours)
        name = f"billing-{asked.month}.{form}"
        account = request.actor.slack_user_id
        kept_for_hours(request, partial(request.gateway.send_file, account, name, content, text))
    except CocmError as error:
        request.say(errors.sentence(error, request.reference, BILLING_FILE))


def _page(request: MemberRequest, asked: Asked, number: int = 1, banner: str = "") -> Payload:
    shown = month_list(request.ctx, request.actor, asked, number)
    return billing_view(request.actor, shown, banner)


def _place(value: str) -> tuple[Asked, int]:
    """The page a button names; raises InvalidInput for one of an older version."""
    try:
        month, part, payer, number = json.loads(value)
        return Asked(_month(month), Filter[part], payer and str(payer)), int(number)
    except (ValueError, TypeError, KeyError):
        raise InvalidInput(OUT_OF_DATE) from None


def _month(value: object) -> str:
    if not isinstance(value, str) or not MONTH.fullmatch(value):
        raise InvalidInput(OUT_OF_DATE)
    return value
