"""Open what a command works with, by the settings of the environment."""

from cocm_bot import logs
from cocm_bot.config import load_keyed_settings, load_reading_settings, load_table_settings
from cocm_bot.opening import open_context, open_table
from cocm_bot.operations.context import Context
from cocm_bot.store.table.table import Table


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


def named_table() -> Table:
    """Return the table, which need not exist yet; raises SettingsError."""
    settings = load_table_settings()
    logs.configure(settings.log_level, settings.log_format)
    return open_table(settings, patient=True)
