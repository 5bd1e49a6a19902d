"""Ask the index whether it is the one the bot reads from, as the bot's own role may."""

from botocore.exceptions import ClientError

from cocm_bot.store.table.administration import INDEX_KEYS
from cocm_bot.store.table.keys import INDEX
from cocm_bot.store.table.table import Table

ASKED = "GSI1PK = :partition AND GSI1SK > :begin"
"""Nothing: whether the index takes the condition is what is asked."""


def check_index(table: Table) -> str:
    """Return what is wrong with the index as far as asking it tells, in one sentence; empty if nothing.

    The bot's role may ask, but not describe. Raises Unavailable.
    """
    try:
        table.query(ASKED, {"partition": "-", "begin": "-"}, index=True)
    except ClientError as error:
        message = str(error.response["Error"].get("Message", "")).lower()
        if "backfilling" in message:
            return ""  # it is being made, and will be there
        missing = "specified index" in message
        fault = "is missing" if missing else f"has other keys than {' and '.join(INDEX_KEYS)}"
        return f"The index {INDEX} of the table {table.name} {fault}."
    return ""
