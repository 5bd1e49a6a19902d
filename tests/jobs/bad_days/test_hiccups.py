"""Results of the clock's work when Slack fails: each thing it does × each method × each failure.

A cell says how many of those it is for have it at once, how many in the end, and after how many seconds; the
job is not tried before. "Always" is for the whole first try. `LASTING` is the status shown when a failure
goes on for longer than anybody should wait.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from slack_sdk import WebClient

import cocm_bot.jobs
from cocm_bot import bootstrap
from cocm_bot.jobs import slack_directory
from cocm_bot.jobs.digests import illustrated
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.operations import clock_status
from cocm_bot.slack.runtime.client import gateway
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from tests.faults.slack import FAILURES, Failure, Resting, failing
from tests.jobs.scenes.clock_scenes import ALERT, POST, SCENES, Stage, running_stage
from tests.jobs.scenes.environment import Environment
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.scenes import add_patient
from tests.store import engines

pytestmark = [pytest.mark.slow, pytest.mark.long(55), pytest.mark.timeout(600)]

OF_THE_CLOCK: Mapping[str, Failure] = {
    **{name: FAILURES[name] for name in ("500", "429 for half a minute", "timeout", "invalid_blocks")},
    "token_revoked": Failure("", False, {"error": "token_revoked"}),
    "channel_not_found": Failure("", False, {"error": "channel_not_found"}),
}
"""One for each way the clock tells failures apart: the gateway's tests hold all others to be one of these."""
REFUSED, GONE = "invalid_blocks", "channel_not_found"
OF_FILES: Mapping[str, Failure] = {
    **OF_THE_CLOCK,
    REFUSED: Failure("", False, {"status": 403}),
    GONE: Failure("", False, {"status": 404}),
    "token_revoked": Failure("", False, {"broken": True}),
}
"""The same where a file's bytes go: what is there is no method, and answers with a status alone."""
UPLOADING = {"files.getUploadURLExternal", "upload", "files.completeUploadExternal"}
"""The calls that give Slack a file."""
ALIKE = ("500", "timeout")
"""Failures that are one to the clock as well, from either side of the gateway."""
DAY = 24 * 3600


class Told(NamedTuple):
    """The number who have it at once, the number in the end, and the seconds until then."""

    at_once: int
    at_last: int
    seconds: int = 0


Cell = Callable[[str, bool], Told]
"""Returns the result of a failure, by its name, once or always."""


def cell(
    once: int,
    always: int,
    every: int,
    seconds: int = 60,
    *,
    refused: tuple[Told, Told] | None = None,
    gone: tuple[Told, Told] | None = None,
    least: int = 0,
) -> Cell:
    """Return the cell of a call that is tried again after some seconds, or as Slack says.

    What Slack refuses, or says is gone, may have another end: once, and always. `least` is how long somebody
    else's claim holds it back.
    """

    def expected(name: str, lasts: bool) -> Told:
        other = {REFUSED: refused, GONE: gone}.get(name)
        if other:
            return other[lasts]
        waits = (OF_THE_CLOCK[name].fault or {}).get("retry_after", seconds)
        return Told(always if lasts else once, every, max(least, waits))

    return expected


def nothing(arrived: int) -> Cell:
    """Return the cell of a call that keeps nothing from arriving."""
    return lambda _name, _always: Told(arrived, arrived)


def left(once: int, always: int) -> tuple[Told, Told]:
    """Return what has arrived where nothing more will."""
    return Told(once, once), Told(always, always)


def both(told: Told) -> tuple[Told, Told]:
    return told, told


