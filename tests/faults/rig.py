"""An installation whose table, Slack, settings and clock can be made to fail, and what is seen of it then."""

import io
import json
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from opentelemetry.sdk.metrics import Counter, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader

from cocm_bot import bootstrap, doctor, logs
from cocm_bot.bootstrap import Bot, running_bot
from cocm_bot.cli.main import main
from cocm_bot.config import load_settings
from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType
from cocm_bot.opening import open_table, system_clock
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.operator_errors import SettingsError, explained
from cocm_bot.playground import cast, payloads, sender
from cocm_bot.playground.state import Call
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime import router
from cocm_bot.slack.runtime.client.connections import Connections
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.slack.runtime.server.http import http_app
from cocm_bot.startup import SCOPES, check_audit_key, check_start
from cocm_bot.store import registries, ticks
from cocm_bot.store.audit import checkpoints
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.audit.checkpoints import Checkpoint
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table import client as client_module
from cocm_bot.store.table.administration import create_table
from cocm_bot.store.table.ownership import require_ours
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import people
from cocm_bot.store.ticks import Run
from cocm_bot.telemetry import instruments
from tests.conftest import _logging_kept
from tests.faults.between import Asked, Between, Fault, Said, between, refusing
from tests.rig import crowd
from tests.rig.seats import PATIENCE
from tests.rig.servers.standing import running_workspace, served
from tests.store import engines

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = "a key for the tests and for nothing else"
TABLE = "cocm-registry"
TABLE_SECONDS, SLACK_SECONDS = 0.5, 1
"""The longest an answer may take here; in earnest two and five."""
REFERENCE = re.compile(r" ?\(Reference (\w+)\)| reference: (\w+)")
_EACH_TIME = {
    r"(?<=seconds=)\d+": "0",
    r"-[0-9a-f]{8}\b": "",
    r"\b[0-9a-f]{8}(?= does not tick)": "A process",
    r"^✅ .*\sSaved\. .*$": "✅ Saved.",
}
_ORDINARY = re.compile(r' did \d+ jobs? in |jobs? waiting, the longest|^{"time": ')
"""The lines that `status` always prints, and those of a library's log."""
_VARIES = re.compile(r" (?:at=\S+ <?\w+>?|ref=\S+)(?=\s|$)")
NOBODY = "Slack's own: the app did not respond"
"""The words of Slack where no process of the bot's is there to answer."""
COUNTS_ILL = frozenset({"refused_requests", "unreadable_items"})
"""The counters of what should not be at all."""
WELL = frozenset({"ok", "done", "ConditionalCheckFailedException", "TransactionCanceledException"})


class Ended(NamedTuple):
    """The end of a command: its exit code, and what it printed."""

    code: int
    printed: str


class Seen(NamedTuple):
    """The sight of a fault for an operator and a person."""

    start: str
    """The line that `serve` ends with while the fault is there, or logs when it starts all the same."""
    log: tuple[str, ...]
    """The warnings and errors of the bot's log, each once, without references and places."""
    metric: tuple[str, ...]
    """Counters that do not say that all is well."""
    status: str
    """Its exit code and the lines that say that something is wrong."""
    doctor: tuple[str, ...]
    """Its exit code, then a line for each thing it says, with the parts that it says it of."""
    person: str


@dataclass
class Rig:
    """One installation; `environment` is that of its processes."""

    engine: str
    workspace: Workspace
    table: Between
    slack: Between
    environment: dict[str, str]
    reader: InMemoryMetricReader
    log: io.StringIO
    registry_id: str = ""

    @property
    def store(self) -> Table:
        """The table itself, which no fault is before."""
        return Table(self._client, self.environment["COCM_TABLE"])

    @cached_property
    def _client(self) -> "DynamoDBClient":
        return engines.client_of(self.engine)

    @property
    def actor(self) -> Actor:
        """Maya at her work."""
        registry = registries.get(self.store, self.registry_id)
        assert registry is not None
        [maya] = [each for each in people.members(self.store, self.registry_id) if each.is_admin]
        return Actor(maya.user_id, "Maya", "Okafor", maya.role, is_admin=True, registry=registry)

    @property
    def ctx(self) -> Context:
        return Context(self.store, system_clock, AuditTrail(Keyring({"": KEY}), 6, system_clock))


