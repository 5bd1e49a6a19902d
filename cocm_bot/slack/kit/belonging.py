"""Keep a message's registry, and its reader, in the ids of its blocks that can be pressed.

Of a private answer Slack sends back nothing but the block that was pressed, and a handle means other patients
elsewhere.
"""

import re
from collections.abc import Sequence

from cocm_bot.slack.kit.text import Block, Payload

_MARK = re.compile(r"of:([\w-]{1,64}):\d+")
_READER = re.compile(r"for:([\w-]{1,64}):([\w+]{1,40})")


def block_of(registry_id: str, number: int) -> str:
    """The id of a block of that number in which everything is pressed in the registry."""
    return f"of:{registry_id}:{number}"


def of_registry(message: Payload, registry_id: str) -> Payload:
    """The message, known again as the registry's when something in it is pressed."""
    marked = [
        {**block, "block_id": block_of(registry_id, number)} if _pressable(block) else block
        for number, block in enumerate(message["blocks"])
    ]
    return {**message, "blocks": marked}


def registry_of(block_id: str) -> str | None:
    """The registry whose message a pressed block is in; None for a block that names none."""
    mark = _MARK.fullmatch(block_id)
    return mark[1] if mark else None


def for_reader(message: Payload, registry_id: str, reader: str) -> Payload:
    """The message, known again as drawn for a reader of the registry; `reader` is `Reader.code`."""
    place = next((at for at, block in enumerate(message["blocks"]) if not _pressable(block)), None)
    blocks = [
        {**block, "block_id": f"for:{registry_id}:{reader}"} if at == place else block
        for at, block in enumerate(message["blocks"])
    ]
    return {**message, "blocks": blocks}


def reader_of(blocks: Sequence[Block]) -> tuple[str, str] | None:
    """The registry and the reader a message was drawn for; None for one that is for anybody."""
    found = (_READER.fullmatch(str(block.get("block_id", ""))) for block in blocks)
    return next(((mark[1], mark[2]) for mark in found if mark), None)


def _pressable(block: Block) -> bool:
    return block["type"] == "actions" or "accessory" in block
