"""The `cocm-bot erase` commands: a patient erased for good, by two people and under a role of its own."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import track

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import counted, errors, say
from cocm_bot.domain.patients.erasure import VALID_SECONDS, Erasure, ErasureReason, ErasureState, is_over
from cocm_bot.operations.erasure.asking import Asking
from cocm_bot.operations.erasure.erasing import prepare_erasure
from cocm_bot.operations.erasure.retention import past_retention
from cocm_bot.store.erasure import erasures

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Erase a patient for good, by two people.")
DAYS = int(VALID_SECONDS // (24 * 3600))

Registry = Annotated[str, typer.Option(help="The registry's id.")]
Handle = Annotated[str, typer.Argument(help="The patient's handle.")]
Reason = Annotated[ErasureReason, typer.Option(help="Why; it stays with what is left.")]


@app.command()
def ask(registry: Registry, patient: Handle, reason: Reason) -> None:
    """Ask for an erasure. A second person must confirm it within 7 days."""
    found = _asking(registry).ask(patient, reason)
    say(f"Asked for the erasure of {found.handle}. Another person confirms it within {DAYS} days:")
    say(f"cocm-bot erase confirm --registry {registry} {found.handle}")


@app.command()
def confirm(registry: Registry, patient: Handle) -> None:
    """Confirm an erasure that somebody else asked for. It must be run within 7 days."""
    found = _asking(registry).confirm(patient)
    say(f"Confirmed. Under the role that may erase, within {DAYS} days:")
    say(f"cocm-bot erase run --registry {registry} {found.handle}")


@app.command()
def withdraw(registry: Registry, patient: Handle) -> None:
    """Take a request back that was not begun."""
    _asking(registry).withdraw(patient)
    say("Withdrawn. Nothing was erased.")


@app.command()
def run(registry: Registry, patient: Handle) -> None:
    """Erase a patient whose erasure is confirmed; run it again if it was cut short."""
    erasing = prepare_erasure(keyed_context(), registry, patient, getpass.getuser())
    for _ in track(erasing.run(), "Erasing", console=errors()):
        pass
    gone = counted(erasing.erasure.items, "item")
    say(f"Erased: {gone} of this patient are gone from the table, and a second look found none.")
    say("Backups and exports made before still hold them. The clock empties the messages in Slack.")


@app.command("list")
def list_erasures(registry: Registry) -> None:
    """List what is asked for, confirmed, begun and done."""
    ctx = keyed_context()
    now = ctx.now().timestamp()
    for each in sorted(erasures.of_registry(ctx.table, registry), key=lambda each: each.asked_at):
        say(_line(each, now))


@app.command()
def due(registry: Registry) -> None:
    """List the records whose retention is over. Nothing is erased unasked."""
    found = past_retention(keyed_context(), registry, getpass.getuser())
    if found is None:
        say("This registry has no retention period: set “Keep records for (years)” in its settings.")
        return
    for handle, left in found:
        say(f"{handle}, left the program on {left.isoformat()}")
    say(f"{counted(len(found), 'record')} past retention and not under legal hold.")


def _asking(registry: str) -> Asking:
    return Asking(keyed_context(), registry, getpass.getuser())


def _line(each: Erasure, now: float) -> str:
    state = "lapsed" if is_over(each, now) else each.state
    who = each.handle or f"erased patient {each.patient_id}"
    at = each.erased_at if each.state is ErasureState.ERASED else each.confirmed_at or each.asked_at
    on = datetime.fromtimestamp(at or each.asked_at, UTC).date().isoformat()
    confirmed = f", confirmed by {each.confirmed_by}" if each.confirmed_by else ""
    return f"{who}: {state} on {on} ({each.reason}); asked by {each.asked_by}{confirmed}"
