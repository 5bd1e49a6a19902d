"""A person at work: finding things by their words, dialogs, waiting, and Slack's own checks."""

import threading
from typing import Any

import pytest
from slack_sdk import WebClient

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.workspace import Workspace
from tests.playground.blocks import (
    CONFIRM,
    actions,
    button,
    entry,
    home,
    message,
    modal,
    option,
    plain,
    section,
    select,
    typed,
)
from tests.playground.bot import TinyBot


def post(client: WebClient, *blocks: Any, **more: Any) -> None:
    client.chat_postMessage(channel=cast.TEAM_CHANNEL, **message(*blocks, **more))


def show(client: WebClient, workspace: Workspace, *blocks: Any, **more: Any) -> str:
    trigger = workspace.fresh_trigger(cast.MAYA)
    opened: str = client.views_open(trigger_id=trigger, view=modal(*blocks, **more))["view"]["id"]
    return opened


def pressed(bot: TinyBot) -> list[str]:
    """The values of the buttons the bot heard of."""
    clicks = [heard.payload for heard in bot.heard if heard.kind == "block_actions"]
    return [payload["actions"][0].get("value", "") for payload in clicks]


def test_a_seat_is_found_by_name_or_id(workspace: Workspace) -> None:
    assert workspace.seat("Maya Okafor").person is workspace.seat(cast.MAYA).person
    with pytest.raises(LookupError):
        workspace.seat("Nobody")


def test_people_go_where_they_are_members(workspace: Workspace) -> None:
    guest = workspace.seat(cast.CHANNEL_GUEST)
    guest.go("#lobby")
    with pytest.raises(LookupError, match="is in no channel"):
        guest.go("care-team")
    guest.go(cast.BOT)
    assert workspace.places[guest.place].is_im


ROWS = (
    section("K7Q4 is overdue", accessory=button("Open", "o1", value="K7Q4")),
    section("M2P8 is due", accessory=button("Open", "o2", value="M2P8")),
    section("Z9Z9 is new"),
    actions(button("Log contact", "l1", value="log Z9Z9"), button(":x: Remove", "l2", value="remove")),
)


@pytest.mark.parametrize(
    ("words", "near", "value"),
    [
        ("Open", "K7Q4", "K7Q4"),
        ("Open", "M2P8", "M2P8"),
        ("o2", None, "M2P8"),
        ("Log contact", None, "log Z9Z9"),
        ("Log contact", "Z9Z9", "log Z9Z9"),
        ("Remove", None, "remove"),
        ("log", None, "log Z9Z9"),
    ],
)
def test_pressing_by_words(
    bot: TinyBot, client: WebClient, maya: Seat, words: str, near: str | None, value: str
) -> None:
    post(client, *ROWS)
    maya.press(words, near=near)
    assert pressed(bot) == [value]


@pytest.mark.parametrize(
    ("words", "near", "reason"),
    [("Open", None, "2 things say"), ("Delete", None, "there is: Open, Open"), ("Open", "X", "nothing here")],
)
def test_pressing_what_is_not_there_or_not_clear(
    client: WebClient, workspace: Workspace, words: str, near: str | None, reason: str
) -> None:
    post(client, *ROWS)
    hasty = workspace.seat(cast.MAYA, patience=0)
    with pytest.raises(LookupError, match=reason):
        hasty.press(words, near=near)


