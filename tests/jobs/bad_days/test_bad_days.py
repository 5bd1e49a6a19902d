"""Slack's bad days: each failure ends as it should, and with one recipient's no other's digest waits.

The days are of March 2031, in New York; Monday is the 3rd. Maya's digest and Lena's week are sent that day.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.registries.setup import add_member, new_member
from cocm_bot.playground import cast
from cocm_bot.store.digests import live_digests, posts
from tests.jobs.scenes.environment import NEW_YORK, Environment, running_house
from tests.store import engines, faults

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MONDAY, TUESDAY = "2031-03-03", "2031-03-04"
POST = "chat.postMessage"


def test_who_is_rate_limited_waits_as_told_and_the_others_do_not(environment: Environment) -> None:
    environment.workspace.fail(POST, retry_after=150)
    environment.tick(f"{MONDAY} 08:00")
    states = list(environment.outcome(MONDAY).values())
    assert sorted(states) == ["posted", *["skipped nothing due"] * 3], "one of two has it"
    assert environment.waits_until() == f"{MONDAY} 08:02"
    environment.forward(seconds=149)
    environment.tick()
    assert len(environment.workspace.messages) == 1
    environment.forward(seconds=1)
    environment.tick()
    assert (environment.outcome(MONDAY)["Maya"], environment.outcome(MONDAY)["Lena"]) == ("posted", "posted")
    assert len(environment.workspace.messages) == 2


@pytest.mark.parametrize("applied", [True, False], ids=["arrived", "lost"])
@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"error": "fatal_error"}, {"status": 503}], ids=["500", "fatal", "503"]
)
def test_what_may_have_arrived_is_looked_for_and_sent_once(
    environment: Environment, fault: dict[str, object], applied: bool
) -> None:
    environment.workspace.fail(POST, applied=applied, times=2, **fault)
    environment.tick(f"{MONDAY} 08:00")
    assert len(environment.workspace.messages) == (2 if applied else 0)
    assert set(environment.outcome(MONDAY).values()) == {"sending", "skipped nothing due"}
    environment.forward(seconds=59)
    environment.tick()
    assert set(environment.outcome(MONDAY).values()) == {"sending", "skipped nothing due"}
    environment.forward(seconds=2)
    environment.tick()
    assert (len(environment.said("Maya Okafor")), len(environment.said("Lena Novak"))) == (1, 1)
    assert set(environment.outcome(MONDAY).values()) == {"posted", "skipped nothing due"}
    assert {post.ts for post in environment.told(MONDAY).values() if post.ts} == {
        message.ts for message in environment.workspace.messages
    }
    assert environment.waits_until() == f"{TUESDAY} 08:00"


@pytest.mark.slow
def test_an_answer_that_comes_too_late_leads_to_no_second_message(environment: Environment) -> None:
    environment.slack.timeout = 1
    environment.workspace.fail(POST, hang=1.4)
    environment.tick(f"{MONDAY} 08:00")
    environment.workspace.wait_until(lambda: len(environment.workspace.messages) == 2, "both messages")
    environment.forward(seconds=61)
    environment.tick()
    assert set(environment.outcome(MONDAY).values()) == {"posted", "skipped nothing due"}
    assert len(environment.workspace.messages) == 2


@pytest.mark.slow
def test_while_slack_says_nothing_at_all_it_is_tried_again_and_at_last_written_down(
    environment: Environment,
) -> None:
    for method in (POST, "conversations.open", "users.info", "users.lookupByEmail"):
        environment.workspace.fail(method, times=500, status=503)
    environment.until(f"{MONDAY} 08:00")
    for _ in range(4 * 12):
        environment.tick()
        environment.forward(minutes=5)
    assert not environment.workspace.messages
    assert set(environment.outcome(MONDAY).values()) == {"skipped late"}
    tried = [call for call in environment.workspace.calls if call.name == "users.lookupByEmail"]
    assert 25 < len(tried) < 62, "five people, soon, and then every half hour"
    environment.workspace.faults.clear()
    environment.tick(f"{TUESDAY} 08:00")
    assert environment.outcome(TUESDAY)["Maya"] == "posted"
    assert any("digests" in str(message.blocks).lower() for message in environment.said("Maya Okafor")[:-1])


@pytest.mark.slow
def test_what_may_have_arrived_and_cannot_be_looked_for_is_written_down_as_unclear(
    environment: Environment,
) -> None:
    environment.workspace.fail(POST, times=2, status=500, applied=True)
    environment.workspace.fail("conversations.history", times=500, error="missing_scope")
    environment.tick(f"{MONDAY} 08:00")
    for _ in range(4 * 12):
        environment.forward(minutes=5)
        environment.tick()
    assert (environment.outcome(MONDAY)["Maya"], environment.outcome(MONDAY)["Lena"]) == (
        "unclear",
        "unclear",
    )
    assert len(environment.said("Lena Novak")) == 1


@pytest.mark.parametrize("error", ["channel_not_found", "user_disabled", "messages_tab_disabled"])
def test_who_is_gone_is_not_tried_again_and_the_admins_are_told_once(
    environment: Environment, error: str
) -> None:
    environment.remind("Maya Okafor", on=False)
    environment.workspace.fail(POST, error=error)
    environment.tick(f"{MONDAY} 08:00")
    assert environment.outcome(MONDAY)["Lena"] == f"failed {error}"
    for _ in range(5):
        environment.forward(minutes=10)
        environment.tick()
    assert not environment.said("Lena Novak")
    notices = environment.said("Maya Okafor")
    assert len(notices) == 1
    assert "Lena Novak" in str(notices[0].blocks)
    assert "Lena" not in notices[0].text


def test_what_slack_refuses_to_show_is_written_down(environment: Environment) -> None:
    environment.workspace.fail(POST, times=2, error="invalid_blocks")
    environment.tick(f"{MONDAY} 08:00")
    assert environment.outcome(MONDAY)["Maya"] == "failed invalid_blocks"
    assert environment.waits_until() == f"{TUESDAY} 08:00"


def test_a_channel_that_became_shared_between_claim_and_post_gets_nothing(environment: Environment) -> None:
    environment.set(team_channel=cast.TEAM_CHANNEL)
    environment.until(f"{MONDAY} 08:00")
    channel = environment.workspace.places[cast.TEAM_CHANNEL]

    def share(_request: AWSPreparedRequest) -> None:
        # The first write of the tick is the claim of the registry's work.
        channel.is_ext_shared = True

    with faults.on(environment.table.client, "PutItem", share):
        environment.tick()
    assert not environment.said_in(cast.TEAM_CHANNEL)
    assert environment.outcome(MONDAY)["channel"] == "skipped shared channel"
    environment.forward(minutes=1)
    environment.tick()
    admins = environment.said("Maya Okafor")
    assert len(admins) == 2, "her digest, and the notice"
    channel.is_ext_shared = False
    environment.tick(f"{TUESDAY} 08:00")
    assert len(environment.said_in(cast.TEAM_CHANNEL)) == 1, (
        "once it is the team's own again, it has its counts"
    )


@pytest.mark.parametrize("how", ["archived", "without the bot", "private, without the bot"])
def test_a_channel_that_cannot_be_written_to_is_said_to_the_admins(
    environment: Environment, how: str
) -> None:
    team_channel = cast.PRIVATE if how.startswith("private") else cast.TEAM_CHANNEL
    environment.set(team_channel=team_channel)
    channel = environment.workspace.places[team_channel]
    if how == "archived":
        channel.is_archived = True
    else:
        channel.members.discard(cast.BOT)
    environment.tick(f"{MONDAY} 08:00")
    assert environment.outcome(MONDAY)["channel"].startswith("failed ")
    assert environment.outcome(MONDAY)["Maya"] == "posted"
    environment.forward(minutes=1)
    environment.tick()
    assert len(environment.said("Maya Okafor")) == 2


def test_counts_that_may_have_been_posted_are_not_posted_again(environment: Environment) -> None:
    environment.set(team_channel=cast.TEAM_CHANNEL)
    for name in ("Maya Okafor", "Lena Novak"):
        environment.remind(name, on=False)
    environment.workspace.fail(POST, status=500, applied=True)
    environment.tick(f"{MONDAY} 08:00")
    environment.forward(seconds=61)
    environment.tick()
    assert environment.outcome(MONDAY)["channel"] == "unclear"
    assert len(environment.said_in(cast.TEAM_CHANNEL)) == 1


def test_the_counts_are_compared_with_those_that_were_posted_a_week_ago(environment: Environment) -> None:
    """Ada, enrolled on the 2nd, is to be assessed within seven days."""
    environment.set(team_channel=cast.TEAM_CHANNEL)
    environment.enrol()
    environment.tick(f"{MONDAY} 08:00")
    environment.tick("2031-03-10 08:00")
    environment.tick("2031-03-17 13:00")
    environment.tick("2031-03-24 08:00")
    said = [str(message.blocks) for message in environment.said_in(cast.TEAM_CHANNEL)]
    assert [("1 patient needs" in each, "since last week" in each) for each in said] == [
        (False, False),
        (True, True),
        (True, False),
    ], "on the 17th nothing was posted, it was too late"


@pytest.mark.slow
@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    "fault", [faults.time_out, faults.lose_answer], ids=["never arrives", "is done unheard"]
)
def test_whichever_write_fails_nobody_is_left_out_or_told_twice(
    client: "DynamoDBClient", fault: faults.Fault
) -> None:
    """Morning after morning: the first write fails for good, then the second, and so on to the last.

    Whichever it is, the rows of the digest are live afterwards; Ada, enrolled on the 2nd, has one from the
    10th on.
    """
    with (
        ThreadPoolExecutor(1) as hands,
        engines.fresh_table(client) as table,
        running_house(table, hands) as environment,
    ):
        environment.enrol()
        maya = environment.member("Maya Okafor").user_id
        for day_of_march in range(3, 8):
            environment.tick(f"2031-03-{day_of_march:02} 08:00")
        environment.until("2031-03-10 08:00")
        writes = Writes(None, fault)
        with faults.on(table.client, "*", writes):
            environment.tick()
        assert writes.seen >= 8, "work taken, two told, one of them with rows, two not, work put off"
        for number in range(writes.seen):
            environment.until(f"{_next_working_day(environment)} 08:00")
            day, before = environment.moment.astimezone(NEW_YORK).date(), len(environment.said("Maya Okafor"))
            with faults.on(table.client, "*", Writes(number, fault)):
                environment.tick()
            for _ in range(4):
                environment.forward(seconds=125)
                environment.tick()
            assert len(environment.said("Maya Okafor")) == before + 1, f"after write {number} failed"
            assert {post.state for post in posts.of_day(table, environment.registry_id, day)} == {
                "posted",
                "skipped",
            }
            live = live_digests.get(table, environment.registry_id, day, maya)
            assert live is not None
            assert live.ts == environment.said("Maya Okafor")[-1].ts, f"after write {number} failed"


@pytest.mark.usefixtures("no_pauses")
def test_which_admin_was_told_is_remembered_when_the_table_fails_before_the_next(
    environment: Environment,
) -> None:
    wanted = new_member(
        email="noor.rahimi@example.org",
        first_name="Noor",
        last_name="Rahimi",
        role=Role.CLINICAL_OPS,
        is_admin=True,
    )
    add_member(environment.ctx, environment.registry_id, wanted)
    environment.tick()
    tell_admins(environment.ctx, environment.registry_id, Notice.CHANNEL_SHARED, cast.TEAM_CHANNEL)

    def fail_once_one_is_told(request: AWSPreparedRequest) -> AWSResponse | None:
        return faults.time_out(request) if environment.workspace.messages else None

    with faults.on(environment.table.client, "GetItem", fail_once_one_is_told):
        environment.tick()
    assert len(environment.workspace.messages) == 1
    environment.forward(seconds=125)
    environment.tick()
    assert (len(environment.said("Maya Okafor")), len(environment.said("Noor Rahimi"))) == (1, 1)


class Writes:
    """Counts the writes; from one of them on, all tries of it meet a fault."""

    def __init__(self, wanted: int | None, fault: faults.Fault) -> None:
        self.seen = 0
        self._wanted = wanted
        self._fault = fault
        self._body: object = None

    def __call__(self, request: AWSPreparedRequest) -> AWSResponse | None:
        operation = str(request.headers["X-Amz-Target"])
        if not any(
            name in operation for name in ("PutItem", "TransactWriteItems", "UpdateItem", "DeleteItem")
        ):
            return None
        if request.body == self._body:
            return self._fault(request)
        self.seen += 1
        if self.seen - 1 != self._wanted:
            return None
        self._body = request.body
        return self._fault(request)


def _next_working_day(environment: Environment) -> date:
    day = environment.moment.astimezone(NEW_YORK).date() + timedelta(days=1)
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)
