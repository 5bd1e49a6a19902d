"""Distinguish the bot's table from another system's, before anything is written to it.

A wrong `COCM_TABLE` must not switch the expiry of another system's items on, nor mix patients into them. What
the bot's own role may not do (describe, scan) is passed over: a read and a query that fail say enough.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import ForeignTable
from cocm_bot.store.table.keys import INDEX, PACKED_INDEX, Key
from cocm_bot.store.table.table import Table, answering
from cocm_bot.store.table.wire import Item, wire_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeySchemaElementTypeDef, TableDescriptionTypeDef

SAMPLE = 1000
"""Items that are looked at: a table of another system shows in the first of them."""
KEY_TYPES = [("PK", "S"), ("SK", "S")]
INDEX_KEY_TYPES = [("GSI1PK", "S"), ("GSI1SK", "S")]
_PASSED_OVER = frozenset({"AccessDeniedException", "ResourceNotFoundException"})

T = TypeVar("T")


def require_ours(table: Table) -> None:
    """Raise ForeignTable for a table that another system keeps, or Unavailable.

    Single items of others among the bot's own are no reason: readers pass over them, `check` names them.
    """
    _check_schema(table.client, table.name)
    _check_reads(table)
    ours, foreign = _sampled(table.client, table.name)
    if foreign and not ours:
        raise ForeignTable(table.name, _of_others(foreign))


def require_free(client: "DynamoDBClient", name: str) -> None:
    """Raise ForeignTable for a table with anything in it that is not the bot's, before its settings change.

    Raises Unavailable; passes for a table that does not exist.
    """
    if _check_schema(client, name) is None:
        return
    _, foreign = _sampled(client, name)
    if foreign:
        raise ForeignTable(name, _of_others(foreign))


def _check_schema(client: "DynamoDBClient", name: str) -> "TableDescriptionTypeDef | None":
    """The table as described; None where there is none, or where it may not be described."""
    found = _permitted(lambda: client.describe_table(TableName=name))
    if found is None:
        return None
    for reason in _schema_faults(found["Table"]):
        raise ForeignTable(name, reason)
    return found["Table"]


def _schema_faults(table: "TableDescriptionTypeDef") -> Iterator[str]:
    types = {each["AttributeName"]: each["AttributeType"] for each in table.get("AttributeDefinitions", [])}

    def typed(schema: "Sequence[KeySchemaElementTypeDef]") -> list[tuple[str, str]]:
        names = [each["AttributeName"] for each in sorted(schema, key=lambda each: each["KeyType"])]
        return [(each, types.get(each, "")) for each in names]

    if (found := typed(table.get("KeySchema", []))) != KEY_TYPES:
        names = " and ".join(name for name, _ in found)
        yield f"its keys are {names}, not the texts PK and SK"
    for index in [*table.get("GlobalSecondaryIndexes", []), *table.get("LocalSecondaryIndexes", [])]:
        if index.get("IndexName") not in {INDEX, PACKED_INDEX}:
            yield f"it has an index “{index.get('IndexName')}”, which is not the bot's"
        elif typed(index.get("KeySchema", [])) != INDEX_KEY_TYPES:
            yield f"the keys of its index {index.get('IndexName')} are not the texts GSI1PK and GSI1SK"


def _check_reads(table: Table) -> None:
    """Find out by reading what describing would say."""
    try:
        with answering():
            table.client.get_item(TableName=table.name, Key=wire_key(keys.registry("-")))
    except ClientError as error:
        raise ForeignTable(table.name, "its keys are not the texts PK and SK") from error


def _sampled(client: "DynamoDBClient", name: str) -> tuple[int, list[Item]]:
    """Return how many of the first items are of the bot's kinds, and those that are not."""
    answer = _permitted(lambda: client.scan(TableName=name, ProjectionExpression="PK, SK", Limit=SAMPLE))
    found = answer["Items"] if answer else []
    foreign: list[Item] = [item for item in found if not _is_ours(item)]
    return len(found) - len(foreign), foreign


def _permitted(ask: Callable[[], T]) -> T | None:
    """Return what the table answers; None where asking is not allowed, or where there is no table."""
    try:
        with answering():
            return ask()
    except Unavailable as failed:
        cause = failed.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] in _PASSED_OVER:
            return None
        raise


def _is_ours(item: Item) -> bool:
    pk, sk = item.get("PK", {}).get("S"), item.get("SK", {}).get("S")
    return pk is not None and sk is not None and keys.is_ours(Key(pk, sk))


def _of_others(foreign: list[Item]) -> str:
    return f"it holds items of another system ({len(foreign)} among the first {SAMPLE:,})"
