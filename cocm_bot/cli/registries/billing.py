"""The `cocm-bot billing` command: a month's billing list as a file."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import complain, counted, errors, say
from cocm_bot.cli.private_files import write_or_show
from cocm_bot.domain.billing.month_words import asked
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.billing.codes import registry_of
from cocm_bot.operations.billing.files import Format, exported, written

app = typer.Typer(add_completion=False)


@app.command("billing")
def billing_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    month: Annotated[str, typer.Option(help="A month like 2026-10 or October; `last` by default.")] = "last",
    form: Annotated[Format, typer.Option("--format", help="The form of the file.")] = Format.CSV,
    file: Annotated[
        Path | None,
        typer.Option(help="The file to write, which must not exist yet. Without it, to the screen."),
    ] = None,
) -> None:
    """Write a month's billing list as CSV, XLSX or JSON.

    docs/billing.md lists the columns. It is written to the access log. Exit 1 if an entry can't be
    read, or the ledger is still being filled, as somebody may then be missing.
    """
    if form is Format.XLSX and file is None:
        raise InvalidInput("An XLSX file needs --file.")
    ctx = keyed_context()
    policy = registry_of(ctx, registry).policy
    wanted = asked(month.split(), policy.local_date(ctx.now().timestamp()))
    found, rows = exported(ctx, registry, wanted.month, getpass.getuser())
    content = written(found, track(rows, "Writing the list", total=len(rows), console=errors()), form)
    if write_or_show(file, content):
        say(f"{counted(len(rows), 'patient')} of {found.month} written.")
    if found.broken:
        complain(f"{counted(found.broken, 'entry')} can't be read: run `cocm-bot check`.")
    if found.closing_broken:
        complain("What says whether the month was closed can't be read: run `cocm-bot check`.")
    if not found.registry.ledgered:
        complain("The billing ledger is not filled yet: run `cocm-bot measures derive` first.")
    if found.broken or found.closing_broken or not found.registry.ledgered:
        raise typer.Exit(ExitCode.PROBLEM)