@contextmanager
def running_rig(engine: str) -> Iterator[Rig]:
    """An installation in order, with a registry of two members and nobody in it."""
    reader = InMemoryMetricReader({Counter: AggregationTemporality.DELTA})
    provider = MeterProvider([reader], shutdown_on_exit=False)
    log = io.StringIO()
    with ExitStack() as stack:
        enter = stack.enter_context
        workspace = enter(running_workspace(ack_seconds=PATIENCE))
        workspace.scopes = tuple(sorted(SCOPES))
        table, slack = enter(between(engine)), enter(between(workspace.base_url))
        enter(mock.patch.object(instruments, "get_meter", provider.get_meter))
        stack.callback(instruments.instruments.cache_clear)
        instruments.instruments.cache_clear()
        enter(mock.patch.object(time, "sleep", return_value=None))
        enter(mock.patch.object(client_module, "READ_SECONDS", TABLE_SECONDS))
        enter(mock.patch.object(router, "ANSWER_SECONDS", PATIENCE / 2))
        for module in (bootstrap, doctor):
            enter(mock.patch.object(module, "ANSWER_SECONDS", SLACK_SECONDS))
        environment = {
            **engines.LOCAL,
            engines.ENDPOINT: table.url,
            "COCM_AUDIT_KEY": KEY,
            "SLACK_BOT_TOKEN": workspace.token,
            "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
            "SLACK_API_URL": f"{slack.url}/api/",
        }
        workspace.sender.signing_secret = environment["SLACK_SIGNING_SECRET"]
        rig = Rig(engine, workspace, table, slack, environment, reader, log)
        furnish(rig, TABLE)
        yield rig


def furnish(rig: Rig, name: str) -> None:
    """Make a table and a registry in it, with a clock that ticked and a checkpoint of the access log."""
    rig.environment["COCM_TABLE"] = name
    rig.table.fault = denying_history
    create_table(rig.store.client, name)
    wanted = new_registry(
        name="Riverside Clinic",
        admin_email="maya.okafor@example.org",
        first_name="Maya",
        last_name="Okafor",
        role=Role.CARE_MANAGER,
        timezone="Etc/UTC",
    )
    rig.registry_id = create_registry(rig.ctx, wanted).registry_id
    iris = new_member(
        email="iris.lindqvist@example.org",
        first_name="Iris",
        last_name="Lindqvist",
        role=Role.PSYCHIATRIST,
    )
    add_member(rig.ctx, rig.registry_id, iris)
    at = system_clock().timestamp()
    tick(rig, 0)
    made = Checkpoint(
        number=1,
        at=at,
        since=at,
        process="cafe0001",
        heads=(),
        previous="",
        previous_day="",
        kept_until=4102444800,
    )
    checkpoints.add(rig.store, checkpoints.sealed(made, Keyring({"": KEY})), None)


def tick(rig: Rig, ahead: float) -> None:
    """A process whose clock is right ticked just now; `ahead` is the world's clock of this machine's."""
    at = system_clock().timestamp() + ahead
    ticks.record(rig.store, Run(process="cafe0001", at=at, seconds=1.0, done=0, left=0))


def denying_history(asked: Asked) -> Said | None:
    """The denial of docs/iam.md, which the engine of the tests does not know."""
    denied = asked.name in {"UpdateItem", "DeleteItem"} and b'"patient-log:' in asked.body
    return DENIED(asked) if denied else None


DENIED = refusing("AccessDeniedException")


def denying_too(fault: Fault) -> Fault:
    """A fault, and else that denial."""
    return lambda asked: fault(asked) or denying_history(asked)


Act = Callable[[Rig, Bot], str]
"""A thing a person or the clock does; returns what a person sees of it."""


