"""Effects of the bot's answers on modals, commands, clicks and searches; the unlawful is put on record."""

from typing import Any

import pytest
from slack_sdk import WebClient

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat, Trouble
from cocm_bot.playground.workspace import Workspace
from tests.playground.blocks import actions, button, entry, message, modal, option, plain, section, typed
from tests.playground.bot import TinyBot


@pytest.fixture
def note(client: WebClient, workspace: Workspace, maya: Seat) -> str:
    """The id of an open modal whose note is filled in."""
    view = modal(entry("Note", block_id="note"), section(block_id="words"), callback_id="note")
    opened: str = client.views_open(trigger_id=workspace.fresh_trigger(cast.MAYA), view=view)["view"]["id"]
    maya.fill({"Note": "Words"})
    return opened


def pushed(client: WebClient, workspace: Workspace, **more: Any) -> None:
    view = modal(title=plain("On top"), **more)
    client.views_push(trigger_id=workspace.fresh_trigger(cast.MAYA), view=view)


def titles(workspace: Workspace) -> list[str]:
    return [view.payload["title"]["text"] for view in workspace.modals.get(cast.MAYA, [])]


def test_no_answer_closes_the_modal_and_shows_the_one_beneath(
    note: str, client: WebClient, workspace: Workspace, maya: Seat
) -> None:
    pushed(client, workspace)
    assert maya.submit() is None
    assert titles(workspace) == ["Title"]
    assert maya.submit() is None
    assert titles(workspace) == []


def test_clear_closes_all(
    bot: TinyBot, note: str, client: WebClient, workspace: Workspace, maya: Seat
) -> None:
    pushed(client, workspace)
    bot.on("view_submission", {"response_action": "clear"})
    assert maya.submit() is None
    assert titles(workspace) == []


def test_update_redraws_in_place(bot: TinyBot, note: str, workspace: Workspace, maya: Seat) -> None:
    bot.on("view_submission", {"response_action": "update", "view": modal(title=plain("Next"))})
    assert maya.submit() is None
    assert titles(workspace) == ["Next"]
    assert maya.view is not None
    assert maya.view.id == note


def test_push_puts_one_on_top_but_not_a_fourth(
    bot: TinyBot, note: str, workspace: Workspace, maya: Seat
) -> None:
    bot.on("view_submission", {"response_action": "push", "view": modal(title=plain("Next"))})
    maya.submit()
    maya.submit()
    assert titles(workspace) == ["Title", "Next", "Next"]
    with pytest.raises(Trouble):
        maya.submit()
    assert [refusal.error for refusal in workspace.refusals] == ["push_limit_reached"]


def test_errors_stand_at_their_fields_until_changed(bot: TinyBot, note: str, maya: Seat) -> None:
    bot.on("view_submission", {"response_action": "errors", "errors": {"note": "Too short"}})
    assert maya.submit() == {"Note": "Too short"}
    assert maya.errors() == {"Note": "Too short"}
    maya.fill({"Note": "More words"})
    assert maya.errors() == {}


UNLAWFUL: dict[str, tuple[Any, str]] = {
    "no JSON": ("Saved!", "invalid_json"),
    "a list": ([1], "invalid_response_action"),
    "an unknown action": ({"response_action": "explode"}, "invalid_response_action"),
    "something else": ({"text": "Saved"}, "invalid_response_action"),
    "errors for nothing": ({"response_action": "errors", "errors": {}}, "invalid_response_action"),
    "errors for no block": (
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        "invalid_response_action",
    ),
    "errors for a block that is no input": (
        {"response_action": "errors", "errors": {"words": "x"}},
        "invalid_response_action",
    ),
    "an error without words": (
        {"response_action": "errors", "errors": {"note": ""}},
        "invalid_response_action",
    ),
    "update without a view": ({"response_action": "update"}, "invalid_arguments"),
    "update with a bad view": (
        {"response_action": "update", "view": modal(title=plain("x" * 25))},
        "invalid_arguments",
    ),
    "push with a bad view": (
        {"response_action": "push", "view": modal(section(""))},
        "invalid_arguments",
    ),
}


@pytest.mark.parametrize("what", UNLAWFUL)
def test_an_unlawful_answer_shows_trouble_and_keeps_what_was_typed(
    bot: TinyBot, note: str, workspace: Workspace, maya: Seat, what: str
) -> None:
    answer, error = UNLAWFUL[what]
    bot.on("view_submission", answer)
    with pytest.raises(Trouble, match=error):
        maya.submit()
    [refusal] = workspace.refusals
    assert (refusal.where, refusal.error) == ("view_submission", error)
    assert "We had some trouble connecting" in maya.screen
    assert "Words" in maya.screen


def test_trouble_passes_when_the_bot_recovers(bot: TinyBot, note: str, maya: Seat) -> None:
    bot.on("view_submission", status=500)
    with pytest.raises(Trouble, match="http_error"):
        maya.submit()
    bot.on("view_submission")
    assert maya.submit() is None
    assert maya.view is None


