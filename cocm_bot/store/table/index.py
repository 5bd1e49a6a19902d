"""Ask the index whether it is the one the bot reads from, as the bot's own role may."""

from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.table.administration import INDEX_KEYS
from cocm_bot.store.table.keys import INDEX
from cocm_bot.store.table.table import IndexFault, Table

ASKED = "GSI1PK = :partition AND GSI1SK > :begin"
"""Nothing: whether the index takes the condition is what is asked."""
SAID: Mapping[IndexFault, str] = MappingProxyType(
    {
        IndexFault.MISSING: "The index {index} of the table {table} is missing.",
        IndexFault.OTHER_KEYS: f"The index {{index}} of the table {{table}} has other keys than "
        f"{' and '.join(INDEX_KEYS)}: delete it first.",
        IndexFault.BUILDING: "The index {index} of the table {table} is still being filled: no list answers "
        "until it is.",
    }
)


def check_index(table: Table) -> IndexFault | None:
    """Return what is wrong with the index as far as asking it tells; None if nothing.

    The bot's role may ask, but not describe. Raises Unavailable.
    """
    try:
        table.query(ASKED, {"partition": "-", "begin": "-"}, index=True)
    except Unavailable as error:
        if error.reason not in set(IndexFault):
            raise
        return IndexFault(error.reason)
    return None


def fault_sentence(fault: IndexFault, table: Table) -> str:
    """Return what is wrong with the index in one sentence."""
    return SAID[fault].format(index=INDEX, table=table.name)