# Whoever Slack says is gone is passed over: the admins are notified, and at once the next in line.
# What somebody wrote may be at fault: the alert goes without it. If not even that is taken, or nobody is
# there, the admin is next in line at once, and all three are tried again.
ONE_OF_TWO = cell(1, 0, 2, 5, refused=(Told(2, 2), Told(0, 3, 5)), gone=(Told(1, 1), Told(0, 3, 5)))
TO_NOBODY = cell(0, 0, 1, 5, refused=both(Told(1, 1)), gone=both(Told(1, 1)))
NOT_EVEN_LOOKED = cell(0, 0, 1, 5, refused=(Told(1, 1), Told(0, 1, 5)), gone=both(Told(1, 1)))
REDRAWN = cell(2, 1, 3, refused=left(2, 1), gone=left(2, 1))
NONE_REDRAWN = cell(2, 0, 3, refused=left(2, 0), gone=left(2, 0))
# The person who caused it learns whom it did not reach, and it is tried again until they do.
RECOMMENDED = cell(1, 0, 2, refused=(Told(1, 1), Told(0, 2, 60)), gone=(Told(1, 1), Told(0, 2, 60)))
INVITED = cell(0, 0, 1, gone=both(Told(0, 1, DAY)))
# One who is gone, or whose message is refused, has none today: `LASTING` says so.
DIGEST = cell(1, 0, 2, gone=left(1, 0))
LISTED_IN_VAIN = cell(1, 1, 2, gone=left(1, 1))
UNHEARD = cell(0, 0, 2, 120, least=60)
NOTED = cell(0, 0, 1, refused=left(0, 0), gone=left(0, 0))
EMPTIED = cell(0, 0, 2, gone=left(0, 0))
BEHIND_HOME = cell(1, 1, 2)
ONE_MISSED = cell(1, 0, 2, refused=left(1, 0), gone=left(1, 0))
MONTHLY = cell(0, 0, 2, gone=left(0, 0))
# A file that can't be had is no file to import: a message says so.
NOTHING_READ = cell(0, 0, 2, refused=left(1, 1), gone=left(1, 1))
NOBODY_FOUND = cell(0, 0, 2, refused=left(0, 0), gone=left(0, 0))
NOT_IMPORTED = cell(0, 0, 1, refused=left(0, 0), gone=left(0, 0))
# A message that can't be redrawn is sent again.
SENT_AGAIN = cell(0, 0, 1, refused=left(1, 1), gone=left(1, 1))
NOBODY_TOLD = cell(0, 0, 2, refused=left(0, 0), gone=left(0, 0))


def unless_always(name: str, always: bool) -> Told:
    """The first call is the clearing's, which comes again by itself."""
    return NOBODY_TOLD(name, always) if always else Told(2, 2)


def without_the_report(name: str, always: bool) -> Told:
    """Return the cell of a report that is tried again if that may help; else its message goes without."""
    return Told(1, 1) if name in (REFUSED, GONE, "token_revoked") else NOTHING_READ(name, always)


def in_channel(name: str, _always: bool) -> Told:
    """An alert that nobody got is tried again at once, in the channel too; a closed one is passed over."""
    return Told(0, 0) if name in (REFUSED, GONE) else Told(0, 1, 5)


