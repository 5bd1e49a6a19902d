"""Shared dependencies of every operation: table, clock, access log."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cocm_bot.domain.access import NOBODY, Creators
from cocm_bot.operations.memory import Memory
from cocm_bot.operations.usage import Usage
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.table.table import Table
from cocm_bot.store.team.cognito import UserPool


def new_id() -> str:
    """A fresh opaque id: 26 characters nobody can guess."""
    return secrets.token_hex(13)


@dataclass(frozen=True)
class Context:
    """The table, the clock and the access log; `now` returns aware UTC."""

    table: Table
    now: Callable[[], datetime]
    trail: AuditTrail
    pool: UserPool | None = None
    """The source of new users' ids; None makes them up."""
    creators: Creators = NOBODY
    """People who may set up a registry from Slack; nobody, where nobody is named."""
    usage: Usage = field(default_factory=Usage)
    """Each person's recent actions in this process."""
    memory: Memory = field(default_factory=Memory)
    """The patients of registries in use, as this process remembers them."""
