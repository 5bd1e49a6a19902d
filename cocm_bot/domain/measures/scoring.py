"""From the answers of a form to its total, and whether they call for a risk assessment the same day."""

from collections.abc import Sequence

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import Measure


def total(measure: Measure, answers: Sequence[int | None]) -> int:
    """The sum of all answers; raises InvalidInput when one is missing or impossible."""
    given = [answer for answer in answers if answer is not None]
    missing = [str(item) for item, answer in enumerate(answers, 1) if answer is None]
    if len(answers) != measure.items or missing:
        which = f": {_listed(missing)}" if missing else ""
        raise InvalidInput(
            f"{measure.name} has no total until all {measure.items} items are answered{which}. "
            "Answer them, or hide the items.",
            measure.name,
        )
    if any(not 0 <= answer <= measure.most_per_item for answer in given):
        raise InvalidInput(f"Answers to {measure.name} run from 0 to {measure.most_per_item}.", measure.name)
    return sum(given)


def agreed(measure: Measure, entered: float | None, answers: Sequence[int | None] | None) -> float | None:
    """The total to record from what was entered: a total, answers, both or neither (None).

    Raises InvalidInput when they disagree or one of them is impossible.
    """
    computed = None if answers is None else total(measure, answers)
    if entered is not None and not measure.accepts(entered):
        raise InvalidInput(
            f"{measure.name} runs from {measure.minimum:g} to {measure.maximum:g}.", measure.name
        )
    if None not in (entered, computed) and entered != computed:
        raise InvalidInput(
            f"The items of {measure.name} add up to {computed}, the total says {entered:g}. "
            "Correct one of them, or clear the total.",
            measure.name,
        )
    return entered if computed is None else computed


def settled_by_total(measure: Measure, score: float) -> bool:
    """Return whether a total alone decides if the self-harm item is above 0.

    It does at 0, where every item is 0, and above what the other items can reach together. A total between
    the two says nothing about the item, and is never read as 0.
    """
    return score == 0 or score > measure.most_without_self_harm


def item_unknown(measure: Measure, score: float | None, answer: int | None) -> bool:
    """Return whether a total was given that leaves open what the self-harm item's answer was."""
    asked = measure.self_harm_item is not None and score is not None and answer is None
    return asked and not settled_by_total(measure, score or 0)


def self_harm(measure: Measure, score: float | None, answer: int | None) -> bool:
    """Return whether the self-harm item was, or must have been, answered above 0.

    `answer` is that item's, None when only the total is known: a total that the other items can't reach
    shows it too. False says that nothing was seen, never that the patient is safe.
    """
    if measure.self_harm_item is None:
        return False
    if answer is not None:
        return answer > 0
    return score is not None and score > measure.most_without_self_harm


def check_self_harm(measure: Measure, score: float | None, answer: int | None) -> None:
    """Raise InvalidInput when the total and the answer to the self-harm item can't both be true."""
    if answer is None or score is None or measure.self_harm_item is None:
        return
    if not answer <= score <= measure.most_without_self_harm + answer:
        raise InvalidInput(
            f"A {measure.name} of {score:g} is not possible with item {measure.self_harm_item} at {answer}.",
            measure.name,
        )


def _listed(items: list[str]) -> str:
    """`item 3 is missing`, `items 3, 7 and 9 are missing`."""
    if len(items) == 1:
        return f"item {items[0]} is missing"
    return f"items {', '.join(items[:-1])} and {items[-1]} are missing"