CELLS: Mapping[str, Mapping[str, Cell]] = {
    "safety alert": dict.fromkeys(("auth.test", "users.info", "users.lookupByEmail", POST), ONE_OF_TWO),
    "safety alert, taken": {
        "auth.test": NONE_REDRAWN,
        **dict.fromkeys(("users.info", "users.lookupByEmail", POST, "chat.update"), REDRAWN),
    },
    "safety alert, to nobody": {
        "auth.test": NOT_EVEN_LOOKED,
        "users.info": TO_NOBODY,
        "users.lookupByEmail": NOT_EVEN_LOOKED,
        **dict.fromkeys(("conversations.info", POST), in_channel),
    },
    "recommendation": {
        "auth.test": RECOMMENDED,
        "users.lookupByEmail": cell(1, 0, 2, refused=left(1, 0), gone=left(1, 0)),
        POST: RECOMMENDED,
    },
    "recommendation, declined": {
        "auth.test": cell(2, 0, 3, refused=(Told(2, 2), Told(0, 3, 60)), gone=(Told(2, 2), Told(0, 3, 60))),
        **dict.fromkeys(("users.info", "users.lookupByEmail", POST, "chat.update"), REDRAWN),
    },
    "invite": dict.fromkeys(("auth.test", "users.lookupByEmail", POST), INVITED),
    "digest": {
        "auth.test": DIGEST,
        "users.lookupByEmail": DIGEST,
        POST: cell(1, 0, 2, refused=left(1, 0), gone=left(1, 0)),
    },
    "digest, many people": {
        # A workspace too large to be listed at once is asked one by one.
        "auth.test": lambda name, lasts: Told(2, 2) if "429" in name and not lasts else DIGEST(name, lasts),
        "users.list": lambda name, lasts: Told(2, 2) if "429" in name else DIGEST(name, lasts),
        POST: cell(1, 0, 2, refused=left(1, 0), gone=left(1, 0)),
    },
    "digest, of an organization": {
        "auth.test": lambda name, lasts: Told(2, 2) if "429" in name and not lasts else DIGEST(name, lasts),
        "auth.teams.list": lambda name, lasts: Told(2, 2) if "429" in name else DIGEST(name, lasts),
        # Whoever is next is looked for alone, and found.
        "users.list": lambda name, lasts: Told(2, 2) if "429" in name else LISTED_IN_VAIN(name, lasts),
        POST: cell(1, 0, 2, refused=left(1, 0), gone=left(1, 0)),
    },
    "digest, in the channel": {
        "conversations.info": cell(0, 0, 1, gone=left(0, 0)),
        # The bot reads no channel: what may have arrived there is never sent twice.
        POST: lambda name, _: Told(0, 1, 30) if "429" in name else Told(0, 0),
    },
    "digest, unheard": {
        **dict.fromkeys(
            ("auth.test", "users.lookupByEmail", "conversations.open", "conversations.history"), UNHEARD
        ),
        # A row that is not struck says so when it is pressed.
        "chat.update": nothing(1),
    },
    "clearing": {
        "auth.test": EMPTIED,
        "users.lookupByEmail": EMPTIED,
        "views.publish": cell(0, 0, 2, gone=left(1, 1)),
        "conversations.open": BEHIND_HOME,
        "conversations.history": BEHIND_HOME,
        "chat.update": cell(1, 1, 2, refused=left(1, 1), gone=left(1, 1)),
    },
    "notice": dict.fromkeys(("auth.test", "users.lookupByEmail", POST), NOTED),
    "offboarding": {
        "auth.test": unless_always,
        "views.publish": nothing(2),
        "conversations.open": nothing(2),
        "conversations.history": nothing(2),
        "users.lookupByEmail": unless_always,
        POST: cell(1, 0, 2, refused=left(1, 0), gone=left(1, 0)),
    },
    "recalculation": {
        "auth.test": NOTED,
        "users.lookupByEmail": NOTED,
        POST: NOTED,
        # How far it came is worth no second try.
        "chat.update": nothing(1),
    },
    "digest, first of the month": {
        "auth.test": MONTHLY,
        "users.lookupByEmail": MONTHLY,
        **dict.fromkeys(UPLOADING, nothing(1)),
        # A picture that Slack has not looked into yet is shown again.
        POST: cell(0, 0, 2, refused=(Told(2, 2), Told(0, 0)), gone=left(0, 0)),
    },
    "many patients": {
        "auth.test": ONE_MISSED,
        "users.lookupByEmail": ONE_MISSED,
        POST: ONE_MISSED,
        # The progress, and the row of the digest: a row that is not struck says so when it is pressed.
        "chat.update": nothing(2),
    },
    "closed month changed": dict.fromkeys(("auth.test", "users.lookupByEmail", POST), ONE_MISSED),
    "erased": {"chat.update": ONE_MISSED},
    "import": {
        "files.info": NOTHING_READ,
        "download": NOTHING_READ,
        **dict.fromkeys(("conversations.open", *UPLOADING - {"upload"}), without_the_report),
        # What does not take a file says no more than a status.
        "upload": lambda _name, _always: Told(0, 2, 60),
        # The report goes first, so that it is what one failure keeps back.
        **dict.fromkeys(
            ("auth.test", "users.lookupByEmail"),
            lambda name, always: (NOBODY_FOUND if always else without_the_report)(name, always),
        ),
        POST: cell(1, 1, 2, refused=(Told(2, 2), Told(1, 1)), gone=left(1, 1)),
    },
    "import, confirmed": {
        "files.info": NOT_IMPORTED,
        "download": NOT_IMPORTED,
        "chat.update": SENT_AGAIN,
    },
    "import, undone": {"chat.update": SENT_AGAIN},
    "upload": {"files.delete": cell(0, 0, 1)},
}


