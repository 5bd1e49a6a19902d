"""`/cocm export`, and the card's summary to print: a file in the person's own direct message."""

import re
from collections.abc import Sequence
from functools import partial
from io import BytesIO

from cocm_bot.domain.access import Action
from cocm_bot.domain.errors import CocmError, InvalidInput, no_such_patient
from cocm_bot.domain.handles import is_handle
from cocm_bot.domain.patients.search import closest_only
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.exchange.export_files import ExportFormat
from cocm_bot.operations.exchange.exporting import check_export, export_for
from cocm_bot.operations.patients.card import find
from cocm_bot.slack.exchange.export_view import (
    EVERYBODY,
    EXPORT_FILE,
    NOTIFICATION,
    ONE_ONLY,
    SEVERAL,
    choice_message,
    coming_message,
    coming_view,
)
from cocm_bot.slack.exchange.export_writing import check_form, write_export
from cocm_bot.slack.kit import Payload, message, section
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import PRINT
from cocm_bot.slack.uploads import kept_for_hours

FILE_NAMES = {
    ExportFormat.PDF: "summary.pdf",
    ExportFormat.XLSX: "export.xlsx",
    ExportFormat.CSV: "export.zip",
    ExportFormat.FHIR: "export.ndjson",
    ExportFormat.JSONL: "export.jsonl",
}
"""The files' names in Slack, which say nothing of a patient."""
HANDED_OVER = "The export you asked for. It holds patients' data. I delete it from Slack after {} hours."


def register(router: Router) -> None:
    """The buttons with the forms, and the card's entry."""
    router.redraws(re.compile(f"^{EXPORT_FILE}:"), chosen)
    router.opens(PRINT, "Print summary", print_summary)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """Return the choice of a form, or send the file at once where the words name one."""
    authorise(request.ctx, request.actor, Action.EXPORT_PATIENT)
    form = next((each for each in ExportFormat if words and each == words[-1].lower()), None)
    whom = " ".join(words[:-1] if form else words)
    if not whom and not request.actor.is_admin:
        return message(NOTIFICATION, [section(ONE_ONLY)])
    handle = _meant(request, whom) if whom else ""
    return choice_message(handle) if form is None else _sent(request, handle, form)


def chosen(request: MemberRequest) -> Payload:
    """Return that the file of the form comes which was pressed."""
    written = request.body["actions"][0]["action_id"].partition(":")[2]
    form = next((each for each in ExportFormat if each == written), None)
    if form is None or not request.value:
        raise InvalidInput(OUT_OF_DATE)
    return _sent(request, "" if request.value == EVERYBODY else request.value, form)


def print_summary(request: MemberRequest) -> Payload:
    """Return that the summary of the card's patient comes."""
    if not request.value:
        raise no_such_patient()
    _sent(request, request.value, ExportFormat.PDF)
    return coming_view(request.actor.registry.privacy.file_hours)


def _meant(request: MemberRequest, words: str) -> str:
    """Return the handle of the one patient the words mean; raises NotFound or InvalidInput."""
    if is_handle(words):
        return words.upper()
    match find(request.ctx, request.actor, words).shown:
        case []:
            raise no_such_patient()
        case [only] if not closest_only([only], words):
            return only.handle
    raise InvalidInput(SEVERAL)


def _sent(request: MemberRequest, handle: str, form: ExportFormat) -> Payload:
    check_export(request.ctx, request.actor, handle)
    check_form(form, handle)
    request.later.append(partial(_send, request, handle, form))
    return coming_message(request.actor.registry.privacy.file_hours)


def _send(request: MemberRequest, handle: str, form: ExportFormat) -> None:
    """Send the file to whoever asked for it, to be deleted in time; say so where that can't be done."""
    try:
        export = export_for(request.ctx, request.actor, handle)
        file = BytesIO()
        write_export(file, export, form)
        account, hours = request.actor.slack_user_id, request.actor.registry.privacy.file_hours
        told = HANDED_OVER.format(hours)
        sending = partial(request.gateway.send_file, account, FILE_NAMES[form], file.getvalue(), told)
        kept_for_hours(request, sending)
    except CocmError as error:
        request.say(errors.sentence(error, request.reference, EXPORT_FILE))
