"""Loading a registry's own billing codes and payers, for whoever runs the bot."""

from collections.abc import Mapping
from typing import Any

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.billing.own_codes import with_tables
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.members import Registry
from cocm_bot.operations.access.access_logging import record_export
from cocm_bot.operations.context import Context
from cocm_bot.store import registries


def load_codes(ctx: Context, registry_id: str, entered: Mapping[str, Any], account: str) -> Registry:
    """Put the tables of a file in the place of a registry's own; lists follow them from now on.

    The operating system's account goes to the access log first. Raises InvalidInput that says where in the
    file something is wrong, NotFound, Conflict or Unavailable.
    """
    before = registry_of(ctx, registry_id)
    after = before.model_copy(
        update={"billing": with_tables(before.billing, entered), "modified_date": ctx.now().timestamp()}
    )
    record_export(ctx, registry_id, AccessAction.LOAD_CODES, account)
    return registries.save(ctx.table, before, after)


def registry_of(ctx: Context, registry_id: str) -> Registry:
    """A registry by its id. Raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    return registry
