"""The `cocm-bot user` commands: connect people with their Slack accounts."""

import getpass
from typing import Annotated

import typer

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import say
from cocm_bot.operations.access import accounts

app = typer.Typer(
    help="Connect people with their Slack accounts.", no_args_is_help=True, add_completion=False
)

Email = Annotated[str, typer.Option(help="The e-mail address the registry knows them by.")]


@app.command("unbind")
def unbind_command(email: Email) -> None:
    """Disconnect a user from their Slack account; the next account with their address becomes theirs."""
    accounts.unbind(keyed_context(), email, getpass.getuser())
    say("The next Slack account with this e-mail address becomes theirs.")


@app.command("let-in")
def let_in_command(
    email: Email,
    workspace: Annotated[str, typer.Option(help="The id of the bot's Slack workspace, like T0123.")],
    account: Annotated[str, typer.Option(help="The member id of their Slack account, like U0123.")],
) -> None:
    """Connect a user with a Slack account of which Slack says too little; the one they had is out."""
    accounts.let_in(keyed_context(), email, (workspace, account), getpass.getuser())
    say("This Slack account is theirs now. The one they had before, if any, is notified.")
