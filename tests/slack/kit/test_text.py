import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.slack import kit
from cocm_bot.slack.kit.text import clip_mrkdwn, length
from tests.slack.texts import TEXT

FAMILY = "👩\u200d👩\u200d👧\u200d👦"  # 11 units
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"  # 14 units


@pytest.mark.parametrize(
    ("entered", "safe"),
    [
        ("Ann & <Bob>", "Ann &amp; &lt;Bob&gt;"),
        ("&amp;", "&amp;amp;"),
        ("<@U024BE7LH> <!here> <https://example.org|x>", None),
        ("*bold* _it_ ~gone~ `code`", "∗bold∗ ˍitˍ ∼gone∼ ˋcodeˋ"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("jo_ann.o_neil@clinic.example", "jo_ann.o_neil@clinic.example"),
        ("a `b` c```d```", "a ˋbˋ cˋˋˋdˋˋˋ"),
        ("> quoted\n  > again\nx > y", "› quoted\n  › again\nx &gt; y"),
        (":fire: at 12:30:45", "∶fire: at 12:30:45"),
        ("_", "ˍ"),
        ("  Zoë\t\x07 \u202eKim\r\nLee\u2028Ek ", "Zoë  Kim\nLee\nEk"),
        ("שרה כהן", "שרה כהן"),
        ("👩\u200d⚕️", "👩\u200d⚕️"),
    ],
)
def test_data_in_formatted_text_reads_as_entered_and_does_nothing(entered: str, safe: str | None) -> None:
    assert kit.escape(entered) == (safe or "&lt;@U024BE7LH&gt; &lt;!here&gt; &lt;https://example.org|x&gt;")


@settings(deadline=None)
@given(TEXT)
def test_escaped_text_holds_no_sequence_and_no_edge_marker(text: str) -> None:
    escaped = kit.escape(text)
    assert not set(escaped) & set("<>`\r\x00")
    assert "&" not in escaped.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    for before, mark, after in zip(" " + escaped, escaped, escaped[1:] + " ", strict=False):
        assert mark not in "*_~" or (before.isalnum() and after.isalnum())


@pytest.mark.parametrize(
    "blank", ["", " ", "\n\n", "\t", "\x00", "\u200b", "\u200d\ufeff", "\u0301", "\u3000", "\ud800"]
)
def test_text_that_would_show_nothing_becomes_a_dash(blank: str) -> None:
    assert kit.plain(blank, 75)["text"] == "–"
    assert kit.mrkdwn(blank)["text"] == "–"


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("abcde", 5, "abcde"),
        ("abcdef", 5, "abcd…"),
        ("abc def", 5, "abc…"),
        ("", 5, ""),
        ("ab" + FAMILY + "c", 14, "ab" + FAMILY + "c"),
        ("ab" + FAMILY + "cd", 14, "ab" + FAMILY + "…"),
        ("abc" + FAMILY + "cd", 14, "abc…"),
        (SCOTLAND * 2, 20, SCOTLAND + "…"),
        ("🇳🇱🇧🇪🇩🇪", 9, "🇳🇱🇧🇪…"),
        ("🇳🇱🇧🇪🇩🇪", 8, "🇳🇱…"),
        ("👍🏽👍🏽", 6, "👍🏽…"),
        ("cafe\u0301s et the\u0301s", 6, "cafe\u0301…"),
        ("cafe\u0301s et the\u0301s", 5, "caf…"),
        ("\u1112\u1161\u11ab\u1112\u1161\u11ab", 5, "\u1112\u1161\u11ab…"),
        ("x" + "\u0301" * 50, 10, "…"),
    ],
)
def test_clipping_keeps_whole_characters(text: str, limit: int, clipped: str) -> None:
    assert kit.clip(text, limit) == clipped


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("fish &amp; chips", 9, "fish…"),
        ("fish &amp; chips", 11, "fish &amp;…"),
        ("due <!date^1^{date}|soon> and more", 12, "due…"),
        ("a < b is not a sequence", 8, "a < b i…"),
    ],
)
def test_clipping_formatted_text_keeps_whole_entities_and_sequences(
    text: str, limit: int, clipped: str
) -> None:
    assert clip_mrkdwn(text, limit) == clipped


@settings(deadline=None)
@given(TEXT, st.integers(1, 300))
def test_a_clipped_text_is_the_start_of_the_whole(text: str, limit: int) -> None:
    clipped = kit.clip(text, limit)
    assert length(clipped) <= limit
    assert clipped == text or (clipped.endswith("…") and text.startswith(clipped[:-1]))


@settings(deadline=None)
@given(TEXT)
def test_clean_text_is_printable_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = kit.clean(text)
    assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"} for c in cleaned)
    assert kit.clean(cleaned) == cleaned
    cleaned.encode()


def test_lengths_are_counted_in_the_larger_unit() -> None:
    assert [length(text) for text in ("abc", "é", "漢字", "😀", FAMILY)] == [3, 1, 2, 2, 11]


def test_plain_text_stays_on_one_line() -> None:
    assert kit.plain("Ann\n\nLee\t Ek", 75)["text"] == "Ann Lee Ek"
