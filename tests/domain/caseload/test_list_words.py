"""The words that say which list is meant, however they are typed, and what is nearest to one that is none."""

import pytest

from cocm_bot.domain.caseload.list_words import nearest, read_words
from cocm_bot.domain.caseload.work import Work, in_order_of, work_of, works_for
from cocm_bot.domain.due.rules import Due, Reason
from cocm_bot.domain.vocabulary import Role
from cocm_bot.slack.caseload.caseload import CASELOAD_ALIKE, CASELOAD_WORDS, TODAY_WORDS, WORK_ALIKE
from tests.domain.build import moment


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("", []),
        ("not improving", ["not-improving"]),
        ("Not-Improving", ["not-improving"]),
        ("notimproving", ["not-improving"]),
        ("worse by last contact", ["worse", "last-contact"]),
        ("by last-contact unmeasured", ["last-contact", "unmeasured"]),
        ("worsening", ["worse"]),
        ("all flags by score 2", ["all", "flagged", "score"]),
        ("no scores", ["unmeasured"]),
        ("everyone", ["all"]),
        ("relapse prevention", ["prevention"]),
    ],
)
def test_the_caseload_is_asked_for_in_ones_own_words(typed: str, known: list[str]) -> None:
    said = read_words(typed.split(), CASELOAD_WORDS, CASELOAD_ALIKE)
    assert (said.known, said.unknown) == (known, None)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("followups", ["followups"]),
        ("follow-ups", ["followups"]),
        ("follow up", ["followups"]),
        ("Consult", ["consults"]),
        ("measures mine", ["measures", "mine"]),
        ("safety", ["safety"]),
        ("to discuss", ["discuss"]),
        ("snoozed all 3", ["snoozed", "all"]),
    ],
)
def test_the_worklist_is_asked_for_in_ones_own_words(typed: str, known: list[str]) -> None:
    said = read_words(typed.split(), TODAY_WORDS, WORK_ALIKE)
    assert (said.known, said.unknown) == (known, None)


@pytest.mark.parametrize(
    ("typed", "unknown", "meant"),
    [
        ("flaged", "flaged", "flagged"),
        ("not improvin", "not", None),
        ("mine imporving", "imporving", "improving"),
        ("unmesured", "unmesured", "unmeasured"),
        ("Muñoz", "Muñoz", None),
        ("worse Muñoz", "Muñoz", None),
    ],
)
def test_a_word_that_is_none_is_handed_back_with_the_nearest(
    typed: str, unknown: str, meant: str | None
) -> None:
    said = read_words(typed.split(), CASELOAD_WORDS, CASELOAD_ALIKE)
    assert said.unknown == unknown
    assert nearest(unknown, CASELOAD_WORDS, CASELOAD_ALIKE) == meant


def test_every_reason_is_some_kind_of_work_and_safety_is_first_for_everybody() -> None:
    assert {work_of(reason) for reason in Reason} == set(Work)
    for role in Role:
        assert works_for(role)[0] is Work.SAFETY
        assert sorted(works_for(role)) == sorted(Work)


def test_a_care_managers_own_work_comes_before_what_waits_for_others() -> None:
    order = works_for(Role.CARE_MANAGER)
    own = (Work.FOLLOW_UPS, Work.ASSESSMENTS, Work.MEASURES)
    assert max(map(order.index, own)) < order.index(Work.CONSULTS) < order.index(Work.RECOMMENDATIONS)
    day = moment("2026-03-16").date()
    due = [Due(reason, day, "") for reason in (Reason.WORSENING, Reason.MEASURE, Reason.SAFETY_RISK)]
    assert [each.reason for each in in_order_of(due, order)] == [
        Reason.SAFETY_RISK,
        Reason.MEASURE,
        Reason.WORSENING,
    ]
