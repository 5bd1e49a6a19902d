"""The `cocm-bot hold` command: a legal hold on a record."""

import getpass
from typing import Annotated

import typer

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import say
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.erasure.holds import lift_hold, set_hold

app = typer.Typer(add_completion=False)


@app.command("hold")
def hold_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    patient: Annotated[str, typer.Argument(help="The patient's handle.")],
    reason: Annotated[str, typer.Option(help="Why: a case number, say.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="End the hold.")] = False,
) -> None:
    """Put a record under legal hold, or lift that.

    Held, it is neither erased nor merged away.
    """
    if lift is bool(reason):
        raise InvalidInput("Give the reason with --reason, or end the hold with --lift.")
    if lift:
        found = lift_hold(keyed_context(), registry, patient, getpass.getuser())
        say(f"{found.handle} is no longer under legal hold.")
    else:
        found = set_hold(keyed_context(), registry, patient, reason, getpass.getuser())
        say(f"{found.handle} is under legal hold: it is neither erased nor merged away.")
