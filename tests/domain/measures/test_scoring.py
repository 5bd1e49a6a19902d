import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.measures.scoring import agreed, check_self_harm, self_harm, total

PHQ_9, GAD_7, EPDS = CATALOGUE["PHQ-9"], CATALOGUE["GAD-7"], CATALOGUE["EPDS"]
MEASURES = st.sampled_from(list(CATALOGUE.values()))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Measure, tuple[int, ...]]:
    measure = draw(MEASURES)
    answer = st.integers(0, measure.most_per_item)
    return measure, tuple(draw(answer) for _ in range(measure.items))


@pytest.mark.parametrize("measure", CATALOGUE.values(), ids=CATALOGUE)
def test_every_measure_of_the_catalogue_can_be_entered_item_by_item(measure: Measure) -> None:
    assert measure.by_item
    assert len(measure.topics) == len(set(measure.topics)) == measure.items
    assert measure.most_per_item * measure.items == measure.maximum


@pytest.mark.parametrize(
    ("name", "most"),
    [("PHQ-9", 3), ("GAD-7", 3), ("PHQ-2", 3), ("AUDIT-C", 4), ("ISI", 4), ("EPDS", 3), ("PCL-5", 4)],
)
def test_the_highest_answer(name: str, most: int) -> None:
    assert CATALOGUE[name].most_per_item == most


@given(answered())
def test_a_total_is_the_sum_of_its_items_and_in_the_measures_range(
    pair: tuple[Measure, tuple[int, ...]],
) -> None:
    measure, answers = pair
    assert total(measure, answers) == sum(answers)
    assert measure.accepts(total(measure, answers))


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ((0, 0, 0, 0, 0, 0, None), "PHQ: item 7 is missing"),
        ((None, 0, 0, None, 0, 0, 0), "PHQ: items 1 and 4 are missing"),
        ((None, None, 0, None, 0, 0, 0), "PHQ: items 1, 2 and 4 are missing"),
        ((0, 0, 0), "PHQ"),
        ((0, 0, 0, 0, 0, 0, 4), "RANGE"),
        ((0, 0, 0, 0, 0, 0, -1), "RANGE"),
    ],
)
def test_partial_or_impossible_answers_are_refused_in_words(
    answers: tuple[int | None, ...], sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        total(GAD_7, answers)
    missing = "GAD-7 has no total until all 7 items are answered"
    expected = sentence.replace("PHQ", missing).replace("RANGE", "Answers to GAD-7 run from 0 to 3")
    assert str(refused.value).startswith(f"{expected}.")
    assert refused.value.field == "GAD-7"


SIX = (1, 1, 1, 1, 1, 1, 0)


@pytest.mark.parametrize(
    ("entered", "answers", "expected"),
    [(None, None, None), (6, None, 6), (None, SIX, 6), (6, SIX, 6), (0, (0,) * 7, 0), (0, None, 0)],
)
def test_a_total_may_be_entered_or_computed(
    entered: float | None, answers: tuple[int, ...] | None, expected: float | None
) -> None:
    assert agreed(GAD_7, entered, answers) == expected


@pytest.mark.parametrize(
    ("entered", "answers", "sentence"),
    [
        (7, SIX, "The items of GAD-7 add up to 6, the total says 7."),
        (0, SIX, "The items of GAD-7 add up to 6, the total says 0."),
        (22, None, "GAD-7 runs from 0 to 21."),
    ],
)
def test_a_total_that_can_not_be_true_is_refused(
    entered: float, answers: tuple[int, ...] | None, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        agreed(GAD_7, entered, answers)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("measure", "score", "answer", "seen"),
    [
        (PHQ_9, 3, 0, False),
        (PHQ_9, 3, 1, True),
        (PHQ_9, 27, 3, True),
        (PHQ_9, 24, None, False),
        (PHQ_9, 25, None, True),
        (PHQ_9, None, None, False),
        (PHQ_9, None, 2, True),
        (EPDS, 27, None, False),
        (EPDS, 28, None, True),
        (EPDS, 1, 1, True),
        (GAD_7, 21, 3, False),
    ],
)
def test_self_harm_is_seen_in_the_item_or_in_a_total_the_others_can_not_reach(
    measure: Measure, score: float | None, answer: int | None, seen: bool
) -> None:
    assert self_harm(measure, score, answer) is seen


@pytest.mark.parametrize(
    ("score", "answer", "possible"),
    [(0, 0, True), (0, 1, False), (1, 1, True), (24, 0, True), (25, 0, False), (25, 1, True), (27, 3, True)],
)
def test_the_item_and_the_total_must_be_possible_together(score: float, answer: int, possible: bool) -> None:
    if possible:
        check_self_harm(PHQ_9, score, answer)
    else:
        with pytest.raises(InvalidInput, match=f"A PHQ-9 of {score} is not possible with item 9 at {answer}"):
            check_self_harm(PHQ_9, score, answer)


@given(answered())
def test_what_a_form_says_is_never_refused(pair: tuple[Measure, tuple[int, ...]]) -> None:
    measure, answers = pair
    answer = answers[measure.self_harm_item - 1] if measure.self_harm_item else None
    check_self_harm(measure, sum(answers), answer)
    assert self_harm(measure, sum(answers), answer) is bool(answer)