def test_the_newest_message_is_pressed_first(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    post(client, actions(button(value="old")))
    post(client, actions(button(value="new")))
    maya.press("Go")
    maya.press("Go", on=maya.messages()[0])
    assert pressed(bot) == ["new", "old"]


def test_an_open_modal_hides_what_is_behind_it(client: WebClient, workspace: Workspace, maya: Seat) -> None:
    post(client, actions(button()))
    show(client, workspace, section("In front"))
    maya.patience = 0
    with pytest.raises(LookupError):
        maya.press("Go")


def test_a_button_that_asks_first(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    post(client, actions(button("Remove", value="gone", confirm=CONFIRM)))
    maya.press("Remove")
    assert pressed(bot) == []
    assert "It will be gone." in maya.screen
    with pytest.raises(LookupError, match="the dialog has no"):
        maya.press("Remove")
    maya.press("Keep")
    assert pressed(bot) == []
    maya.press("Remove")
    maya.press("Yes, remove")
    assert pressed(bot) == ["gone"]
    assert maya.asked is None


def test_a_menu_that_asks_first(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    post(client, section("Status", accessory=select(confirm=CONFIRM)))
    maya.choose("Status", "Option 1")
    assert bot.heard == []
    maya.press("Yes, remove")
    assert bot.last("block_actions")["actions"][0]["selected_option"]["value"] == "o1"


def test_choosing_in_home_then_pressing(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    menu = section("Sort by", accessory=select(placeholder=plain("Order")))
    client.views_publish(user_id=cast.MAYA, view=home(menu, actions(button(value="v"))))
    maya.open_home()
    for words in ("Order", "Sort by", "pick"):
        maya.choose(words, "Option 1")
    maya.press("Go")
    assert pressed(bot)[-1] == "v"
    assert "Option 1" in maya.screen


@pytest.mark.parametrize("words", ["Minutes", "minutes-block", "value", "minu"])
def test_filling_by_label_block_id_or_action_id(
    client: WebClient, workspace: Workspace, maya: Seat, words: str
) -> None:
    show(client, workspace, entry("Minutes", block_id="minutes-block"))
    maya.fill({words: 45})
    assert "45" in maya.screen


def test_filling_with_an_option_that_is_not_offered(
    client: WebClient, workspace: Workspace, maya: Seat
) -> None:
    show(client, workspace, entry("Kind", select()))
    with pytest.raises(LookupError, match="offered: Option 0, Option 1"):
        maya.fill({"Kind": "Option 7"})


def test_an_input_that_dispatches_tells_the_bot_at_once(
    bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat
) -> None:
    show(client, workspace, entry("Kind", select(), dispatch_action=True), entry("Note"))
    maya.fill({"Note": "Silent", "Kind": "Option 1"})
    [heard] = bot.heard
    assert heard.payload["actions"][0]["selected_option"]["value"] == "o1"


EARLY: dict[str, tuple[dict[str, Any], Any, str | None]] = {
    "empty": (typed(), "", "Please complete this required field."),
    "filled": (typed(), "x", None),
    "no choice": (select(), None, "Please complete this required field."),
    "no box ticked": (
        typed("checkboxes", options=[option("A")]),
        [],
        "Please complete this required field.",
    ),
    "too short": (typed(min_length=2), "x", "at least 2"),
    "short enough": (typed(max_length=2), "xx", None),
    "too long": (typed(max_length=2), "xxx", "no more than 2"),
    "no number": (typed("number_input", is_decimal_allowed=True), "ten", "valid number"),
    "a fraction": (typed("number_input", is_decimal_allowed=False), "1.5", "whole number"),
    "a fraction where it may be": (typed("number_input", is_decimal_allowed=True), "1.5", None),
    "below": (typed("number_input", is_decimal_allowed=False, min_value="0"), "-1", "no less than 0"),
    "at the top": (typed("number_input", is_decimal_allowed=False, max_value="27"), "27", None),
    "above": (typed("number_input", is_decimal_allowed=False, max_value="27"), "28", "no greater than 27"),
    "no e-mail": (typed("email_text_input"), "maya", "valid email"),
    "an e-mail": (typed("email_text_input"), "maya@example.org", None),
    "no link": (typed("url_text_input"), "example", "valid URL"),
    "a link": (typed("url_text_input"), "https://example.org/a", None),
}


@pytest.mark.parametrize("what", EARLY)
def test_slack_s_own_checks_before_sending(
    bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat, what: str
) -> None:
    element, given, reason = EARLY[what]
    show(client, workspace, entry("Field", element))
    maya.fill({"Field": given})
    errors = maya.submit()
    if reason is None:
        assert errors is None
        assert len(bot.heard) == 1
    else:
        assert errors is not None
        assert reason in errors["Field"]
        assert bot.heard == []


def test_an_optional_input_may_stay_empty(
    bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat
) -> None:
    show(client, workspace, entry("Note", optional=True))
    assert maya.submit() is None
    assert len(bot.heard) == 1


@pytest.mark.parametrize("act", ["submit", "close"])
def test_nothing_to_submit_or_close(workspace: Workspace, act: str) -> None:
    with pytest.raises(LookupError, match="no modal is open"):
        getattr(workspace.seat(cast.MAYA, patience=0), act)()


def test_a_modal_without_submit(client: WebClient, workspace: Workspace, maya: Seat) -> None:
    show(client, workspace, submit=None)
    maya.patience = 0
    with pytest.raises(LookupError, match="nothing to submit"):
        maya.submit()


def test_actions_wait_for_what_the_bot_is_still_drawing(
    bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat
) -> None:
    """The bot acknowledges at once, opens "Loading…", and draws the form when it has read its data."""
    read = threading.Event()

    def later(trigger: str) -> None:
        loading = modal(section("Loading…"), submit=None)
        view = client.views_open(trigger_id=trigger, view=loading)["view"]
        read.wait(5)
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal(entry("MRN")))

    workers: list[threading.Thread] = []

    def at_once(payload: dict[str, Any]) -> tuple[int, Any]:
        workers.append(threading.Thread(target=later, args=(payload["trigger_id"],)))
        workers[0].start()
        return 200, ""

    bot.when("/cocm", at_once)
    maya.command("/cocm add")
    maya.expect("Loading…")
    read.set()
    maya.fill({"MRN": "A-1001"})
    assert maya.submit() is None
    workers[0].join()
    assert workspace.refusals == []


def test_what_never_comes_is_told_with_what_is_there(client: WebClient, workspace: Workspace) -> None:
    post(client, section("Something else"))
    with pytest.raises(AssertionError, match=r"never saw.*Hello(.|\n)*Something else"):
        workspace.seat(cast.MAYA, patience=0).expect("Hello")


def test_expecting_words_that_wrap(client: WebClient, workspace: Workspace, maya: Seat) -> None:
    sentence = "a long way " * 20
    show(client, workspace, section(sentence))
    maya.expect(sentence)
