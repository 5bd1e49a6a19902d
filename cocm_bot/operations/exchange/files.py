"""Importing a file that an admin shares in Slack: given, read, answered, confirmed, imported, undone."""

from collections.abc import Iterable, Mapping
from typing import Any

from cocm_bot.domain.access import Actor, AdminRight
from cocm_bot.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.exchange.trackers.mapping import SourceMapping
from cocm_bot.operations.access.access_logging import authorise_admin
from cocm_bot.operations.context import Context
from cocm_bot.operations.exchange.importing import Importing, Outcome, prepare
from cocm_bot.operations.exchange.sources import GZIP, Source
from cocm_bot.store import jobs
from cocm_bot.store.exchange import files
from cocm_bot.store.exchange.files import ImportFile, Stage
from cocm_bot.store.jobs import Job, JobKind
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people

MOST_BYTES = 10_000_000
"""The size of a file that is imported in Slack; larger ones are imported from the command line."""
ENDINGS = (".xlsx", ".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl")
AT_WORK = frozenset({Stage.READING, Stage.APPLYING, Stage.UNDOING})
"""The stages in which a job is at it."""
ENDS_IN = {Stage.READING: Stage.READY, Stage.APPLYING: Stage.DONE, Stage.UNDOING: Stage.DONE}
"""The stage in which each ends that can be gone on from: of undoing, if it is refused."""
STAGE_TRIES = 5
MOST_QUESTIONS = 25
"""Columns, and people, that a form asks about; of more the mapping file of the command line does."""


def check_import(ctx: Context, actor: Actor) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor may import patients."""
    authorise_admin(ctx, actor, AdminRight.IMPORT)


def check_file(ending: str, size: int) -> None:
    """Raise InvalidInput for a file that is not read, by its ending and its size in bytes."""
    if ending not in ENDINGS:
        raise InvalidInput(
            f"I can't import this kind of file. Save it as one of {', '.join(ENDINGS)}, then share it again."
        )
    if size > MOST_BYTES:
        raise InvalidInput(
            f"The file is larger than the {MOST_BYTES // 1_000_000} MB that I import in Slack. Whoever runs "
            "the bot can import it with `cocm-bot import`."
        )


def begin(ctx: Context, actor: Actor, file_id: str) -> ImportFile:
    """Take a file to be read; raises NotAllowed, Conflict while it is in hand, or Unavailable."""
    check_import(ctx, actor)
    now = ctx.now().timestamp()
    try:
        before = files.get(ctx.table, actor.registry.id, file_id)
    except BrokenItem:
        before = None
    if before is not None and before.stage in AT_WORK | {Stage.READY}:
        raise Conflict("I have this file already: my message about it says how far it is.")
    file = ImportFile(
        id=file_id, registry_id=actor.registry.id, by=actor.user_id, at=now, stage=Stage.READING
    )
    ctx.table.transact([files.adding(file, now), jobs.adding(_job(file, now))])
    return file


def given(ctx: Context, actor: Actor, file_id: str) -> ImportFile:
    """Return a file that the actor gave; raises NotAllowed, NotFound or Unavailable."""
    check_import(ctx, actor)
    file = files.get(ctx.table, actor.registry.id, file_id)
    if file is None or file.by != actor.user_id:
        raise NotFound("I no longer know this file. Share it with me again.")
    return file


def given_for(ctx: Context, actor: Actor, file_id: str, before: Stage) -> ImportFile:
    """Return a file that the actor gave for what is done in a stage, which the clock may be about to set.

    It says what came of its work first, and whoever reads that may be quicker. Raises as `given` does.
    """
    file = given(ctx, actor, file_id)
    for _ in tries(STAGE_TRIES):
        if ENDS_IN.get(file.stage) is not before:
            break
        file = given(ctx, actor, file_id)
    return file


def answer(ctx: Context, actor: Actor, file_id: str, mapping: SourceMapping, encoding: str) -> ImportFile:
    """Have a file read again by what was answered; raises NotAllowed, NotFound, Conflict or Unavailable."""
    answers = {"mapping": mapping.model_dump(mode="json"), "answered": True, "encoding": encoding}
    return _moved(ctx, given_for(ctx, actor, file_id, Stage.READY), Stage.READY, Stage.READING, answers)


def confirm(ctx: Context, actor: Actor, file_id: str) -> ImportFile:
    """Have a file imported as the dry run said; raises NotAllowed, NotFound, Conflict or Unavailable."""
    return _moved(ctx, given_for(ctx, actor, file_id, Stage.READY), Stage.READY, Stage.APPLYING)


def drop(ctx: Context, actor: Actor, file_id: str) -> ImportFile:
    """Leave a file alone; raises NotAllowed, NotFound, Conflict or Unavailable."""
    return _moved(ctx, given_for(ctx, actor, file_id, Stage.READY), Stage.READY, Stage.DROPPED)


def undo(ctx: Context, actor: Actor, file_id: str) -> ImportFile:
    """Have an import taken back; raises NotAllowed, NotFound, Conflict or Unavailable."""
    return _moved(ctx, given_for(ctx, actor, file_id, Stage.DONE), Stage.DONE, Stage.UNDOING)


def importer(ctx: Context, file: ImportFile) -> Actor:
    """Return who gave a file, as the clock works for them; raises NotAllowed where they are no admin now."""
    found = people.actor_records(ctx.table, file.registry_id, file.by)
    if found is None or not found[0].is_admin:
        raise NotAllowed("You are no longer an admin of this registry: nothing more is imported.")
    member, registry = found
    return Actor(
        member.user_id,
        member.first_name,
        member.last_name,
        member.role,
        is_admin=True,
        registry=registry,
        surface="message",
    )


def prepared(ctx: Context, actor: Actor, file: ImportFile, data: bytes) -> Importing:
    """Return the import of a file's bytes, read as answered; raises InvalidInput or Unavailable."""
    if data.startswith(GZIP):
        raise InvalidInput("The file is packed: unpack it, then share what is in it.")
    mapping = SourceMapping.model_validate(file.mapping) if file.answered else None
    return prepare(ctx, file.registry_id, Source(data, mapping, encoding=file.encoding), actor)


