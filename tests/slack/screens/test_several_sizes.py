"""Slack takes the screens about several patients, whoever and however many they are."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.caseload.bulk import BulkChange, BulkKind, BulkRun
from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground.blocks import limits
from cocm_bot.slack.caseload.bulk import EVERYBODY, Deed, SeveralForm
from cocm_bot.slack.caseload.bulk_message_view import done_messages, progress_message
from cocm_bot.slack.caseload.bulk_view import (
    choosing_view,
    confirm_view,
    export_view,
    handover_view,
    nobody_view,
    progress_view,
)
from cocm_bot.slack.forms import Choice
from cocm_bot.slack.shared_views.notices import said_view
from cocm_bot.slack.team.absence import AbsenceForm
from cocm_bot.slack.team.absence_view import absence_view
from cocm_bot.slack.team.assignment import AssignForm, HandoverForm
from cocm_bot.slack.team.assignment_view import assign_view
from tests.domain import build
from tests.rig.due_people import member, registry
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
    everybody = [Choice(EVERYBODY, "Everybody: 5000 patients")]
    choosing = SeveralForm.blocks(
        options={"patients": people, "everybody": everybody, "deed": tuple(Deed), "to": team}
    )
    screens = [
        choosing_view(count, 5000, choosing, "{}"),
        nobody_view(),
        handover_view(HandoverForm.blocks(options={"giver": team, "receiver": team}), "{}"),
        absence_view(
            absent, date(2031, 3, 3), AbsenceForm.blocks(options={"who": team, "cover": team}), "{}"
        ),
        assign_view(patient, registry(), {"user-0": words}, AssignForm.blocks(options={"to": team}), "{}"),
        said_view("Hand over", words),
    ]
    assert [limits.problems("modal", screen) for screen in screens] == [[]] * len(screens)


@pytest.mark.parametrize("count", [1, 100, 5000])
@pytest.mark.parametrize("reasons", [1, 3, 1000])
@pytest.mark.parametrize("kind", BulkKind)
def test_what_came_of_it(count: int, reasons: int, kind: BulkKind) -> None:
    handles = tuple(f"X{number:03}" for number in range(count))
    asked = BulkChange(
        id="ask", registry_id="r", kind=kind, by="a", asked_at=1, handles=handles, giver="b", receiver="c"
    )
    asked = asked.model_copy(update={"reason": "x" * 500})
    run, mixed = BulkRun(asked_at=1), BulkRun(asked_at=1)
    for number, handle in enumerate(handles):
        mixed = mixed.after(handle, f"Reason {number % reasons}" if number % 2 else None)
    runs = [run, mixed, mixed.model_copy(update={"finished_at": 2.0})]
    names = dict.fromkeys("abc", "Żółć " * 20)
    changes = [asked, *(asked.model_copy(update={"forth": each}) for each in runs)]
    changes += [changes[-1].model_copy(update={"back": each}) for each in runs]
    here = registry()
    for change in changes:
        for screen in (confirm_view(change, names, "{}"), progress_view(change, names, "{}")):
            assert limits.problems("modal", screen) == []
        for each in (progress_message(change), *done_messages(change, names, here).values()):
            assert limits.problems("message", each) == []
    if count <= 100:
        assert limits.problems("modal", export_view(handles)) == []


def test_what_came_of_it_in_words() -> None:
    def said(run: BulkRun) -> list[str]:
        change = BulkChange(
            id="ask",
            registry_id="r",
            kind=BulkKind.ASSIGNMENT,
            by="a",
            asked_at=1,
            handles=("K7Q4", "H2BD", "C3CC", "D4DD"),
            receiver="m",
            forth=run.model_copy(update={"finished_at": 2.0}),
        )
        blocks = progress_view(change, {"m": "Maya Okafor"}, "{}")["blocks"]
        return [block["text"]["text"] for block in blocks]

    none = BulkRun(asked_at=1)
    assert said(none.after("K7Q4", None)) == ["✅ 1 patient assigned to Maya Okafor."]
    both = none.after("K7Q4", None).after("H2BD", None)
    assert said(both) == ["✅ 2 patients assigned to Maya Okafor."]
    some = none.after("K7Q4", None).after("H2BD", "Why.").after("C3CC", "Else.").after("D4DD", "Why.")
    assert said(some) == [
        "⚠️ 1 of 4 patients assigned to Maya Okafor.",
        "*H2BD D4DD*\nWhy.",
        "*C3CC*\nElse.",
    ]
