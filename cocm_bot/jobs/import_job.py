"""Read, import or take back a file that an admin shared in Slack, a slice at a time.

Each reading has one message, drawn again as the work goes on.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.jobs.clock.tick import JobContext
from cocm_bot.jobs.notifier import Notifier
from cocm_bot.logs import what
from cocm_bot.operations.exchange import files as operation
from cocm_bot.operations.exchange.importing import Importing, Outcome, Report
from cocm_bot.operations.exchange.report_file import report_file
from cocm_bot.operations.exchange.undoing import AlreadyUndone, prepare_undo
from cocm_bot.slack.exchange.import_view import (
    NOT_SHOWN,
    READ_AGAIN,
    done_message,
    importing_message,
    refused_message,
    report_message,
    said,
    still_imported_message,
    undoing_message,
    undone_message,
    unfinished_message,
)
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.client.failures import Gone, RateLimited, Refused, SlackFailure, Unclear
from cocm_bot.slack.runtime.client.gateway import Sent
from cocm_bot.slack.uploads import kept
from cocm_bot.store import jobs
from cocm_bot.store.exchange import files, imports
from cocm_bot.store.exchange.files import ImportFile, Stage
from cocm_bot.store.jobs import Job, JobRef
from cocm_bot.store.table.errors import NotHeld

RESERVE_SECONDS = 45.0
"""Seconds before the end of the lease from which the next slice goes on: to say so takes a moment."""
MOST_TRIES = 5
"""Times a file is tried: one that ends the process each time must not do so for ever."""
SENT = "sent"
"""The key in the job's state that says that the report is with the one who shared the file."""
REPORT_TRIES = 3
"""Times the report is tried to be sent before its message goes without it."""
REPORT = "import-report.csv"
REPORT_TEXT = (
    "Every cell and row that needs a look. It holds patients' data. I delete it from Slack after {} hours."
)
NO_RIGHT = frozenset({"AccessDeniedException"})
NO_RIGHT_TO_DELETE = (
    "I may not delete histories. Whoever runs the bot can: `cocm-bot import --registry {} --undo {}`, see "
    "docs/iam.md."
)
NO_SCOPE = "I may not read files here: the app lacks files:read."
TOO_HARD = "I could not get to the end of this file. Whoever runs the bot can try it with `cocm-bot import`."

logger = logging.getLogger(__name__)


def work(job_context: JobContext, job: Job) -> None:
    """Do the file's next step; the one who shared it is sent why where that can't be done."""
    table = job_context.ctx.table
    file = files.get(table, job.registry_id, job.id)
    step = _STEPS.get(file.stage) if file else None
    if file is None or step is None:
        jobs.complete(table, job)
        return
    at_it = _AtIt(job_context, job, file)
    try:
        at_it.actor = operation.importer(job_context.ctx, file)
        if job.tries > MOST_TRIES:
            at_it.give_up(TOO_HARD)
        else:
            step(at_it)
    except (Gone, Refused) as failed:
        logger.warning("refused kind=%s reason=%s", job.kind, failed.reason)
        at_it.give_up(str(failed))
    except NotHeld:
        # Somebody else has the job by now, and says what comes of it.
        raise
    except Unavailable as failed:
        if failed.reason != "missing_scope":
            raise
        at_it.give_up(NO_SCOPE)
    except CocmError as refused:
        logger.info("refused kind=%s error=%s", job.kind, what(refused))
        at_it.give_up(str(refused))


