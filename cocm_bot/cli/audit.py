"""The `cocm-bot audit` commands: the access log as a file, and the proof that it is whole."""

import getpass
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cocm_bot import logs
from cocm_bot.bootstrap import open_context
from cocm_bot.config import load_keyed_settings
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access import audit
from cocm_bot.operations.context import Context

FAULTY = 1

app = typer.Typer(help="The access log: who saw or changed what.", no_args_is_help=True)

Registry = Annotated[str, typer.Option(help="The registry's id; `-` for those who reached none.")]
From = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, UTC.")]
To = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, UTC.")]


@app.command("export")
def export_command(
    registry: Registry,
    since: From = None,
    until: To = None,
    file: Annotated[
        Path | None, typer.Option(help="Where to; must not exist yet. Without it, to the screen.")
    ] = None,
) -> None:
    """Write the entries as lines of JSON, by default today's. That it was done is in the log."""
    ctx = _ctx()
    today = ctx.now().date()
    last = _day(until) or today
    lines = audit.export(ctx, registry, _day(since) or last, last, getpass.getuser())
    if file is None:
        sys.stdout.writelines(f"{line}\n" for line in lines)
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
        typer.Option(exists=True, dir_okay=False, help="An earlier export: its entries must be there still."),
    ] = None,
) -> None:
    """Look for entries that were deleted, altered, inserted or moved; exit 1 if there are any."""
    exported = against.read_text(encoding="utf-8").splitlines() if against else []
    proof = audit.prove(_ctx(), registry, _day(since), _day(until), exported)
    for fault in proof.faults:
        numbers = f"{fault.first}" if fault.first == fault.last else f"{fault.first} to {fault.last}"
        print(f"{fault.day} writer {fault.writer} entry {numbers}: {fault.what}")
    looked = f"{proof.entries} entries of {proof.writers} writers, {proof.since} to {proof.until}"
    print(f"{looked}: {f'{len(proof.faults)} faults' if proof.faults else 'nothing is missing or altered'}.")
    if proof.faults:
        raise typer.Exit(FAULTY)


def _private(path: str, flags: int) -> int:
    """Open a file that its owner alone may read and write."""
    return os.open(path, flags, 0o600)


def _ctx() -> Context:
    settings = load_keyed_settings()
    logs.configure(settings.log_level)
    return open_context(settings, patient=True)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None
