"""The `cocm-bot caseload` command: who is at risk and what is due, without Slack."""

import getpass
from typing import Annotated

import typer
from rich.console import Console

from cocm_bot import logs
from cocm_bot.bootstrap import open_context
from cocm_bot.config import load_keyed_settings
from cocm_bot.operations.caseload.caseload import Row
from cocm_bot.operations.caseload.emergency import Emergency, emergency_caseload

UNREADABLE = 1

console = Console(highlight=False)


def caseload_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    person: Annotated[
        str, typer.Option("--as", help="Who is asking, for the access log; the account's name by default.")
    ] = "",
    names: Annotated[bool, typer.Option("--names", help="Show names and MRNs, not handles alone.")] = False,
) -> None:
    """Show who is at risk and what is due while Slack is down; reads only, and is in the access log.

    Exit 1 if a record can't be read: then somebody may be missing from the list.
    """
    settings = load_keyed_settings()
    logs.configure(settings.log_level)
    account = getpass.getuser()
    who = f"{account} as {person}" if person else account
    found = emergency_caseload(open_context(settings, patient=True), registry, who, names=names)
    _print(f"{found.registry}: {len(found.rows)} of {found.caseload} patients need somebody.")
    for row in found.rows:
        _print_row(found, row, names=names)
    if found.broken:
        _print(f"Records that can't be read: {found.broken}. They are missing above: see `cocm-bot check`.")
        raise typer.Exit(UNREADABLE)


def _print_row(found: Emergency, row: Row, *, names: bool) -> None:
    summary = row.summary
    known = f" {summary.first_name} {summary.last_name} (MRN {summary.patient_mrn})" if names else ""
    manager = found.names.get(summary.care_manager or "", "nobody")
    _print(f"{summary.handle}{known} · {summary.status} · care manager: {manager}")
    for each in row.due:
        _print(f"  {each.reason} since {each.since}: {each.why}")


def _print(line: str) -> None:
    # What was typed into a record must not steer the terminal.
    shown = "".join(character if character.isprintable() else "�" for character in line)
    console.print(shown, markup=False, soft_wrap=True)
