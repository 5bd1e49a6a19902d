"""The card separates the last consult's advice from what earlier ones left open."""

import json

from cocm_bot.domain.records.agreements import Recommendation, RecommendationKind
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.patients.card import Card
from cocm_bot.slack.patients.card_view import card_view
from tests.domain.build import at, moment, patient
from tests.slack.screens.test_sizes import actor


def advice(day: str, text: str) -> Recommendation:
    return Recommendation(
        id=day, kinds=(RecommendationKind.OTHER,), text=text, by="user-1", at=at(day), addressed_to=()
    )


def test_older_open_advice_stands_apart_newest_first() -> None:
    given = (
        advice("2026-01-05", "First."),
        advice("2026-01-12", "Second."),
        advice("2026-01-19", "Third."),
    )
    treated = patient(Status.TREATMENT).model_copy(update={"recommendations": given})
    card = Card(treated, [], {})
    drawn = json.dumps(card_view(actor("Maya", Role.CARE_MANAGER, 1), card, "{}", moment("2026-01-20")))
    places = [
        drawn.index(words)
        for words in ("at the last consult", "Third.", "Still open from before", "Second.", "First.")
    ]
    assert places == sorted(places)


def test_one_piece_of_advice_stands_alone() -> None:
    treated = patient(Status.TREATMENT).model_copy(update={"recommendations": (advice("2026-01-05", "A."),)})
    drawn = json.dumps(
        card_view(actor("Maya", Role.CARE_MANAGER, 1), Card(treated, [], {}), "{}", moment("2026-01-20"))
    )
    assert "at the last consult" in drawn
    assert "Still open from before" not in drawn
