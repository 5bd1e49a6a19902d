"""`/cocm import`: a file that an admin shares with the bot, from the dry run to the import and back."""

from collections.abc import Callable, Sequence

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.exchange import files as operation
from cocm_bot.operations.roster import members as team_of
from cocm_bot.operations.roster import named
from cocm_bot.slack.exchange.import_questions import CALLBACK, TITLE, answered, questions_view
from cocm_bot.slack.exchange.import_view import (
    ANSWER,
    APPLY,
    DELETE,
    DROP,
    HOW_TO,
    NOTIFICATION,
    READING,
    RECEIVED,
    UNDO,
    said,
)
from cocm_bot.slack.kit import Payload, context, message, modal, section
from cocm_bot.slack.runtime.memo import Memo, Opaque
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.store.exchange.files import ImportFile, Stage
from cocm_bot.store.jobs import JobKind

SOMEBODY_ELSES = "Share the file with me yourself: I read only what the one who asks gave me."
ONE_BY_ONE = "Share one file at a time: I take them one after another."


class FileMemo(Memo):
    """The state of the form about a file."""

    file: Opaque


def register(router: Router) -> None:
    """The buttons of the bot's message about a file, and the form."""
    router.opens(ANSWER, TITLE, ask)
    router.submission(CALLBACK, read_again)
    router.redraws(APPLY, lambda request: _moved(request, operation.confirm, "Importing. You need not wait."))
    router.redraws(UNDO, lambda request: _moved(request, operation.undo, "Taking the import back."))
    router.redraws(DROP, drop)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """Return how a file is given; with a file's id, take that file, as the bot itself asks when one comes."""
    operation.check_import(request.ctx, request.actor)
    if not words:
        return said(HOW_TO)
    if len(words) > 1:
        raise InvalidInput(ONE_BY_ONE)
    shared = request.gateway.shared_file(words[0])
    if shared.owner != request.actor.slack_user_id:
        raise InvalidInput(SOMEBODY_ELSES)
    operation.check_file(shared.ending, shared.size)
    file = operation.begin(request.ctx, request.actor, shared.id)
    _run_after(request, file)
    return said(RECEIVED)


def ask(request: MemberRequest) -> Payload:
    """Return the form with the questions of a file."""
    file = operation.given_for(request.ctx, request.actor, request.value, Stage.READY)
    if file.stage is not Stage.READY:
        return modal(
            TITLE, [section("This is answered already: look at my latest message about the file.")], "said"
        )
    return questions_view(file, FileMemo(file=file.id).packed(), *_known(request))


def read_again(request: MemberRequest) -> Payload:
    """Have the file read again with the answers."""
    file = operation.given(request.ctx, request.actor, request.memo(FileMemo).file)
    mapping, encoding = answered(file, request.answers, *_known(request))
    _run_after(request, operation.answer(request.ctx, request.actor, file.id, mapping, encoding))
    return modal(TITLE, [section(READING)], "said")


def drop(request: MemberRequest) -> Payload:
    """Leave the file alone."""
    operation.drop(request.ctx, request.actor, request.value)
    return message(NOTIFICATION, [section("Left alone. Nothing was imported."), context(DELETE)])


def _moved(request: MemberRequest, move: Callable[..., ImportFile], words: str) -> Payload:
    _run_after(request, move(request.ctx, request.actor, request.value))
    return said(words)


def _run_after(request: MemberRequest, file: ImportFile) -> None:
    # After the answer is drawn: the job draws the same message.
    request.later.append(lambda: request.run_soon(JobKind.IMPORT, file.id))


def _known(request: MemberRequest) -> tuple[dict[str, str], list[str]]:
    members = named(team_of(request.ctx, request.actor))
    return dict(members), [each.name for each in request.actor.registry.policy.measures]
