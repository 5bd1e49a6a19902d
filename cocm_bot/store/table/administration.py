"""Making the table and checking it, for who sets the bot up; the bot itself needs `reachable` alone."""

import time
from typing import TYPE_CHECKING

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import INDEX
from cocm_bot.store.table.ownership import require_free
from cocm_bot.store.table.table import Table, answering

if TYPE_CHECKING:
    from collections.abc import Sequence

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
PROJECTED = list(PatientSummary.model_fields)
"""The attributes the index carries; DynamoDB allows 20 such attributes."""

POLL_SECONDS = 2


def create_table(client: "DynamoDBClient", name: str) -> None:
    """Make the table with everything it needs; run again, it adds what is still missing.

    What can't be changed in place (keys, the index's projection) stays: `check_table` reports it.
    Raises ForeignTable, before anything is changed, or Unavailable.
    """
    require_free(client, name)
    with answering():
        table = _describe(client, name)
        if table is None:
            client.create_table(
                TableName=name,
                KeySchema=_key_schema(*TABLE_KEYS),
                AttributeDefinitions=_key_attributes(),
                GlobalSecondaryIndexes=[_index_definition()],
                BillingMode="PAY_PER_REQUEST",
                DeletionProtectionEnabled=True,
            )
        else:
            _complete(client, name, table)
        _settle(client, name)
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
        table = _describe(client, name)
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
        _settle(client, name)
        client.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    if not table.get("DeletionProtectionEnabled"):
        _settle(client, name)
        client.update_table(TableName=name, DeletionProtectionEnabled=True)
    if _index_of(table) is None:
        _settle(client, name)
        client.update_table(
            TableName=name,
            AttributeDefinitions=_key_attributes(),
            GlobalSecondaryIndexUpdates=[{"Create": _index_definition()}],
        )


def _index_faults(table: "TableDescriptionTypeDef") -> list[str]:
    index = _index_of(table)
    if index is None:
        return [f"The index {INDEX} is missing."]
    carried = set(index.get("Projection", {}).get("NonKeyAttributes", []))
    faults = []
    if _key_names(index.get("KeySchema", [])) != INDEX_KEYS:
        faults.append(f"The keys of the index {INDEX} are not {' and '.join(INDEX_KEYS)}.")
    if carried != set(PROJECTED):
        faults.append(f"The index {INDEX} carries other attributes than it should: create it again.")
    if index.get("IndexStatus") != "ACTIVE":
        faults.append(f"The index {INDEX} is still being built.")
    return faults


def _index_definition() -> "GlobalSecondaryIndexTypeDef":
    return {
        "IndexName": INDEX,
        "KeySchema": _key_schema(*INDEX_KEYS),
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": PROJECTED},
    }


def _key_schema(partition: str, sort: str) -> "list[KeySchemaElementTypeDef]":
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def _key_names(schema: "Sequence[KeySchemaElementTypeDef]") -> list[str]:
    return [element["AttributeName"] for element in sorted(schema, key=lambda element: element["KeyType"])]


def _key_attributes() -> "list[AttributeDefinitionTypeDef]":
    return [{"AttributeName": name, "AttributeType": "S"} for name in (*TABLE_KEYS, *INDEX_KEYS)]


def _describe(client: "DynamoDBClient", name: str) -> "TableDescriptionTypeDef | None":
    try:
        return client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None


def _settle(client: "DynamoDBClient", name: str) -> None:
    """Wait until the table and its index have taken the last change in."""
    while True:
        table = client.describe_table(TableName=name)["Table"]
        index = _index_of(table) or {}
        if table["TableStatus"] == "ACTIVE" and index.get("IndexStatus", "ACTIVE") == "ACTIVE":
            return
        time.sleep(POLL_SECONDS)


def _index_of(table: "TableDescriptionTypeDef") -> "GlobalSecondaryIndexDescriptionTypeDef | None":
    indexes = table.get("GlobalSecondaryIndexes", [])
    return next((index for index in indexes if index.get("IndexName") == INDEX), None)


def _on_demand(table: "TableDescriptionTypeDef") -> bool:
    return table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST"


def _expires(client: "DynamoDBClient", name: str) -> bool:
    found = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return found.get("AttributeName") == EXPIRY and found.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}


def _recoverable(client: "DynamoDBClient", name: str) -> bool:
    found = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = found.get("PointInTimeRecoveryDescription", {})
    return recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
