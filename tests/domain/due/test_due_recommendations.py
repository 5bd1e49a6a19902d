"""Recommendations that nobody has answered come back."""

import pytest

from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.records.agreements import Answer
from cocm_bot.domain.vocabulary import Status
from tests.domain.build import at, derived, patient, recommendation
from tests.domain.cases import Case, check

GIVEN = recommendation("2026-03-09")


@pytest.mark.parametrize(
    "case",
    [
        Case("three days after it was given", [], "2026-03-12", patient(recommendations=[GIVEN])),
        Case(
            "the oldest unanswered counts",
            [],
            "2026-03-12",
            patient(
                recommendations=[
                    recommendation("2026-03-02", Answer.DONE),
                    GIVEN,
                    recommendation("2026-03-16"),
                ]
            ),
        ),
        *(
            Case(answer, [], None, patient(recommendations=[recommendation("2026-03-09", answer)]))
            for answer in Answer
        ),
        Case("none given", [], None, patient()),
        Case(
            "late in the evening is that day still",
            [],
            "2026-03-12",
            patient(recommendations=[GIVEN.model_copy(update={"at": at("2026-03-09 23:59")})]),
        ),
        Case("enrolled", [], "2026-03-12", patient(Status.ENROLLED, recommendations=[GIVEN])),
        Case(
            "reopened: what was given in the old episode is closed with it",
            [],
            None,
            patient(reopened="2026-06-01", recommendations=[GIVEN]),
        ),
        Case(
            "reopened: what was given that day is of the new one",
            [],
            "2026-06-04",
            patient(reopened="2026-06-01", recommendations=[recommendation("2026-06-01")]),
        ),
        Case("deactivated", [], None, patient(Status.DEACTIVATED, recommendations=[GIVEN])),
    ],
    ids=str,
)
def test_unanswered(case: Case) -> None:
    check(case, Reason.RECOMMENDATION)


def test_the_summary_knows_when_the_oldest_unanswered_was_given() -> None:
    who = patient(recommendations=[recommendation("2026-03-02", Answer.ACCEPTED), GIVEN])
    assert derived(who, [], "2026-03-10").course.recommended == at("2026-03-09")
