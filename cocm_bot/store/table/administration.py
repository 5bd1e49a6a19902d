"""Making the table and checking it, for who sets the bot up; the bot itself needs `reachable` alone."""

import time
from typing import TYPE_CHECKING

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import INDEX, PACKED_INDEX
from cocm_bot.store.table.ownership import require_free
from cocm_bot.store.table.packed_rows import COLUMNS, PACKED
from cocm_bot.store.table.table import Table, answering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeDefinitionTypeDef,
        GlobalSecondaryIndexDescriptionTypeDef,
        GlobalSecondaryIndexTypeDef,
        KeySchemaElementTypeDef,
        TableDescriptionTypeDef,
    )

TABLE_KEYS = ["PK", "SK"]
INDEX_KEYS = ["GSI1PK", "GSI1SK"]
EXPIRY = "expires_at"
PROJECTED = list(COLUMNS)
"""The attributes the index carries; DynamoDB allows 20 such attributes."""
CARRIED = {INDEX: PROJECTED, PACKED_INDEX: list(PACKED)}
"""The attributes that each index carries: one of the two is enough."""

POLL_SECONDS = 2


def create_table(client: "DynamoDBClient", name: str) -> None:
    """Make the table with everything it needs; run again, it adds what is still missing.

    What can't be changed in place (keys, the index's projection) stays: `check_table` reports it.
    Raises ForeignTable, before anything is changed, or Unavailable.
    """
    require_free(client, name)
    with answering():
        table = describe(client, name)
        if table is None:
            client.create_table(
                TableName=name,
                KeySchema=_key_schema(*TABLE_KEYS),
                AttributeDefinitions=_key_attributes(),
                GlobalSecondaryIndexes=[index_definition()],
                BillingMode="PAY_PER_REQUEST",
                DeletionProtectionEnabled=True,
            )
        else:
            _complete(client, name, table)
        settle(client, name)
        if not _expires(client, name):
            client.update_time_to_live(
                TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRY}
            )
        if not _recoverable(client, name):
            client.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )


def check_table(client: "DynamoDBClient", name: str) -> list[str]:
    """Return what the table lacks or has otherwise, one sentence each; raises Unavailable."""
    with answering():
        table = describe(client, name)
        if table is None:
            return ["The table does not exist."]
        requirements = {
            f"The keys of the table are not {' and '.join(TABLE_KEYS)}.": _key_names(table["KeySchema"])
            == TABLE_KEYS,
            "Billing is not on demand.": _on_demand(table),
            "Deletion protection is off.": table.get("DeletionProtectionEnabled", False),
            f"Items do not expire by {EXPIRY}.": _expires(client, name),
            "Point-in-time recovery is off.": _recoverable(client, name),
        }
    return [*(sentence for sentence, met in requirements.items() if not met), *_index_faults(table)]


def reachable(table: Table) -> bool:
    """Return whether the table answers; one cheap read."""
    try:
        table.get(keys.registry("-"))
    except Unavailable:
        return False
    return True


def _complete(client: "DynamoDBClient", name: str, table: "TableDescriptionTypeDef") -> None:
    """Add what a table that exists lacks; DynamoDB takes one change at a time."""
    if not _on_demand(table):
        settle(client, name)
        client.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    if not table.get("DeletionProtectionEnabled"):
        settle(client, name)
        client.update_table(TableName=name, DeletionProtectionEnabled=True)
    if not indexes(table):
        add_index(client, name, INDEX)


def add_index(client: "DynamoDBClient", name: str, index: str) -> None:
    """Begin to make an index, which DynamoDB fills by itself while the table is in use."""
    settle(client, name)
    client.update_table(
        TableName=name,
        AttributeDefinitions=_key_attributes(),
        GlobalSecondaryIndexUpdates=[{"Create": index_definition(index)}],
    )


def _index_faults(table: "TableDescriptionTypeDef") -> list[str]:
    found = indexes(table)
    if not found:
        return [f"The index {INDEX} is missing."]
    return [fault for name, index in found.items() for fault in _faults_of(name, index)]


def _faults_of(name: str, index: "GlobalSecondaryIndexDescriptionTypeDef") -> "Iterator[str]":
    carried = set(index.get("Projection", {}).get("NonKeyAttributes", []))
    if _key_names(index.get("KeySchema", [])) != INDEX_KEYS:
        yield f"The keys of the index {name} are not {' and '.join(INDEX_KEYS)}."
    if carried != set(CARRIED[name]):
        yield f"The index {name} carries other attributes than it should: create it again."
    if index.get("IndexStatus") != "ACTIVE":
        yield f"The index {name} is still being built."


def index_definition(name: str = INDEX) -> "GlobalSecondaryIndexTypeDef":
    """Return the definition of an index of this name."""
    return {
        "IndexName": name,
        "KeySchema": _key_schema(*INDEX_KEYS),
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": CARRIED[name]},
    }


def _key_schema(partition: str, sort: str) -> "list[KeySchemaElementTypeDef]":
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def _key_names(schema: "Sequence[KeySchemaElementTypeDef]") -> list[str]:
    return [element["AttributeName"] for element in sorted(schema, key=lambda element: element["KeyType"])]


def _key_attributes() -> "list[AttributeDefinitionTypeDef]":
    return [{"AttributeName": name, "AttributeType": "S"} for name in (*TABLE_KEYS, *INDEX_KEYS)]


def describe(client: "DynamoDBClient", name: str) -> "TableDescriptionTypeDef | None":
    """Return the table as it is described; None where there is none."""
    try:
        return client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None


def settle(client: "DynamoDBClient", name: str) -> None:
    """Wait until the table and its indexes have taken the last change in: one that is deleted is gone."""
    while True:
        table = client.describe_table(TableName=name)["Table"]
        states = {index.get("IndexStatus", "ACTIVE") for index in indexes(table).values()}
        if {table["TableStatus"], *states} == {"ACTIVE"}:
            return
        time.sleep(POLL_SECONDS)


def indexes(table: "TableDescriptionTypeDef") -> "dict[str, GlobalSecondaryIndexDescriptionTypeDef]":
    """Return the indexes of the bot's that a table has, by name."""
    return {
        str(index["IndexName"]): index
        for index in table.get("GlobalSecondaryIndexes", [])
        if index.get("IndexName") in CARRIED
    }


def _on_demand(table: "TableDescriptionTypeDef") -> bool:
    return table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST"


def _expires(client: "DynamoDBClient", name: str) -> bool:
    found = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return found.get("AttributeName") == EXPIRY and found.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}


def _recoverable(client: "DynamoDBClient", name: str) -> bool:
    found = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = found.get("PointInTimeRecoveryDescription", {})
    return recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
