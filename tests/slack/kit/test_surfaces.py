import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.domain.pages import page_of
from cocm_bot.playground.blocks.limits import problems
from cocm_bot.slack import kit
from tests.slack.texts import TEXT


def _rows(count: int) -> list[kit.Block]:
    return [kit.section(f"row {number}") for number in range(1, count + 1)]


def _words(blocks: list[kit.Block]) -> list[str]:
    return [(block.get("text") or block["elements"][0])["text"] for block in blocks]


@pytest.mark.parametrize("count", [0, 1, 49, 50])
def test_a_message_shows_every_row_that_fits(count: int) -> None:
    assert kit.fit_message(_rows(count)) == _rows(count)


@pytest.mark.parametrize(
    ("count", "more"), [(51, "…and 2 more"), (99, "…and 50 more"), (1_049, "…and 1,000 more")]
)
def test_a_message_of_too_many_rows_says_how_many_more(count: int, more: str) -> None:
    blocks = kit.fit_message(_rows(count))
    assert _words(blocks) == [*_words(_rows(49)), more]


@pytest.mark.parametrize(("count", "drawn", "last"), [(100, 100, "row 100"), (101, 100, "…and 2 more")])
def test_a_view_holds_a_hundred_blocks(count: int, drawn: int, last: str) -> None:
    blocks = kit.fit_view(_rows(count))
    assert (len(blocks), _words(blocks)[-1]) == (drawn, last)


def test_head_and_foot_keep_their_place() -> None:
    blocks = kit.fit_message(
        _rows(60), head=[kit.header("Caseload")], foot=[kit.section("foot")], more="Narrow the list."
    )
    assert len(blocks) == 50
    assert _words(blocks)[0] == "Caseload"
    # 50 blocks less head, foot and the note leave 47 rows.
    assert _words(blocks)[-3:] == ["row 47", "…and 13 more. Narrow the list.", "foot"]


def test_blocks_of_one_row_are_never_parted() -> None:
    rows = [[kit.section(f"row {n}"), kit.context("detail"), kit.divider()] for n in range(40)]
    blocks = kit.fit_message(rows)
    # 16 rows of 3 are 48 blocks, and the note is the 49th; a 17th row would be cut.
    assert len(blocks) == 49
    assert blocks[47] == kit.divider()
    assert _words(blocks[48:]) == ["…and 24 more"]


def test_rows_that_were_not_given_are_counted() -> None:
    assert _words(kit.fit_message(_rows(2), beyond=5))[-1] == "…and 5 more"
    blocks = kit.fit_message(_rows(50), beyond=950)
    assert (len(blocks), _words(blocks)[-1]) == (50, "…and 951 more")


def test_a_message_stays_under_its_characters() -> None:
    blocks = kit.fit_message([kit.section("x" * 1_000) for _ in range(20)])
    assert [len(blocks), _words(blocks)[-1]] == [12, "…and 9 more"]


def test_a_view_stays_under_its_bytes() -> None:
    home = kit.home([kit.section("漢" * 3_000) for _ in range(100)])
    assert problems("home", home) == []
    assert 10 <= len(home["blocks"]) <= 14  # some 18 kB of JSON each


@settings(deadline=None)
@given(st.lists(TEXT, max_size=120))
def test_any_rows_make_a_message_and_a_view_that_slack_takes(texts: list[str]) -> None:
    rows = [kit.section(text, fields=[text]) for text in texts]
    assert problems("message", kit.message("Your list", rows)) == []
    assert problems("modal", kit.modal("List", rows, "list")) == []
    assert problems("home", kit.home(rows)) == []


@pytest.mark.parametrize(
    ("total", "asked", "number", "rows", "place", "buttons"),
    [
        (0, 1, 1, [], "0–0 of 0", []),
        (20, 1, 1, list(range(20)), "1–20 of 20", []),
        (21, 1, 1, list(range(20)), "1–20 of 21", [("page:next", "2")]),
        (21, 2, 2, [20], "21–21 of 21", [("page:previous", "1")]),
        (113, 2, 2, list(range(20, 40)), "21–40 of 113", [("page:previous", "1"), ("page:next", "3")]),
        (113, 99, 6, list(range(100, 113)), "101–113 of 113", [("page:previous", "5")]),
        (113, -3, 1, list(range(20)), "1–20 of 113", [("page:next", "2")]),
    ],
)
def test_a_list_is_shown_by_pages(
    total: int, asked: int, number: int, rows: list[int], place: str, buttons: list[tuple[str, str]]
) -> None:
    page = page_of(range(total), asked, 20)
    assert (page.number, list(page.rows), page.place) == (number, rows, place)
    bar = kit.page_bar(page, "page")
    assert [
        (button["action_id"], button["value"]) for block in bar[1:] for button in block["elements"]
    ] == buttons
    assert [text["text"] for block in bar[:1] for text in block["elements"]] == [place][: len(bar)]


def test_the_buttons_of_a_page_can_carry_the_query_too() -> None:
    bar = kit.page_bar(page_of(range(50), 1, 20), "caseload", lambda number: f"flagged {number}")
    assert bar[1]["elements"][0]["value"] == "flagged 2"


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    inputs = [kit.input_block("Day", kit.date_input("a"), "day")]
    with pytest.raises(ValueError, match="submit"):
        kit.modal("Log", inputs, "log")
    assert problems("modal", kit.modal("Log", inputs, "log", submit="Save")) == []


def test_an_empty_surface_still_shows_something() -> None:
    assert problems("modal", kit.modal("Empty", [], "empty")) == []
    assert kit.home([])["blocks"] == [kit.section("")]
    assert kit.message("Nothing is due.", [])["blocks"] == [kit.section("Nothing is due.")]


def test_the_loading_view_is_a_modal_without_buttons_to_press() -> None:
    view = kit.loading("Patient")
    assert problems("modal", view) == []
    assert "submit" not in view
    assert _words(view["blocks"]) == ["Loading…"]
