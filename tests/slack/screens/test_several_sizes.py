"""Slack takes the screens about several patients, whoever and however many they are."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.team.assignment import Outcome
from cocm_bot.playground import limits
from cocm_bot.slack.caseload.bulk import Deed, SeveralForm
from cocm_bot.slack.caseload.bulk_view import (
    choosing_view,
    export_view,
    handover_view,
    nobody_view,
    outcome_view,
)
from cocm_bot.slack.forms import Choice
from cocm_bot.slack.shared_views.notices import said_view
from cocm_bot.slack.team.absence import AbsenceForm
from cocm_bot.slack.team.absence_view import absence_view
from cocm_bot.slack.team.assignment import AssignForm, HandoverForm
from cocm_bot.slack.team.assignment_view import assign_view
from tests.domain import build
from tests.due_people import member
from tests.slack.texts import TEXT

TODAY = date(2031, 3, 3)


@given(TEXT, st.sampled_from([1, 2, 99, 100]), st.sampled_from([0, 1, 101]))
def test_choosing_and_handing_over(words: str, count: int, managers: int) -> None:
    people = [Choice(f"X{number:03}", f"X{number:03} · {words}") for number in range(count)]
    team = [Choice(f"user-{number}", words) for number in range(managers)]
    patient = build.patient().model_copy(update={"first_name": words, "care_manager": "user-0"})
    names = {f"user-{number}": words for number in range(managers)}
    away = {"covered_by": "user-0", "cover_until": "2031-03-10", "first_name": words, "last_name": words}
    absent = [member(Role.PCP, user_id).model_copy(update=away) for user_id in names]
    choosing = SeveralForm.blocks(options={"patients": people, "deed": tuple(Deed), "to": team})
    screens = [
        choosing_view(count, 5000, choosing, "{}"),
        nobody_view(),
        handover_view(HandoverForm.blocks(options={"giver": team, "receiver": team}), "{}"),
        absence_view(
            absent, date(2031, 3, 3), AbsenceForm.blocks(options={"who": team, "cover": team}), "{}"
        ),
        assign_view(patient, {"user-0": words}, AssignForm.blocks(options={"to": team}), "{}"),
        said_view("Hand over", words),
    ]
    assert [limits.problems("modal", screen) for screen in screens] == [[]] * len(screens)


@pytest.mark.parametrize("count", [0, 1, 100, 1000])
@pytest.mark.parametrize("reasons", [1, 3, 1000])
def test_what_came_of_it(count: int, reasons: int) -> None:
    handles = [f"X{number:03}" for number in range(count)]
    failed = {handle: f"Reason {number % reasons}" for number, handle in enumerate(handles)}
    for outcome in (Outcome(handles), Outcome([], failed), Outcome(["K7Q4"], failed)):
        assert limits.problems("modal", outcome_view("Assign", "assigned to Maya Okafor", outcome)) == []
    if count:
        assert limits.problems("modal", export_view(handles[:100])) == []


def test_what_came_of_it_in_words() -> None:
    def said(outcome: Outcome) -> list[str]:
        blocks = outcome_view("Assign", "assigned to Maya Okafor", outcome)["blocks"]
        return [block["text"]["text"] for block in blocks]

    assert said(Outcome(["K7Q4", "H2BD"])) == ["✅ 2 assigned to Maya Okafor."]
    assert said(Outcome(["K7Q4"], {"H2BD": "Why.", "C3CC": "Else.", "D4DD": "Why."})) == [
        "⚠️ 1 of 4 assigned to Maya Okafor.",
        "*H2BD D4DD*\nWhy.",
        "*C3CC*\nElse.",
    ]
    assert said(Outcome([])) == ["Already done: all of these patients are assigned to Maya Okafor."]
