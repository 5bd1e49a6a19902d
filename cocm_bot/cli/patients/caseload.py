"""The `cocm-bot caseload` command: who is at risk and what is due, without Slack."""

import getpass
from typing import Annotated

import typer

from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import counted, say
from cocm_bot.operations.caseload.emergency import Emergency, emergency_caseload
from cocm_bot.operations.caseload.rows import Row

app = typer.Typer(add_completion=False)


@app.command("caseload")
def caseload_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    person: Annotated[
        str,
        typer.Option("--as", help="Your name for the access log; by default that of your system account."),
    ] = "",
    names: Annotated[bool, typer.Option("--names", help="Show names and MRNs, not handles alone.")] = False,
) -> None:
    """Show who is at risk and what is due while Slack is down.

    Reads only, and is written to the access log. Exit 1 if a record can't be read, as somebody may then be
    missing from the list.
    """
    account = getpass.getuser()
    who = f"{account} as {person}" if person else account
    found = emergency_caseload(keyed_context(), registry, who, names=names)
    say(f"{found.registry}: patients who need attention: {len(found.rows):,} of {found.caseload:,}.")
    for row in found.rows:
        _print_row(found, row, names=names)
    if found.broken:
        broken = counted(found.broken, "record")
        say(f"{broken} can't be read, so somebody may be missing above: run `cocm-bot check`.")
        raise typer.Exit(ExitCode.PROBLEM)


def _print_row(found: Emergency, row: Row, *, names: bool) -> None:
    summary = row.summary
    known = f" {summary.first_name} {summary.last_name} (MRN {summary.patient_mrn})" if names else ""
    manager = found.names.get(summary.care_manager or "", "nobody")
    say(f"{summary.handle}{known} · {summary.status} · care manager: {manager}")
    for each in row.due:
        say(f"  {each.reason} since {each.since}: {each.why}")