def found(file: ImportFile, importing: Importing) -> ImportFile:
    """Return a file with what its dry run found and leaves to be answered."""
    reading = importing.report.reading
    mapping = reading.mapping.model_dump(mode="json") if reading.mapping else {}
    # What was answered stays: the import must read the file as this dry run did.
    mapping = file.mapping if file.answered else mapping
    return file.model_copy(
        update={
            "mapping": mapping,
            "headers": {name: dict(each) for name, each in reading.headers.items()},
            "people": tuple(sorted(importing.landing.team.unknown))[:MOST_QUESTIONS],
            "encodings": reading.encodings or file.encodings,
            "import_id": importing.report.import_id,
            "patients": importing.report.outcomes[Outcome.TAKEN],
        }
    )


def keep(ctx: Context, file: ImportFile) -> None:
    """Write down what is known of a file in the stage it is in; raises Conflict or Unavailable."""
    ctx.table.transact([files.moving(file, file.stage, ctx.now().timestamp())])


def finish(ctx: Context, file: ImportFile, after: Stage, job: Job) -> None:
    """Take a file a stage further and its job out of the queue; raises Conflict, NotHeld or Unavailable."""
    now = ctx.now().timestamp()
    later = file.model_copy(update={"stage": after})
    ctx.table.transact([files.moving(later, file.stage, now), jobs.completing(job)])


def _moved(
    ctx: Context, file: ImportFile, before: Stage, after: Stage, changes: Mapping[str, Any] | None = None
) -> ImportFile:
    now = ctx.now().timestamp()
    later = file.model_copy(update={"stage": after, **(changes or {})})
    queued: Iterable[Write] = [jobs.adding(_job(later, now))] if after in AT_WORK else []
    ctx.table.transact([files.moving(later, before, now), *queued])
    return later


def _job(file: ImportFile, now: float) -> Job:
    return jobs.new_job(JobKind.IMPORT, file.id, file.registry_id, now)
