"""One attribute of one of the bot's own items is written over by another program: nobody is stopped by it.

Every item that a registry's day leaves in the table × each of its attributes × each shape a value can have,
as many of them as a test has time for, by chance that is the same each time.
"""

import logging
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.billing.month_words import Asked
from cocm_bot.domain.errors import CocmError
from cocm_bot.jobs.safety.watch_job import ALL, ensure_watch
from cocm_bot.operations import clock_status
from cocm_bot.operations.billing.month_list import month_list
from cocm_bot.operations.caseload.caseload import caseload
from cocm_bot.operations.caseload.emergency import emergency_caseload
from cocm_bot.operations.caseload.rows import Show, Sort
from cocm_bot.operations.caseload.worklist import worklist
from cocm_bot.operations.checking.run import check
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.digests import digests, overview
from cocm_bot.operations.digests.registry_snapshot import due_of
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.safety.flags import raise_flags
from cocm_bot.operations.team.team import team
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind, JobRef
from cocm_bot.store.patients import lists
from cocm_bot.store.table.wire import key_of
from tests.jobs.safety.test_watch_job import RISK
from tests.jobs.scenes import clock_scenes
from tests.jobs.scenes.clock_scenes import IRIS, LENA, MAYA, SAMUEL
from tests.jobs.scenes.environment import Environment
from tests.rig import crowd

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

OMAR = "Omar Haddad"
KEYS = {"PK", "SK", "GSI1PK", "GSI1SK"}
"""The attributes that the table itself requires to be text."""
TRIED = 25
SEED = 11


def _deep() -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(28):
        value = {"L": [value]}
    return value


SHAPES: Mapping[str, dict[str, Any]] = {
    "null": {"NULL": True},
    "yes": {"BOOL": True},
    "a huge number": {"N": "1E+120"},
    "a tiny number": {"N": "-1E-120"},
    "38 digits": {"N": "0." + "1" * 37},
    "far below zero": {"N": "-9999999999999999"},
    "the last instant": {"N": "32503679999"},
    "no number": {"S": "NaN"},
    "without end": {"S": "Infinity"},
    "empty text": {"S": ""},
    "markup": {"S": "<!channel>\u202e"},
    "bytes": {"B": b"\xff\x00"},
    "a set of texts": {"SS": ["a"]},
    "a set of numbers": {"NS": ["1", "2"]},
    "a set of bytes": {"BS": [b"a"]},
    "an empty list": {"L": []},
    "a list of anything": {"L": [{"N": "1"}, {"NULL": True}]},
    "an empty map": {"M": {}},
    "a map of sets": {"M": {"x": {"NS": ["1"]}}},
    "lists in lists": _deep(),
}


def a_day(environment: Environment) -> str:
    """Leave items of most kinds; returns the patient's handle."""
    clock_scenes.advised(environment)
    [entry] = lists.directory(environment.table, environment.registry_id)
    raise_flags(environment.ctx, environment.actor, entry.handle, RISK, new_id())
    environment.tick()
    clock_scenes.invited(environment)
    environment.tick("2031-03-03 08:00")
    ensure_watch(environment.ctx)
    return entry.handle


def looks(environment: Environment, who: Mapping[str, Actor], handle: str) -> Iterator[Callable[[], object]]:
    """Yield what people and operators look at."""
    ctx, registry_id = environment.ctx, environment.registry_id
    for name in (MAYA, IRIS, SAMUEL):
        yield partial(overview.day, ctx, who[name])
        yield partial(_digest, ctx, who[name])
    for sort in Sort:
        yield partial(caseload, ctx, who[IRIS], Show.ALL, sort)
    month = ctx.now().strftime("%Y-%m")
    yield partial(month_list, ctx, who[OMAR], Asked(month), 1)
    yield partial(overview.program, ctx, who[LENA])
    yield partial(worklist, ctx, who[MAYA])
    yield partial(open_card, ctx, who[MAYA], handle)
    yield partial(team, ctx, who[MAYA])
    yield partial(emergency_caseload, ctx, registry_id, "an operator", names=True)
    yield partial(clock_status.clock_health, ctx)
    yield partial(clock_status.days_of, ctx, registry_id)
    yield lambda: list(check(ctx, registry_id))
    yield partial(environment.ticker.do, JobRef(JobKind.WATCH, ALL))
    yield partial(environment.tick, "2031-03-04 08:00")


def _digest(ctx: Context, actor: Actor) -> object:
    return digests.digest_of(ctx, due_of(ctx, actor.registry), actor, asked=True)


def failures(environment: Environment, who: Mapping[str, Actor], handle: str) -> list[str]:
    found = []
    for look in looks(environment, who, handle):
        try:
            look()
        except CocmError:
            continue
        except Exception as error:  # noqa: BLE001 - whatever else it is, somebody is stopped by it
            found.append(repr(error))
    return found


def test_one_strange_value_stops_nobody(
    environment: Environment, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    handle = a_day(environment)
    who = {name: environment.acting(name) for name in (MAYA, IRIS, SAMUEL, LENA, OMAR)}
    assert failures(environment, who, handle) == []
    before, moment = crowd.stored(environment.table), environment.moment
    every = [(item, name, shape) for item in before for name in sorted(set(item) - KEYS) for shape in SHAPES]
    failed = {}
    tried = random.Random(SEED).sample(every, TRIED)
    for item, name, shape in tried:
        environment.moment = moment
        environment.table.client.put_item(
            TableName=environment.table.name, Item={**item, name: SHAPES[shape]}
        )
        with caplog.at_level(logging.CRITICAL):
            if found := failures(environment, who, handle):
                failed[key_of(item).pk.partition(":")[0], name, shape] = found
        crowd.restore(environment.table, before)
    with capsys.disabled():
        print(f"\nstrange values: {len(tried)} tried of {len(every)}, {len(tried) - len(failed)} held")
    assert failed == {}
    assert jobs.get(environment.table, JobKind.DIGEST, environment.registry_id) is not None
