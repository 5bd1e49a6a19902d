"""Send the figures of a period as a file: a button of the figures, for whoever sees them."""

import re
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from cocm_bot.domain.errors import CocmError, InvalidInput
from cocm_bot.operations.figures.files import Format, figures_file
from cocm_bot.operations.figures.report import authorise_figures
from cocm_bot.slack.figures.figures_view import FIGURES_FILE, FILE_TITLE, file_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.request import OUT_OF_DATE, LastWork, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.uploads import kept_for_hours

NO_FILE = "Too many files are being made at this moment. Please ask for yours again in a minute."
FORMS: Mapping[str, Format] = MappingProxyType({form.value: form for form in Format})
FILE_TEXT = "The figures you asked for. They name no patient. I delete the file from Slack after {} hours."


def register(router: Router) -> None:
    """The buttons for each form of file."""
    router.opens(re.compile(f"^{FIGURES_FILE}:"), FILE_TITLE, send_file)


def send_file(request: MemberRequest) -> Payload:
    """Say that the file comes, while it is made and sent to the person."""
    authorise_figures(request.ctx, request.actor)
    form = FORMS.get(request.body["actions"][0]["action_id"].partition(":")[2])
    if form is None:
        raise InvalidInput(OUT_OF_DATE)
    request.last.append(LastWork(partial(_send, request, form), partial(request.say, NO_FILE)))
    return file_view(request.actor)


def _send(request: MemberRequest, form: Format) -> None:
    """Send the file to whoever asked for it, to be deleted in time; say so where that can't be done."""
    actor = request.actor
    try:
        content = figures_file(request.ctx, actor, request.value.split(), form)
        text = FILE_TEXT.format(actor.registry.privacy.file_hours)
        sending = partial(request.gateway.send_file, actor.slack_user_id, f"figures.{form}", content, text)
        kept_for_hours(request, sending)
    except CocmError as error:
        request.say(errors.sentence(error, request.reference, FIGURES_FILE))
