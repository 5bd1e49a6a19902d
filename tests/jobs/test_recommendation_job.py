"""Recommendations: sent to those they are for, drawn again with each answer, and never lost."""

from collections.abc import Callable

import pytest

from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.recommendations.recommendations import state_of, still_open
from cocm_bot.domain.records.agreements import Answer, Recommendation, RecommendationKind
from cocm_bot.domain.vocabulary import ContactType, Role
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.recommendations import answers
from cocm_bot.operations.team import team
from cocm_bot.playground import cast
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from tests.jobs.scenes.inbox import later, words
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient

MAYA, IRIS, SAMUEL = "Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi"
ASKS, ANSWERED, WITHDRAWN = (
    "A recommendation awaits your answer",
    "A recommendation was answered",
    "A recommendation was withdrawn",
)
INFORMED = "A recommendation was made"
NOTE = "A note from cocm_bot"


@pytest.fixture
def handle(clinic: Clinic) -> str:
    """A patient about whom Iris has recommended something, which nobody was sent yet."""
    return advised(clinic)


def advised(clinic: Clinic) -> str:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    consultation = Contact(
        contact_type=ContactType.CONSULTATION,
        day=clinic.clock().date(),
        minutes=10,
        advice=Advice(kinds=(RecommendationKind.MEDICATION,), text="Raise the dose to 100 mg."),
    )
    log_contact(clinic.ctx, clinic.actor(IRIS), handle, consultation, new_id())
    return handle


def given(clinic: Clinic) -> Recommendation:
    [patient] = clinic.patients()
    return patient.recommendations[-1]


def answer(clinic: Clinic, handle: str, what: Answer, reason: str = "") -> None:
    asked, samuel = given(clinic), clinic.actor(SAMUEL)
    answers.answer(clinic.ctx, samuel, handle, asked.id, what, reason, new_id(), seen=state_of(asked))


def inbox(clinic: Clinic) -> dict[str, list[str]]:
    """Return the text of each message about recommendations that the team has, as it is now."""
    texts = (ASKS, ANSWERED, WITHDRAWN, NOTE)
    found = {
        name: [each.text for each in clinic.seat(name).messages(cast.BOT) if each.text in texts]
        for name in (MAYA, IRIS, SAMUEL)
    }
    return {name.split()[0]: listed for name, listed in found.items() if listed}


def test_it_goes_to_those_it_is_for_once(clinic: Clinic, handle: str) -> None:
    clinic.tick()
    later(clinic, 5)
    assert inbox(clinic) == {"Maya": [ASKS], "Samuel": [ASKS]}
    assert jobs.get(clinic.ctx.table, JobKind.RECOMMENDATION, given(clinic).id) is None


@pytest.mark.parametrize("what", [Answer.ACCEPTED, Answer.DONE])
def test_an_answer_is_shown_to_all_who_have_it(clinic: Clinic, handle: str, what: Answer) -> None:
    clinic.tick()
    answer(clinic, handle, what)
    clinic.tick()
    assert inbox(clinic) == {"Maya": [ANSWERED], "Iris": [ANSWERED], "Samuel": [ANSWERED]}
    [message] = [each for each in clinic.seat(IRIS).messages(cast.BOT) if each.text == ANSWERED]
    assert f"{what}* by Samuel Adeyemi, 3 Mar 2031 09:00" in words(message)


def test_whoever_gave_it_sees_each_answer_and_is_written_to_once(clinic: Clinic, handle: str) -> None:
    clinic.tick()
    for what in (Answer.ACCEPTED, Answer.DONE):
        answer(clinic, handle, what)
        clinic.tick()
    assert inbox(clinic)["Iris"] == [ANSWERED]
    [message] = [each for each in clinic.seat(IRIS).messages(cast.BOT) if each.text == ANSWERED]
    assert "Accepted* by Samuel Adeyemi" in words(message)
    assert "Done* by Samuel Adeyemi" in words(message)


