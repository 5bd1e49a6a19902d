"""Keep the records of several workspaces in one table, apart from each other by their keys.

Every key of a workspace's records begins with the workspace's name, in the table and in the index. It is put
there, and taken off again, for every request a client sends: whoever has the client of one workspace can name
no record of another, whatever ids they were given. A client of no workspace has the records of the only one,
and no key of it can begin like that.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cocm_bot.store.table.keys import WORKSPACE, workspace_prefix

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PLACES = ("PK", "GSI1PK")
"""The attributes that name a partition, of the table and of the index."""
_PARTITION = re.compile(r"\b(?:GSI1)?PK = (:\w+)")
_OF_ONE_ITEM = frozenset({"GetItem", "PutItem", "UpdateItem", "DeleteItem"})
_OF_THE_TABLE = frozenset(
    {
        "DescribeContinuousBackups",
        "DescribeTable",
        "DescribeTimeToLive",
        "Scan",
    }
)
"""Operations that name no record in their request."""


def of_workspace(client: "DynamoDBClient", workspace: str) -> "DynamoDBClient":
    """Return a client of a workspace's records alone, over the same connections; of the only one if empty."""
    here: Any = object.__new__(type(client))
    here.__dict__.update(client.__dict__, workspace=workspace)
    client_here: DynamoDBClient = here
    return client_here


def inward(operation: str, parameters: Mapping[str, Any], workspace: str) -> dict[str, Any]:
    """Return a request as it is sent for a workspace.

    Raises ValueError for an operation whose keys are not known here: it would reach other workspaces.
    """
    prefix, asked = workspace_prefix(workspace), dict(parameters)
    if operation in _OF_ONE_ITEM:
        return _keyed(asked, prefix)
    match operation:
        case "BatchGetItem":
            [(name, wanted)] = asked["RequestItems"].items()
            keyed = {**wanted, "Keys": [_placed(key, prefix) for key in wanted["Keys"]]}
            return {**asked, "RequestItems": {name: keyed}}
        case "TransactGetItems" | "TransactWriteItems":
            items = asked["TransactItems"]
            actions = [{kind: _keyed(action, prefix) for kind, action in each.items()} for each in items]
            return {**asked, "TransactItems": actions}
        case "Query":
            return _queried(asked, prefix)
        case _ if operation in _OF_THE_TABLE:
            return asked
    raise ValueError(f"{operation} is not for the records of one workspace")


def outward(operation: str, answer: Mapping[str, Any], workspace: str) -> dict[str, Any]:
    """Return an answer as whoever asked for a workspace sees it: without its name in the keys.

    What a scan finds of others is left out, also where it is the records of no workspace that are asked for.
    """
    prefix, given = workspace_prefix(workspace) if workspace else "", dict(answer)
    if operation == "Scan":
        found = [item for item in given.get("Items", ()) if _is_of(item, prefix)]
        given |= {"Items": found, "Count": len(found)}
    if not prefix:
        return given
    for name in ("Item", "Attributes"):
        if name in given:
            given[name] = _shown(given[name], prefix)
    if "Items" in given:
        given["Items"] = [_shown(item, prefix) for item in given["Items"]]
    match operation:
        case "BatchGetItem":
            found_by_table = given.get("Responses", {}).items()
            given["Responses"] = {name: [_shown(item, prefix) for item in of] for name, of in found_by_table}
            left = given.get("UnprocessedKeys", {}).items()
            given["UnprocessedKeys"] = {
                name: {**of, "Keys": [_shown(key, prefix) for key in of["Keys"]]} for name, of in left
            }
        case "TransactGetItems":
            given["Responses"] = [_with_item(each, prefix) for each in given.get("Responses", ())]
    return given


def refusal_outward(refusal: Mapping[str, Any], workspace: str) -> dict[str, Any]:
    """Return what an error says of the items that were in the way, as `outward` does."""
    prefix, given = workspace_prefix(workspace), _with_item(refusal, workspace_prefix(workspace))
    if "CancellationReasons" in given:
        given["CancellationReasons"] = [_with_item(each, prefix) for each in given["CancellationReasons"]]
    return given


def _keyed(action: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """A request about one item, with its key where it is given: as `Key`, or in the `Item` itself."""
    if any(place in action.get("UpdateExpression", "") for place in PLACES):
        raise ValueError("an update may not move an item to another partition")
    held = next(name for name in ("Key", "Item") if name in action)
    return {**action, held: _placed(action[held], prefix)}


def _queried(asked: dict[str, Any], prefix: str) -> dict[str, Any]:
    found = _PARTITION.search(asked["KeyConditionExpression"])
    if found is None:
        raise ValueError("a query must name its partition")
    values = asked["ExpressionAttributeValues"]
    named = {found[1]: {"S": prefix + values[found[1]]["S"]}}
    return {**asked, "ExpressionAttributeValues": {**values, **named}}


def _placed(attributes: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    moved = {place: {"S": prefix + attributes[place]["S"]} for place in PLACES if place in attributes}
    return {**attributes, **moved}


def _shown(attributes: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """An item or a key without the workspace's name; of another writer's, that is left as it is."""
    shown = dict(attributes)
    for place in PLACES:
        if (text := attributes.get(place, {}).get("S", "")).startswith(prefix):
            shown[place] = {"S": text.removeprefix(prefix)}
    return shown


def _with_item(part: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {**part, "Item": _shown(part["Item"], prefix)} if part.get("Item") else dict(part)


def _is_of(item: Mapping[str, Any], prefix: str) -> bool:
    partition = str(item.get("PK", {}).get("S", ""))
    return partition.startswith(prefix) if prefix else not partition.startswith(WORKSPACE)