def modules_of_the_clock() -> list[Path]:
    """Return the modules of the jobs, and those of `slack` that they call."""
    own = list(Path(cocm_bot.jobs.__path__[0]).rglob("*.py"))
    called = {
        name
        for module in own
        for name in re.findall(r"^from (cocm_bot\.slack\.[\w.]+) import", module.read_text(), re.MULTILINE)
        if ".runtime." not in name
    }
    return [*own, *(Path(str(sys.modules[name].__file__)) for name in called)]


def methods_called() -> set[str]:
    """Return the Web API methods behind all that the jobs ask of the gateway, read from the code."""
    classes = [
        each
        for each in ast.parse(Path(gateway.__file__).read_text()).body
        if isinstance(each, ast.ClassDef) and each.name == "Gateway"
    ]
    behind = {each.name: each for each in classes[0].body if isinstance(each, ast.FunctionDef)}
    asked = {
        name
        for module in modules_of_the_clock()
        for name in re.findall(r"gateway\.(\w+)", module.read_text())
    }
    found: set[str] = set()
    waiting, seen = list(asked & set(behind)), set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for node in ast.walk(behind[name]):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if re.fullmatch(r"[a-z]+_[a-z_A-Z0-9]+", node.value) else set()
            if isinstance(node, ast.Attribute) and node.attr in behind and node.attr not in seen:
                waiting.append(node.attr)
            if isinstance(node, ast.Attribute) and node.attr == "home":
                waiting += [] if "_read_home" in seen else ["_read_home"]
    methods = {name.replace("_", ".") for name in found if name in vars(WebClient)}
    uploads = UPLOADING if "files.upload.v2" in methods else set()
    return (methods - {"files.upload.v2"}) | uploads | ({"download"} & seen)


@pytest.fixture(scope="module")
def stage(endpoint: str) -> Iterator[Stage]:
    with engines.fresh_table(engines.client_of(endpoint)) as table, running_stage(table) as running:
        yield running


@pytest.fixture
def come(stage: Stage) -> Iterator[Callable[[str], Environment]]:
    """Gives the scene as it begins."""
    with (
        mock.patch.object(slack_directory, "ONE_BY_ONE", slack_directory.ONE_BY_ONE) as few,
        mock.patch.object(illustrated, "PICTURE_PAUSES", (0.0, 0.0)),
    ):
        assert few is not None

        def begin(name: str) -> Environment:
            slack_directory.ONE_BY_ONE = SCENES[name].one_by_one
            return stage.come(name)

        yield begin


def tried(turn: int) -> list[str]:
    """Return the failures that a cell tries: of those that are alike, one in turn."""
    return [
        failure for failure in OF_THE_CLOCK if failure not in ALIKE or failure == ALIKE[turn % len(ALIKE)]
    ]


def calls(environment: Environment) -> Counter[str]:
    found = Counter(each.name for each in environment.workspace.calls if each.to == "slack")
    if found["files.completeUploadExternal"]:
        found["upload"] = found["files.completeUploadExternal"]
    return +found


