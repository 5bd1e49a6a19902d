"""What the clock does, by kind of work."""

from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.operations import alerts, leaving, letters, rederiving
from cocm_bot.operations.invites import WORK as INVITE
from cocm_bot.reminders import invites, notices, registry_day
from cocm_bot.reminders.alerts import alert
from cocm_bot.reminders.letters import letter
from cocm_bot.reminders.rederive import rederive
from cocm_bot.reminders.tick import Doing
from cocm_bot.reminders.unassign import unassign
from cocm_bot.store import registries

DOINGS: Mapping[str, Doing] = MappingProxyType(
    {
        alerts.KIND: alert,
        letters.KIND: letter,
        leaving.KIND: unassign,
        "notice": notices.tell,
        registries.DAY: registry_day.serve,
        rederiving.KIND: rederive,
        INVITE: invites.tell,
    }
)
"""Gravest first: in this order a tick does what is due."""