class _AtIt:
    """One job at one file."""

    def __init__(self, job_context: JobContext, job: Job, file: ImportFile) -> None:
        self._job_context = job_context
        self._ctx = job_context.ctx
        self._job = job
        self._file = file
        self.actor: Actor | None = None

    def read(self) -> None:
        """Say what an import would do, and keep what the file leaves to be answered."""
        self._begin_anew()
        importing = self._importing()
        for _ in importing.dry_run():
            pass
        file = operation.found(self._file, importing)
        sent = self._send_report_once(importing.report)
        self._file = file
        message = report_message(importing.report, file.id, questions=bool(file.mapping), with_file=sent)
        self.end(Stage.READY, message)

    def apply(self) -> None:
        """Import, as far as there is time; the next slice goes on."""
        importing = self._importing()
        expected = self._file.patients
        if not self._through(importing.apply(), lambda passed: importing_message(passed, expected)):
            return
        self.end(Stage.DONE, done_message(importing.report, self._file.id))

    def undo(self) -> None:
        """Take an import back, as far as there is time."""
        try:
            undoing = prepare_undo(self._ctx, self._file.registry_id, self._file.import_id, self._given_by)
        except AlreadyUndone:
            # An earlier try took it back, and could not say so.
            self.end(Stage.UNDONE, undone_message())
            return
        total = len(undoing.brought)
        try:
            if self._through(undoing.take_back(), lambda passed: undoing_message(total - passed)):
                self.end(Stage.UNDONE, undone_message())
        except Unavailable as failed:
            if failed.reason not in NO_RIGHT:
                raise
            why = NO_RIGHT_TO_DELETE.format(self._file.registry_id, self._file.import_id)
            self.end(Stage.DONE, still_imported_message(why, self._file.id))

    def give_up(self, why: str) -> None:
        """Say why it can't be done, and truly what is imported by then."""
        file = self._file
        brought = imports.patients_of(self._ctx.table, file.import_id) if file.import_id else []
        if file.stage is Stage.UNDOING:
            self.end(Stage.DONE, still_imported_message(why, file.id))
        elif file.stage is Stage.APPLYING and brought:
            self.end(Stage.DONE, unfinished_message(why, len(brought), file.id))
        else:
            self.end(Stage.REFUSED, refused_message(why))

    def end(self, stage: Stage, message: Payload) -> None:
        """Say what came of it, then take the file to its next stage: in this order nothing goes unsaid."""
        self._show(message)
        operation.finish(self._ctx, self._file, stage, self._job)

    @property
    def _given_by(self) -> Actor:
        if self.actor is None:
            raise AssertionError("nothing is done before it is known for whom")
        return self.actor

    def _begin_anew(self) -> None:
        """Take the buttons of an earlier report away: the next one comes below it, where it is seen."""
        if self._file.ts:
            self._show(said(READ_AGAIN))
            self._file = self._file.model_copy(update={"channel": "", "ts": ""})

    def _importing(self) -> Importing:
        gateway = self._job_context.gateway
        shared = gateway.shared_file(self._file.id)
        operation.check_file(shared.ending, shared.size)
        data = gateway.download(shared, operation.MOST_BYTES)
        return operation.prepared(self._ctx, self._given_by, self._file, data)

    def _through(self, steps: Iterator[object], told: Callable[[int], Payload]) -> bool:
        """Return whether all steps were made within the time there is; if not, says how far it is."""
        for passed, step in enumerate(steps, 1):
            # What an earlier slice did is passed over first, however long that takes.
            if step is not Outcome.THERE and not self._job_context.may_go_on(self._job, RESERVE_SECONDS):
                self._show(told(passed))
                jobs.continue_later(self._ctx.table, self._job, self._ctx.now().timestamp())
                self._job_context.soon(JobRef(self._job.kind, self._job.id))
                return False
        return True

    def _show(self, message: Payload) -> None:
        """Draw the one message about the file; sends it where there is none yet, or it is gone."""
        if self._file.ts:
            sent = Sent(self._file.channel, self._file.ts)
            with suppress(Gone, Refused):
                self._job_context.gateway.update_message(sent, message, self._file.registry_id)
                return
        try:
            sent = self._send(message)
        except (Gone, Refused) as failed:
            logger.warning("unreached kind=%s reason=%s", self._job.kind, failed.reason)
            return
        self._file = self._file.model_copy(update=sent._asdict())
        operation.keep(self._ctx, self._file)

    def _send(self, message: Payload) -> Sent:
        notifier = Notifier(self._job_context, self._job)
        try:
            return notifier.send(self._file.by, message)
        except Refused as refused:
            logger.warning("refused kind=%s reason=%s", self._job.kind, refused.reason)
            return notifier.send(self._file.by, said(NOT_SHOWN))

    def _send_report_once(self, report: Report) -> bool:
        """Send the report as a file unless an earlier try did; returns whether Slack took it.

        What Slack does not take now is tried again; at last the message, which says the same in short, goes
        without. Raises SlackFailure.
        """
        if SENT in self._job.state:
            return True
        try:
            self._send_report(report)
        except SlackFailure as failed:
            logger.warning("unsent kind=%s reason=%s", self._job.kind, failed.reason)
            passing = isinstance(failed, RateLimited) or (isinstance(failed, Unclear) and failed.passing)
            if passing and self._job.tries < REPORT_TRIES:
                raise
            return False
        self._job = jobs.checkpoint(self._ctx.table, self._job, {**self._job.state, SENT: True})
        return True

    def _send_report(self, report: Report) -> None:
        registry = self._given_by.registry
        user_account = Notifier(self._job_context, self._job).account(self._file.by)
        text = REPORT_TEXT.format(registry.privacy.file_hours)
        gateway = self._job_context.gateway
        sending = partial(gateway.send_file, user_account, REPORT, report_file(report), text)
        kept(self._ctx, gateway, registry, sending)


_STEPS: Mapping[Stage, Callable[[_AtIt], None]] = MappingProxyType(
    {Stage.READING: _AtIt.read, Stage.APPLYING: _AtIt.apply, Stage.UNDOING: _AtIt.undo}
)
