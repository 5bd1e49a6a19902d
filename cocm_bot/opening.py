"""Open the table, the access log and the clock by the settings: all that commands need to work with records.

Slack, the server and the jobs are no part of it, so that a command does not load them.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from cocm_bot.config import KeyedSettings, TableSettings
from cocm_bot.operations.context import Context
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table.client import connect, connect_user_pools
from cocm_bot.store.table.ownership import require_ours
from cocm_bot.store.table.table import Table
from cocm_bot.store.team.cognito import UserPool

CONNECTIONS = 64
"""Connections to the table that are kept; threads beyond them open one for a request."""


def system_clock() -> datetime:
    """Return the time now, aware UTC: the only reader of the clock."""
    return datetime.now(UTC)


def open_table(settings: TableSettings, *, patient: bool = False) -> Table:
    """Return the table; a patient client waits longer, for work that nobody waits for."""
    return Table(connect(patient=patient, max_connections=CONNECTIONS), settings.table)


def open_context(
    settings: KeyedSettings, now: Callable[[], datetime] = system_clock, *, patient: bool = False
) -> Context:
    """Return the table, which must be the bot's, with a clock and an access log of this process.

    Raises ForeignTable or Unavailable.
    """
    ctx = new_context(settings, now, patient=patient)
    require_ours(ctx.table)
    return ctx


def new_context(settings: KeyedSettings, now: Callable[[], datetime], *, patient: bool = False) -> Context:
    """Return the same without asking the table anything."""
    trail = AuditTrail(Keyring(settings.audit_secrets), settings.audit_years, now)
    return Context(records_of(settings, patient=patient), now, trail, _user_pool(settings.user_pool_id))


def records_of(settings: KeyedSettings, *, patient: bool = False) -> Table:
    """Return the records that the settings are about: of one of several workspaces, or of the only one."""
    table = open_table(settings, patient=patient)
    part = settings.part_of(settings.workspace)
    return table.of_workspace(part) if part else table


def _user_pool(pool_id: str | None) -> UserPool | None:
    return UserPool(connect_user_pools(max_connections=CONNECTIONS), pool_id) if pool_id else None
