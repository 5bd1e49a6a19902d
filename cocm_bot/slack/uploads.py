"""Files given to Slack: each is deleted once its hours are over, as the registry says."""

from collections.abc import Callable

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.members import Registry
from cocm_bot.operations.context import Context
from cocm_bot.operations.uploads import delete_later
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.slack.runtime.request import MemberRequest


def kept_for_hours(request: MemberRequest, upload: Callable[[], str]) -> str:
    """Give Slack a file that is deleted in time, and return its id; raises Unavailable, and leaves none."""
    return kept(request.ctx, request.gateway, request.actor.registry, upload)


def kept(ctx: Context, gateway: Gateway, registry: Registry, upload: Callable[[], str]) -> str:
    """Do the same for a registry, whoever asks."""
    file_id = upload()
    try:
        delete_later(ctx, registry, file_id)
    except Unavailable:
        # Nobody would remember to delete it.
        gateway.delete_file(file_id)
        raise
    return file_id
