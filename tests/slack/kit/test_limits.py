"""Each limit of Slack's, on both sides of it."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.playground.blocks.limits import problems, suggestion_problems
from cocm_bot.slack import kit
from cocm_bot.slack.kit.text import length
from tests.slack.texts import TEXT

Block = kit.Block


def _options(count: int) -> list[Block]:
    return [kit.option(f"Option {number}", str(number)) for number in range(count)]


def _confirm(text: str) -> Block:
    return kit.confirm(text, text, text, text)


def _input(element: Block) -> Block:
    return kit.input_block("Label", element, "block")


PLACES: dict[str, tuple[int, Callable[[str], str]]] = {
    "header": (150, lambda text: kit.header(text)["text"]["text"]),
    "section text": (3000, lambda text: kit.section(text)["text"]["text"]),
    "section field": (2000, lambda text: kit.section(fields=[text])["fields"][0]["text"]),
    "context": (3000, lambda text: kit.context(text)["elements"][0]["text"]),
    "input label": (2000, lambda text: kit.input_block(text, kit.date_input("a"), "b")["label"]["text"]),
    "input hint": (
        2000,
        lambda text: kit.input_block("x", kit.date_input("a"), "b", hint=text)["hint"]["text"],
    ),
    "text placeholder": (150, lambda text: kit.text_input("a", placeholder=text)["placeholder"]["text"]),
    "select placeholder": (150, lambda text: kit.select("a", [], placeholder=text)["placeholder"]["text"]),
    "search placeholder": (
        150,
        lambda text: kit.external_select("a", placeholder=text)["placeholder"]["text"],
    ),
    "button": (75, lambda text: kit.button(text, "a")["text"]["text"]),
    "button label": (75, lambda text: kit.button("x", "a", accessibility_label=text)["accessibility_label"]),
    "option": (75, lambda text: kit.option(text, "v")["text"]["text"]),
    "option description": (75, lambda text: kit.option("x", "v", text)["description"]["text"]),
    "group label": (
        75,
        lambda text: kit.select("a", {text: _options(1)})["option_groups"][0]["label"]["text"],
    ),
    "confirm title": (100, lambda text: _confirm(text)["title"]["text"]),
    "confirm text": (300, lambda text: _confirm(text)["text"]["text"]),
    "confirm yes": (30, lambda text: _confirm(text)["confirm"]["text"]),
    "confirm no": (30, lambda text: _confirm(text)["deny"]["text"]),
    "modal title": (24, lambda text: kit.modal(text, [], "c")["title"]["text"]),
    "modal submit": (24, lambda text: kit.modal("x", [], "c", submit=text)["submit"]["text"]),
    "modal close": (24, lambda text: kit.modal("x", [], "c", close=text)["close"]["text"]),
    "alt text": (2000, lambda text: kit.image("https://example.org/a.png", text)["alt_text"]),
    "initial text": (3000, lambda text: kit.text_input("a", initial=text)["initial_value"]),
    "short initial text": (
        40,
        lambda text: kit.text_input("a", initial=text, max_length=40)["initial_value"],
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_text_is_clipped_to_its_place(place: str) -> None:
    limit, shown = PLACES[place]
    assert shown("x" * limit) == "x" * limit
    assert shown("x" * (limit + 1)) == "x" * (limit - 1) + "…"
    assert shown("😀" * limit) == "😀" * ((limit - 1) // 2) + "…"


@pytest.mark.parametrize(
    ("limit", "draw"),
    [
        (255, lambda text: kit.button("x", text)),
        (2000, lambda text: kit.button("x", "a", text)),
        (150, lambda text: kit.option("x", text)),
        (255, lambda text: kit.section("x", block_id=text)),
        (255, lambda text: kit.input_block("x", kit.date_input("a"), text)),
        (255, lambda text: kit.modal("x", [], text)),
        (3000, lambda text: kit.modal("x", [], "c", private_metadata=text)),
    ],
)
def test_an_id_or_value_is_refused_rather_than_cut(limit: int, draw: Callable[[str], Block]) -> None:
    assert "v" * limit in str(draw("v" * limit))
    with pytest.raises(ValueError, match=f"1 to {limit} characters, not {limit + 1}"):
        draw("v" * (limit + 1))


@pytest.mark.parametrize(
    ("limit", "draw"),
    [
        (25, lambda count: kit.actions(*[kit.button("x", f"a{n}") for n in range(count)])),
        (5, lambda count: kit.overflow("a", _options(count))),
        (10, lambda count: kit.radio("a", _options(count))),
        (10, lambda count: kit.checkboxes("a", _options(count))),
    ],
)
def test_too_many_things_to_press_are_refused(limit: int, draw: Callable[[int], Block]) -> None:
    drawn = draw(limit)
    assert len(drawn.get("elements") or drawn["options"]) == limit
    for wrong in (0, limit + 1):
        with pytest.raises(ValueError, match=f"1 to {limit}, not {wrong}"):
            draw(wrong)


def test_a_menu_holds_a_hundred_options() -> None:
    assert kit.select("a", _options(100))["options"] == _options(100)
    assert kit.select("a", _options(101))["options"] == _options(100)
    assert kit.suggestions(_options(101)) == {"options": _options(100)}
    assert kit.suggestions([]) == {"options": []}


def test_a_menu_holds_a_hundred_groups_of_a_hundred() -> None:
    groups = kit.select("a", {f"g{n}": _options(101) for n in range(101)} | {"empty": []})["option_groups"]
    assert [len(group["options"]) for group in groups] == [100] * 100


def test_a_menu_without_options_says_so() -> None:
    sources: list[kit.Options | kit.OptionGroups] = [[], {}, {"group": []}]
    for nothing in sources:
        assert [option["text"]["text"] for option in kit.select("a", nothing)["options"]] == [
            "Nothing to choose from"
        ]


def test_an_initial_choice_that_is_not_on_offer_is_not_drawn() -> None:
    stale = kit.option("Stale", "101")
    assert "initial_option" not in kit.select("a", _options(3), initial=stale)
    assert "initial_option" not in kit.select("a", _options(101), initial=_options(101)[100])
    assert "initial_option" not in kit.radio("a", _options(3), initial=stale)
    assert "initial_options" not in kit.multi_select("a", _options(3), initial=[stale])
    first, second, third = _options(3)
    assert kit.checkboxes("a", _options(3), initial=[stale, second])["initial_options"] == [second]
    assert kit.select("a", {"g": _options(3)}, initial=third)["initial_option"] == third
    assert kit.multi_select("a", _options(3), initial=_options(3), most=2)["initial_options"] == [
        first,
        second,
    ]


@pytest.mark.parametrize(
    ("count", "last"), [(10, "field 9"), (11, "…and 2 more"), (1_009, "…and 1,000 more")]
)
def test_the_tenth_field_counts_those_left_out(count: int, last: str) -> None:
    texts = [f"field {number}" for number in range(count)]
    for shown in (kit.section(fields=texts)["fields"], kit.context(*texts)["elements"]):
        assert len(shown) == 10
        assert shown[-1]["text"] == last


@pytest.mark.parametrize(
    ("rows", "width", "drawn", "last"),
    [
        (0, 2, 1, "C0"),
        (99, 2, 100, "cell"),
        (100, 2, 100, "…and 2 more"),
        (1_098, 2, 100, "…and 1,000 more"),
        (5, 21, 6, "cell"),
    ],
)
def test_a_table_holds_a_hundred_rows_of_twenty_columns(rows: int, width: int, drawn: int, last: str) -> None:
    table = kit.table([f"C{n}" for n in range(width)], [["cell"] * width] * rows)
    assert (len(table["rows"]), table["rows"][-1][0]["text"]) == (drawn, last)
    assert {len(row) for row in table["rows"]} == {min(width, 20)}
    assert problems("message", kit.message("x", [table])) == []


def test_a_table_ends_before_ten_thousand_characters() -> None:
    table = kit.table(["Name", "Note"], [["n" * 100, "x" * 400]] * 30, align=["left", "right"])
    # 8 characters of heads, rows of 100 + 300, a closing row kept free: 24 rows leave 392, 25 would not fit.
    assert [len(table["rows"]), table["rows"][-1][0]["text"]] == [26, "…and 6 more"]
    assert table["column_settings"] == [
        {"align": "left", "is_wrapped": True},
        {"align": "right", "is_wrapped": True},
    ]


def test_short_rows_of_a_table_are_filled_up() -> None:
    assert [[cell["text"] for cell in row] for row in kit.table(["A", "B"], [["1"], []])["rows"]] == [
        ["A", "B"],
        ["1", "–"],
        ["–", "–"],
    ]


@settings(deadline=None)
@given(TEXT, TEXT, st.booleans())
def test_slack_takes_every_message_whatever_the_text(text: str, other: str, rich: bool) -> None:
    question = kit.confirm(text, other, text, other, style="danger")
    blocks = [
        kit.header(text),
        kit.section(
            kit.escape(text) if rich else text,
            fields=[other, text] * 6,
            accessory=kit.overflow("more", [kit.option(text, "1", other)], confirm=question),
        ),
        kit.context(text, other),
        kit.divider(),
        kit.actions(
            kit.button(text, "go", "1", style="primary", confirm=question, accessibility_label=other),
            kit.select("pick", {text: _options(2)}, placeholder=other, confirm=question),
            kit.external_select("search", placeholder=text),
        ),
        kit.image("https://example.org/course.png", text, title=other),
        kit.table([text, other], [[other, text]] * 3),
    ]
    assert problems("message", kit.message(text, blocks)) == []
    assert suggestion_problems(kit.suggestions([kit.option(text, "1", other)])) == []


@settings(deadline=None)
@given(TEXT, TEXT)
def test_slack_takes_every_view_whatever_the_text(text: str, other: str) -> None:
    options = [kit.option(text, "1", other), kit.option(other, "2")]
    elements = [
        kit.text_input("a", initial=text, placeholder=other, multiline=True),
        kit.text_input("a", initial=text, max_length=40),
        kit.email_input("a", initial=text, placeholder=other),
        kit.number_input("a", initial="5", placeholder=other, minimum="0", maximum="27"),
        kit.date_input("a", placeholder=text),
        kit.time_input("a", placeholder=text),
        kit.select("a", options, initial=options[1]),
        kit.multi_select("a", options, placeholder=text, initial=options, most=2),
        kit.radio("a", options, initial=options[0]),
        kit.checkboxes("a", options, initial=options),
    ]
    blocks = [
        kit.input_block(text, element, f"block {number}", hint=other, optional=True, dispatch=True)
        for number, element in enumerate(elements)
    ]
    modal = kit.modal(
        text, [kit.header(other), *blocks], "c", submit=other, close=text, private_metadata="{}"
    )
    assert problems("modal", modal) == []
    assert problems("home", kit.home([kit.header(text), kit.section(other)])) == []


@settings(deadline=None)
@given(TEXT.filter(lambda text: bool(kit.clean(text))))
def test_no_text_is_longer_than_its_place_in_the_larger_unit(text: str) -> None:
    assert {
        place for place, (limit, shown) in PLACES.items() if not 0 < length(shown(text)) <= limit
    } == set()
