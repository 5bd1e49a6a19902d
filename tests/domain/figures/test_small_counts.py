"""Counts of few patients are hidden, with those that would give them away."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.figures.shares import Share
from cocm_bot.domain.figures.small_counts import ALL_TOLD, HIDDEN, SmallCounts, parts_of_shares

FIVE = SmallCounts(5)


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0"), (1, "< 5"), (4, "< 5"), (5, "5"), (12, "12"), (1200, "1,200")]
)
def test_a_count_alone(count: int, told: str) -> None:
    assert FIVE.told(count) == told
    assert ALL_TOLD.told(count) == f"{count:,}"


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, "–"),
        (0, 3, "hidden (of < 5)"),
        (3, 3, "hidden (of < 5)"),
        (0, 40, "0 of 40 (0 %)"),
        (40, 40, "40 of 40 (100 %)"),
        (1, 40, "< 5 of 40"),
        (4, 40, "< 5 of 40"),
        (5, 40, "5 of 40 (12 %)"),
        (35, 40, "35 of 40 (88 %)"),
        (36, 40, "> 35 of 40"),
        (39, 40, "> 35 of 40"),
        (3, 6, "< 5 of 6"),
    ],
)
def test_a_share(part: int, whole: int, told: str) -> None:
    """A few of all, and all but a few, say as much of the few."""
    assert FIVE.share(Share(part, whole)) == told
    assert (FIVE.percent(Share(part, whole)) is None) is ("%" not in told)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((20, 10, 7), ["20", "10", "7"]),
        ((20, 10, 3), ["20", "hidden", "< 5"]),
        ((20, 0, 3), ["hidden", "0", "< 5"]),
        ((20, 10, 0), ["20", "10", "0"]),
        ((20, 3, 4), ["20", "< 5", "< 5"]),
        ((20, 1, 1), ["hidden", "< 5", "< 5"]),
        ((20, 4, 4), ["hidden", "< 5", "< 5"]),
        ((4, 4), ["hidden", "hidden"]),
        ((2, 3), ["< 5", "< 5"]),
        ((3,), ["hidden"]),
        ((), []),
    ],
)
def test_the_parts_of_a_total_that_is_told(counts: tuple[int, ...], told: list[str]) -> None:
    """One hidden part is the difference from the total; of 1 and 1 the total says that they are 2."""
    assert FIVE.parts_told(counts) == told
    assert ALL_TOLD.parts_told(counts) == [str(each) for each in counts]


@given(st.lists(st.integers(0, 30), max_size=5))
def test_nobody_can_work_a_hidden_part_out(counts: list[int]) -> None:
    """Each hidden part could be another number of patients, for all that is shown, the total included."""
    told = FIVE.parts_told(counts)
    hidden = [place for place, words in enumerate(told) if words in (HIDDEN, FIVE.few)]
    left = sum(counts[place] for place in hidden)
    choices = [range(1, 5) if told[place] == FIVE.few else range(left + 1) for place in hidden]
    possible = [each for each in product(*choices) if sum(each) == left]
    alone = len(hidden) == 1 == len([each for each in counts if each])
    for number, place in enumerate(hidden):
        if FIVE.hides(counts[place]) and not alone:
            assert len({each[number] for each in possible}) > 1
    assert all(place in hidden for place, count in enumerate(counts) if FIVE.hides(count))


def test_the_share_of_one_care_manager_is_not_the_difference_from_the_registry() -> None:
    """3 of 10 and 9 of 17 are 12 of 27: with 9 shown, 3 follows."""
    assert parts_of_shares(FIVE, [Share(3, 10), Share(9, 17)]) == ["< 5 of 10", HIDDEN]
    assert parts_of_shares(FIVE, [Share(7, 14), Share(9, 17)]) == ["7 of 14 (50 %)", "9 of 17 (53 %)"]
    assert parts_of_shares(ALL_TOLD, [Share(3, 10)]) == ["3 of 10 (30 %)"]
    # How many are judged of one is a difference, too.
    assert parts_of_shares(FIVE, [Share(0, 3), Share(9, 17)]) == [HIDDEN, HIDDEN]
