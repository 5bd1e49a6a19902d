"""Examine installations with one fault each: what is found, and what is said to be done about it."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from typer.testing import CliRunner

from cocm_bot.cli.main import app
from cocm_bot.doctor import Finding, State, diagnose
from cocm_bot.domain.drift import MOST_SECONDS
from cocm_bot.opening import system_clock
from cocm_bot.playground.workspace import Workspace
from cocm_bot.store import ticks
from cocm_bot.store.audit import checkpoints
from cocm_bot.store.audit.checkpoints import Checkpoint
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table.administration import create_table
from cocm_bot.store.table.table import Table
from cocm_bot.store.ticks import Run
from tests.rig.servers.standing import running_workspace
from tests.store import engines, faults

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TimeToLiveSpecificationTypeDef

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("restored_logging")]

KEY = "a key for the tests and for nothing else"


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with running_workspace() as running:
        yield running


@pytest.fixture
def installation(table: Table, endpoint: str, workspace: Workspace) -> Iterator[Table]:
    """Everything in order, and the environment that leads there."""
    workspace.faults.clear()
    settings = {
        "COCM_TABLE": table.name,
        "COCM_AUDIT_KEY": KEY,
        "SLACK_BOT_TOKEN": workspace.token,
        "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
        "SLACK_API_URL": workspace.api_url,
    }
    create_table(table.client, table.name)  # what the tests' tables go without
    now = datetime.now(UTC).timestamp()
    ticks.record(table, Run(process="cafe0001", at=now, seconds=1.0, done=0, left=0))
    seal(table, Keyring({"": KEY}))
    own = Table(engines.client_of(endpoint), table.name)
    with (
        mock.patch.dict(os.environ, settings | engines.reaching(endpoint)),
        faults.on(own.client, "*", deny_history),
    ):
        yield own


def deny_history(request: AWSPreparedRequest) -> AWSResponse | None:
    """The denial of docs/iam.md, which the engine of the tests does not know."""
    target, body = str(request.headers["X-Amz-Target"]), str(request.body)
    denied = ("UpdateItem" in target or "DeleteItem" in target) and "patient-log:" in body
    return faults.refuse("AccessDeniedException")(request) if denied else None


def seal(table: Table, ring: Keyring) -> None:
    at = datetime.now(UTC).timestamp()
    made = Checkpoint(
        number=1,
        at=at,
        since=at,
        process="cafe0001",
        heads=(),
        previous="",
        previous_day="",
        kept_until=4102444800,
    )
    checkpoints.add(table, checkpoints.sealed(made, ring), None)


def examined(table: Table, now: Callable[[], datetime] = system_clock) -> list[Finding]:
    return list(diagnose(now, lambda _: table))


def wrong(found: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(each.subject, each.said) for each in found if each.state is State.WRONG]


def test_an_installation_in_order_has_nothing_wrong_nor_unknown(installation: Table) -> None:
    found = examined(installation)
    assert {each.state for each in found} == {State.WELL}, found
    assert [each.subject for each in found] == [
        *("settings", "table", "index", "rights", "token", "clock", "audit key", "ticks"),
    ]


SETTINGS = {
    "SLACK_BOT_TOKEN": ("", "SLACK_BOT_TOKEN is missing"),
    "COCM_AUDIT_KEY": ("", "COCM_AUDIT_KEY is missing"),
    "SLACK_SIGNING_SECRET": ("", "SLACK_SIGNING_SECRET is missing"),
    "SLACK_API_URL": ("http://example.org", "SLACK_API_URL is malformed"),
    "COCM_TABLE": ("a table", "COCM_TABLE is malformed"),
    "COCM_PORT": ("70000", "COCM_PORT is malformed"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_fault_in_a_setting_is_named(installation: Table, name: str) -> None:
    value, said = SETTINGS[name]
    with mock.patch.dict(os.environ, {name: value}):
        [(subject, sentence)] = wrong(examined(installation))
    assert subject == "settings"
    assert sentence.startswith(said)


def test_all_faults_of_the_settings_are_named_at_once(installation: Table) -> None:
    with mock.patch.dict(os.environ, {"COCM_PORT": "70000", "SLACK_API_URL": "http://example.org"}):
        assert [said.split()[0] for _, said in wrong(examined(installation))] == [
            "SLACK_API_URL",
            "COCM_PORT",
        ]


RIGHTS = ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"]


@pytest.mark.parametrize("operation", RIGHTS)
def test_a_right_the_role_lacks_is_named(installation: Table, operation: str) -> None:
    with faults.on(installation.client, operation, faults.refuse("AccessDeniedException")):
        found = wrong(examined(installation))
    right = {"TransactWriteItems": "ConditionCheckItem"}.get(operation, operation)
    assert ("rights", lacking(right, installation.name)) in found
    # What is denied to the history is as it should be, and the others' rights are there.
    assert len([said for subject, said in found if subject == "rights"]) == (2 if operation == "Query" else 1)


def lacking(right: str, name: str) -> str:
    return f"the role may not do {right} on {name}: give it the policy in docs/iam.md."


def test_a_role_that_may_rewrite_history_is_named(table: Table, installation: Table) -> None:
    found = [said for _, said in wrong(examined(table))]
    assert found == [
        f"the role may do {action} on the patients' history: add the denial of docs/iam.md."
        for action in ("UpdateItem", "DeleteItem")
    ]


def test_expiry_that_is_off_is_named(installation: Table) -> None:
    off: TimeToLiveSpecificationTypeDef = {"Enabled": False, "AttributeName": "expires_at"}
    installation.client.update_time_to_live(TableName=installation.name, TimeToLiveSpecification=off)
    said = "Items do not expire by expires_at. Run `cocm-bot table create`: it adds what it can."
    assert wrong(examined(installation)) == [("table", said)]


def test_what_the_role_may_not_describe_is_unknown(installation: Table) -> None:
    with ExitStack() as denied:
        for operation in ("DescribeTable", "DescribeTimeToLive", "DescribeContinuousBackups", "Scan"):
            denied.enter_context(
                faults.on(installation.client, operation, faults.refuse("AccessDeniedException"))
            )
        states = {each.subject: each.state for each in examined(installation)}
    assert states["table"] is State.UNKNOWN


@pytest.mark.parametrize(
    ("reason", "said"),
    [("ResourceNotFoundException", "check COCM_TABLE"), ("UnrecognizedClientException", "credentials")],
)
def test_a_table_that_refuses_is_explained_by_each_that_needs_it(
    installation: Table, reason: str, said: str
) -> None:
    with faults.on(installation.client, "*", faults.refuse(reason)):
        found = wrong(examined(installation))
    assert {"index", "rights", "audit key"} <= {subject for subject, sentence in found if said in sentence}
    assert "token" not in dict(found)


@pytest.mark.parametrize(("reason", "said"), [("token_revoked", "SLACK_BOT_TOKEN"), ("ratelimited", "")])
def test_a_token_that_slack_refuses_is_named(
    installation: Table, workspace: Workspace, reason: str, said: str
) -> None:
    workspace.fail("auth.test", error=reason)
    [sentence] = [sentence for subject, sentence in wrong(examined(installation)) if subject == "token"]
    assert reason in sentence
    assert said in sentence


@pytest.mark.parametrize("seconds", [-600, -70, 70, 600])
def test_a_clock_that_is_off_is_named_by_both_servers(installation: Table, seconds: int) -> None:
    found = wrong(examined(installation, lambda: datetime.now(UTC) + timedelta(seconds=seconds)))
    said = [sentence for subject, sentence in found if subject == "clock"]
    assert len(said) == 2
    assert all(sentence.startswith("+" if seconds > 0 else "-") for sentence in said)


def test_a_clock_within_the_minute_is_well(installation: Table) -> None:
    near = timedelta(seconds=MOST_SECONDS - 10)
    assert "clock" not in dict(wrong(examined(installation, lambda: datetime.now(UTC) + near)))


def test_another_audit_key_than_the_one_in_use_is_named(installation: Table) -> None:
    with mock.patch.dict(os.environ, {"COCM_AUDIT_KEY": KEY[::-1]}):
        [said] = [sentence for subject, sentence in wrong(examined(installation)) if subject == "audit key"]
    assert said.startswith("it does not fit the newest checkpoint")


def test_a_key_that_is_not_in_the_ring_is_named(table: Table, installation: Table) -> None:
    newest = checkpoints.latest(table)
    assert newest is not None
    made = newest.model_copy(update={"number": 2})
    checkpoints.add(table, checkpoints.sealed(made, Keyring({"2027": KEY[::-1]})), newest)
    [said] = [sentence for subject, sentence in wrong(examined(installation)) if subject == "audit key"]
    assert said == "the newest checkpoint names key “2027”: add it to COCM_AUDIT_KEYS."


def test_the_command_prints_a_line_each_and_fails_where_something_is_wrong(installation: Table) -> None:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1  # the engine denies nothing of the history
    assert "ok      token     as it should be." in result.output.splitlines()
    read = [json.loads(line) for line in CliRunner().invoke(app, ["doctor", "--json"]).output.splitlines()]
    assert [each["subject"] for each in read if each["state"] == "wrong"] == ["rights", "rights"]
