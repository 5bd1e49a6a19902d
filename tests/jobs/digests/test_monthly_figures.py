"""Last month's figures: with the first report of a month that reaches the Ops, and once in the channel.

April 2031 begins with a Tuesday, May with a Thursday; reports are Monday's.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.settings.registry_settings import Disclosure, Privacy
from cocm_bot.domain.vocabulary import ContactType, Role, VisitType
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.registries import measures
from cocm_bot.operations.team import team
from cocm_bot.playground import cast
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.store.patients import lists
from cocm_bot.store.table import items, keys, writes
from tests.jobs.scenes.environment import Environment

LENA, OMAR, WEEK = "Lena Novak", "Omar Haddad", "The program's week"


def kinds(message: Any) -> list[str]:
    """The charts and pictures of a message."""
    wanted = {"data_visualization", "image"}
    return [block["type"] for block in message.blocks if block["type"] in wanted]


def shown(message: Any) -> str:
    return str(message.blocks)


@pytest.fixture
def environment(environment: Environment) -> Environment:
    """A registry of one patient, enrolled in March."""
    environment.set(team_channel=cast.TEAM_CHANNEL, disclosure=Disclosure(monthly_figures=True))
    environment.tick("2031-03-03 07:00")
    environment.enrol()
    return environment


def in_channel(environment: Environment, local: str) -> Any:
    environment.tick(local)
    return environment.said_in(cast.TEAM_CHANNEL)[-1]


def test_the_channel_has_the_month_once(environment: Environment) -> None:
    first = in_channel(environment, "2031-04-01 08:00")
    assert "*March 2031*" in shown(first)
    assert "1 patient at the end" in shown(first)
    # One month is no chart: the picture shows it.
    assert kinds(first) == ["image"]
    assert "March 2031. Caseload 1 patient throughout" in shown(first)
    environment.tick("2031-04-01 08:01")
    assert len(environment.said_in(cast.TEAM_CHANNEL)) == 1
    assert "March 2031" not in shown(in_channel(environment, "2031-04-02 08:00"))
    # With two months Slack draws them; the words stay for who does not see it.
    may = in_channel(environment, "2031-05-01 08:00")
    assert kinds(may) == ["data_visualization"]
    [chart] = [each for each in may.blocks if each["type"] == "data_visualization"]
    assert chart["chart"]["axis_config"]["categories"] == ["Mar 2031", "Apr 2031"]
    assert {
        each["name"]: [point["value"] for point in each["data"]] for each in chart["chart"]["series"]
    } == {
        "Enrolled": [1.0, 1.0],
        "Treatment": [0.0, 0.0],
        "Relapse prevention": [0.0, 0.0],
    }
    assert "2 months, March 2031 to April 2031" in shown(may)


def test_a_month_counted_during_a_recalculation_says_so(environment: Environment) -> None:
    measures.choose(environment.ctx, environment.actor, ("GAD-7",))
    assert "Patients are being recalculated now" in shown(in_channel(environment, "2031-04-01 08:00"))
    environment.forward(minutes=5)
    environment.tick()
    may = in_channel(environment, "2031-05-01 08:00")
    assert "April 2031" in shown(may)
    assert "being recalculated" not in shown(may)


def test_it_is_off_unless_the_registry_wants_it(environment: Environment) -> None:
    environment.set(disclosure=Disclosure())
    assert "March 2031" not in shown(in_channel(environment, "2031-04-01 08:00"))


def test_the_ops_have_it_with_their_first_report(environment: Environment) -> None:
    environment.tick("2031-04-07 08:00")
    [report] = environment.said(LENA)[-1:]
    assert "*March 2031*" in shown(report)
    assert kinds(report) == ["image"]
    environment.tick("2031-04-14 08:00")
    assert "March 2031" not in shown(environment.said(LENA)[-1])


REPORTS = ("2031-04-07 08:00", "2031-04-14 08:00", "2031-04-21 08:00", "2031-04-28 08:00")
WORKED = "2031-03-03"
MORNINGS = ("2031-04-01 08:00", "2031-04-02 08:00", "2031-04-03 08:00", "2031-04-04 08:00")


@contextmanager
def away(environment: Environment, name: str, first: str) -> Iterator[str]:
    member = environment.member(name).model_copy(update={"cover_until": first.split(maxsplit=1)[0]})
    key = keys.registry_user(environment.registry_id, member.user_id)
    environment.table.transact([writes.put(items.to_item(key, member))])
    yield first


@contextmanager
def digest_off(environment: Environment, name: str, first: str) -> Iterator[str]:
    environment.remind(name, on=False)
    yield first
    environment.remind(name, on=True)


@contextmanager
def gone_from_slack(environment: Environment, name: str, first: str) -> Iterator[str]:
    people, account = environment.workspace.people, environment.workspace.seat(name).person
    del people[account.id]
    yield first
    people[account.id] = account
    environment.start()


@contextmanager
def clock_stood_still(environment: Environment, _name: str, first: str) -> Iterator[str]:
    day = datetime.fromisoformat(first)
    environment.tick(f"{day - timedelta(days=1):%Y-%m-%d} 09:00")
    yield f"{day:%Y-%m-%d} 12:00"


@contextmanager
def slack_refuses(environment: Environment, _name: str, first: str) -> Iterator[str]:
    environment.workspace.fail("chat.postMessage", times=99, error="msg_too_long")
    yield first
    environment.workspace.faults.clear()


MISSED = (away, digest_off, gone_from_slack, clock_stood_still, slack_refuses)
"""Ways to miss the first message of April; each gives the time of that day's tick."""
Missing = Callable[[Environment, str, str], AbstractContextManager[str]]


