"""The terminal's drawing, as a reader of the demo sees it."""

from typing import Any

import pytest
from rich.console import Console

from cocm_bot.playground import cast, reading
from cocm_bot.playground.elements import with_ids
from cocm_bot.playground.seats import text
from cocm_bot.playground.seats.markup import drawn
from cocm_bot.playground.state import Message, State, View
from tests.playground.blocks import (
    CONFIRM,
    Block,
    actions,
    button,
    entry,
    home,
    modal,
    mrkdwn,
    option,
    plain,
    section,
    select,
    typed,
)


@pytest.fixture
def state() -> State:
    return State()


def view_of(state: State, payload: Block, **more: Any) -> View:
    blocks = with_ids(payload["blocks"], state.fresh_ids())
    return View("V1", cast.MAYA, payload | {"blocks": blocks}, "hash", "V1", **more)


def message_of(state: State, *blocks: Block, words: str = "A notice", **more: Any) -> Message:
    stored = with_ids(list(blocks), state.fresh_ids())
    return Message("1780000000.000001", cast.TEAM_CHANNEL, cast.BOT, words, stored, **more)


def lines(state: State, surface: View | Message, width: int = 60) -> list[str]:
    return text.of(state, surface, cast.MAYA, width).splitlines()


def test_a_modal(state: State) -> None:
    form = modal(
        section("*Ana M.* (K7Q4)"),
        entry("MRN", typed(placeholder=plain("As on the chart")), "mrn", hint=plain("Unique here")),
        entry("Kind", select(initial_option=option("Option 1", "o1"))),
        entry("No-show", typed("checkboxes", options=[option("Did not come")]), optional=True),
        close=plain("Back"),
    )
    view = view_of(state, form, errors={"mrn": "Already in the registry"})
    assert lines(state, view) == [
        "╭───────────────────────── Title ──────────────────────────╮",
        "│                                                          │",
        "│  Ana M. (K7Q4)                                           │",
        "│                                                          │",
        "│  MRN                                                     │",
        "│    ▏As on the chart                                      │",
        "│    ✗ Already in the registry                             │",
        "│    Unique here                                           │",
        "│                                                          │",
        "│  Kind                                                    │",
        "│    ‹ Option 1 ▾ ›                                        │",
        "│                                                          │",
        "│  No-show (optional)                                      │",
        "│    ☐ Did not come                                        │",
        "│  ──────────────────────────────────────────────────────  │",
        "│                                      [ Back ]  [ Save ]  │",
        "│                                                          │",
        "╰──────────────────────────────────────────────────────────╯",
    ]


def test_a_message_only_for_you(state: State) -> None:
    rows = [
        [{"type": "raw_text", "text": words} for words in row] for row in (["Who", "PHQ-9"], ["K7Q4", "9"])
    ]
    message = message_of(
        state,
        {"type": "header", "text": plain("Your day")},
        section("K7Q4 is overdue", accessory=button("Open")),
        {"type": "section", "fields": [mrkdwn("*PHQ-9*\n18 → 9"), mrkdwn("*Minutes*\n45")]},
        {"type": "divider"},
        {"type": "table", "rows": rows, "column_settings": [{"align": "left"}, {"align": "right"}]},
        actions(button("Later", "later"), select(placeholder=plain("Sort by"))),
        {"type": "context", "elements": [mrkdwn("Updated *now*"), plain("page 1 of 3")]},
        only_for=cast.MAYA,
    )
    assert lines(state, message) == [
        "👁 Only visible to you",
        "CoCM Registry  APP  20:26",
        "  Your day",
        "  K7Q4 is overdue                                   [ Open ]",
        "  PHQ-9                        Minutes",
        "  18 → 9                       45",
        "  ──────────────────────────────────────────────────────────",
        "",
        "  Who    PHQ-9",
        "  ────────────",
        "  K7Q4       9",
        "",
        "  [ Later ]  ‹ Sort by ▾ ›",
        "  Updated now  page 1 of 3",
    ]


def test_home(state: State) -> None:
    drawn_lines = lines(state, view_of(state, home(section("Nothing is due."))))
    assert " Home " in drawn_lines[0]
    assert any("Nothing is due." in line for line in drawn_lines)


def test_a_dialog() -> None:
    shown = text.plain(text.dialog(CONFIRM))
    assert all(words in shown for words in ("Sure?", "It will be gone.", "[ Keep ]  [ Yes, remove ]"))


def test_what_is_beside_each_other_is_read_line_by_line(state: State) -> None:
    beside = section("*Ana M.*\nPHQ-9 14\n\nsince May", accessory=button("Log a contact"))
    table = {"type": "table", "rows": [[raw("Patient"), raw("PHQ-9")], [raw("K7Q4"), raw("9")]]}
    fields = section(fields=[mrkdwn("*MRN*\nA-1001"), mrkdwn("*Phone*\n555"), mrkdwn("Alone")])
    view = view_of(state, modal(beside, table, fields))
    assert reading.words(text.drawing(state, view, cast.MAYA)) == (
        "Title Ana M. [ Log a contact ] PHQ-9 14 since May Patient PHQ-9 K7Q4 9 "
        "words MRN Phone A-1001 555 Alone [ Cancel ] [ Save ]"
    )
    assert reading.words(text.dialog(CONFIRM)) == "Sure? It will be gone. [ Keep ] [ Yes, remove ]"


def raw(words: str) -> Block:
    return {"type": "raw_text", "text": words}


