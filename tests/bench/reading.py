"""Reading: rows of the index as the bot reads them, beside what the usual libraries take for the same."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from unittest import mock

import boto3
from slack_sdk import WebClient

from cocm_bot.slack.runtime.client import connections
from cocm_bot.slack.runtime.client.gateway import web_client
from cocm_bot.store.patients.remembered_rows import CaseloadRows, Rows
from cocm_bot.store.table import keys
from tests.bench.lines import Line, cpu_beside, cpu_of
from tests.bench.rig import Rig
from tests.bench.stage.crowded import Crowded
from tests.store.engines import LOCAL

GOAL = 1 / 15
LOCAL_SETTINGS: dict[str, Any] = {
    "aws_access_key_id": LOCAL["AWS_ACCESS_KEY_ID"],
    "aws_secret_access_key": LOCAL["AWS_SECRET_ACCESS_KEY"],
    "region_name": LOCAL["AWS_REGION"],
}


def lines(rig: Rig, there: Crowded, rounds: int) -> Iterator[Line]:
    """The bot's reading of a registry's rows beside each alternative: a process's first one, and later."""
    registry_id = there.registry.id
    remembered = Rows(registry_id)
    remembered.now(rig.table)

    def first() -> object:
        return CaseloadRows(registry_id).whole(rig.table, {})

    def again() -> object:
        return remembered.now(rig.table)

    for name, theirs in alternatives(rig, registry_id).items():
        for when, ours in (("first", first), ("again", again)):
            own, other = cpu_beside(ours, theirs, rounds=rounds)
            yield Line(
                f"rows of a registry read {when}: CPU beside {name}", own, other * GOAL, "ms", other, name
            )


def alternatives(rig: Rig, registry_id: str) -> dict[str, Callable[[], object]]:
    """The same query by boto3's client and its resource, and by PynamoDB where it is installed."""
    client = boto3.client("dynamodb", endpoint_url=rig.table_url, **LOCAL_SETTINGS)
    resource = boto3.resource("dynamodb", endpoint_url=rig.table_url, **LOCAL_SETTINGS)
    found: dict[str, Callable[[], object]] = {
        "boto3 client": lambda: _queried(client, rig.table.name, registry_id),
        "boto3 resource": lambda: _of_resource(resource, rig.table.name, registry_id),
    }
    if find_spec("pynamodb"):
        found["PynamoDB"] = _of_pynamodb(rig, registry_id)
    return found


def plain_cpu(rig: Rig, there: Crowded, rounds: int) -> float:
    """Milliseconds that boto3's client takes to read a registry's rows."""
    return cpu_of(alternatives(rig, there.registry.id)["boto3 client"], rounds=min(rounds, 3))


def slack_cpu(rig: Rig, rounds: int) -> tuple[float, float]:
    """Milliseconds of a call over TLS: the bot's client, and slack_sdk's as it comes."""
    url = f"{rig.slack_url}/api/"
    with mock.patch.object(connections, "machine_trust", rig.tls.trusting):
        own = web_client("xoxb-of-the-bench", url, 10)
    with mock.patch.dict("os.environ", SSL_CERT_FILE=str(rig.bundle)):
        theirs = WebClient("xoxb-of-the-bench", url)
        return cpu_beside(own.auth_test, theirs.auth_test, rounds=rounds, repeats=3)


def _queried(client: Any, table: str, registry_id: str) -> list[Any]:
    pages = client.get_paginator("query").paginate(
        TableName=table,
        IndexName=keys.INDEX,
        KeyConditionExpression="GSI1PK = :p",
        ExpressionAttributeValues={":p": {"S": keys.patients(registry_id)}},
    )
    return [item for page in pages for item in page["Items"]]


def _of_pynamodb(rig: Rig, registry_id: str) -> Callable[[], object]:
    """The same query by PynamoDB's models; the project does not depend on it."""
    attributes, indexes, models = map(
        import_module, ("pynamodb.attributes", "pynamodb.indexes", "pynamodb.models")
    )
    meta = {"table_name": rig.table.name, "host": rig.table_url, "region": LOCAL["AWS_REGION"]}
    meta |= {name: LOCAL_SETTINGS[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    projection = {"index_name": keys.INDEX, "projection": indexes.AllProjection()}
    index = type(
        "Caseload",
        (indexes.GlobalSecondaryIndex,),
        {
            "Meta": type("Meta", (), projection),
            "partition": attributes.UnicodeAttribute(hash_key=True, attr_name="GSI1PK"),
            "place": attributes.UnicodeAttribute(range_key=True, attr_name="GSI1SK"),
        },
    )
    text, number = attributes.UnicodeAttribute, attributes.NumberAttribute
    row: Any = type(
        "PatientRow",
        (models.Model,),
        {
            "Meta": type("Meta", (), meta),
            "partition": text(hash_key=True, attr_name="PK"),
            "mrn": text(range_key=True, attr_name="SK"),
            "caseload": index(),
            **{name: text(null=True) for name in ("handle", "first_name", "last_name", "payer", "status")},
            **{name: number(null=True) for name in ("date_created", "initial_assessment", "total_sessions")},
            "course": attributes.DynamicMapAttribute(null=True),
        },
    )
    return lambda: list(row.caseload.query(keys.patients(registry_id)))


def _of_resource(resource: Any, name: str, registry_id: str) -> list[Any]:
    table = resource.Table(name)
    asked: dict[str, Any] = {
        "IndexName": keys.INDEX,
        "KeyConditionExpression": "GSI1PK = :p",
        "ExpressionAttributeValues": {":p": keys.patients(registry_id)},
    }
    found: list[Any] = []
    while True:
        page = table.query(**asked)
        found += page["Items"]
        if "LastEvaluatedKey" not in page:
            return found
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
