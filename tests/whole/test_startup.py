"""Faults that keep the bot from starting are one line each, with what to do; passing ones do not."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cocm_bot import startup
from cocm_bot.domain.errors import Unavailable
from cocm_bot.operator_errors import ADVICE, TOKEN_ADVICE, CannotStart, explained
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.startup import check_start
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from tests.rig.seats import PATIENCE
from tests.rig.servers.served import environment, run, run_here
from tests.store import faults

pytestmark = pytest.mark.slow


@pytest.fixture
def gateway(workspace: Workspace) -> Gateway:
    return Gateway(web_client(workspace.token, workspace.api_url, PATIENCE))


def test_a_right_table_and_token_start(empty_table: Table, gateway: Gateway) -> None:
    check_start(empty_table, gateway)


@pytest.mark.parametrize("reason", sorted(ADVICE.keys() - {"EndpointConnectionError"}))
def test_what_the_table_refuses_for_good_ends_the_start(
    empty_table: Table, gateway: Gateway, reason: str
) -> None:
    with (
        faults.on(empty_table.client, "*", faults.refuse(reason)),
        pytest.raises(CannotStart, match=rf"^The table {empty_table.name} in us-east-1 \({reason}\): .+\.$"),
    ):
        check_start(empty_table, gateway)


@pytest.mark.parametrize("reason", sorted(TOKEN_ADVICE))
def test_what_slack_refuses_for_good_ends_the_start(
    empty_table: Table, gateway: Gateway, workspace: Workspace, reason: str
) -> None:
    workspace.fail("auth.test", error=reason)
    with pytest.raises(CannotStart, match=rf"^Slack refuses the bot's token \({reason}\): .+\.$"):
        check_start(empty_table, gateway)


def lacking(empty_table: Table, *, index: bool) -> None:
    """Make the table again, without its index or with one of other keys."""
    client, name = empty_table.client, empty_table.name
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.delete_table(TableName=name)
    typed = [{"AttributeName": each, "AttributeType": "S"} for each in ("PK", "SK", "GSI1PK", "OTHER")]

    def schema(*names: str) -> list[dict[str, str]]:
        return [
            {"AttributeName": each, "KeyType": kind}
            for each, kind in zip(names, ("HASH", "RANGE"), strict=True)
        ]

    other: Any = {
        "GlobalSecondaryIndexes": [
            {
                "IndexName": keys.INDEX,
                "KeySchema": schema("GSI1PK", "OTHER"),
                "Projection": {"ProjectionType": "ALL"},
            }
        ]
    }
    client.create_table(
        TableName=name,
        KeySchema=schema("PK", "SK"),  # type: ignore[arg-type] # plain dictionaries
        AttributeDefinitions=(typed if index else typed[:2]),  # type: ignore[arg-type] # plain dictionaries
        BillingMode="PAY_PER_REQUEST",
        **(other if index else {}),
    )


@pytest.mark.parametrize(("index", "says"), [(False, "is missing"), (True, "has other keys than")])
def test_an_index_that_is_missing_or_anothers_ends_the_start(
    empty_table: Table, gateway: Gateway, index: bool, says: str
) -> None:
    lacking(empty_table, index=index)
    with pytest.raises(
        CannotStart, match=rf"^The index caseload of the table {empty_table.name} {says}.*\.$"
    ):
        check_start(empty_table, gateway)


def test_an_index_that_is_being_made_keeps_nobody_from_starting(empty_table: Table, gateway: Gateway) -> None:
    making = "Cannot read from backfilling global secondary index: caseload"
    with faults.on(
        empty_table.client, "Query", faults.refuse("ValidationException", message=making, Message=making)
    ):
        check_start(empty_table, gateway)


def test_an_index_that_the_role_may_not_ask_ends_the_start(empty_table: Table, gateway: Gateway) -> None:
    refusing = faults.on(empty_table.client, "Query", faults.refuse("AccessDeniedException"))
    line = rf"^The index caseload of the table {empty_table.name} \(AccessDeniedException\): the role may"
    with refusing, pytest.raises(CannotStart, match=line):
        check_start(empty_table, gateway)


SCOPES = tuple(
    yaml.safe_load(Path(startup.__file__).with_name("manifest.yaml").read_text())["oauth_config"]["scopes"][
        "bot"
    ]
)


def test_the_scopes_are_those_of_the_manifest() -> None:
    assert sorted(startup.SCOPES) == sorted(SCOPES)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_that_is_missing_is_named(
    empty_table: Table,
    gateway: Gateway,
    workspace: Workspace,
    scope: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    workspace.scopes = (*SCOPES, "reactions:read")
    check_start(empty_table, gateway)
    assert caplog.records == []
    workspace.scopes = tuple(each for each in SCOPES if each != scope)
    again = "install the app again, with the scopes of manifest.yaml."
    if scope in startup.INDISPENSABLE:
        with pytest.raises(CannotStart, match=rf"^The bot's token lacks scopes \({scope}\): {again}$"):
            check_start(empty_table, gateway)
    else:
        check_start(empty_table, gateway)
        assert [each.message for each in caplog.records] == [
            f"started without=scopes missing={scope}: {again}"
        ]


@pytest.mark.parametrize("reason", ["InternalServerError", "ThrottlingException", "RequestLimitExceeded"])
def test_a_table_that_may_answer_soon_keeps_nobody_from_starting(
    empty_table: Table, gateway: Gateway, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with faults.on(empty_table.client, "*", faults.refuse(reason, 500)):
        check_start(empty_table, gateway)
    assert [each.message for each in caplog.records if each.name.startswith("cocm_bot")] == [
        f"started without=table error=Unavailable reason={reason}"
    ]


@pytest.mark.parametrize("fault", [{"status": 503}, {"error": "fatal_error"}, {"retry_after": 30}])
def test_nor_does_slack(
    empty_table: Table, gateway: Gateway, workspace: Workspace, fault: dict[str, object]
) -> None:
    workspace.fail("auth.test", **fault)
    check_start(empty_table, gateway)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({}, "(ResourceNotFoundException): it is not there: check COCM_TABLE and AWS_DEFAULT_REGION"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"}, "(EndpointConnectionError): nothing answers"),
        ({"AWS_DEFAULT_REGION": "nowhere at all"}, "The AWS settings can't be used (InvalidRegionError)."),
    ],
    ids=["missing table", "wrong region", "malformed region"],
)
def test_the_command_ends_with_one_line_and_an_error(
    workspace: Workspace, endpoint: str, settings: dict[str, str], line: str
) -> None:
    given = environment(workspace, endpoint) | {"COCM_LOG_LEVEL": "WARNING"} | settings
    given.pop("AWS_REGION", None)
    ended = run_here(given, "serve")
    assert ended.returncode == 1
    assert line in ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr


def test_a_revoked_token_ends_the_command(workspace: Workspace, endpoint: str) -> None:
    given = environment(workspace, endpoint) | {"COCM_LOG_LEVEL": "WARNING"}
    assert run_here(given, "table", "create").returncode == 0
    workspace.fail("auth.test", times=10, error="token_revoked")
    ended = run(given, "serve")
    assert ended.returncode == 1
    assert ended.stderr.startswith("Slack refuses the bot's token (token_revoked): set SLACK_BOT_TOKEN")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (Unavailable("No answer.", "AccessDeniedException"), "The table (AccessDeniedException): the role"),
        (Unavailable("No answer.", "Strange"), "No answer. (Strange)"),
        (Unavailable("No answer."), "No answer."),
    ],
)
def test_every_command_tells_the_reason(error: Unavailable, line: str) -> None:
    assert explained(error).startswith(line)