def test_one_that_says_continue_informs_and_asks_nobody(clinic: Clinic, handle: str) -> None:
    clinic.tick()
    consultation = Contact(
        contact_type=ContactType.CONSULTATION,
        day=clinic.clock().date(),
        minutes=5,
        advice=Advice(kinds=(RecommendationKind.CONTINUE,), text="Keep the dose."),
    )
    log_contact(clinic.ctx, clinic.actor(IRIS), handle, consultation, new_id())
    clinic.tick()
    later(clinic, 5)
    for name in (MAYA, SAMUEL):
        [message] = [each for each in clinic.seat(name).messages(cast.BOT) if each.text == INFORMED]
        said = words(message)
        assert "Continue as is*: Keep the dose." in said
        assert "This is for your information: no answer is needed." in said
        assert "Accept" not in said
    [patient] = clinic.patients()
    assert [each.id for each in still_open(patient)] == [patient.recommendations[0].id]
    with pytest.raises(InvalidInput, match="no answer is needed"):
        answer(clinic, handle, Answer.DONE)


def test_a_refusal_is_told_to_who_gave_it(clinic: Clinic, handle: str) -> None:
    clinic.tick()
    answer(clinic, handle, Answer.DECLINED, "QT prolonged; we stay at 50 mg.")
    clinic.tick()
    later(clinic, 5)
    assert inbox(clinic) == {"Maya": [ANSWERED], "Iris": [ANSWERED], "Samuel": [ANSWERED]}
    [message] = [each for each in clinic.seat(IRIS).messages(cast.BOT) if each.text == ANSWERED]
    said = words(message)
    assert f"Your recommendation for {handle} · A.M." in said
    assert "Declined* by Samuel Adeyemi, 3 Mar 2031 09:00: QT prolonged; we stay at 50 mg." in said
    assert "Accept" not in said
    assert "Muñoz" not in said


def leaves(clinic: Clinic) -> None:
    team.remove(clinic.ctx, clinic.actor(MAYA), clinic.member(SAMUEL).user_id)


def bills(clinic: Clinic) -> None:
    team.change_role(clinic.ctx, clinic.actor(MAYA), clinic.member(SAMUEL).user_id, Role.FINANCE)


def becomes_a_guest(clinic: Clinic) -> None:
    clinic.seat(SAMUEL).person.is_restricted = True


@pytest.mark.parametrize("what_happens", [leaves, bills, becomes_a_guest])
def test_who_may_not_see_the_patient_any_more_is_shown_nothing_new(
    clinic: Clinic, handle: str, what_happens: Callable[[Clinic], None]
) -> None:
    clinic.tick()
    samuel = clinic.seat(SAMUEL)
    [before] = [each for each in samuel.messages(cast.BOT) if each.text == ASKS]
    what_happens(clinic)
    asked = given(clinic)
    answers.answer(
        clinic.ctx,
        clinic.actor(MAYA),
        handle,
        asked.id,
        Answer.DECLINED,
        "QT prolonged; we stay at 50 mg.",
        new_id(),
        seen=state_of(asked),
    )
    later(clinic, 5)
    shown = [words(each) for each in samuel.messages(cast.BOT)]
    assert words(before) in shown
    assert not [each for each in shown if "QT prolonged" in each]


def test_one_that_is_withdrawn_says_so(clinic: Clinic, handle: str) -> None:
    clinic.tick()
    correct_contact(
        clinic.ctx, clinic.actor(IRIS), handle, given(clinic).id, Correction(reason="Wrong patient"), new_id()
    )
    clinic.tick()
    assert inbox(clinic) == {"Maya": [WITHDRAWN], "Samuel": [WITHDRAWN]}


def test_who_is_not_in_slack_is_named_to_who_gave_it_and_the_others_are_told(clinic: Clinic) -> None:
    clinic.add_member("Nadia Absent", Role.PCP)
    advised(clinic)
    clinic.tick()
    later(clinic, 5)
    assert inbox(clinic) == {"Maya": [ASKS], "Iris": [NOTE], "Samuel": [ASKS]}
    [note] = [each for each in clinic.seat(IRIS).messages(cast.BOT) if each.text == NOTE]
    assert "it is saved, but I could not reach Nadia Absent. Please tell them yourself." in words(note)
    assert jobs.get(clinic.ctx.table, JobKind.RECOMMENDATION, given(clinic).id) is None
