"""Slack takes the screens of recommendations and of the review, whatever is written about whom."""

from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.access import Actor
from cocm_bot.domain.due.rules import due
from cocm_bot.domain.records.agreements import (
    Answer,
    Recommendation,
    RecommendationAnswer,
    RecommendationKind,
)
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.domain.review.agenda import Decision, Review, agenda, point
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.patients.card import Card
from cocm_bot.operations.review.review import Outcome, Rested, Step
from cocm_bot.playground.blocks import limits
from cocm_bot.slack.patients.card_view import card_view
from cocm_bot.slack.recommendations.recommendation import AnswerForm, DeclineForm
from cocm_bot.slack.recommendations.recommendation_view import (
    ANSWERED,
    answer_view,
    answered_message,
    recommendation_message,
    unreached_message,
)
from cocm_bot.slack.review.review_view import rested_view, step_view
from tests.domain.build import policy
from tests.rig import crowd
from tests.rig.clinic import MONDAY
from tests.slack.texts import TEXT
from tests.store.build import registry

PATIENTS = st.sampled_from(crowd.invented(MONDAY))


def actor(name: str, role: Role) -> Actor:
    return Actor("user-1", name, name, role, is_admin=False, registry=registry())


def given_with(words: str, answers: list[Answer]) -> Recommendation:
    at = MONDAY.timestamp()
    return Recommendation(
        id="a" * 26,
        kinds=tuple(RecommendationKind),
        text=words,
        by="user-1",
        at=at,
        addressed_to=("user-1",),
        answers=tuple(
            RecommendationAnswer(user_id="user-1", answer=answer, reason=words[:500], at=at)
            for answer in answers
        ),
    )


def session(*handles: str) -> Review:
    return Review(id="b" * 26, started=0.0, touched=0.0, handles=handles)


def card_of(patient: Patient, who: Actor, name: str) -> Card:
    return Card(patient, due(patient, who.registry.policy, MONDAY), {"user-1": name})


@given(PATIENTS, TEXT, TEXT, st.lists(st.sampled_from(Answer), max_size=3))
def test_recommendations(patient: Patient, name: str, words: str, answers: list[Answer]) -> None:
    about = patient.model_copy(update={"first_name": name, "last_name": name})
    given, names = given_with(words, answers), {"user-1": name}
    who = actor(name, Role.CARE_MANAGER)
    for message in (
        recommendation_message(about, given, names, who.registry, note=words),
        answered_message(about, given, names, who.registry),
        unreached_message(about, who.registry, [name] * 5),
    ):
        assert limits.problems("message", message) == []
    several = about.model_copy(update={"recommendations": (given,) * 12})
    for view in (
        answer_view("Answer", ANSWERED, about, who.registry, given, names, AnswerForm.blocks(), "{}"),
        answer_view("Decline", ANSWERED, about, who.registry, given, names, DeclineForm.blocks(), "{}"),
        card_view(who, card_of(several, who, name), "{}", MONDAY),
    ):
        assert limits.problems("modal", view) == []


@given(PATIENTS, TEXT, TEXT, st.sampled_from([None, *Decision]))
def test_a_step_of_the_review(patient: Patient, name: str, words: str, made: Decision | None) -> None:
    about = patient.model_copy(
        update={
            "first_name": name,
            "last_name": name,
            "recommendations": (given_with(words, []),),
            "flags": tuple(flag.model_copy(update={"reason": words}) for flag in patient.flags),
        }
    )
    who = actor(name, Role.PSYCHIATRIST)
    review = session(about.handle, "K7Q4")
    if made:
        review = review.model_copy(update={"decisions": {about.handle: made}})
    found = point(about, who.registry.policy, MONDAY)
    step = Step(review, card_of(about, who, name), found, passed=["K7Q4"] * 40)
    assert limits.problems("modal", step_view(who, step, MONDAY)) == []
    assert limits.problems("modal", rested_view(Rested(review), who.registry.policy, MONDAY)) == []


@given(st.sampled_from([0, 1, 20, 21, 400]), TEXT)
def test_the_summary_of_a_review_of_any_size(size: int, name: str) -> None:
    handles = [f"X{number:03X}" for number in range(size)]
    kinds = list(Decision)
    every = tuple(RecommendationKind)
    entry = DirectoryEntry("K7Q4", "p", "M-1", name, name, date_of_birth="1984-02-29")
    outcomes = [Outcome(each, entry, kinds[number % 4], every) for number, each in enumerate(handles)]
    step = Step(session(*handles).model_copy(update={"position": size}), outcomes=outcomes)
    assert limits.problems("modal", step_view(actor(name, Role.PSYCHIATRIST), step, MONDAY)) == []


def test_a_thousand_patients_make_an_agenda_of_those_with_a_reason() -> None:
    everyone = crowd.synthetic(1000, MONDAY)
    found = agenda(everyone, policy(), MONDAY)
    assert 0 < len(found) < 1000
    order = [each.topic for each in found]
    assert order == sorted(order, key=list(dict.fromkeys(order)).index)
