"""The words after `/cocm billing`, on 2 December 2026."""

from datetime import date

import pytest

from cocm_bot.domain.billing.month_words import Asked, Filter, asked
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.settings.code_sets import payer_mark

TODAY = date(2026, 12, 2)


@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("", "2026-12"),
        ("this", "2026-12"),
        ("this month", "2026-12"),
        ("last", "2026-11"),
        ("Last month", "2026-11"),
        ("2026-10", "2026-10"),
        ("2026-1", "2026-01"),
        ("October", "2026-10"),
        ("oct", "2026-10"),
        ("Sept.", "2026-09"),
        ("december", "2026-12"),
        ("October 2025", "2025-10"),
        ("2025 october", "2025-10"),
        ("may", "2026-05"),
    ],
)
def test_a_month_is_read(words: str, month: str) -> None:
    assert asked(words.split(), TODAY) == Asked(month)


def test_a_name_means_the_latest_month_of_it_that_has_begun() -> None:
    assert asked(["march"], date(2026, 2, 27)).month == "2025-03"
    assert asked(["last"], date(2026, 1, 31)).month == "2025-12"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("ready", Filter.READY),
        ("not ready", Filter.NOT_READY),
        ("last not ready", Filter.NOT_READY),
        ("changed 2026-10", Filter.CHANGED),
        ("all", Filter.ALL),
    ],
)
def test_a_part_is_read(words: str, part: Filter) -> None:
    assert asked(words.split(), TODAY).part is part


def test_a_payer_is_read_to_the_end() -> None:
    found = asked(["last", "ready", "payer", "Blue", "Cross"], TODAY)
    assert found == Asked("2026-11", Filter.READY, payer_mark("blue cross"))


@pytest.mark.parametrize(
    "words",
    [
        "octember",
        "2026-13",
        "2026-00",
        "26-10",
        "2026-010",
        "2026",
        "11",
        "ju",
        "ma",
        "last week",
        "october november",
        "october 20",
        "not",
        "1989-12",
        "２０２６-10",
        "2026-10-01",
    ],
)
def test_a_word_that_can_not_be_read_is_refused(words: str) -> None:
    with pytest.raises(InvalidInput, match="can't read one of these words"):
        asked(words.split(), TODAY)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("2027-01", "has not begun"), ("december 2027", "has not begun"), ("payer", "whose")],
)
def test_a_month_to_come_and_a_payer_without_a_name_are_refused(words: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        asked(words.split(), TODAY)
