"""Pages caused by what is logged and corrected, and the results of a risk screen, on a real table."""

from datetime import date, timedelta

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.risk_screen import Behavior, SafetyStep
from cocm_bot.domain.vocabulary import ContactType, Flag, VisitType
from cocm_bot.operations.caseload.snoozes import snooze
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.safety.safety_plan import ScreenEntry, record_screen
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from tests.operations.conftest import Office


@pytest.fixture
def ctx(office: Office) -> Context:
    return office.ctx


@pytest.fixture
def actor(office: Office) -> Actor:
    return office.actor()


@pytest.fixture
def handle(office: Office) -> str:
    """A patient who has been in the program for three months."""
    enrolled = office.enrolled()
    office.forward(weeks=13)
    return enrolled


def contact(ctx: Context, days_ago: int, answer: int | None, *, history: bool = False) -> Contact:
    day: date = ctx.now().date() - timedelta(days=days_ago)
    return Contact(
        contact_type=ContactType.FOLLOW_UP,
        visit_type=VisitType.PHONE,
        day=day,
        minutes=20,
        scores={"PHQ-9": 12},
        self_harm={} if answer is None else {"PHQ-9": answer},
        safety_action="As noted" if answer else "",
        history=history,
    )


def logged(ctx: Context, actor: Actor, handle: str, entry: Contact) -> Patient:
    return log_contact(ctx, actor, handle, entry, new_id()).card.patient


def pages(ctx: Context, patient: Patient) -> list[bool]:
    """Return, for each alert, whether the clock has a job that sends it."""
    return [jobs.get(ctx.table, JobKind.ALERT, each.id) is not None for each in patient.alerts]


def test_eight_old_entries_make_one_page(ctx: Context, actor: Actor, handle: str) -> None:
    for days_ago in range(80, 16, -8):
        patient = logged(ctx, actor, handle, contact(ctx, days_ago, 1))
    assert pages(ctx, patient) == [True] + [False] * 7
    assert [each.quiet for each in patient.alerts] == [False] + [True] * 7


def test_an_old_entry_with_a_later_answer_of_0_makes_none(ctx: Context, actor: Actor, handle: str) -> None:
    logged(ctx, actor, handle, contact(ctx, 3, 0))
    patient = logged(ctx, actor, handle, contact(ctx, 80, 1))
    assert (pages(ctx, patient), patient.alerts[0].quiet) == ([False], True)
    assert pages(ctx, logged(ctx, actor, handle, contact(ctx, 1, 1))) == [False, True]


def test_an_entry_marked_as_history_by_mistake_pages_once_corrected(
    ctx: Context, actor: Actor, handle: str
) -> None:
    patient = logged(ctx, actor, handle, contact(ctx, 2, 2, history=True))
    assert pages(ctx, patient) == [False]
    right = Correction(reason="It was this week", contact=contact(ctx, 2, 2))
    log_id = patient.treatment_logs[-1].id
    patient = correct_contact(ctx, actor, handle, log_id, right, new_id()).card.patient
    assert (pages(ctx, patient), [each.quiet for each in patient.alerts]) == ([True], [False])


def test_a_quiet_entry_corrected_to_0_is_over(ctx: Context, actor: Actor, handle: str) -> None:
    patient = logged(ctx, actor, handle, contact(ctx, 80, 1, history=True))
    right = Correction(reason="Typed wrong", contact=contact(ctx, 80, 0))
    log_id = patient.treatment_logs[-1].id
    patient = correct_contact(ctx, actor, handle, log_id, right, new_id()).card.patient
    assert [each.over_at is not None for each in patient.alerts] == [True]


def test_a_missing_answer_is_due_at_once_and_never_snoozed(ctx: Context, actor: Actor, handle: str) -> None:
    card = log_contact(ctx, actor, handle, contact(ctx, 0, None), new_id()).card
    assert card.due[0].reason is Reason.SELF_HARM_OPEN
    with pytest.raises(InvalidInput, match="still missing"):
        snooze(ctx, actor, handle, ctx.now().date() + timedelta(days=3), "On holiday", new_id())


@pytest.mark.parametrize(
    ("answers", "raise_flag", "flagged"),
    [
        ({"wish": True, "thoughts": False, "behavior": Behavior.NEVER}, True, False),
        ({"wish": False, "thoughts": False, "behavior": Behavior.LONGER_AGO}, True, True),
        ({"wish": False, "thoughts": False, "behavior": Behavior.RECENT}, True, True),
        ({"wish": False, "thoughts": False, "behavior": Behavior.RECENT}, False, False),
    ],
)
def test_a_screen_raises_the_flag_that_was_asked_for_once(
    ctx: Context, actor: Actor, handle: str, answers: dict[str, object], raise_flag: bool, flagged: bool
) -> None:
    entry = ScreenEntry.model_validate({**answers, "done": (SafetyStep.PLAN,), "raise_flag": raise_flag})
    request = new_id()
    for _ in range(2):
        patient = record_screen(ctx, actor, handle, entry, request).patient
    assert len(patient.risk_screens) == 1
    assert (patient.patient_flag is Flag.SAFETY_RISK, pages(ctx, patient)) == (flagged, [True] * flagged)
    again = record_screen(ctx, actor, handle, entry, new_id()).patient
    assert len(again.flags) == int(flagged)
    assert len(again.alerts) == int(flagged)
