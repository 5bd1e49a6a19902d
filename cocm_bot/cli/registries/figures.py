"""The `cocm-bot figures` command: the program's figures of a period as a file."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import complain, counted, say
from cocm_bot.cli.private_files import write_or_show
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.figures.files import Format, exported, written
from cocm_bot.operations.figures.report import RECALCULATING

app = typer.Typer(add_completion=False)


@app.command("figures")
def figures_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    period: Annotated[
        str,
        typer.Option(
            "--range",
            help="A month (2026-03), quarter (2026-Q1), year (2026) or two of them; `last month` by default.",
        ),
    ] = "last month",
    form: Annotated[Format, typer.Option("--format", help="The form of the file.")] = Format.XLSX,
    file: Annotated[
        Path | None,
        typer.Option(help="The file to write, which must not exist yet. CSV goes to the screen without it."),
    ] = None,
) -> None:
    """Write the figures of a month, year or range as XLSX or CSV.

    Definitions, months, care managers and published measures; they name no patient. It is written to the
    access log. Exit 1 if a record can't be read, as somebody may then not be counted.
    """
    if form is Format.XLSX and file is None:
        raise InvalidInput("An XLSX file needs --file.")
    found, tables = exported(keyed_context(), registry, period.split(), getpass.getuser())
    content = written(tables, form)
    if write_or_show(file, content):
        say(f"The figures of {found.figures.period.told} are written.")
    if found.recalculating:
        complain(RECALCULATING)
    if found.unread:
        complain(f"{counted(found.unread, 'patient')} can't be read and do not count: run `cocm-bot check`.")
        raise typer.Exit(ExitCode.PROBLEM)
