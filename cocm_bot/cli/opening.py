"""Open what a command works with, by the settings of the environment."""

from collections.abc import Sequence
from dataclasses import replace

from cocm_bot import logs
from cocm_bot.config import load_keyed_settings, load_reading_settings, load_table_settings
from cocm_bot.opening import open_context, open_table
from cocm_bot.operations.context import Context
from cocm_bot.store.table.table import Table
from cocm_bot.store.workspaces.installations import Installation, everywhere


def keyed_context() -> Context:
    """Return what commands need that work with records; raises SettingsError, ForeignTable, Unavailable."""
    settings = load_keyed_settings()
    logs.configure(settings.log_level, settings.log_format)
    return open_context(settings, patient=True)


def reading_context() -> Context:
    """Return what commands need that only read; without the audit key they compare no seals.

    Raises SettingsError, ForeignTable or Unavailable.
    """
    settings = load_reading_settings()
    logs.configure(settings.log_level, settings.log_format)
    return open_context(settings, patient=True)


def installations_of_all(ctx: Context) -> Sequence[Installation]:
    """Return the installations of several workspaces; none where there is one, or COCM_WORKSPACE names one.

    Raises Unavailable.
    """
    return [] if load_reading_settings().workspace else everywhere(ctx.table).records


def of_installation(ctx: Context, workspace: str) -> Context:
    """Return the records of one of several workspaces."""
    return replace(ctx, table=ctx.table.of_workspace(load_reading_settings().part_of(workspace)))


def named_table() -> Table:
    """Return the table, which need not exist yet; raises SettingsError."""
    settings = load_table_settings()
    logs.configure(settings.log_level, settings.log_format)
    return open_table(settings, patient=True)
