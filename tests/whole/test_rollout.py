"""Replace every process of a bot under clicks, behind a balancer that knows them by `/readyz` alone.

Meanwhile the table gets another index, and loses the one that all of them began with.
"""

import itertools
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from cocm_bot.domain.vocabulary import Role
from cocm_bot.opening import system_clock
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries.setup import add_member, new_member
from cocm_bot.playground import cast, payloads
from cocm_bot.playground.state import Message
from cocm_bot.playground.workspace import Workspace
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.patients import history, lists
from cocm_bot.store.table.keys import INDEX
from cocm_bot.store.table.table import Table
from tests.rig.seats import PATIENCE
from tests.rig.servers.served import Served, environment, found_registry, listening, run_here
from tests.store import engines

pytestmark = [pytest.mark.slow, pytest.mark.long(60), pytest.mark.timeout(400)]

PROCESSES = 3
PATIENTS = 30
CLICKS_A_SECOND, AT_AN_END = 4, 40
"""Clicks at any time, and about the moments when a process stops to answer, where one is easily lost."""
CLICKS_AFTER = 20
"""Clicks that must be answered once all is replaced."""
MOST_UNANSWERED = 16
"""Clicks under way: on a machine that does not keep up, people wait for their answers."""
PEOPLE = 12
DRAIN_SECONDS = 3
PROBE_SECONDS = 0.25


class Balancer:
    """Sends each request to the next process that says it is ready."""

    def __init__(self) -> None:
        self._behind: dict[str, bool] = {}
        self._turn = itertools.count()
        self._pool = urllib3.PoolManager(retries=False, maxsize=32)
        self._probes = ThreadPoolExecutor(2 * PROCESSES)

    def add(self, url: str) -> None:
        self._behind[url] = False

    def probe(self) -> None:
        """Ask all at once, as a balancer does: a slow one delays no other."""
        list(self._probes.map(self._ask, list(self._behind)))

    def _ask(self, url: str) -> None:
        try:
            answer = self._pool.request("GET", f"{url}/readyz", timeout=PATIENCE)
        except urllib3.exceptions.HTTPError:
            self._behind.pop(url, None)
        else:
            self._behind[url] = answer.status == 200

    def ready(self) -> list[str]:
        return [url for url, fit in self._behind.items() if fit]

    def forward(self, path: str, headers: dict[str, str], body: bytes) -> urllib3.BaseHTTPResponse:
        fit = self.ready()
        url = fit[next(self._turn) % len(fit)]
        return self._pool.request("POST", f"{url}{path}", body=body, headers=headers, timeout=PATIENCE)


