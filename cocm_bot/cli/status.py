"""The `cocm-bot status` command: whether the clock ticks, how far behind it is, what became of digests."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from cocm_bot import logs
from cocm_bot.bootstrap import open_context
from cocm_bot.config import load_keyed_settings
from cocm_bot.operations.clock_status import ClockHealth, Days, clock_health, days_of

UNWELL = 1

console = Console(highlight=False)


def status_command(
    registry: Annotated[str | None, typer.Option(help="A registry's id, to see its latest days too.")] = None,
) -> None:
    """Say how the clock stands; exit 1 if it does not tick, is far behind, or leaves something undone."""
    settings = load_keyed_settings()
    logs.configure(settings.log_level)
    ctx = open_context(settings, patient=True)
    found = clock_health(ctx)
    _print_clock(found)
    if registry is not None:
        _print_days(days_of(ctx, registry))
    if not found.well:
        raise typer.Exit(UNWELL)


def _print_clock(found: ClockHealth) -> None:
    for run in found.runs:
        _print(f"{_time(run.at)} {run.process} did {run.done} in {run.seconds:.1f} s, left {run.left}")
    if not found.runs:
        _print("No process has ticked in the last minutes.")
    _print(f"{found.waiting} wait, the longest for {found.behind:.0f} s")
    if found.late_alerts:
        _print(f"{found.late_alerts} safety alerts do not reach everybody who should know")
    if found.unreadable:
        _print(f"{found.unreadable} pieces of work can't be read: cocm-bot check")
    if found.foreign:
        _print(f"{found.foreign} items of another writer are left out: cocm-bot check")
    for run in found.wrong_clocks:
        _print(f"{run.process} does not tick: its clock is {run.ahead:+.0f} s off")


def _print_days(found: Days) -> None:
    for day in found.days:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(day.counts.items()))
        _print(f"{day.day} {counts}")
        for each in day.troubles:
            _print(f"  {each.recipient}: {' '.join(filter(None, (each.state, each.reason)))}")
    if found.unreadable:
        _print(f"{found.unreadable} members, patients or posts can't be read: cocm-bot check")
    if found.next_at is not None:
        _print(f"next at {_time(found.next_at)}" + (f", after {found.tries} tries" if found.tries else ""))


def _print(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}Z"
