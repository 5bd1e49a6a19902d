"""Ways to make one part of an installation fail; each gives what it changes in the processes' environment."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

from cocm_bot.playground import cast
from cocm_bot.store.audit import checkpoints
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table import administration, keys
from cocm_bot.store.table import client as client_module
from tests.faults.between import Fault, between, late, well
from tests.faults.rig import KEY, TABLE, Rig, denying_history, denying_too, enrolled, furnish, world_ahead
from tests.faults.role import AGENT, FIXED, Role, agent
from tests.rig import crowd
from tests.rig.servers.tls import certificate
from tests.store import engines

OTHER_KEY = "8c1f0a7e5b3d92464b1de0a97f3c25860d6e1b4a"

Produced = Callable[[Rig], AbstractContextManager[Mapping[str, str]]]
"""Lets the fault be while the block runs; gives settings that differ."""


@contextmanager
def nothing(_rig: Rig) -> Iterator[Mapping[str, str]]:
    """Leave all as it should be."""
    yield {}


def table_answers(fault: Fault) -> Produced:
    """The table answers so."""

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        rig.table.fault = denying_too(fault)
        try:
            yield {}
        finally:
            rig.table.fault = denying_history

    return produce


def table_late(seconds: float, patience: float) -> Produced:
    """The table answers so many seconds late, and is waited for so long."""

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        hasty = mock.patch.object(client_module, "READ_SECONDS", patience)
        with hasty, table_answers(late(seconds))(rig) as changed:
            yield changed

    return produce


@contextmanager
def role_without_denial(rig: Rig) -> Iterator[Mapping[str, str]]:
    """The role's policy lacks the denial of docs/iam.md: it may rewrite history."""
    rig.table.fault = well
    try:
        yield {}
    finally:
        rig.table.fault = denying_history


def both(first: Produced, second: Produced) -> Produced:
    """Two at once."""

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        with first(rig) as one, second(rig) as other:
            yield {**one, **other}

    return produce


def settings(**changed: str) -> Produced:
    """The environment says something else; an empty value is one that is missing."""

    @contextmanager
    def produce(_rig: Rig) -> Iterator[Mapping[str, str]]:
        yield changed

    return produce


def role_over() -> Produced:
    """The role's credentials are over, and new ones are too."""

    @contextmanager
    def produce(_rig: Rig) -> Iterator[Mapping[str, str]]:
        role = Role()
        role.lasts = -role.lasts
        with agent(role) as address:
            yield {**dict.fromkeys(FIXED, ""), AGENT: address}

    return produce


def slack_answers(method: str, **fault: Any) -> Produced:
    """Slack answers each call of a method so."""

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        rig.workspace.faults.fail(method, times=1000, **fault)
        try:
            yield {}
        finally:
            rig.workspace.faults.clear()

    return produce


def slack_path(fault: Fault) -> Produced:
    """The way to Slack fails so; what Slack sends to the bot arrives."""

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        rig.slack.fault = fault
        try:
            yield {}
        finally:
            rig.slack.fault = well

    return produce


def token(error: str) -> Produced:
    """Slack refuses the bot's token with this word, whatever is called."""
    methods = ("auth.test", "users.info", "conversations.info", "chat.postMessage", "views.open")

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        for method in methods:
            rig.workspace.faults.fail(method, times=1000, error=error)
        try:
            yield {}
        finally:
            rig.workspace.faults.clear()

    return produce


def scope_missing(scope: str, method: str) -> Produced:
    """The app was installed without a scope."""

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        given = rig.workspace.scopes
        rig.workspace.scopes = tuple(each for each in given if each != scope)
        rig.workspace.faults.fail(method, times=1000, error="missing_scope")
        try:
            yield {}
        finally:
            rig.workspace.scopes = given
            rig.workspace.faults.clear()

    return produce


def untrusted(name: str) -> Produced:
    """A server with a certificate of an authority that nobody here knows."""

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        context: ssl.SSLContext = certificate().serving()
        target = rig.engine if name == engines.ENDPOINT else rig.workspace.base_url
        with between(target, context) as server:
            yield {name: server.url + ("" if name == engines.ENDPOINT else "/api/")}

    return produce


def clock_ahead(**by: float) -> Produced:
    """This machine's clock is ahead of all others: they are behind it."""
    seconds = timedelta(**by).total_seconds()

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        with table_of_its_own(leave)(rig), world_ahead(rig, -seconds):
            yield {}

    return produce


def leave(_rig: Rig) -> None:
    """Change nothing."""


def table_of_its_own(change: Callable[[Rig], Mapping[str, str] | None]) -> Produced:
    """Another table with the same in it, of which something is changed."""

    @contextmanager
    def produce(rig: Rig) -> Iterator[Mapping[str, str]]:
        name, before = f"{TABLE}-{uuid4().hex[:8]}", rig.registry_id
        furnish(rig, name)
        try:
            yield change(rig) or {}
        finally:
            rig.environment["COCM_TABLE"], rig.registry_id = TABLE, before
            for each in (cast.PSYCHIATRIST, cast.MAYA):
                rig.workspace.people[each].deleted = False

    return produce


def index_missing(rig: Rig) -> None:
    """Somebody deleted the index."""
    change: Any = [{"Delete": {"IndexName": keys.INDEX}}]
    rig.store.client.update_table(TableName=rig.store.name, GlobalSecondaryIndexUpdates=change)