def test_a_message_without_blocks_says_its_text(state: State) -> None:
    message = message_of(state, words="Hello <@U0MAYA>", edited=True, thread_ts="1.0")
    assert lines(state, message) == [
        "CoCM Registry  APP  20:26  in a thread  (edited)",
        "  Hello @Maya Okafor",
    ]


def test_people_and_slackbot_as_authors(state: State) -> None:
    said = message_of(state)
    said.author = cast.PCP
    assert lines(state, said)[0] == "Samuel Adeyemi  20:26"
    said.author = "USLACKBOT"
    assert lines(state, said)[0] == "Slackbot  APP  20:26"


HELD: dict[str, tuple[Block, Any, str]] = {
    "text": (typed(), "Words", "▏Words"),
    "lines": (typed(multiline=True), "One\nTwo", "▏One\n▏Two"),
    "select": (select(), option("Option 0", "o0"), "‹ Option 0 ▾ ›"),
    "nothing selected": (select(), None, "‹ Select… ▾ ›"),
    "several": (typed("multi_users_select"), [cast.MAYA, cast.PCP], "‹ Maya Okafor, Samuel Adeyemi ▾ ›"),
    "channel": (typed("conversations_select"), cast.LOBBY, "‹ #lobby ▾ ›"),
    "date": (typed("datepicker"), "2026-03-02", "‹ 📅 2026-03-02 ›"),
    "no date": (typed("datepicker"), None, "‹ 📅 Select a date ›"),
    "time": (typed("timepicker"), "09:00", "‹ 🕒 09:00 ›"),
    "radio": (
        typed("radio_buttons", options=[option("A"), option("B", description=plain("why"))]),
        option("B"),
        "○ A\n◉ B – why",
    ),
    "boxes": (typed("checkboxes", options=[option("A"), option("B")]), [option("A")], "☑ A\n☐ B"),
}


@pytest.mark.parametrize("what", HELD)
def test_inputs_show_what_they_hold(state: State, what: str) -> None:
    element, value, shown = HELD[what]
    view = view_of(state, modal(entry("Field", element, "b", optional=True)))
    view.entered[("b", element["action_id"])] = value
    drawn_lines = [line.strip("│ ") for line in lines(state, view)]
    assert "\n".join(drawn_lines[3 : 3 + shown.count("\n") + 1]) == shown


def test_trouble_stands_on_top(state: State) -> None:
    view = view_of(state, modal(section("Body")), trouble="We had some trouble connecting.")
    assert "⚠ We had some trouble connecting." in lines(state, view)[2]


MARKUP = {
    "plain": ("plain words", "plain words"),
    "bold": ("a *bold* word", "a bold word"),
    "no bold inside a word": ("2*3*4", "2*3*4"),
    "italic and strike": ("_so_ ~no~", "so no"),
    "no italic inside a word": ("snake_case_name", "snake_case_name"),
    "code": ("`a_b`", "a_b"),
    "person": ("<@U0MAYA>", "@Maya Okafor"),
    "channel": ("<#C0LOBBY|old>", "#lobby"),
    "link": ("<https://example.org|here>", "here"),
    "bare link": ("<https://example.org>", "https://example.org"),
    "mail": ("<mailto:a@example.org>", "a@example.org"),
    "everyone": ("<!here>", "@here"),
    "date": ("<!date^1780000000^{date_short} at {time}|then>", "May 28, 2026 at 20:26"),
    "date with a link": ("<!date^1780000000^{date_num}^https://example.org|then>", "2026-05-28"),
    "escapes": ("a &lt; b &amp;amp; c", "a < b &amp; c"),
    "emoji": (":warning: now", "⚠ now"),
    "an emoji nobody knows": (":cocm: now", ":cocm: now"),
}


@pytest.mark.parametrize("what", MARKUP)
def test_mrkdwn(state: State, what: str) -> None:
    written, read = MARKUP[what]
    assert drawn(state, mrkdwn(written)).plain == read


def test_plain_text_is_not_marked_up(state: State) -> None:
    assert drawn(state, plain("*a* <@U0MAYA> &lt;")).plain == "*a* <@U0MAYA> &lt;"


@pytest.mark.parametrize("width", [40, 100])
@pytest.mark.parametrize("name", ["Ana", "東京太郎" * 20, "אבגד " * 40, "👩🏽‍⚕️" * 30, "[bold]x[/bold]"])
def test_names_in_any_script_stay_within_the_width_and_are_not_read_as_markup(
    state: State, width: int, name: str
) -> None:
    view = view_of(state, modal(section(name), entry("Name", typed(initial_value=name))))
    console = Console(width=width)
    assert all(console.measure(line).maximum <= width for line in lines(state, view, width))
    assert "[bold]" not in name or "[bold]x[/bold]" in text.of(state, view, cast.MAYA)


def test_a_timeline_shows_what_one_person_sees(state: State) -> None:
    state.messages += [
        message_of(state, words="For all"),
        message_of(state, words="Mine", only_for=cast.MAYA),
    ]
    assert "Mine" in text.plain(text.timeline(state, cast.MAYA))
    assert "Mine" not in text.plain(text.timeline(state, cast.PCP))


def test_rich_text(state: State) -> None:
    words = [{"type": "text", "text": "See "}, {"type": "user", "user_id": cast.MAYA}]
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": item}]} for item in "ab"]
    block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": words},
            {"type": "rich_text_list", "elements": items},
        ],
    }
    assert lines(state, message_of(state, block))[1:] == ["  See @Maya Okafor", "  • a", "  • b"]
