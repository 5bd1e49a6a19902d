"""The `cocm-bot measures` commands: load a registry's own measures, and recompute what follows."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import counted, errors, say
from cocm_bot.cli.registries.measures_file import read_measures
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries import measures, recalculation

app = typer.Typer(
    help="Load a registry's own measures, or recompute what follows from them.",
    no_args_is_help=True,
    add_completion=False,
)

Registry = Annotated[str, typer.Option(help="The registry's id.")]


@app.command("load")
def load_command(
    registry: Registry,
    file: Annotated[Path, typer.Option(help="A YAML file with the registry's own measures.")],
) -> None:
    """Define a registry's own measures from a file, ask for them from now on, and recompute every patient."""
    loaded = read_measures(file)
    ctx = keyed_context()
    measures.load(ctx, registry, loaded, getpass.getuser())
    say(f"Contacts ask for {counted(len(loaded), 'measure')} of the file from now on.")
    _recompute(ctx, registry)


@app.command("derive")
def derive_command(registry: Registry) -> None:
    """Recompute what follows from a registry's measures and care policy; safe to run twice."""
    _recompute(keyed_context(), registry)


def _recompute(ctx: Context, registry_id: str) -> None:
    patients, steps = recalculation.steps(ctx, registry_id)
    moved = sum(track(steps, "Recomputing patients", total=patients, console=errors()))
    say(f"{counted(patients, 'patient')} recomputed, {counted(moved, 'due date')} changed.")