@pytest.mark.parametrize("why", MISSED)
def test_the_ops_who_miss_it_have_it_with_their_next_report_of_the_month(
    environment: Environment, why: Missing
) -> None:
    with why(environment, LENA, REPORTS[0]) as local:
        environment.tick(local)
        assert [each for each in environment.workspace.messages if each.text == WEEK] == []
    reports = []
    for local in REPORTS[1:]:
        environment.tick(local)
        reports.append("*March 2031*" in shown(environment.said(LENA)[-1]))
    assert reports == [True, False, False]
    environment.tick("2031-05-05 08:00")
    assert "*April 2031*" in shown(environment.said(LENA)[-1])


def billed(environment: Environment) -> list[str]:
    """Return the months that Finance was sent, in order."""
    said = [shown(each) for each in environment.said(OMAR) if each.text == "The month's billing summary."]
    return [month for each in said for month in ("March 2031", "April 2031") if month in each]


def worked(environment: Environment, day: str) -> None:
    """Forty minutes for the patient on a day."""
    [patient] = lists.caseload(environment.table, environment.registry_id).records
    contact = Contact(
        contact_type=ContactType.INITIAL_ASSESSMENT if day == WORKED else ContactType.FOLLOW_UP,
        visit_type=VisitType.PHONE,
        day=date.fromisoformat(day),
        minutes=40.0,
    )
    log_contact(environment.ctx, environment.actor, patient.handle, contact, new_id())


@pytest.mark.parametrize("why", [None, *MISSED])
def test_finance_has_last_months_billing_once_with_the_first_message_that_reaches_them(
    environment: Environment, why: Missing | None
) -> None:
    worked(environment, WORKED)
    if why is None:
        environment.tick(MORNINGS[0])
        assert billed(environment) == ["March 2031"]
    else:
        with why(environment, OMAR, MORNINGS[0]) as local:
            environment.tick(local)
        assert billed(environment) == []
    for local in MORNINGS[1:]:
        environment.tick(local)
        assert billed(environment) == ["March 2031"]
    worked(environment, "2031-04-04")
    environment.tick("2031-05-01 08:00")
    environment.tick("2031-05-02 08:00")
    assert billed(environment) == ["March 2031", "April 2031"]


def test_a_report_day_that_is_moved_sends_the_month_no_second_time(environment: Environment) -> None:
    environment.tick(REPORTS[0])
    assert "*March 2031*" in shown(environment.said(LENA)[-1])
    environment.set(rhythm=environment.registry.rhythm.model_copy(update={"report_day": 4}))
    environment.tick("2031-04-11 08:00")
    assert len(environment.said(LENA)) == 2
    assert "March 2031" not in shown(environment.said(LENA)[-1])


def test_whoever_joins_the_ops_in_the_middle_of_a_month_has_it_once(environment: Environment) -> None:
    environment.tick(REPORTS[0])
    lena, admin = environment.member(LENA).user_id, environment.actor
    team.change_role(environment.ctx, admin, lena, Role.FINANCE)
    team.change_role(environment.ctx, admin, environment.member("Iris Lindqvist").user_id, Role.CLINICAL_OPS)
    for local, has_it in zip(REPORTS[1:], (True, False, False), strict=True):
        environment.tick(local)
        assert ("*March 2031*" in shown(environment.said("Iris Lindqvist")[-1])) is has_it


