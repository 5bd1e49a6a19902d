"""Measure every figure of the goals, each beside an alternative of the same run, and print one table.

`python -m tests.bench.goals` takes some minutes; with `--small`, small registries and short loads show only
that it works. What was measured is kept in build/bench.json, of which `tests.bench.scale` makes
docs/scale.md.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table as Grid

from tests.bench import load, reading, writing
from tests.bench.lines import Line
from tests.bench.rig import Rig, running_rig
from tests.bench.stage import crowded
from tests.bench.stage.crowded import Crowded

KEPT = Path(__file__).parents[2] / "build" / "bench.json"


@dataclass(frozen=True)
class Sizes:
    """The sizes of everything that is measured."""

    lists: tuple[int, ...] = (1_000, 5_000, 20_000)
    searched: tuple[int, ...] = (5_000, 50_000)
    histories: tuple[int, ...] = (240, 1_000)
    rates: tuple[int, ...] = (5, 10, 20, 30, 40, 50)
    seconds: int = 10
    flood_seconds: int = 30
    trends: int = 50
    enrolments: int = 64
    registries: int = 10_000
    rounds: int = 9
    burst_seconds: int = 3


SMALL = Sizes((60, 200, 400), (200, 400), (20, 60), (2, 5), 2, 3, 8, 8, 100, 3, 1)


def main() -> None:
    """Measure, print and keep."""
    sizes = SMALL if "--small" in sys.argv else Sizes()
    lines = []
    with running_rig() as rig:
        for line in measured(rig, sizes):
            print(".", end="", flush=True)
            lines.append(line)
    grid = Grid(title="Figures", title_justify="left")
    for column in ("figure", "now", "alternative", "ratio", "goal", "met"):
        grid.add_column(column, justify="left" if column == "figure" else "right")
    for line in lines:
        grid.add_row(*line.cells())
    Console(width=150).print(grid)
    if sizes is SMALL:
        return
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps([line.kept() for line in lines], indent=1), encoding="utf-8")


def measured(rig: Rig, sizes: Sizes) -> Iterator[Line]:
    """All lines, one after the other."""
    there = [crowded.registry_of(rig.table, f"list{count}", count) for count in sizes.lists]
    found = [crowded.registry_of(rig.table, f"find{count}", count, listed=0) for count in sizes.searched]
    charted = crowded.patient_after(rig.table, there[0], 12, 1).handle
    with rig.serving():
        yield from boot(rig)
        yield bursting(rig, there[0], sizes)
        rig.quiet()
    with rig.serving():
        rig.quiet()
        yield from charting(rig, there[0], charted, sizes)
    with rig.serving():
        rig.quiet()
        yield from listing(rig, there, sizes)
        yield from searching(rig, found, sizes)
        yield from mixing(rig, there[0], sizes)
        yield from loading(rig, there[0], sizes)
    yield from reading.lines(rig, there[0], sizes.rounds)
    yield from writing.lines(rig, sizes)


def boot(rig: Rig) -> Iterator[Line]:
    """The cost of a start."""
    assert rig.booted
    yield Line("boot to healthy: CPU", rig.booted.cpu, 1.5, "s")
    yield Line("boot to healthy: RSS", rig.booted.memory, 80, "MB")


def bursting(rig: Rig, there: Crowded, sizes: Sizes) -> Line:
    """Commands right after the start, when nothing is remembered."""
    burst = load.at_rate(rig, load.mixed(rig, there), 50, sizes.burst_seconds)
    name = f"lost of 50 commands a second for {sizes.burst_seconds} s right after the start"
    return Line(f"{name}; {burst.refused} of {burst.asked} refused in words", burst.lost, 0)


def listing(rig: Rig, there: list[Crowded], sizes: Sizes) -> Iterator[Line]:
    """A page of the caseload, as a command."""
    for each, count, cpu, units in zip(there, sizes.lists, (25, 40, 80), (5, 5, 8), strict=True):
        spent, read = asked(rig, each, "caseload", sizes.rounds)
        plain = reading.plain_cpu(rig, each, sizes.rounds)
        name = f"caseload page at {count:,}"
        yield Line(f"{name}: CPU", spent, cpu, "ms", plain, "boto3 reading the rows")
        yield Line(f"{name}: read units", read, units)


def asked(rig: Rig, there: Crowded, text: str, rounds: int) -> tuple[float, float]:
    """Milliseconds of the bot's CPU of a command, the median, and its read units; the first is not counted.

    Of the units the fewest: those of the clock, which works meanwhile, come on top of some.
    """
    spent, read = [], []
    for _ in range(rounds + 1):
        rig.counted()
        before = rig.spent().cpu
        ack, token = rig.command(there.slack_id, text)
        assert ack.status == 200
        rig.answer(token)
        spent.append(1000 * (rig.spent().cpu - before))
        read.append(rig.counted()["units"])
    return median(spent[1:]), min(read[1:])


def searching(rig: Rig, there: list[Crowded], sizes: Sizes) -> Iterator[Line]:
    """A search while somebody types."""
    for each, count, goal in zip(there, sizes.searched, (20, 30), strict=True):
        memo = json.dumps({"registry": each.registry.id})
        view = {"id": "V1", "type": "modal", "private_metadata": memo, "blocks": []}
        spent, read = [], []
        for _ in range(sizes.rounds + 1):
            rig.counted()
            before = rig.spent().cpu
            ack, _ = rig.act(
                "block_suggestion",
                each.slack_id,
                action_id="find-patient",
                block_id="find",
                value="nguy",
                view=view,
            )
            assert ack.status == 200, ack
            spent.append(1000 * (rig.spent().cpu - before))
            read.append(rig.counted()["units"])
        yield Line(f"search at {count:,}: CPU", median(spent[1:]), goal, "ms")
        yield Line(f"search at {count:,}: read units", min(read[1:]), 2)


def mixing(rig: Rig, there: Crowded, sizes: Sizes) -> Iterator[Line]:
    """The CPU of a command in a mix of them, one at a time."""
    commands = load.mixed(rig, there)
    number = 9 * max(1, sizes.rounds // 3)
    before = rig.spent().cpu
    for _ in range(number):
        ack, token = next(commands)()
        assert ack.status == 200
        rig.answer(token)
    spent = 1000 * (rig.spent().cpu - before) / number
    yield Line("CPU of a mixed command over TLS, 1,000 patients", spent, 40, "ms")
    ours, theirs = reading.slack_cpu(rig, sizes.rounds)
    yield Line("CPU of a call to Slack over TLS", ours, 5.1, "ms", theirs, "slack_sdk as it comes")


def loading(rig: Rig, there: Crowded, sizes: Sizes) -> Iterator[Line]:
    """The load one process carries before it loses anything."""
    commands, best = load.mixed(rig, there), 0
    for rate in sizes.rates:
        found = load.at_rate(rig, commands, rate, sizes.seconds)
        if found.lost or found.refused or found.p99 >= 1:
            break
        best = rate
    yield Line("commands a second, ack p99 < 1 s, none lost", best, 30, at_least=True)
    flood = load.at_rate(rig, commands, 50, sizes.flood_seconds)
    share = f"{flood.refused} of {flood.asked} refused in words"
    yield Line(f"lost at 50 commands a second for {sizes.flood_seconds} s; {share}", flood.lost, 0)


def charting(rig: Rig, there: Crowded, charted: str, sizes: Sizes) -> Iterator[Line]:
    """Charts, all at once, by a process that has a registry of 1,000 in its memory."""
    asked(rig, there, "caseload", 1)
    found = load.at_once(rig, lambda: load.trend(rig, there, charted), sizes.trends)
    yield Line(f"lost of {sizes.trends} trends at once", found.lost, 0)
    yield Line(f"RSS after {sizes.trends} charts", rig.spent().memory, 110, "MB")


if __name__ == "__main__":
    main()
