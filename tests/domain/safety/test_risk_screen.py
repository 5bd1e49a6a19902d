"""The triage of the risk screen, for every combination of answers, as published with the C-SSRS screener."""

from itertools import product

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.risk_screen import Behavior, RiskScreen, SafetyStep, Triage, check_screen

NEVER, LONG_AGO, RECENT = Behavior.NEVER, Behavior.LONGER_AGO, Behavior.RECENT
HIGH, MODERATE, LOW, NOTHING = Triage.HIGH, Triage.MODERATE, Triage.LOW, Triage.NOTHING

# wish, thoughts, method, intent, plan: y or n, and - where it was not asked; then the result by behavior:
# never, longer than 3 months ago, in the last 3 months. Worked out by hand from the published table.
TABLE = """
nn---  nothing   moderate  high
yn---  low       moderate  high
nynnn  low       moderate  high
yynnn  low       moderate  high
nyynn  moderate  moderate  high
yyynn  moderate  moderate  high
nynyn  high      high      high
yynyn  high      high      high
nyyyn  high      high      high
yyyyn  high      high      high
nynny  high      high      high
yynny  high      high      high
nyyny  high      high      high
yyyny  high      high      high
nynyy  high      high      high
yynyy  high      high      high
nyyyy  high      high      high
yyyyy  high      high      high
"""
WORDS = {"nothing": NOTHING, "low": LOW, "moderate": MODERATE, "high": HIGH}
SAID = {"y": True, "n": False, "-": None}


def screen(answers: str, behavior: Behavior, done: tuple[SafetyStep, ...] = ()) -> RiskScreen:
    wish, thoughts, method, intent, plan = (SAID[each] for each in answers)
    return RiskScreen(
        wish=bool(wish),
        thoughts=bool(thoughts),
        method=method,
        intent=intent,
        plan=plan,
        behavior=behavior,
        done=done,
        by="maya",
        at=1.0,
    )


CASES = [
    (answers, behavior, WORDS[word])
    for answers, *words in map(str.split, TABLE.strip().splitlines())
    for behavior, word in zip((NEVER, LONG_AGO, RECENT), words, strict=True)
]


@pytest.mark.parametrize(("answers", "behavior", "triage"), CASES)
def test_the_triage_is_as_published(answers: str, behavior: Behavior, triage: Triage) -> None:
    assert screen(answers, behavior).triage is triage


def test_the_table_holds_every_combination_that_can_be_entered() -> None:
    asked = {"".join(each) for each in product("yn", "y", *["yn"] * 3)} | {"yn---", "nn---"}
    assert {answers for answers, _, _ in CASES} == asked
    for answers, behavior, _ in CASES:
        check_screen(screen(answers, behavior, done=(SafetyStep.PLAN,)))


def test_more_said_is_never_less_urgent() -> None:
    order = list(Triage)
    for answers in product("yn", repeat=5):
        for place in (place for place, answer in enumerate(answers) if answer == "n"):
            more = "".join("y" if number == place else each for number, each in enumerate(answers))
            for behavior in Behavior:
                before, after = screen("".join(answers), behavior).triage, screen(more, behavior).triage
                assert order.index(after) <= order.index(before)


@pytest.mark.parametrize(
    ("answers", "behavior", "done", "field"),
    [
        ("nyn-n", NEVER, (), "intent"),
        ("ny-nn", NEVER, (), "method"),
        ("nynn-", NEVER, (), "plan"),
        ("nny--", NEVER, (), "method"),
        ("yn--y", NEVER, (), "plan"),
        ("yyyyn", NEVER, (), "done"),
        ("nn---", LONG_AGO, (), "done"),
        ("nn---", NEVER, (SafetyStep.OTHER,), "note"),
    ],
)
def test_what_was_not_asked_or_not_said_is_asked_for(
    answers: str, behavior: Behavior, done: tuple[SafetyStep, ...], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_screen(screen(answers, behavior, done))
    assert refused.value.field == field
