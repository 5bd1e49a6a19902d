"""Give Slack the picture of the figures, to be deleted in time."""

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.members import Registry
from cocm_bot.operations.context import Context
from cocm_bot.operations.uploads import delete_later
from cocm_bot.slack.runtime.client.gateway import Gateway

FILE = "figures.png"


def give(gateway: Gateway, ctx: Context, registry: Registry, content: bytes) -> str:
    """Give Slack a file that is deleted in time, and return its id; raises Unavailable, and leaves none."""
    file_id = gateway.upload(FILE, content)
    try:
        delete_later(ctx, registry, file_id)
    except Unavailable:
        # Nobody would remember to delete it.
        gateway.delete_file(file_id)
        raise
    return file_id
