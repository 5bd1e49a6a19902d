"""The bot over Socket Mode: no address of its own, and the same care when it is asked to stop."""

import re
import signal
import subprocess
from pathlib import Path

import pytest
import urllib3

from cocm_bot.playground import cast, payloads
from tests.rig.scenes import sees
from tests.rig.seats import seat_of
from tests.rig.servers.served import COMMAND, START_SECONDS, environment, found_registry
from tests.rig.servers.socket_mode import Link, linked_workspace


def typed(link: Link, user: str, text: str) -> dict[str, str]:
    return payloads.command(link.workspace, user, cast.TEAM_CHANNEL, "/cocm", text)


@pytest.mark.slow
def test_a_command_over_the_socket_is_answered_even_while_the_bot_stops(
    endpoint: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with linked_workspace() as link, log.open("wb") as sink:
        workspace = link.workspace
        settings = environment(workspace, endpoint) | {"SLACK_APP_TOKEN": "xapp-synthetic"}
        del settings["SLACK_SIGNING_SECRET"]
        found_registry(settings, "UTC")
        process = subprocess.Popen([COMMAND, "serve"], env=settings, stdout=sink, stderr=sink)  # noqa: S603  (our own command)
        try:
            workspace.wait_until(lambda: link.connected, "the bot's connection", seconds=START_SECONDS)
            link.send("first", "slash_commands", typed(link, cast.MAYA, "help"))
            sees(seat_of(workspace, "Maya Okafor"), "Hello Maya", "/cocm today")
            [address] = re.findall(r"answering probes on (http://127\.0\.0\.1:\d+)\"", log.read_text())
            probed = [urllib3.request("GET", f"{address}{path}").data for path in ("/healthz", "/readyz")]
            assert probed == [b"ok", b"table: ok\nslack: ok"]
            assert urllib3.request("POST", f"{address}/slack/events", retries=False).status == 404

            workspace.fail("users.info", hang=1.0)
            link.send("second", "slash_commands", typed(link, cast.UNKNOWN, "today"))
            workspace.wait_until(
                lambda: any(call.name == "users.info" and call.seconds is None for call in workspace.calls),
                "the bot looks up who asks",
            )
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()
        sees(seat_of(workspace, "Noor Rahimi"), "You are not in a patient registry yet.")
        workspace.wait_until(lambda: link.acknowledged == ["first", "second"], "both acknowledgements")
    assert "Traceback" not in log.read_text()
