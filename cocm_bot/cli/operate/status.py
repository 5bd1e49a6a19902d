"""The `cocm-bot status` command: does the clock tick, how far behind is it, what became of digests."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import reading_context
from cocm_bot.cli.printing import counted, say, write_data
from cocm_bot.operations.clock_status import ClockHealth, Days, clock_health, days_of

app = typer.Typer(add_completion=False)


@app.command("status")
def status_command(
    registry: Annotated[str | None, typer.Option(help="A registry's id, to see its latest days too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for a program.")] = False,
) -> None:
    """Show whether the clock ticks, what is waiting, and what became of digests.

    Exit 1 if it does not tick, is far behind, or leaves something undone.
    """
    ctx = reading_context()
    found = clock_health(ctx)
    days = None if registry is None else days_of(ctx, registry)
    if as_json:
        write_data([_json(found, days)])
    else:
        _print_clock(found)
        if days is not None:
            _print_days(days)
    if not found.well:
        raise typer.Exit(ExitCode.PROBLEM)


def _json(found: ClockHealth, days: Days | None) -> str:
    """Return the same as one object; times are seconds UTC."""
    told = {"well": found.well, **asdict(found), "runs": [run.model_dump() for run in found.runs]}
    if days is not None:
        told["days"] = [{"day": str(each.day), "counts": dict(each.counts)} for each in days.days]
    return json.dumps(told, ensure_ascii=False)


def _print_clock(found: ClockHealth) -> None:
    for run in found.runs:
        done = counted(run.done, "job")
        say(f"{_time(run.at)} {run.process} did {done} in {run.seconds:.1f} s, {run.left:,} left")
    if not found.runs:
        say("No process has ticked in the last few minutes.")
    say(f"{counted(found.waiting, 'job')} waiting, the longest for {found.behind:.0f} s")
    if found.late_alerts:
        alerts = counted(found.late_alerts, "safety alert")
        say(f"{alerts} not delivered to everybody who should know")
    if found.unreadable:
        say(f"{counted(found.unreadable, 'job')} can't be read: run `cocm-bot check`")
    if found.foreign:
        say(f"{counted(found.foreign, 'item')} of another program left out: run `cocm-bot check`")
    for run in found.wrong_clocks:
        say(f"{run.process} does not tick: its clock is {run.ahead:+.0f} s off")


def _print_days(found: Days) -> None:
    for day in found.days:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(day.counts.items()))
        say(f"{day.day} {counts}")
        for each in day.troubles:
            say(f"  {each.recipient}: {' '.join(filter(None, (each.state, each.reason)))}")
    if found.unreadable:
        unreadable = counted(found.unreadable, "record")
        say(f"{unreadable} of members, patients or posts can't be read: run `cocm-bot check`")
    if found.next_at is not None:
        tries = f", after {counted(found.tries, 'failed attempt')}" if found.tries else ""
        say(f"next at {_time(found.next_at)}{tries}")


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}Z"
