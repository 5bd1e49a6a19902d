"""The `cocm-bot table` commands: create, check and migrate the DynamoDB table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import typer

from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import named_table
from cocm_bot.cli.printing import say
from cocm_bot.store.table.administration import check_table, create_table
from cocm_bot.store.table.keys import INDEX, PACKED_INDEX
from cocm_bot.store.table.migration import Step, migrate
from cocm_bot.store.table.ownership import require_ours

SAID: Mapping[Step, str] = MappingProxyType(
    {
        Step.FILL: "Rows written: {count:,}.",
        Step.CREATE: "The index {index} is there and filled.",
        Step.COMPARE: "{index} has all that {old} has: {count:,} items.",
        Step.DROP: "{old} is gone.",
    }
)

app = typer.Typer(
    help="Create, check or migrate the DynamoDB table.", no_args_is_help=True, add_completion=False
)


@app.command("create")
def create_command() -> None:
    """Create the table with its index, expiry, recovery and deletion protection; safe to run twice."""
    table = named_table()
    create_table(table.client, table.name)
    say(f"The table {table.name} is ready.")


@app.command("migrate")
def migrate_command(
    drop: Annotated[
        bool, typer.Option("--drop", help="Drop the old index at the end; no older version may run then.")
    ] = False,
) -> None:
    """Give the table its newer index while the bot runs; run again, it goes on where it was.

    Exit 1 if anything is left to do.
    """
    table = named_table()
    require_ours(table)
    steps: list[Step] = []
    for step, count in migrate(table, drop=drop):
        say(SAID[step].format(count=count, index=PACKED_INDEX, old=INDEX))
        steps.append(step)
    if steps[-1] is Step.COMPARE:
        say(
            f"Readers use {INDEX} until it is dropped. Once every process runs this version: "
            "`cocm-bot table migrate --drop`."
        )
    else:
        say(f"The table {table.name} has {PACKED_INDEX} alone.")


@app.command("check")
def check_command() -> None:
    """Show what the table lacks; exit 1 if anything."""
    table = named_table()
    lacking = check_table(table.client, table.name)
    for sentence in lacking or [f"The table {table.name} has everything it needs."]:
        say(sentence)
    if lacking:
        raise typer.Exit(ExitCode.PROBLEM)
