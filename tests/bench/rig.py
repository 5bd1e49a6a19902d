"""The bot as it is served, in one process, between an instant table and an instant Slack over TLS.

Each is a process of its own, so that the bot's CPU and memory are its own too.
"""

import compileall
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import certifi
import urllib3

import cocm_bot
from cocm_bot.playground.sender import signature
from cocm_bot.store.table.table import Table
from tests.bench.stage.instant_slack import TEAM
from tests.rig.servers.served import COMMAND, address_in
from tests.rig.servers.tls import Certificate, certificate
from tests.store import engines, small_engine

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
AUDIT_KEY = "a key for the bench and for nothing else"
MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}
"""As the image sets it."""
QUIET_SECONDS = 5.0
"""Time without a request after which the clock has nothing left to do: its ticks come each minute."""
ACK_SECONDS = 3.0
PACKAGE = Path(cocm_bot.__file__).parent
TICKS = os.sysconf("SC_PAGE_SIZE")
_numbers = count(1)


@dataclass(frozen=True)
class Ack:
    """The bot's acknowledgement: after how many seconds, and what it says."""

    status: int
    seconds: float
    text: str

    @property
    def lost(self) -> bool:
        return self.status != 200 or self.seconds > ACK_SECONDS


@dataclass
class Rig:
    """Everything that runs, and what is asked of it."""

    table: Table
    table_url: str
    slack_url: str
    tls: Certificate
    settings: Mapping[str, str]
    bot: "subprocess.Popen[bytes] | None" = None
    url: str = ""
    booted: "Spent | None" = None
    bundle: Path = Path()
    """The authorities a machine trusts, and the bench's: a TLS context takes long to read as many."""

    @cached_property
    def pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(retries=False, maxsize=256, ssl_context=self.tls.trusting())

    def counted(self) -> dict[str, float]:
        """The requests to the table, and their read units, since this was last asked."""
        answer = self.pool.request("GET", f"{self.table_url}/_counted")
        return {"requests": 0.0, "units": 0.0, **answer.json()}

    def seen(self) -> dict[str, Any]:
        """Return what Slack saw."""
        return dict(self.pool.request("GET", f"{self.slack_url}/_seen").json())

    def answer(self, token: str) -> Any:
        """Wait until a request is answered; the modal it came to, if it came to one."""
        answer = self.pool.request("GET", f"{self.slack_url}/_answered/{token}", timeout=70)
        assert answer.status == 200, f"{token} was never answered"
        return answer.json()

    def send(self, form: Mapping[str, str]) -> Ack:
        """Send a signed form."""
        return self._post(urlencode(form), "application/x-www-form-urlencoded")

    def event(self, event: Mapping[str, Any]) -> Ack:
        """Send a signed event."""
        envelope = {"type": "event_callback", "team_id": TEAM, "event": event, "event_id": fresh("Ev")}
        return self._post(json.dumps(envelope), "application/json")

    def command(self, user: str, text: str) -> tuple[Ack, str]:
        """Type `/cocm …`; returns the acknowledgement, and the token that its answer is known by."""
        token = fresh("t")
        form = {
            "command": "/cocm",
            "text": text,
            "user_id": user,
            "team_id": TEAM,
            "channel_id": "C0BENCH",
            "trigger_id": token,
            "response_url": f"{self.slack_url}/respond/{token}",
        }
        return self.send(form), token

    def act(self, kind: str, user: str, **payload: Any) -> tuple[Ack, str]:
        """Press, type or send something off; `payload` is what is particular to it."""
        token = fresh("t")
        common = {"type": kind, "user": {"id": user, "team_id": TEAM}, "team": {"id": TEAM}}
        return self.send({"payload": json.dumps({**common, "trigger_id": token, **payload})}), token

    def _post(self, body: str, kind: str) -> Ack:
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(SECRET, stamp, body),
        }
        began = time.monotonic()
        try:
            answer = self.pool.request(
                "POST", f"{self.url}/slack/events", body=body.encode(), headers=headers, timeout=30
            )
        except urllib3.exceptions.HTTPError:
            return Ack(0, time.monotonic() - began, "")
        return Ack(answer.status, time.monotonic() - began, answer.data.decode())

    def quiet(self) -> None:
        """Wait until the bot asks the table for nothing: its clock reads every record at its first start."""
        asked = 1.0
        while asked:
            self.counted()
            time.sleep(QUIET_SECONDS)
            asked = self.counted().get("requests", 0.0)

    def spent(self) -> "Spent":
        """Return what the bot has spent so far."""
        assert self.bot is not None
        return spent_by(self.bot.pid)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """The bot, healthy, in a process of its own."""
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            with log.open("wb") as sink:
                bot = subprocess.Popen([COMMAND, "serve"], env={**self.settings}, stdout=sink, stderr=sink)  # noqa: S603 - our own
            try:
                self.bot, self.url = bot, address_in(bot, log)
                while self.pool.request("GET", f"{self.url}/healthz").status != 200:
                    time.sleep(0.01)
                self.booted = self.spent()
                yield
            finally:
                bot.terminate()
                # It may be reading every record of the largest registry, which this table takes a while for.
                bot.wait(timeout=300)


@dataclass(frozen=True)
class Spent:
    """A process's CPU in seconds, and its memory in MB."""

    cpu: float
    memory: float


def spent_by(pid: int) -> Spent:
    """Read it from the system."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    cpu = sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Spent(cpu, pages * TICKS / 1e6)


def fresh(prefix: str) -> str:
    """A word never given before."""
    return f"{prefix}{next(_numbers)}-{secrets.token_hex(4)}"


@contextmanager
def running_rig() -> Iterator[Rig]:
    """The table with nothing in it, and Slack; the bot is not started yet."""
    tls = certificate()
    with ExitStack() as stack:
        bundle = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "bundle.pem"
        bundle.write_bytes(Path(certifi.where()).read_bytes() + tls.authority.read_bytes())
        port = engines.free_port()
        table = stack.enter_context(
            engines.process(
                [sys.executable, "-m", "tests.bench.stage.instant_table", str(port)],
                port,
                small_engine.SETTINGS,
            )
        )
        port = engines.free_port()
        slack_url = f"https://127.0.0.1:{port}"
        command = [
            sys.executable,
            "-m",
            "tests.bench.stage.instant_slack",
            str(port),
            str(tls.chain),
            str(tls.key),
        ]
        stack.enter_context(engines.process(command, port))
        settings = {
            **os.environ,
            **engines.reaching(table.endpoint),
            "SSL_CERT_FILE": str(bundle),
            **MEMORY,
            "SLACK_BOT_TOKEN": "xoxb-of-the-bench",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": f"{slack_url}/api/",
            "COCM_AUDIT_KEY": AUDIT_KEY,
            "COCM_PORT": "0",
            "COCM_LOG_LEVEL": "INFO",
        }
        settings.pop("SLACK_APP_TOKEN", None)
        # As in the image: compiled when it is made, not at each start.
        settings.pop("PYTHONDONTWRITEBYTECODE", None)
        compileall.compile_dir(PACKAGE, quiet=1)
        stack.enter_context(mock.patch.dict(os.environ, engines.reaching(table.endpoint)))
        made = stack.enter_context(engines.fresh_table(engines.client_of(table.endpoint)))
        rig = Rig(made, table.endpoint, slack_url, tls, settings | {"COCM_TABLE": made.name}, bundle=bundle)
        yield rig