def test_a_modal_answered_after_it_was_closed_is_trouble_for_nobody(
    bot: TinyBot, note: str, workspace: Workspace, maya: Seat
) -> None:
    def closing(_payload: dict[str, Any]) -> tuple[int, Any]:
        maya.close()
        return 200, ""

    bot.when("view_submission", closing)
    maya.submit()
    assert titles(workspace) == []
    assert workspace.refusals == []


CLOSING: dict[str, tuple[dict[str, Any], bool, list[tuple[str, bool]], list[str]]] = {
    "unasked": ({}, False, [], ["Title"]),
    "asked": ({"notify_on_close": True}, False, [("On top", False)], ["Title"]),
    "asked, all closed": ({"notify_on_close": True}, True, [("On top", True)], []),
    "clear_on_close": (
        {"notify_on_close": True, "clear_on_close": True},
        False,
        [("On top", True)],
        [],
    ),
}


@pytest.mark.parametrize("what", CLOSING)
def test_the_bot_hears_of_closing_if_it_asked(
    bot: TinyBot, note: str, client: WebClient, workspace: Workspace, maya: Seat, what: str
) -> None:
    flags, everything, told, left = CLOSING[what]
    pushed(client, workspace, **flags)
    maya.close(everything=everything)
    heard = [each.payload for each in bot.heard if each.kind == "view_closed"]
    assert [(payload["view"]["title"]["text"], payload["is_cleared"]) for payload in heard] == told
    # Slack does not promise what was typed: nobody is to rely on it here.
    assert [payload["view"]["state"] for payload in heard] == [{"values": {}}] * len(told)
    assert titles(workspace) == left


COMMAND_ANSWERS: dict[str, tuple[Any, list[tuple[str, str | None]], list[str]]] = {
    "nothing": ("", [], []),
    "words": ("Hello", [("Hello", cast.MAYA)], []),
    "a message": ({"text": "Hello"}, [("Hello", cast.MAYA)], []),
    "a message for all": ({"text": "Hello", "response_type": "in_channel"}, [("Hello", None)], []),
    "bad blocks": ({"text": "x", "blocks": [section("")]}, [], ["invalid_blocks"]),
    "an unknown response_type": ({"text": "x", "response_type": "loud"}, [], ["invalid_arguments"]),
    "an empty message": ({}, [], ["no_text"]),
    "a list": ([], [], ["json_not_object"]),
}


@pytest.mark.parametrize("what", COMMAND_ANSWERS)
def test_what_a_command_s_acknowledgement_shows(
    bot: TinyBot, workspace: Workspace, maya: Seat, what: str
) -> None:
    answer, shown, refused = COMMAND_ANSWERS[what]
    bot.on("/cocm", answer)
    maya.command("/cocm")
    assert [(m.text, m.only_for) for m in workspace.messages] == shown
    assert [refusal.error for refusal in workspace.refusals] == refused


def test_a_click_s_acknowledgement_shows_nothing_so_words_in_it_are_a_mistake(
    bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat
) -> None:
    client.chat_postMessage(channel=cast.TEAM_CHANNEL, **message(actions(button())))
    bot.on("block_actions", {"text": "Done"})
    maya.press("Go")
    assert [refusal.error for refusal in workspace.refusals] == ["answer_ignored"]


SEARCHES: dict[str, tuple[Any, list[str], list[str]]] = {
    "options": ({"options": [option("One"), option("Two")]}, ["One", "Two"], []),
    "groups": (
        {"option_groups": [{"label": plain("G"), "options": [option("One")]}]},
        ["One"],
        [],
    ),
    "nothing found": ({"options": []}, [], []),
    "no answer": ("", [], ["invalid_options"]),
    "words": ("One", [], ["invalid_json"]),
    "an option without value": ({"options": [{"text": plain("One")}]}, [], ["invalid_options"]),
    "a hundred and one": (
        {"options": [option(str(n)) for n in range(101)]},
        [],
        ["invalid_options"],
    ),
}


@pytest.mark.parametrize("what", SEARCHES)
def test_answers_to_a_search(
    bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat, what: str
) -> None:
    answer, shown, refused = SEARCHES[what]
    view = modal(entry("Patient", typed("external_select")))
    client.views_open(trigger_id=workspace.fresh_trigger(cast.MAYA), view=view)
    bot.on("block_suggestion", answer)
    assert maya.suggest("Patient", "K7Q") == shown
    assert [refusal.error for refusal in workspace.refusals] == refused


@pytest.mark.parametrize(("least", "query", "asked"), [(None, "ab", 0), (None, "abc", 1), (0, "", 1)])
def test_slack_asks_only_from_the_least_length_on(
    bot: TinyBot,
    client: WebClient,
    workspace: Workspace,
    maya: Seat,
    least: int | None,
    query: str,
    asked: int,
) -> None:
    element = typed("external_select", **({} if least is None else {"min_query_length": least}))
    trigger = workspace.fresh_trigger(cast.MAYA)
    client.views_open(trigger_id=trigger, view=modal(entry("Patient", element)))
    bot.on("block_suggestion", {"options": []})
    if asked:
        assert maya.suggest("Patient", query) == []
    else:
        with pytest.raises(LookupError, match="from 3 characters"):
            maya.suggest("Patient", query)
    assert len([heard for heard in bot.heard if heard.kind == "block_suggestion"]) == asked
