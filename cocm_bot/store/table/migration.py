"""Give the table another index while the bot runs: made beside the old one, filled, compared, and only then
the old one is dropped.

Each step looks at what is there, so that whoever is interrupted begins again and goes on. Readers ask the
index that is there; writers have written what both carry all along.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cocm_bot.domain.errors import CocmError, Conflict
from cocm_bot.store.table.administration import add_index, describe, indexes, settle
from cocm_bot.store.table.keys import INDEX, PACKED_INDEX, PATIENTS, ROW, Key
from cocm_bot.store.table.packed_rows import MOST_READ, VERSION, is_current, with_row
from cocm_bot.store.table.table import Table, answering
from cocm_bot.store.table.wire import Item, key_of, wire_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

PASSES = 5
"""Times the indexes are compared: what was written a moment ago is in one and not yet in the other."""
SAME_VERSION = "#version = :version"
"""Holds while the patient is in the version that its row was made of."""
NO_VERSION = "attribute_exists(PK) AND attribute_not_exists(#version)"
"""Holds while a patient that another program wrote is as it was."""


class Step(StrEnum):
    """The steps, each done once whatever came between."""

    FILL = "fill"
    CREATE = "create"
    COMPARE = "compare"
    DROP = "drop"


class NotWhole(Conflict):
    """The new index lacks what the old one has; nothing was dropped."""

    def __init__(self, missing: int) -> None:
        super().__init__(
            f"The index {PACKED_INDEX} lacks {missing} of the items of {INDEX}: nothing was dropped. "
            "Run it again in a minute."
        )


class NoTable(CocmError):
    """There is no table, or none with an index of the bot's."""

    def __init__(self) -> None:
        super().__init__("There is no table with an index to migrate: run `cocm-bot table create`.")


def migrate(table: Table, *, drop: bool) -> Iterator[tuple[Step, int]]:
    """Do what is left to do, and yield each step with how many items it was about.

    The old index is dropped only if asked, once everything that reads it is of this version. Raises NoTable,
    NotWhole or Unavailable; run it again then.
    """
    if not _indexes(table):
        raise NoTable
    yield Step.FILL, fill(table)
    if PACKED_INDEX not in _indexes(table):
        with answering():
            add_index(table.client, table.name, PACKED_INDEX)
    with answering():
        settle(table.client, table.name)
    yield Step.CREATE, 1
    if INDEX not in _indexes(table):
        return
    yield Step.COMPARE, compare(table)
    if drop:
        drop_old(table)
        yield Step.DROP, 1


def fill(table: Table) -> int:
    """Give each patient in the caseload whose row is missing or stale a row; returns how many.

    A patient that somebody writes meanwhile is left to them.
    """
    return sum(_filled(table, item) for item in _patients(table) if with_row(item) != item)


def _patients(table: Table) -> Iterator[Item]:
    """Read all patients, of all registries, a page at a time."""
    asked: dict[str, Any] = {
        "TableName": table.name,
        "FilterExpression": "begins_with(PK, :patients)",
        "ExpressionAttributeValues": {":patients": {"S": PATIENTS}},
    }
    while True:
        with answering():
            page = table.client.scan(**asked)
        yield from page["Items"]
        if not page.get("LastEvaluatedKey"):
            return
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _filled(table: Table, item: Item) -> bool:
    wanted = with_row(item)
    if ROW not in wanted or is_current(item):
        return False
    values = {":row": wanted[ROW]} | ({":version": item[VERSION]} if VERSION in item else {})
    try:
        with answering():
            table.client.update_item(
                TableName=table.name,
                Key=wire_key(key_of(item)),
                UpdateExpression=f"SET {ROW} = :row",
                ConditionExpression=SAME_VERSION if VERSION in item else NO_VERSION,
                ExpressionAttributeNames={"#version": VERSION},
                ExpressionAttributeValues=values,
            )
    except table.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def compare(table: Table) -> int:
    """Return how many items the new index has; raises NotWhole where it lacks any that belong there."""
    missing: set[Key] = set()
    for _ in range(PASSES):
        old, new = _keys(table, INDEX), _keys(table, PACKED_INDEX)
        missing = _still_placed(table, old - new)
        if not missing:
            return len(new)
    raise NotWhole(len(missing))


def _keys(table: Table, index: str) -> set[Key]:
    found: set[Key] = set()
    asked: dict[str, Any] = {"TableName": table.name, "IndexName": index, "ProjectionExpression": "PK, SK"}
    while True:
        with answering():
            page = table.client.scan(**asked)
        found |= {key_of(item) for item in page["Items"]}
        if not page.get("LastEvaluatedKey"):
            return found
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _still_placed(table: Table, missing: set[Key]) -> set[Key]:
    """Leave out what has left the index since it was read."""
    keys = sorted(missing)
    batches = [keys[first : first + MOST_READ] for first in range(0, len(keys), MOST_READ)]
    now = {key: item for batch in batches for key, item in table.batch_get(batch).items()}
    return {key for key in missing if "GSI1PK" in now.get(key, {})}


def drop_old(table: Table) -> None:
    """Delete the old index; whoever asks it from then on is answered by the new one."""
    with answering():
        table.client.update_table(
            TableName=table.name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": INDEX}}]
        )
        settle(table.client, table.name)


def _indexes(table: Table) -> "set[str]":
    with answering():
        described: TableDescriptionTypeDef | None = describe(table.client, table.name)
    return set(indexes(described)) if described else set()