def index_of_other_keys(rig: Rig) -> None:
    """The index was made by hand, with keys of another name."""
    index_missing(rig)
    schema: Any = administration._key_schema("GSI1PK", "OTHER")
    made: Any = {
        "IndexName": keys.INDEX,
        "KeySchema": schema,
        "Projection": {"ProjectionType": "ALL"},
    }
    attributes: Any = [{"AttributeName": each, "AttributeType": "S"} for each in ("GSI1PK", "OTHER")]
    rig.store.client.update_table(
        TableName=rig.store.name,
        AttributeDefinitions=attributes,
        GlobalSecondaryIndexUpdates=[{"Create": made}],
    )


def expiry_off(rig: Rig) -> None:
    """Somebody switched the expiry of items off."""
    off: Any = {"Enabled": False, "AttributeName": administration.EXPIRY}
    rig.store.client.update_time_to_live(TableName=rig.store.name, TimeToLiveSpecification=off)


def recovery_off(rig: Rig) -> None:
    """Somebody switched point-in-time recovery off."""
    off: Any = {"PointInTimeRecoveryEnabled": False}
    rig.store.client.update_continuous_backups(TableName=rig.store.name, PointInTimeRecoverySpecification=off)


def protection_off(rig: Rig) -> None:
    """Somebody switched deletion protection off."""
    rig.store.client.update_table(TableName=rig.store.name, DeletionProtectionEnabled=False)


def other_keys(rig: Rig) -> Mapping[str, str]:
    """The table has keys of other names."""
    name = f"orders-{uuid4().hex[:8]}"
    schema: Any = administration._key_schema("id", "line")
    typed: Any = [{"AttributeName": each, "AttributeType": "S"} for each in ("id", "line")]
    rig.store.client.create_table(
        TableName=name, KeySchema=schema, AttributeDefinitions=typed, BillingMode="PAY_PER_REQUEST"
    )
    return {"COCM_TABLE": name}


def of_another_system(rig: Rig) -> Mapping[str, str]:
    """The table is another system's, with the same keys."""
    name = f"orders-{uuid4().hex[:8]}"
    administration.create_table(rig.store.client, name)
    order: Any = {"PK": {"S": "order:1"}, "SK": {"S": "line#1"}, "sum": {"N": "12"}}
    rig.store.client.put_item(TableName=name, Item=order)
    return {"COCM_TABLE": name}


def foreign_item(rig: Rig) -> None:
    """Another program put an item into the caseload's part of the index."""
    order: Any = {
        "PK": {"S": "order:1"},
        "SK": {"S": "line#1"},
        "GSI1PK": {"S": keys.patients(rig.registry_id)},
        "GSI1SK": {"S": "2020-01-01#order"},
    }
    rig.store.client.put_item(TableName=rig.store.name, Item=order)


def foreign_job(rig: Rig) -> None:
    """Another program put an item into the clock's queue."""
    order: Any = {
        "PK": {"S": "order:1"},
        "SK": {"S": "line#1"},
        "GSI1PK": {"S": keys.work_shard(0)},
        "GSI1SK": {"S": keys.queue_place(1.0, "order", "1")},
    }
    rig.store.client.put_item(TableName=rig.store.name, Item=order)


def damaged_patient(rig: Rig) -> None:
    """Another program wrote a word where a patient's number of sessions is."""
    enrolled(rig)
    [item] = [each for each in crowd.stored(rig.store) if "MRN-1" in each["SK"]["S"]]
    damaged: Any = {**item, "total_sessions": {"S": "many"}}
    rig.store.client.put_item(TableName=rig.store.name, Item=damaged)


def damaged_registry(rig: Rig) -> None:
    """Another program took the registry's name away."""
    found = rig.store.get(keys.registry(rig.registry_id))
    assert found is not None
    damaged: Any = {name: value for name, value in found.items() if name != "name"}
    rig.store.client.put_item(TableName=rig.store.name, Item=damaged)


def rotated_out(rig: Rig) -> Mapping[str, str]:
    """The key that sealed the newest checkpoint was taken out of the keyring."""
    newest = checkpoints.latest(rig.store)
    assert newest is not None
    made = newest.model_copy(update={"number": 2})
    checkpoints.add(rig.store, checkpoints.sealed(made, Keyring({"2025": KEY[::-1]})), newest)
    return {"COCM_AUDIT_KEY": "", "COCM_AUDIT_KEYS": f"2026:{OTHER_KEY}"}


def a_patient(rig: Rig) -> None:
    """Nothing but a patient who was assessed."""
    enrolled(rig)


def psychiatrist_gone(rig: Rig) -> None:
    """The psychiatrist's account was deactivated."""
    rig.workspace.people[cast.PSYCHIATRIST].deleted = True


def everybody_gone(channel_id: str) -> Callable[[Rig], None]:
    """The accounts of the whole team were deactivated; the alert is left to the team channel, this one."""

    def change(rig: Rig) -> None:
        for each in (cast.PSYCHIATRIST, cast.MAYA):
            rig.workspace.people[each].deleted = True
        found = rig.store.get(keys.registry(rig.registry_id))
        assert found is not None
        with_channel: Any = {**found, "team_channel": {"S": channel_id}}
        rig.store.client.put_item(TableName=rig.store.name, Item=with_channel)

    return change
