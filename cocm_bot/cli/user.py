"""The `cocm-bot user` commands: which Slack account a user has."""

import getpass
from typing import Annotated

import typer

from cocm_bot import logs
from cocm_bot.bootstrap import open_context
from cocm_bot.config import load_keyed_settings
from cocm_bot.operations.access import accounts

app = typer.Typer(help="People, in whatever registries.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep the name of the command needed while there is only one."""


@app.command("unbind")
def unbind_command(
    email: Annotated[str, typer.Option(help="The e-mail address the registry knows them by.")],
) -> None:
    """Connect a user with a new Slack account: whoever comes with their address next gets it."""
    settings = load_keyed_settings()
    logs.configure(settings.log_level)
    accounts.unbind(open_context(settings, patient=True), email, getpass.getuser())
    typer.echo("The next Slack account with this e-mail address is theirs.")
