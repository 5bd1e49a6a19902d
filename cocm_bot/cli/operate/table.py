"""The `cocm-bot table` commands: create and check the DynamoDB table."""

import typer

from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import named_table
from cocm_bot.cli.printing import say
from cocm_bot.store.table.administration import check_table, create_table

app = typer.Typer(help="Create or check the DynamoDB table.", no_args_is_help=True, add_completion=False)


@app.command("create")
def create_command() -> None:
    """Create the table with its index, expiry, recovery and deletion protection; safe to run twice."""
    table = named_table()
    create_table(table.client, table.name)
    say(f"The table {table.name} is ready.")


@app.command("check")
def check_command() -> None:
    """Show what the table lacks; exit 1 if anything."""
    table = named_table()
    lacking = check_table(table.client, table.name)
    for sentence in lacking or [f"The table {table.name} has everything it needs."]:
        say(sentence)
    if lacking:
        raise typer.Exit(ExitCode.PROBLEM)