def failure_of(method: str, name: str) -> Failure:
    return (OF_FILES if method in {"upload", "download"} else OF_THE_CLOCK)[name]


def kinds_due(environment: Environment) -> set[str]:
    now = environment.moment.timestamp()
    found = [jobs.due(environment.table, shard, now) for shard in range(jobs.SHARDS)]
    return {each.kind for due in found for each in due.waiting}


SILENT = {JobKind.WATCH: "it queues alerts and notices, which have scenes of their own"}
"""Kinds of jobs that call nothing of Slack, and why."""


def test_every_method_the_clock_calls_has_cells() -> None:
    assert methods_called() == {method for cells in CELLS.values() for method in cells}
    assert set(CELLS) == set(SCENES) == set(LASTING)


def test_every_kind_of_job_has_a_scene() -> None:
    assert {kind for scene in SCENES.values() for kind in scene.kinds} == set(JobKind) - set(SILENT)
    for kind in SILENT:
        module = sys.modules[HANDLERS[kind].__module__]
        assert not re.search(r"gateway|Notifier", Path(str(module.__file__)).read_text()), kind


@pytest.mark.parametrize("name", SCENES)
def test_what_arrives_and_when(come: Callable[[str], Environment], name: str) -> None:
    environment = come(name)
    assert set(SCENES[name].kinds) <= kinds_due(environment)
    environment.tick()
    called = calls(environment)
    assert set(called) == set(CELLS[name]), "the methods that it calls"
    turn = list(SCENES).index(name)
    found = {
        (method, failure, always): of_cell(come(name), name, method, failure, always)
        for number, (method, count) in enumerate(sorted(called.items()), turn)
        for failure in tried(number)
        # What is called once in all fails always if it fails once; who Slack is, is asked until it is known.
        for always in ((False, True) if count > 1 or method == "auth.test" else (False,))
    }
    expected = {each: CELLS[name][each[0]](*each[1:]) for each in found}
    assert {each: (told, expected[each]) for each, told in found.items() if told != expected[each]} == {}


def of_cell(environment: Environment, name: str, method: str, failure: str, always: bool) -> Told:
    scene, expected = SCENES[name], CELLS[name][method](failure, always)
    with failing(environment.workspace, method, failure_of(method, failure), always=always):
        environment.tick()
    at_once = scene.arrived(environment)
    if expected.seconds:
        environment.forward(seconds=expected.seconds - 1)
        environment.tick()
        assert scene.arrived(environment) == at_once, f"{method}, {failure}: sooner than it should"
        environment.forward(seconds=1)
    else:
        environment.forward(seconds=60)
    environment.tick()
    return Told(at_once, scene.arrived(environment), expected.seconds)


class Status(NamedTuple):
    """The method that fails, and what status says of it after 25 minutes, by what kind of failure it is."""

    method: str
    later: str
    refused: str
    gone: str

    def expected(self, failure: str) -> str:
        return {REFUSED: self.refused, GONE: self.gone}.get(failure, self.later)


