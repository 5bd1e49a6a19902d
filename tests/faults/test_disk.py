"""A disk that is full or can't be written, and a user nobody knows: the commands, and a bot that logs."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from cocm_bot.playground.workspace import Workspace
from tests.rig.scenes import sees
from tests.rig.seats import PATIENCE, seat_of
from tests.rig.servers.served import COMMAND, START_SECONDS, environment, found_registry, run_here
from tests.rig.servers.standing import running_workspace
from tests.store import engines
from tests.whole.test_read_only import NAMESPACE

pytestmark = [pytest.mark.slow, pytest.mark.long(20)]

FULL = Path("/dev/full")


@dataclass(frozen=True)
class Installation:
    """A table with a registry, and what its processes are given."""

    workspace: Workspace
    settings: dict[str, str]


@pytest.fixture(scope="module")
def installed(endpoint: str) -> Iterator[Installation]:
    with running_workspace(ack_seconds=PATIENCE) as workspace:
        settings = environment(workspace, endpoint) | {"COCM_LOG_LEVEL": "INFO"}
        found_registry(settings, "UTC")
        yield Installation(workspace, settings)


@pytest.mark.parametrize("words", [("status",), ("doctor",), ("doctor", "--json")])
def test_what_does_not_fit_on_a_full_disk_is_said_in_one_line(
    installed: Installation, words: tuple[str, ...]
) -> None:
    with FULL.open("wb") as full:
        ended = subprocess.run(  # noqa: S603  (our own command)
            [COMMAND, *words],
            env=installed.settings,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("No space left on device (OSError at ")
    assert ended.stderr.count("\n") == 1


@contextmanager
def served_with_a_full_log(settings: dict[str, str]) -> Iterator[str]:
    """The bot, of whose log not a line can be written; gives its address."""
    port = engines.free_port()
    with FULL.open("wb") as full:
        process = subprocess.Popen(  # noqa: S603  (our own command)
            [COMMAND, "serve"], env={**settings, "COCM_PORT": str(port)}, stdout=full, stderr=full
        )
    try:
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()


def test_a_bot_whose_log_does_not_fit_serves_on_and_ends_well(installed: Installation) -> None:
    workspace = installed.workspace
    with served_with_a_full_log(installed.settings) as url:
        workspace.wait_until(lambda: ready(url), "it is ready", START_SECONDS)
        workspace.connect(f"{url}/slack/events")
        maya = seat_of(workspace, "Maya Okafor")
        maya.command("/cocm help")
        sees(maya, "Hello Maya")


def ready(url: str) -> bool:
    try:
        return urllib3.request("GET", f"{url}/readyz", retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount; CI is root, and runs it")
@pytest.mark.parametrize("words", [("status",), ("doctor",)])
def test_the_commands_say_the_same_read_only_as_anybody_and_without_a_home(
    installed: Installation, words: tuple[str, ...], tmp_path: Path
) -> None:
    outside = run_here(installed.settings, *words)
    names = ("SLACK_", "COCM_", "AWS_")
    given = [f"{name}={value}" for name, value in installed.settings.items() if name.startswith(names)]
    inside = ["/usr/bin/env", "-i", *given, str(COMMAND), *words]
    ended = subprocess.run(  # noqa: S603  (our own command)
        ["unshare", "--mount", "sh", "-c", NAMESPACE, "sh", str(tmp_path), *inside],  # noqa: S607  (in PATH)
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == outside.returncode, ended.stderr
    assert outside.stdout
    assert without_seconds(ended.stdout) == without_seconds(outside.stdout)
    assert ended.stderr == outside.stderr


def without_seconds(printed: str) -> list[str]:
    return [line.partition(", the longest for")[0] for line in printed.splitlines()]
