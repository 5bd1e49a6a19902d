"""Serve as the image does at its strictest: a read-only file system, a user nobody knows, no home."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from cocm_bot.playground.workspace import Workspace
from tests.rig.scenes import sees
from tests.rig.seats import seat_of
from tests.rig.servers.served import COMMAND, Served, address_in, environment, found_registry

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount; CI is root, and runs it"),
]

NAMESPACE = """
set -e
mount --rbind / "$1"
mount -o remount,bind,ro "$1"
cd "$1"
shift
! touch written 2>/dev/null
exec chroot . setpriv --reuid 54321 --regid 54321 --clear-groups \
  --inh-caps +dac_read_search --ambient-caps +dac_read_search "$@"
"""
"""Does as a container's engine; the one capability reads a Python that is installed in root's home."""


def test_it_serves_read_only_as_anybody_and_without_a_home(
    endpoint: str, workspace: Workspace, tmp_path: Path
) -> None:
    settings = environment(workspace, endpoint)
    found_registry(settings, "UTC")
    names = ("SLACK_", "COCM_", "AWS_")
    given = {name: value for name, value in settings.items() if name.startswith(names)}
    root, log = tmp_path / "root", tmp_path / "log"
    root.mkdir()
    inside = [
        "/usr/bin/env",
        "-i",
        *(f"{name}={value}" for name, value in given.items()),
        str(COMMAND),
        "serve",
    ]
    command = ["unshare", "--mount", "sh", "-c", NAMESPACE, "sh", str(root), *inside]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)  # noqa: S603  (our own command)
    try:
        served = Served(process, address_in(process, log), log)
        workspace.connect(f"{served.url}/slack/events")
        maya = seat_of(workspace, "Maya Okafor")
        maya.command("/cocm help")
        sees(maya, "Hello Maya")
        assert served.get("/readyz") == (200, "table: ok\nslack: ok")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text()
