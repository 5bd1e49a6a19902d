"""The `cocm-bot codes` commands: a registry's own billing codes and payers, from a YAML file."""

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import counted, say
from cocm_bot.cli.yaml_file import read_yaml
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.settings.code_sets import BillingCode
from cocm_bot.operations.billing.codes import load_codes, registry_of

app = typer.Typer(
    help="Load a registry's own billing codes and payers, or show those it has.",
    no_args_is_help=True,
    add_completion=False,
)

Registry = Annotated[str, typer.Option(help="The registry's id.")]


@app.command("load")
def load_command(
    registry: Registry,
    file: Annotated[Path, typer.Option(help="A YAML file with sets, payers and the usual set.")],
) -> None:
    """Put the codes and payers of a file in the place of those a registry had; docs/billing.md tells how."""
    entered = read_yaml(file, _tables)
    try:
        after = load_codes(keyed_context(), registry, entered, getpass.getuser())
    except InvalidInput as wrong:
        raise InvalidInput(f"{file}, {wrong}" if wrong.field else str(wrong), wrong.field) from None
    sets, payers = len(after.billing.own_sets), len(after.billing.payers)
    say(f"{counted(sets, 'own set')} and {counted(payers, 'payer')} hold from now on.")


@app.command("show")
def show_command(registry: Registry) -> None:
    """Show the sets of codes a registry can use, its payers, and which set is the usual one."""
    billing = registry_of(keyed_context(), registry).billing
    for each in billing.sets:
        usual = " (usual)" if each.name == billing.code_set else ""
        say(f"{each.name}{usual}{': ' if each.note else ''}{each.note}")
        for code in each.codes:
            say(f"  {_told(code)}")
    for payer in billing.payers:
        cap = "" if payer.cap is None else f", at most {payer.cap} add-on units"
        say(f"{payer.name}: {payer.code_set}{cap}")


def _tables(text: str) -> dict[str, Any]:
    """Return the contents of a file, unchecked."""
    try:
        found = yaml.safe_load(text)
    except ValueError:
        # A date that is none, a number too long: what looks like a value and can't be one.
        raise InvalidInput("line 1: a date or number in it can't be read.") from None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise InvalidInput("line 1: begin with “sets:”, “payers:” or “usual:”.")
    return found


def _told(code: BillingCode) -> str:
    kind = f"added to {', '.join(code.add_on_to)}, each" if code.add_on_to else f"{code.month} month,"
    return f"{code.code}: {kind} {code.minutes} min, from {code.midpoint}"
