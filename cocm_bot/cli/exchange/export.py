"""The `cocm-bot export` command: a registry's patients, or one, as a file."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import counted, errors, say
from cocm_bot.cli.private_files import opened_private
from cocm_bot.operations.exchange.export_files import ExportFormat
from cocm_bot.operations.exchange.exporting import prepare_export

app = typer.Typer(add_completion=False)


@app.command("export")
def export_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    out: Annotated[Path, typer.Option(help="The file to write; an existing one is not overwritten.")],
    form: Annotated[ExportFormat, typer.Option("--format", help="jsonl is lossless; see docs/export.md.")],
    patient: Annotated[str, typer.Option(help="One patient's handle; without it, all.")] = "",
) -> None:
    """Write a registry's patients, or one, with their whole history to a file."""
    # With its drawings it loads much that no other command needs.
    from cocm_bot.slack.exchange.export_writing import check_form, write_export  # noqa: PLC0415 - slow to load

    check_form(form, patient)
    export = prepare_export(keyed_context(), registry, getpass.getuser(), patient)
    records = track(export.records(), "Exporting patients", total=export.total, console=errors())
    with opened_private(out) as file:
        write_export(file, export, form, records)
    say(f"{counted(export.total, 'patient')} written to {out}, for you alone: it holds patients' data.")
