"""The bot as it is run in earnest: `cocm-bot serve` in a process of its own, set up by the command line."""

import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock
from uuid import uuid4

import urllib3

from cocm_bot.cli.main import main
from cocm_bot.playground.workspace import Workspace
from tests.conftest import _logging_kept
from tests.store import engines

COMMAND = Path(sys.executable).with_name("cocm-bot")
START_SECONDS = 60


@dataclass(frozen=True)
class Served:
    """The running process, where it listens, and what it wrote."""

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    def logged(self) -> str:
        return self.log.read_text()

    def get(self, path: str) -> tuple[int, str]:
        answer = urllib3.request("GET", f"{self.url}{path}", retries=False)
        return answer.status, answer.data.decode()


def environment(workspace: Workspace, endpoint: str) -> dict[str, str]:
    """All the process is given: a table of its own, this workspace, any free port, and every log line."""
    return {
        **os.environ,
        **engines.reaching(endpoint),
        "SLACK_BOT_TOKEN": workspace.token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "COCM_TABLE": f"cocm-test-{uuid4().hex}",
        "COCM_AUDIT_KEY": "a key for the tests and for nothing else",
        "COCM_PORT": "0",
        "COCM_DRAIN_SECONDS": "0",
        "COCM_LOG_LEVEL": "DEBUG",
    }


def run(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """One command of the command line, to its end."""
    return subprocess.run(  # noqa: S603  (our own command)
        [COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def run_here(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The same in this process: to start one takes ten times as long as most commands do."""
    printed, complained = io.StringIO(), io.StringIO()
    with (
        _logging_kept(),
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch.object(sys, "argv", [COMMAND.name, *arguments]),
        redirect_stdout(printed),
        redirect_stderr(complained),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            code = 0
    return subprocess.CompletedProcess(arguments, code, printed.getvalue(), complained.getvalue())


Run = Callable[..., "subprocess.CompletedProcess[str]"]
"""A way to run a command: `run` or `run_here`."""


def found_registry(environment: dict[str, str], zone: str, run: Run = run_here) -> str:
    """Make the table and Maya's registry; returns the registry's id."""
    assert run(environment, "table", "create").returncode == 0
    given = {
        "--name": "Riverside Clinic",
        "--admin-email": "maya.okafor@example.org",
        "--first-name": "Maya",
        "--last-name": "Okafor",
        "--role": "Care Manager",
        "--timezone": zone,
    }
    made = run(environment, "registry", "create", *(word for pair in given.items() for word in pair))
    assert made.returncode == 0, made.stderr
    return made.stdout.split()[1]


@contextmanager
def serving(environment: dict[str, str], workspace: Workspace, log: Path) -> Iterator[Served]:
    """The process, ready and known to the workspace; ended with the block if it still runs."""
    with listening(environment, log) as served:
        workspace.connect(f"{served.url}/slack/events")
        yield served


@contextmanager
def listening(environment: dict[str, str], log: Path) -> Iterator[Served]:
    """The same, which the workspace does not know."""
    with log.open("wb") as sink:
        process = subprocess.Popen([COMMAND, "serve"], env=environment, stdout=sink, stderr=sink)  # noqa: S603 - the project's own command
    try:
        yield Served(process, address_in(process, log), log)
    finally:
        process.terminate()
        process.wait(timeout=60)


def address_in(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Return where a process listens, once its log says so."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"the bot did not start: {log.read_text()}")
