"""Find out which rights on the table the bot's credentials have, by calls that change nothing.

A write carries a condition that no item meets: DynamoDB checks the right first, then the condition. So a
write that may be done is refused for its condition, and one that may not for want of the right.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table, answering
from cocm_bot.store.table.wire import wire_key

DENIED = "AccessDeniedException"
_NEVER = "attribute_exists(PK) AND attribute_not_exists(PK)"
_HISTORY = Key("patient-log:-", "-")
"""A place that only ever grows; nothing is there."""


class Right(NamedTuple):
    """One right of docs/iam.md, and whether the credentials have it as they should."""

    action: str
    on: str
    had: bool
    wanted: bool


def rights(table: Table) -> Iterator[Right]:
    """Try each right the bot needs, and those it is denied; raises Unavailable for what tells nothing."""
    nowhere = keys.registry("-")
    for action, call in _calls(table, nowhere).items():
        yield Right(
            action,
            table.reading.name if action == "Query on the index" else table.name,
            _permitted(call),
            True,
        )
    history = _calls(table, _HISTORY)
    for action in ("UpdateItem", "DeleteItem"):
        yield Right(action, "the patients' history", _permitted(history[action]), False)


def _calls(table: Table, key: Key) -> Mapping[str, Callable[[], object]]:
    client, name, at = table.client, table.name, wire_key(key)
    impossible: Any = {"TableName": name, "ConditionExpression": _NEVER}
    check: Any = {"ConditionCheck": {**impossible, "Key": at}}
    asked: Any = {"TableName": name, "Limit": 1, "ExpressionAttributeValues": {":partition": at["PK"]}}
    return {
        "GetItem": lambda: client.get_item(TableName=name, Key=at),
        "BatchGetItem": lambda: client.batch_get_item(RequestItems={name: {"Keys": [at]}}),
        "Query": lambda: client.query(**asked, KeyConditionExpression="PK = :partition"),
        "Query on the index": lambda: client.query(
            **asked, KeyConditionExpression="GSI1PK = :partition", IndexName=table.reading.name
        ),
        "PutItem": lambda: client.put_item(**impossible, Item=at),
        "UpdateItem": lambda: client.update_item(**impossible, Key=at, UpdateExpression="REMOVE nothing"),
        "DeleteItem": lambda: client.delete_item(**impossible, Key=at),
        "ConditionCheckItem": lambda: client.transact_write_items(TransactItems=[check]),
    }


def _permitted(call: Callable[[], object]) -> bool:
    try:
        with answering():
            call()
    except Unavailable as error:
        if error.reason != DENIED:
            raise
        return False
    except ClientError:
        pass  # refused for its condition, after the right was checked
    return True
