"""Make checkpoints of the access log while the bot serves, and send admins the newest once a week.

A message in Slack is a copy that the table's admins can't change with the table.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from apscheduler.schedulers.background import (  # type: ignore[import-untyped]  # it has no types
    BackgroundScheduler,
)

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.members import Registry
from cocm_bot.logs import where
from cocm_bot.operations.access.access_logging import NO_REGISTRY
from cocm_bot.operations.access.checkpoints import checkpoint
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.context import Context
from cocm_bot.store import registries

EVERY_SECONDS = 300.0
NOTIFIED_AT = time(9)
"""The time of day, early in the working week, at which the admins are notified (registry's zone)."""

logger = logging.getLogger(__name__)


@dataclass
class Beat:
    """Makes the checkpoints of one process every few minutes."""

    ctx: Context
    next_at: dict[str, datetime] = field(default_factory=dict)
    """By registry: when its admins are to be notified next."""

    def __call__(self) -> None:
        """Make a checkpoint; once a week notify the admins of each registry. Never raises a CocmError."""
        try:
            self._beat()
        except CocmError as error:
            # What this checkpoint left out is in the next.
            logger.warning("no checkpoint error=%s at=%s", type(error).__name__, where(error))

    def _beat(self) -> None:
        concerned = {head.registry_id for head in self.ctx.trail.unnamed()} - {NO_REGISTRY}
        if checkpoint(self.ctx) is None:
            return
        for registry_id in concerned:
            self._notify_weekly(registry_id)

    def _notify_weekly(self, registry_id: str) -> None:
        now = self.ctx.now()
        if now < self.next_at.get(registry_id, now):
            return
        registry = registries.get(self.ctx.table, registry_id)
        if registry is None:
            return
        week, at = _this_week(registry, now)
        if now >= at:
            tell_admins(self.ctx, registry_id, Notice.CHECKPOINT, week)
        self.next_at[registry_id] = at + timedelta(days=7) if now >= at else at


@contextmanager
def checkpointing(ctx: Context, every: float = EVERY_SECONDS) -> Iterator[None]:
    """Make checkpoints while the block runs, and a last one after it: a stop leaves nothing unnamed."""
    beat = Beat(ctx)
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        beat,
        "interval",
        id="checkpoint",
        seconds=every,
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)
        if ctx.trail.unnamed():
            beat()


def _this_week(registry: Registry, now: datetime) -> tuple[str, datetime]:
    """Return the registry's week, and when in it the admins are notified."""
    local = now.astimezone(registry.policy.zone)
    year, week, weekday = local.isocalendar()
    monday = local.date() - timedelta(days=weekday - 1)
    at = datetime.combine(monday, NOTIFIED_AT, registry.policy.zone).astimezone(UTC)
    return f"{year}-W{week:02d}", at
