"""The `cocm-bot status` command: does the clock tick, how far behind is it, what became of digests."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import installations_of_all, of_installation, reading_context
from cocm_bot.cli.printing import counted, say, write_data
from cocm_bot.operations.clock_status import ClockHealth, Days, clock_health, days_of
from cocm_bot.operations.context import Context
from cocm_bot.store.workspaces.installations import Installation

SHOWN = ("id", "name", "installed_at", "ended_at", "ended_by")
"""Of an installation; its tokens are sealed, and nobody's business."""

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
    installed = installations_of_all(ctx) if registry is None else []
    if installed:
        _show_workspaces(ctx, installed, as_json=as_json)
        return
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


def _show_workspaces(ctx: Context, installed: Sequence[Installation], *, as_json: bool) -> None:
    """Show the same for each of several workspaces, and which the app was taken out of."""
    live = {each.id: clock_health(of_installation(ctx, each.id)) for each in installed if each.live}
    well = all(found.well for found in live.values())
    if as_json:
        told = [
            {**each.model_dump(include=set(SHOWN)), "clock": json.loads(_json(live[each.id], None))}
            if each.live
            else each.model_dump(include=set(SHOWN))
            for each in installed
        ]
        write_data([json.dumps({"well": well, "workspaces": told}, ensure_ascii=False)])
    for each in [] if as_json else installed:
        say(f"{each.id} {each.name}: installed {_time(each.installed_at)}")
        if each.live:
            _print_clock(live[each.id])
            if each.token_expires_at is not None and each.token_expires_at < live[each.id].now:
                say(f"Slack took its token until {_time(each.token_expires_at)}: install the app again.")
        else:
            ended = _time(each.ended_at or 0)
            say(f"The app was taken out at {ended} ({each.ended_by}): nothing is sent. Its records stay.")
    if not well:
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