def typed(line: str = "/cocm today") -> Act:
    """A command by Maya in a channel."""

    def act(rig: Rig, _bot: Bot) -> str:
        workspace, before = rig.workspace, len(rig.workspace.calls)
        name, _, words = line.partition(" ")
        sent = payloads.command(workspace, cast.MAYA, cast.LOBBY, name, words)
        reply = workspace.sender.command(sent)
        if reply.failure:
            return NOBODY

        def answered() -> Call | None:
            return next((each for each in workspace.calls[before:] if _is_answer(each)), None)

        answer = workspace.wait_until(answered, "an answer", PATIENCE)
        assert answer is not None
        return said(answer)

    return act


def _is_answer(call: Call) -> bool:
    """Return whether a call shows the person something: a message, or more of a modal than "Loading…"."""
    taken = isinstance(call.answer, dict) and call.answer.get("ok")
    return call.to == "slack" and call.name in {"response_url", "views.update"} and bool(taken)


def said(call: Call) -> str:
    """Return the words of a message or modal, without what varies."""
    shown = call.arguments.get("view") or call.arguments
    words = [each for block in shown.get("blocks", []) for each in _texts(block)]
    return REFERENCE.sub("", " ".join(words) or str(shown.get("text")))


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    match block.get("text"):
        case {"text": str(words)}:
            yield words
    for element in block.get("elements", []):
        if block["type"] == "context" and isinstance(element.get("text"), str):
            yield element["text"]


def observed(rig: Rig, act: Act, environment: Mapping[str, str], *, kept_from_starting: bool = False) -> Seen:
    """Let a bot of this environment run, and return what its person and its operator see."""
    whole = {**rig.environment, **environment}
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COCM_", "SLACK_"))
    }
    given = {name: value for name, value in (kept | whole).items() if value}
    with mock.patch.dict(os.environ, given, clear=True):
        counted(rig.reader)
        begins = rig.log.tell()
        person = NOBODY
        if not kept_from_starting:
            with logging_to(rig.log):
                settings = load_settings()
                with running_bot(settings) as bot, served(_app(bot, settings)) as url:
                    rig.workspace.connect(f"{url}/slack/events")
                    person = act(rig, bot)
        rig.log.seek(begins)
        log, metric = logged(rig.log.read()), counted(rig.reader)
        return Seen(started(), log, metric, _status(), _doctor(), plain(person))


def started() -> str:
    """Return the line that `serve` ends with, or what it logs at the start; empty where all is well."""
    written = io.StringIO()
    try:
        settings = load_settings()
        table = open_table(settings)
        token = settings.bot_token.get_secret_value() if settings.bot_token else None
        client = web_client(token, settings.slack_url, SLACK_SECONDS, Connections())
        with suppress(Unavailable):
            require_ours(table)
        with logging_to(written):
            check_start(table, Gateway(client))
            check_audit_key(table, Keyring(settings.audit_secrets))
    except (SettingsError, CocmError) as error:
        return plain(explained(error) if isinstance(error, Unavailable) else str(error))
    return plain(" ".join(logged(written.getvalue())))


def plain(words: str) -> str:
    """Leave out what is another each time: names of tables and processes, single seconds, a saved line."""
    for pattern, instead in _EACH_TIME.items():
        words = re.sub(pattern, instead, words, flags=re.DOTALL)
    return re.sub(r"(?<=[=+-])\d\d+(?=:| s off)", lambda found: str(round(int(found[0]), -1)), words)


def _status() -> str:
    ended_so = ended("status")
    lines = [line for line in ended_so.printed.splitlines() if not _ORDINARY.search(line)]
    return plain(" ".join([str(ended_so.code), *lines]))


def _doctor() -> tuple[str, ...]:
    ended_so = ended("doctor", "--json")
    subjects: dict[str, list[str]] = defaultdict(list)
    for line in ended_so.printed.splitlines():
        found = json.loads(line)
        if found["state"] != "ok":
            sentence = found["said"].removeprefix(f"{found['subject'].capitalize()} ")
            subjects[sentence].append(found["subject"])
    named = [f"{', '.join(dict.fromkeys(of))}: {sentence}" for sentence, of in subjects.items()]
    return (str(ended_so.code), *map(plain, named))


