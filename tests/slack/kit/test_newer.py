"""Newer blocks, and the older ones that show the same where a workspace does not have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.playground.blocks.limits import problems
from cocm_bot.slack import kit
from cocm_bot.slack.kit import Number
from tests.slack.texts import TEXT

DATA = frozenset({"data_table"})


def test_a_data_table_keeps_numbers_as_numbers() -> None:
    table = kit.data_table("People", ["Who", "Score"], [["K7Q4", Number(16, "16 *")], ["", "–"]])
    assert table["rows"] == [
        [{"type": "raw_text", "text": "Who"}, {"type": "raw_text", "text": "Score"}],
        [{"type": "raw_text", "text": "K7Q4"}, {"type": "raw_number", "value": 16, "text": "16 *"}],
        [{"type": "raw_text", "text": "–"}, {"type": "raw_text", "text": "–"}],
    ]
    assert problems("message", kit.message("x", [table])) == []


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (["A"], []),
        (["A"], [["x"]] * 101),
        (["A"] * 21, [["x"] * 21]),
        (["A", "B"], [["x"]]),
        (["A", "B"], [["x" * 80, "y" * 80]] * 63),
    ],
    ids=["no rows", "too many rows", "too many columns", "a short row", "too many characters"],
)
def test_what_a_data_table_can_not_hold_is_not_dropped_silently(
    columns: list[str], rows: list[list[str]]
) -> None:
    with pytest.raises(ValueError, match="data table"):
        kit.data_table("x", columns, rows)


@given(TEXT, TEXT, st.integers(1, 60))
def test_slack_takes_both_forms_whatever_the_text(text: str, other: str, rows: int) -> None:
    table = kit.data_table(text, [text[:20], other[:20]], [[text[:40], Number(1, other[:40])]] * rows)
    shown = kit.message("x", [table])
    assert problems("message", shown) == []
    assert problems("message", kit.older(shown, DATA)) == []
    banner = kit.modal("x", [kit.alert(kit.escape(text))], "x")
    assert problems("modal", banner) == []
    assert problems("modal", kit.older(banner, frozenset({"alert"}))) == []


def test_the_older_form_says_the_same() -> None:
    shown = kit.message("x", [kit.data_table("People", ["Who", "Score"], [["K7Q4", Number(16, "16")]])])
    assert kit.newer_types(shown) == DATA
    [table] = kit.older(shown, DATA)["blocks"]
    assert table["type"] == "table"
    assert [[cell["text"] for cell in row] for row in table["rows"]] == [["Who", "Score"], ["K7Q4", "16"]]
    assert kit.older(shown, frozenset({"alert"})) is shown
    banner = {"blocks": [{**kit.alert("*Risk*"), "block_id": "b"}]}
    assert kit.older(banner, frozenset({"alert"}))["blocks"] == [{**kit.section("*Risk*"), "block_id": "b"}]


def test_a_picture_that_slack_gave_back_is_sent_again_without_what_slack_added() -> None:
    sent = {**kit.uploaded_image("F1", "Scores"), "block_id": "b"}
    given = {**sent, "fallback": "x", "image_width": 520, "slack_file": {"id": "F1", "url": "https://x"}}
    assert kit.resent(given) == sent
    assert kit.resent(kit.section("x")) == kit.section("x")
