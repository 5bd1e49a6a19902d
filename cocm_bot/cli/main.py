"""The `cocm-bot` command: its sub-commands, each loaded when it is used.

Help and a mistyped command then load none of them, and a command not the libraries of the others.
"""

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cocm_bot import logs
from cocm_bot.cli.failing import fail_with
from cocm_bot.cli.printing import say


class SubCommand(NamedTuple):
    """A sub-command: its module, below this package, and the line that help shows for it."""

    module: str
    help: str


COMMANDS: Mapping[str, SubCommand] = MappingProxyType(
    {
        "serve": SubCommand("operate.serve", "Serve a Slack workspace until stopped."),
        "demo": SubCommand(
            "synthetic.demo",
            "Try the bot on this machine, with a Slack workspace of its own and synthetic patients.",
        ),
        "doctor": SubCommand(
            "operate.doctor", "Examine what the bot depends on, and say what to do about each fault."
        ),
        "manifest": SubCommand(
            "operate.manifest", "Print the Slack app's manifest with the bot's address in it."
        ),
        "table": SubCommand("operate.table", "Create, check or migrate the DynamoDB table."),
        "registry": SubCommand("registries.registry", "Create a registry, or add somebody to its team."),
        "measures": SubCommand(
            "registries.measures",
            "Load a registry's own measures, or recompute what follows from them.",
        ),
        "seed": SubCommand("synthetic.seed", "Fill a registry with synthetic patients. Never real ones."),
        "billing": SubCommand("registries.billing", "Write a month's billing list as CSV, XLSX or JSON."),
        "codes": SubCommand(
            "registries.codes",
            "Load a registry's own billing codes and payers, or show those it has.",
        ),
        "caseload": SubCommand(
            "patients.caseload", "Show who is at risk and what is due while Slack is down."
        ),
        "figures": SubCommand(
            "registries.figures", "Write the figures of a month, year or range as XLSX or CSV."
        ),
        "status": SubCommand(
            "operate.status",
            "Show whether the clock ticks, what is waiting, and what became of digests.",
        ),
        "check": SubCommand(
            "operate.check", "Look for disagreements in the table, and repair them if asked."
        ),
        "import": SubCommand(
            "exchange.import_",
            "Take patients over from a clinic's own data; without --apply nothing is written.",
        ),
        "export": SubCommand(
            "exchange.export",
            "Write a registry's patients, or one, with their whole history to a file.",
        ),
        "merge": SubCommand(
            "patients.merge",
            "Merge two records of one person, or undo that; without --apply nothing is written.",
        ),
        "erase": SubCommand("patients.erase", "Erase a patient for good, by two people."),
        "hold": SubCommand("patients.hold", "Put a record under legal hold, or lift that."),
        "audit": SubCommand("operate.audit", "Export or verify the access log: who saw or changed what."),
        "user": SubCommand("registries.user", "Connect people with their Slack accounts."),
    }
)
"""Each sub-command by its name."""


class LazyCommand(TyperCommand):
    """A placeholder in the list of commands for one whose module is not loaded."""

    def load(self) -> Any:
        """Import the module and return the command, or the group of commands, it holds."""
        with staying():
            module = import_module(f"cocm_bot.cli.{COMMANDS[str(self.name)].module}")
        return get_command(module.app)


class LazyGroup(TyperGroup):
    """Lists the sub-commands without loading them, and loads the one that is called."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands.update({name: LazyCommand(name, help=each.help) for name, each in COMMANDS.items()})

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the name, the loaded command and the rest of the arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest


@contextmanager
def staying() -> Iterator[None]:
    """Look for no garbage while something is loaded, and never in what was: it stays to the process's end.

    To look through it would take a tenth of a start, and later 80 ms each time in which nothing else runs.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False)


def main() -> None:
    """Run the command line; whatever goes wrong is one line."""
    logs.configure("INFO")
    _have_a_home()
    try:
        app()
    except Exception as error:  # noqa: BLE001 - its text may quote a record, and Python would print it
        fail_with(error)


def _have_a_home() -> None:
    """Name a home where a user without an entry has none: slack_sdk asks for it when it is imported."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/"


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"cocm-bot {version('cocm-bot')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Run and look after cocm_bot, the Collaborative Care patient registry in Slack."""