def _app(bot: Bot, settings: Any) -> Any:
    return http_app(bot.bolt, bot.ready, settings.signing_secret.get_secret_value())


@contextmanager
def logging_to(stream: io.StringIO) -> Iterator[None]:
    with _logging_kept():
        with redirect_stderr(stream):
            logs.configure("INFO", logs.Style.JSON)
        yield


def logged(written: str) -> tuple[str, ...]:
    lines = [json.loads(line) for line in written.splitlines()]
    grave = [each for each in lines if each["level"] not in {"DEBUG", "INFO"} and logs.OURS in each["logger"]]
    graves = [_VARIES.sub("", each["message"]) for each in grave]
    return tuple(dict.fromkeys(map(plain, graves)))


def counted(reader: InMemoryMetricReader) -> tuple[str, ...]:
    found = reader.get_metrics_data()
    ill = set()
    for resource in found.resource_metrics if found else ():
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    given = dict(point.attributes or {})
                    kind = "cause" if "cause" in given else "kind"
                    outcome = str(
                        given.get("outcome", given.get(kind) if metric.name in COUNTS_ILL else "ok")
                    )
                    if outcome not in WELL and getattr(point, "value", None):
                        ill.add(f"{metric.name} {outcome}")
    return tuple(sorted(ill))


def ended(*words: str) -> Ended:
    """Run a command in this process as it is run in one of its own."""
    printed = io.StringIO()
    with (
        _logging_kept(),
        mock.patch.object(sys, "argv", ["cocm-bot", *words]),
        redirect_stdout(printed),
        redirect_stderr(printed),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        else:
            code = 0
    return Ended(code, printed.getvalue())


def enrolled(rig: Rig) -> str:
    """A patient of the registry, assessed today; returns the handle."""
    ada = Enrolment(
        patient_mrn="MRN-1",
        first_name="Ada",
        last_name="Example",
        date_of_birth=date(1980, 2, 29),
    )
    handle = enrol(rig.ctx, rig.actor, ada, new_id()).patient.handle
    contact = Contact(
        contact_type=ContactType.INITIAL_ASSESSMENT,
        visit_type=VisitType.PHONE,
        day=system_clock().date(),
        minutes=30,
    )
    log_contact(rig.ctx, rig.actor, handle, contact, new_id())
    return handle


def alerted(rig: Rig, bot: Bot) -> str:
    """Maya raises a safety flag, and the clock sends the alert; returns what she and Iris are sent."""
    before = len(rig.workspace.calls)
    risk = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
    raise_flags(rig.ctx, rig.actor, enrolled(rig), risk, new_id())
    bot.clock.tick()
    bot.clock.tick()
    names = {cast.MAYA: "Maya", cast.PSYCHIATRIST: "Iris"}
    sent = [call for call in rig.workspace.calls[before:] if call.name == "chat.postMessage"]
    got = [
        f"{names.get(str(call.arguments['channel']), 'channel')}: {call.arguments['text']}"
        for call in sent
        if isinstance(call.answer, dict) and call.answer.get("ok")
    ]
    return " / ".join(got) or "(nothing arrives)"


def ticked(rig: Rig, bot: Bot) -> str:
    """The clock ticks, then Maya types."""
    bot.clock.tick()
    return typed()(rig, bot)


def logging_in_one_line(rig: Rig, bot: Bot) -> str:
    """Maya logs a contact in one line."""
    [item] = [each for each in crowd.stored(rig.store) if "treatment_logs" in each]
    return typed(f'/cocm log {item["handle"]["S"]} phone 5m "called" !')(rig, bot)


@contextmanager
def world_ahead(rig: Rig, seconds: float) -> Iterator[None]:
    """The clocks of the table, of Slack and of its requests are ahead of this machine's."""
    there = SimpleNamespace(time=lambda: time.time() + seconds)
    rig.table.ahead = rig.slack.ahead = int(seconds)
    tick(rig, seconds)
    try:
        with mock.patch.object(sender, "time", there):
            yield
    finally:
        rig.table.ahead = rig.slack.ahead = 0
