"""A checkpoint every few minutes, a last one at the end, and once a week a copy for the admins."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cocm_bot.domain.access import Action
from cocm_bot.jobs.checkpoint_job import Beat, checkpointing
from cocm_bot.operations.access.access_logging import record_refusal, record_view
from cocm_bot.operations.access.checkpoints import newest
from cocm_bot.operations.admin_notices import Notice, subject_in_words
from cocm_bot.operations.context import Context
from cocm_bot.slack.registries.admin_notice_view import admin_notice
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table.table import Table
from tests.operations.conftest import Office
from tests.store import faults
from tests.store.build import REGISTRY, found_registry
from tests.store.engines import client_of, fresh_table

SUNDAY = datetime(2031, 3, 2, 23, tzinfo=UTC)
"""The registry counts its days in New York: there it is evening."""


@pytest.fixture
def table(endpoint: str) -> Iterator[Table]:
    with fresh_table(client_of(endpoint)) as table:
        found_registry(table)
        yield table


@pytest.fixture
def office(table: Table) -> Office:
    return Office(table, SUNDAY)


def beat(office: Office, every: Beat) -> list[str]:
    """Write something down, then do what is done every few minutes; return the weeks that were reported."""
    record_view(office.ctx, office.actor(), Action.VIEW_TEAM, [])
    every()
    weeks = (f"{SUNDAY + timedelta(days=days):%G-W%V}" for days in range(0, 28, 7))
    found = (
        jobs.get(office.table, JobKind.ADMIN_NOTICE, f"{REGISTRY}-{Notice.CHECKPOINT}-{week}")
        for week in weeks
    )
    return [str(each.state["subject"]) for each in found if each]


def test_the_admins_get_a_copy_once_a_week(office: Office) -> None:
    every = Beat(office.ctx)
    assert beat(office, every) == ["2031-W09"], "at its first start in a week that has begun"
    office.moment = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)
    assert beat(office, every) == ["2031-W09"], "not before nine on Monday"
    office.moment = datetime(2031, 3, 3, 15, 0, tzinfo=UTC)
    assert beat(office, every) == ["2031-W09", "2031-W10"]
    office.moment += timedelta(days=3)
    assert beat(office, every) == beat(office, Beat(office.ctx)) == ["2031-W09", "2031-W10"]


def test_the_copy_is_that_of_the_newest(office: Office) -> None:
    every = Beat(office.ctx)
    beat(office, every)
    job = jobs.get(office.table, JobKind.ADMIN_NOTICE, f"{REGISTRY}-{Notice.CHECKPOINT}-2031-W09")
    office.forward(minutes=5)
    beat(office, every)
    latest = newest(office.ctx)
    assert job
    assert latest
    assert latest.number == 2
    said = subject_in_words(office.ctx, job)
    assert said == latest.copy_for_people
    drawn = str(admin_notice(Notice.CHECKPOINT, said, "Riverside"))
    assert f"`{said}`" in drawn
    assert "audit verify --checkpoint" in drawn


def test_of_those_who_reached_no_registry_nobody_is_told(office: Office) -> None:
    record_refusal(office.ctx, "U9", "command", "Stranger")
    with faults.on(office.table.client, "TransactWriteItems", faults.none) as requests:
        Beat(office.ctx)()
    assert len(requests) == 1, "the checkpoint alone"


@pytest.mark.usefixtures("no_pauses")
def test_a_table_that_does_not_answer_is_for_the_next_beat(office: Office) -> None:
    record_view(office.ctx, office.actor(), Action.VIEW_TEAM, [])
    with faults.on(office.table.client, "TransactWriteItems", faults.time_out):
        Beat(office.ctx)()
    assert newest(office.ctx) is None
    Beat(office.ctx)()
    assert newest(office.ctx) is not None


def test_a_stop_leaves_nothing_unnamed(office: Office) -> None:
    ctx: Context = office.ctx
    with checkpointing(ctx):
        record_view(ctx, office.actor(), Action.VIEW_TEAM, [])
        assert newest(ctx) is None
    assert newest(ctx) is not None
    assert ctx.trail.unnamed() == []
