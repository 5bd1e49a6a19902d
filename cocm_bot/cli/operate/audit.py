"""The `cocm-bot audit` commands: export the access log, and verify that it is whole."""

import getpass
import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import counted, say, write_data
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access import audit
from cocm_bot.operations.access.checkpoints import newest
from cocm_bot.operations.access.proving import REGISTRY, Proof, prove
from cocm_bot.store.audit.audit_proof import Fault
from cocm_bot.store.audit.checkpoint_proof import CHECKPOINTS

app = typer.Typer(
    help="Export or verify the access log: who saw or changed what.",
    no_args_is_help=True,
    add_completion=False,
)

Registry = Annotated[str, typer.Option(help="The registry's id; `-` for people who reached none.")]
From = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, UTC.")]
To = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, UTC.")]


@app.command("export")
def export_command(
    registry: Registry,
    since: From = None,
    until: To = None,
    file: Annotated[
        Path | None,
        typer.Option(help="The file to write, which must not exist yet. Without it, to the screen."),
    ] = None,
) -> None:
    """Write the entries as lines of JSON, today's by default; the export itself is an entry too."""
    ctx = keyed_context()
    today = ctx.now().date()
    last = _day(until) or today
    lines = audit.export(ctx, registry, _day(since) or last, last, getpass.getuser())
    if file is None:
        write_data(lines)
        return
    try:
        # Whoever else works on this machine is not to read who saw whom.
        with open(file, "x", encoding="utf-8", opener=_private) as written:
            written.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise InvalidInput(f"The file can't be written ({error.strerror}). Choose another.") from None


@app.command("verify")
def verify_command(
    registry: Registry,
    since: From = None,
    until: To = None,
    against: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="An earlier export: its entries must still be there."),
    ] = None,
    checkpoint: Annotated[
        str | None, typer.Option(help="A checkpoint that was kept elsewhere: it must still be there.")
    ] = None,
) -> None:
    """Look for entries that were deleted, altered, inserted or moved; exit 1 if there are any.

    Prints what was compared; exit 1 as well if that is nothing.
    """
    exported = _lines(against) if against else None
    proof = prove(keyed_context(), registry, _day(since), _day(until), exported, checkpoint)
    for fault in proof.faults:
        say(_worded(fault))
    say(_compared(proof, checkpoint))
    say(f"{counted(len(proof.faults), 'fault')}." if proof.faults else "Nothing is missing or altered.")
    if proof.faults:
        raise typer.Exit(ExitCode.PROBLEM)


def _private(path: str, flags: int) -> int:
    """Open a file that its owner alone may read and write."""
    return os.open(path, flags, 0o600)


@app.command("checkpoint")
def checkpoint_command() -> None:
    """Print the newest checkpoint of the access log, to be kept elsewhere; exit 1 if there is none."""
    latest = newest(keyed_context())
    if latest is None:
        raise InvalidInput("There is no checkpoint yet: the bot makes one every few minutes while it serves.")
    say(latest.copy_for_people)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InvalidInput("The file is not an export of the access log.") from None


def _worded(fault: Fault) -> str:
    numbers = f"{fault.first}" if fault.first == fault.last else f"{fault.first} to {fault.last}"
    if fault.writer == CHECKPOINTS:
        return f"{fault.day} checkpoint {numbers}: {fault.what}"
    if fault.writer == REGISTRY:
        return f"{fault.day} registry: {fault.what}"
    return f"{fault.day} writer {fault.writer} entry {numbers}: {fault.what}"


def _compared(proof: Proof, checkpoint: str | None) -> str:
    """Return what was compared with what, in one or more sentences."""
    entries = f"{_entries(proof.entries)} of {counted(proof.writers, 'writer')}"
    days = f"{proof.since} to {proof.until}"
    checkpoints = counted(proof.checkpoints, "checkpoint")
    ends = counted(proof.heads, "writer")
    said = [f"Compared {entries}, {days}, with {checkpoints}, naming the ends of {ends}."]
    if not proof.checkpoints:
        said.append("Without a checkpoint, what was cut off at an end is not found.")
    if proof.exported:
        said.append(f"Compared {_entries(proof.exported)} of the export.")
    if proof.foreign:
        said.append(f"Not compared, as of another registry or other days: {_entries(proof.foreign)}.")
    if checkpoint is not None:
        said.append("Compared the checkpoint that was kept elsewhere.")
    return " ".join(said)


def _entries(number: int) -> str:
    return f"{number:,} entry" if number == 1 else f"{number:,} entries"


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None
