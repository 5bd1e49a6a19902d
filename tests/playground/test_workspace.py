"""Many people at once, and the whole of what the bot wrote."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_sdk import WebClient

from cocm_bot.playground import cast
from cocm_bot.playground.workspace import Workspace
from tests.playground.blocks import entry, modal, section
from tests.playground.bot import TinyBot

PEOPLE = (cast.MAYA, cast.PSYCHIATRIST, cast.PCP, cast.OPS, cast.FINANCE, cast.UNKNOWN)


def test_people_at_work_at_the_same_time_keep_their_own_screens(
    bot: TinyBot, client: WebClient, workspace: Workspace
) -> None:
    def open_form(form: dict[str, Any]) -> tuple[int, Any]:
        asked = modal(section(form["user_id"]), entry("Note"), private_metadata=form["user_id"])
        client.views_open(trigger_id=form["trigger_id"], view=asked)
        client.chat_postMessage(channel=form["user_id"], text=f"For {form['user_id']}")
        return 200, ""

    bot.when("/cocm", open_form)

    def work(person: str) -> list[str]:
        seat = workspace.seat(person)
        for _ in range(5):
            seat.command("/cocm note")
            seat.fill({"Note": person})
            assert person in seat.screen
            assert seat.submit() is None
        seat.go(cast.BOT)
        return [message.text for message in seat.messages()]

    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        for person, seen in zip(PEOPLE, pool.map(work, PEOPLE), strict=True):
            assert seen == [f"For {person}"] * 5
    assert workspace.refusals == []
    notes = [heard.payload["view"] for heard in bot.heard if heard.kind == "view_submission"]
    typed = [next(iter(next(iter(view["state"]["values"].values())).values()))["value"] for view in notes]
    assert sorted(typed) == sorted(view["private_metadata"] for view in notes)
    assert len(notes) == 30


def test_all_the_bot_wrote_can_be_scanned(bot: TinyBot, client: WebClient, workspace: Workspace) -> None:
    bot.on("/cocm", {"text": "said in an acknowledgement"})
    workspace.seat(cast.MAYA).command("/cocm said by a person")
    client.chat_postMessage(channel=cast.TEAM_CHANNEL, text="said in a call")
    written = workspace.written_by_bot()
    assert "said in an acknowledgement" in written
    assert "said in a call" in written
    assert "said by a person" not in written
