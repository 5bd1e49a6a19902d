"""The `cocm-bot seed` command: synthetic patients for a trial."""

from typing import Annotated

import typer
from rich.progress import track

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import counted, errors, say
from cocm_bot.operations.synthetic.seeding import seed

app = typer.Typer(add_completion=False)


@app.command("seed")
def seed_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    patients: Annotated[int, typer.Option(min=1, max=10_000, help="How many patients.")] = 60,
    random_seed: Annotated[int, typer.Option(help="The same number makes the same patients.")] = 1,
) -> None:
    """Fill a registry with synthetic patients. Never real ones."""
    steps = seed(keyed_context(), registry, patients, random_seed)
    added = sum(track(steps, "Adding synthetic patients", total=patients, console=errors()))
    say(f"{counted(added, 'patient')} added, {patients - added:,} already there.")
