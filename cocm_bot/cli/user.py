"""The `cocm-bot user` commands: which Slack account a user has."""

import getpass
from typing import Annotated

import typer

from cocm_bot import logs
from cocm_bot.bootstrap import open_context
from cocm_bot.config import load_keyed_settings
from cocm_bot.operations.access import accounts

app = typer.Typer(help="People, in whatever registries.", no_args_is_help=True)


@app.command("unbind")
def unbind_command(
    email: Annotated[str, typer.Option(help="The e-mail address the registry knows them by.")],
) -> None:
    """Connect a user with a new Slack account: whoever comes with their address next gets it."""
    settings = load_keyed_settings()
    logs.configure(settings.log_level)
    accounts.unbind(open_context(settings, patient=True), email, getpass.getuser())
    typer.echo("The next Slack account with this e-mail address is theirs.")


@app.command("let-in")
def let_in_command(
    email: Annotated[str, typer.Option(help="The e-mail address the registry knows them by.")],
    workspace: Annotated[str, typer.Option(help="The bot's Slack workspace, by its id like T0123.")],
    account: Annotated[str, typer.Option(help="The member id of their Slack account, like U0123.")],
) -> None:
    """Say which Slack account is a user's, where Slack does not say enough of it; the one they had is out."""
    settings = load_keyed_settings()
    logs.configure(settings.log_level)
    ctx = open_context(settings, patient=True)
    accounts.let_in(ctx, email, (workspace, account), getpass.getuser())
    typer.echo("This Slack account is theirs. The one they had until now, if any, is told.")
