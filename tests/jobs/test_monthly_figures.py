"""Last month's figures: with the Ops' first report of a month, and once in the channel that wants them.

April 2031 begins with a Tuesday, May with a Thursday; reports are Monday's.
"""

from typing import Any

import pytest

from cocm_bot.domain.settings.registry_settings import Disclosure, Privacy
from cocm_bot.playground import cast
from tests.jobs.environment import Environment

LENA = "Lena Novak"


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
    assert "March 2031. Caseload 1 to 1 patients" in shown(first)
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
    assert "Caseload < 5 to < 5 patients" in shown(may)
