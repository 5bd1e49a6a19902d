"""Profile the commonest requests by package: the bot's own code, libraries, Python itself.

Run as `python -m tests.bench.profiled [patients]`. All work is done in one thread, so that it can be seen.
"""

import cProfile
import os
import pstats
import sys
import time
from collections import Counter
from pathlib import Path
from unittest import mock

from pydantic import AnyHttpUrl, SecretStr
from rich.console import Console
from rich.table import Table as Grid
from slack_bolt import BoltRequest

from cocm_bot import bootstrap
from cocm_bot.config import Settings
from cocm_bot.slack.runtime.client import connections
from tests.bench.rig import Rig, fresh, running_rig
from tests.bench.stage import crowded
from tests.bench.stage.crowded import Crowded
from tests.bench.stage.instant_slack import TEAM
from tests.bench.stage.simulated import Inline

ROUNDS = 30
TEXTS = ("today", "patient X001", "log X001")
AREAS = ("domain", "store", "operations", "slack")
SOCKETS = ("recv", "send", "read", "write", "poll", "connect", "wait")


class OneThread(Inline):
    """A pool that does everything at once; the clock's are never asked for anything."""

    def __init__(self, *_: object) -> None:
        super().__init__()

    def __enter__(self) -> "OneThread":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left in hand."""


def main() -> None:
    """Print a table with a column for each request."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with running_rig() as rig:
        shares = profiles(rig, crowded.registry_of(rig.table, "profiled", patients))
    grid = Grid(title=f"CPU by package, ms a request ({patients:,} patients)", title_justify="left")
    grid.add_column("package")
    for text in shares:
        grid.add_column(f"/cocm {text}", justify="right")
    for package in packages(shares):
        grid.add_row(package, *(f"{found[package]:.1f}" for found in shares.values()))
    grid.add_row("together", *(f"{found.total():.1f}" for found in shares.values()))
    Console(width=110).print(grid)


def profiles(rig: Rig, there: Crowded) -> "dict[str, Counter[str]]":
    """Milliseconds by package, for each of the requests."""
    here = mock.patch.dict(os.environ, {name: rig.settings[name] for name in rig.settings if "AWS" in name})
    one = mock.patch.object(bootstrap, "ThreadPoolExecutor", OneThread)
    trusting = mock.patch.object(connections, "machine_trust", rig.tls.trusting)
    with here, one, trusting, bootstrap.running_bot(settings_of(rig)) as bot:
        found = {}
        for text in TEXTS:

            def ask(text: str = text) -> None:
                token = fresh("t")
                form = {
                    "command": "/cocm",
                    "text": text,
                    "user_id": there.slack_id,
                    "team_id": TEAM,
                    "channel_id": "C0BENCH",
                    "trigger_id": token,
                    "response_url": f"{rig.slack_url}/respond/{token}",
                }
                assert bot.bolt.dispatch(BoltRequest(body=dict(form), mode="socket_mode")).status == 200

            ask()
            profile = cProfile.Profile(time.thread_time)
            profile.enable()
            for _ in range(ROUNDS):
                ask()
            profile.disable()
            found[text] = by_package(pstats.Stats(profile))
        return found


def by_package(stats: pstats.Stats) -> "Counter[str]":
    """Milliseconds a request, by where the time itself was spent; waiting for a socket is none."""
    spent: Counter[str] = Counter()
    rows: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = stats.stats  # type: ignore[attr-defined]  # its types leave it out
    for (filename, _, name), (_, _, own, _, _) in rows.items():
        if filename != "~" or not any(word in name for word in SOCKETS):
            spent[package_of(filename, name)] += 1000 * own / ROUNDS  # type: ignore[assignment]  # of any number
    return spent


def package_of(filename: str, name: str) -> str:
    """The package a function belongs to; what is written in C is named by itself where it matters."""
    parts = Path(filename).parts
    if "cocm_bot" in parts:
        inner = parts[len(parts) - 1 - parts[::-1].index("cocm_bot") + 1]
        return f"cocm_bot.{inner.removesuffix('.py')}"
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    if filename == "~":
        return "pydantic_core" if "pydantic" in name else "Python, in C"
    return "Python's library"


def packages(shares: "dict[str, Counter[str]]") -> list[str]:
    """The packages, the most expensive first."""
    together: Counter[str] = Counter()
    for found in shares.values():
        together.update(found)
    return [name for name, spent in together.most_common() if spent >= 0.1]


def settings_of(rig: Rig) -> Settings:
    """The settings of the served bot, for one in this process."""
    given = rig.settings
    return Settings(
        SLACK_BOT_TOKEN=SecretStr(given["SLACK_BOT_TOKEN"]),
        SLACK_SIGNING_SECRET=SecretStr(given["SLACK_SIGNING_SECRET"]),
        COCM_AUDIT_KEY=SecretStr(given["COCM_AUDIT_KEY"]),
        SLACK_API_URL=AnyHttpUrl(given["SLACK_API_URL"]),
        COCM_TABLE=given["COCM_TABLE"],
    )


if __name__ == "__main__":
    main()