@contextmanager
def balancing(balancer: Balancer) -> Iterator[str]:
    """Serve it, and probe, while the block runs."""
    ended = threading.Event()

    class Front(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            answer = balancer.forward(self.path, kept, body)
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.data)))
            self.end_headers()
            self.wfile.write(answer.data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    def probe() -> None:
        while not ended.wait(PROBE_SECONDS):
            balancer.probe()

    with ThreadingHTTPServer(("127.0.0.1", 0), Front) as server, ThreadPoolExecutor(2) as threads:
        threads.submit(server.serve_forever)
        threads.submit(probe)
        try:
            yield f"http://127.0.0.1:{server.server_port}/slack/events"
        finally:
            ended.set()
            server.shutdown()


def staff(workspace: Workspace, settings: dict[str, str], registry_id: str) -> list[str]:
    """Have others beside Maya who click: nobody looks for patients as often as all of them together."""
    table = Table(engines.client_of(settings["AWS_ENDPOINT_URL_DYNAMODB"]), settings["COCM_TABLE"])
    ctx = Context(table, system_clock, AuditTrail(settings["COCM_AUDIT_KEY"], 6, system_clock))
    clicking = [cast.MAYA]
    for number in range(PEOPLE - 1):
        email = f"cara.{number}@example.org"
        person = cast.Person(f"U0CARA{number}", f"Cara Number{number}", email=email)
        workspace.people[person.id] = person
        add_member(
            ctx,
            registry_id,
            new_member(email=email, first_name="Cara", last_name=f"Number{number}", role=Role.CARE_MANAGER),
        )
        clicking.append(person.id)
    return clicking


def answers(workspace: Workspace) -> list[Message]:
    """Return what those who click were answered, each to them alone."""
    return [each for each in workspace.messages if each.only_for]


def clicks(
    workspace: Workspace,
    people: list[str],
    handles: list[str],
    ending: threading.Event,
    stopped: threading.Event,
) -> list[str | None]:
    """Log contacts, each in one line, until it is time to stop; returns the failure of each, if any.

    They come faster while a process is `ending`.
    """

    def one(number: int) -> str | None:
        line = f'log {handles[number % len(handles)]} phone 1m "click {number}" !'
        typed = payloads.command(workspace, people[number % len(people)], cast.LOBBY, "/cocm", line)
        return workspace.sender.command(typed).failure

    def keeps_up() -> bool:
        return len(clicked) - len(answers(workspace)) < MOST_UNANSWERED

    clicked: list[Future[str | None]] = []
    with ThreadPoolExecutor(16) as pool:
        while not stopped.wait(1 / (AT_AN_END if ending.is_set() else CLICKS_A_SECOND)):
            workspace.wait_until(keeps_up, "answers to clicks", PATIENCE)
            clicked.append(pool.submit(one, len(clicked)))
    return [each.result() for each in clicked]


def noted(table: Table, registry_id: str) -> Counter[str]:
    """Return how often each click's note is in the histories."""
    found: Counter[str] = Counter()
    for patient in lists.caseload(table, registry_id).records:
        notes = [contact.note or "" for contact in history.contacts(table, patient.id)]
        found.update(note for note in notes if note.startswith("click "))
    return found


def end(process: "subprocess.Popen[bytes]", ending: threading.Event) -> None:
    """Ask a process to end, and wait until the balancer must know that it did."""
    with hurrying(ending):  # it may be gone at once
        process.send_signal(signal.SIGTERM)
        time.sleep(2 * PROBE_SECONDS)
    time.sleep(DRAIN_SECONDS - 3 * PROBE_SECONDS)
    with hurrying(ending):  # or when it has served on for long enough, and the balancer send it clicks still
        assert process.wait(timeout=60) == 0
        time.sleep(2 * PROBE_SECONDS)


@contextmanager
def hurrying(ending: threading.Event) -> Iterator[None]:
    """Have people click faster while the block runs."""
    ending.set()
    yield
    ending.clear()


def test_all_processes_and_the_index_are_replaced_and_no_click_is_lost_or_done_twice(
    endpoint: str, workspace: Workspace, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    settings = environment(workspace, endpoint) | {"COCM_DRAIN_SECONDS": str(DRAIN_SECONDS)}
    registry_id = found_registry(settings, "Etc/UTC")
    assert run_here(settings, "seed", "--registry", registry_id, "--patients", str(PATIENTS)).returncode == 0
    table = Table(engines.client_of(endpoint), settings["COCM_TABLE"])
    caseload = lists.caseload(table, registry_id).records
    # A first contact asks what it is: it is not saved at once.
    handles = [each.handle for each in caseload if each.initial_assessment]
    people = staff(workspace, settings, registry_id)
    balancer, names = Balancer(), itertools.count()

    with ExitStack() as running, ThreadPoolExecutor(1) as person:

        def started(version: str) -> Served:
            log = tmp_path / f"log-{next(names)}"
            served = running.enter_context(listening(settings | {"PYTHONPATH": version}, log))
            balancer.add(served.url)
            workspace.wait_until(lambda: served.url in balancer.ready(), "it is ready", PATIENCE)
            return served

        front = running.enter_context(balancing(balancer))
        old = [started(pytestconfig.getoption("previous")) for _ in range(PROCESSES)]
        workspace.connect(front)
        ending, stopped = threading.Event(), threading.Event()
        clicking = person.submit(clicks, workspace, people, handles, ending, stopped)
        assert run_here(settings, "table", "migrate").returncode == 0
        for served in old:
            started(str(Path(__file__).parents[2]))
            end(served.process, ending)
        dropped = run_here(settings, "table", "migrate", "--drop")
        assert f"{INDEX} is gone." in dropped.stdout, dropped.stderr
        # What they come to is looked up once, in the end: each look reads every history.
        before = len(answers(workspace))
        with hurrying(ending):
            workspace.wait_until(
                lambda: len(answers(workspace)) > before + CLICKS_AFTER, "clicks go on", PATIENCE
            )
        stopped.set()
        failures = clicking.result()
        wanted = Counter({f"click {number}": 1 for number in range(len(failures))})
        with suppress(TimeoutError):
            workspace.wait_until(lambda: noted(table, registry_id) == wanted, "all is saved once", PATIENCE)
        assert noted(table, registry_id) == wanted, Counter(
            str(each.blocks) for each in answers(workspace)
        ).most_common(2)
    print(f"{len(failures)} clicks while {PROCESSES} processes and the index were replaced")
    assert set(failures) == {None}