WELL, LATE, BEHIND = "well", "late alert", "behind"
PASSED_OVER = (BEHIND, WELL, WELL)
"""A person or a message that Slack does not take is passed over: the admins or the sender are notified."""
LASTING: Mapping[str, Status] = {
    "safety alert": Status(POST, *(f"{LATE}, {BEHIND}",) * 3),
    "safety alert, taken": Status("chat.update", f"{LATE}, {BEHIND}", WELL, WELL),
    "safety alert, to nobody": Status(POST, *(f"{LATE}, {BEHIND}",) * 3),
    "recommendation": Status(POST, *(BEHIND,) * 3),
    "recommendation, declined": Status("chat.update", *PASSED_OVER),
    "invite": Status(POST, BEHIND, BEHIND, WELL),
    "digest": Status(POST, BEHIND, f"failed {REFUSED}", f"failed {GONE}"),
    "digest, many people": Status("users.list", BEHIND, BEHIND, f"failed {GONE}"),
    "digest, of an organization": Status("auth.teams.list", BEHIND, BEHIND, f"failed {GONE}"),
    "digest, in the channel": Status("conversations.info", BEHIND, BEHIND, f"failed {GONE}"),
    "digest, unheard": Status("conversations.history", *(BEHIND,) * 3),
    "clearing": Status("chat.update", *PASSED_OVER),
    "notice": Status(POST, *PASSED_OVER),
    "offboarding": Status(POST, *PASSED_OVER),
    "recalculation": Status(POST, *PASSED_OVER),
    "digest, first of the month": Status("upload", WELL, WELL, WELL),
    "many patients": Status(POST, *PASSED_OVER),
    "closed month changed": Status(POST, *PASSED_OVER),
    "erased": Status("chat.update", *PASSED_OVER),
    "import": Status("download", *PASSED_OVER),
    "import, confirmed": Status("files.info", *PASSED_OVER),
    "import, undone": Status("chat.update", *PASSED_OVER),
    "upload": Status("files.delete", *(BEHIND,) * 3),
}


def status(environment: Environment) -> str:
    ctx = environment.ctx
    health = clock_status.clock_health(ctx)
    said = [LATE] * bool(health.late_alerts) + [BEHIND] * (health.behind >= clock_status.BEHIND_SECONDS)
    days = clock_status.days_of(ctx, environment.registry_id).days
    said += sorted({f"{each.state} {each.reason}".strip() for day in days for each in day.troubles})
    assert health.well == (not {LATE, BEHIND} & set(said))
    return ", ".join(said) or WELL


@pytest.mark.parametrize("name", SCENES)
def test_what_status_says_when_it_lasts(come: Callable[[str], Environment], name: str) -> None:
    method, found = LASTING[name].method, {}
    for failure in tried(list(SCENES).index(name)):
        environment = come(name)
        with failing(environment.workspace, method, failure_of(method, failure), always=True):
            for minutes in (0, 5, 20):
                environment.forward(minutes=minutes)
                environment.tick()
            found[failure] = status(environment)
    if name in ("digest, many people", "digest, of an organization"):
        # A workspace too large to be listed at once is asked one by one.
        assert found.pop("429 for half a minute") == WELL
    assert found == {failure: LASTING[name].expected(failure) for failure in found}


def test_an_alert_that_slack_puts_off_for_a_second_waits_for_no_tick(endpoint: str) -> None:
    """From the screen that raised it to the message, with nobody ticking."""
    with (
        mock.patch.object(bootstrap, "ThreadPoolExecutor", Resting().pool),
        running_clinic(endpoint) as clinic,
    ):
        workspace, maya = clinic.workspace, clinic.seat()
        handle = add_patient(maya)
        workspace.fail(POST, times=1, retry_after=1)
        maya.command(f"/cocm patient {handle}")
        maya.press("Raise a flag")
        maya.fill({"Flag": ["Safety Risk"], "Why": "Called in distress"})
        assert maya.submit() is None

        def reschedule() -> bool:
            found = alert_of(clinic)
            now = clinic.clock().timestamp()
            return found is not None and found.holder is None and found.visible_at > now

        def told() -> int:
            return sum(each.text == ALERT for each in workspace.messages)

        workspace.wait_until(reschedule, "the alert in the queue again")
        found = alert_of(clinic)
        assert found is not None
        assert (told(), found.visible_at - clinic.clock().timestamp()) == (1, 1.0)
        clinic.clock.forward(seconds=1)
        workspace.wait_until(lambda: told() == 2, "the second message")


def alert_of(clinic: Clinic) -> jobs.Job | None:
    raised = [alert for patient in clinic.patients() for alert in patient.alerts]
    return jobs.get(clinic.ctx.table, JobKind.ALERT, raised[0].id) if raised else None