def test_a_post_of_an_older_version_may_have_had_it(environment: Environment) -> None:
    environment.tick(REPORTS[0])
    key = keys.post(environment.registry_id, date(2031, 4, 7), "digest", environment.member(LENA).user_id)
    item = dict(environment.table.get(key) or {})
    assert item.pop("month") == {"S": "2031-03"}
    environment.table.transact([writes.put(item)])
    environment.tick(REPORTS[1])
    assert "March 2031" not in shown(environment.said(LENA)[-1])


@pytest.mark.parametrize("arrived", [False, True])
def test_killed_while_it_sends_the_month_it_comes_once(environment: Environment, *, arrived: bool) -> None:
    """The process dies before, or after, Slack took the report; the next one ends its work."""
    environment.let_only(LENA)
    tell = Gateway.tell

    class Died(BaseException):
        """Ends the process where it is."""

    def die(gateway: Gateway, *arguments: Any) -> Any:
        if arrived:
            tell(gateway, *arguments)
        raise Died

    environment.set(team_channel=None)
    with mock.patch.object(Gateway, "tell", die), pytest.raises(Died):
        environment.tick(REPORTS[0])
    environment.start()
    environment.forward(minutes=3)
    environment.tick()
    environment.tick(REPORTS[1])
    assert ["*March 2031*" in shown(each) for each in environment.said(LENA)] == [True, False]


def test_the_ops_whose_answer_was_lost_have_it_once(environment: Environment) -> None:
    environment.let_only(LENA)
    environment.set(team_channel=None)
    environment.workspace.fail("chat.postMessage", status=500, applied=True)
    environment.tick(REPORTS[0])
    environment.forward(minutes=3)
    environment.tick()
    environment.tick(REPORTS[1])
    assert ["*March 2031*" in shown(each) for each in environment.said(LENA)] == [True, False]


def test_a_channel_that_missed_the_first_day_has_it_on_the_next(environment: Environment) -> None:
    environment.tick("2031-03-31 08:00")
    environment.tick("2031-04-01 12:00")
    assert len(environment.said_in(cast.TEAM_CHANNEL)) == 1
    assert "*March 2031*" in shown(in_channel(environment, "2031-04-02 08:00"))
    assert "March 2031" not in shown(in_channel(environment, "2031-04-03 08:00"))


def test_a_slack_that_does_not_know_charts_gets_the_picture_and_is_not_asked_again(
    environment: Environment,
) -> None:
    environment.workspace.unknown_blocks.add("data_visualization")
    assert kinds(in_channel(environment, "2031-05-01 08:00")) == ["image"]
    environment.tick("2031-05-05 08:00")
    assert kinds(environment.said(LENA)[-1]) == ["image"]
    refused = [
        call
        for call in environment.workspace.calls
        if call.name == "chat.postMessage" and "data_visualization" in str(call.arguments)
    ]
    assert len(refused) == 1
    # Another process does not know yet.
    environment.start()
    environment.workspace.unknown_blocks.clear()
    assert kinds(in_channel(environment, "2031-06-02 08:00")) == ["data_visualization"]


def test_without_chart_and_picture_the_words_are_sent(environment: Environment) -> None:
    environment.workspace.fail("files.getUploadURLExternal", error="missing_scope")
    first = in_channel(environment, "2031-04-01 08:00")
    assert kinds(first) == []
    assert "*March 2031*" in shown(first)


def test_a_month_whose_answer_was_lost_is_not_sent_twice(environment: Environment) -> None:
    environment.tick("2031-04-30 08:00")
    before = len(environment.said_in(cast.TEAM_CHANNEL))
    environment.workspace.fail("chat.postMessage", times=6, status=500, applied=True)
    environment.tick("2031-05-01 08:00")
    for _ in range(6):
        environment.forward(minutes=10)
        environment.tick()
    environment.workspace.faults.clear()
    environment.forward(minutes=10)
    environment.tick()
    assert len(environment.said_in(cast.TEAM_CHANNEL)) == before + 1


def test_few_patients_stay_hidden_in_it(environment: Environment) -> None:
    environment.set(privacy=Privacy(smallest_count=5))
    environment.tick("2031-04-30 08:00")
    may = in_channel(environment, "2031-05-01 08:00")
    assert "< 5 patients at the end" in shown(may)
    assert kinds(may) == ["image"]
    assert "Caseload < 5 patients throughout" in shown(may)
