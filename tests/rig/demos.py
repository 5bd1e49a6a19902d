"""The demo as tests run it: unhurried, so that a busy machine makes neither Slack nor the bot give up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cocm_bot.cli.synthetic.demo import PATIENTS, Demo, Grid, running_demo
from cocm_bot.cli.synthetic.demo_grid import GridDemo, running_grid_demo
from tests.rig.clinic import answering_within
from tests.rig.seats import PATIENCE


@contextmanager
def unhurried_demo(*, patients: int | None = PATIENTS, begins: datetime | None = None) -> Iterator[Demo]:
    """The demo with so many patients, its clock begun at a moment, or at this one."""
    ahead = begins - datetime.now(UTC) if begins else timedelta(0)

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    unhurried = answering_within(PATIENCE / 2)
    with unhurried, running_demo(patients=patients, now=now, ack_seconds=PATIENCE) as running:
        yield running


@contextmanager
def unhurried_grid_demo(kind: Grid, patients: int) -> Iterator[GridDemo]:
    """The demo of two workspaces."""
    unhurried = answering_within(PATIENCE / 2)
    with unhurried, running_grid_demo(kind, patients=patients, ack_seconds=PATIENCE) as running:
        yield running
