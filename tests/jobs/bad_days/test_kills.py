"""Four processes over one table, killed at random points for two hundred days of the registries' own clocks.

Digests come at most once per recipient and local day, and none is missing; safety alerts come at least once.
A process that dies leaves its work, and with it what it had begun, to the others. Every morning another
program puts an item where they look, which none of them can read.
"""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from cocm_bot.store.digests import posts
from tests.jobs.scenes.simulation import DAYS, PROCESSES, START, ZONES, running_world

pytestmark = [pytest.mark.slow, pytest.mark.long(60), pytest.mark.timeout(900)]

DIGEST = "Your caseload for today"


def test_two_hundred_days_of_kills(endpoint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with running_world(endpoint) as simulation:
        mornings = [
            (clinic, day)
            for clinic in simulation.clinics
            for ahead in range(DAYS)
            if (day := START.date() + timedelta(days=1 + ahead)).weekday() < 5
        ]
        for clinic, day in sorted(mornings, key=lambda morning: morning[0].opens(morning[1])):
            simulation.live(clinic, day)
        expected = Counter((channel, day) for clinic, day in mornings for channel in clinic.channels)
        zone_of = {channel: clinic.zone for clinic in simulation.clinics for channel in clinic.channels}
        got = Counter(
            (message.channel, datetime.fromtimestamp(float(message.ts), zone_of[message.channel]).date())
            for message in simulation.workspace.messages
            if message.text == DIGEST
        )
        states = Counter(
            post.state
            for clinic, day in mornings
            for post in posts.of_day(simulation.ctx.table, clinic.registry_id, day)
        )
    twice, missing = [count for count in got.values() if count > 1], expected - got
    with capsys.disabled():
        print(
            f"\n{DAYS} days, {len(ZONES)} registries, {PROCESSES} processes,"
            f" {simulation.workers.kills} killed; {simulation.foreign} items of another program;"
            f" Slack slow {simulation.hung} times;"
            f" others took over {simulation.steps} times."
            f" {expected.total()} digests due, {got.total()} arrived, {len(twice)} twice,"
            f" {missing.total()} missing; {dict(states)}."
            f" {simulation.alarms} safety alerts, each delivered,"
            f" {simulation.repeated} of them more than once"
        )
    assert got == expected
    assert simulation.workers.kills > DAYS / 4, "the processes really died"
    assert simulation.alarms > DAYS / 10
    assert simulation.foreign == len(mornings)
