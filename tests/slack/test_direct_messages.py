"""Direct messages to the bot: a contact as one line, a command, a handle, or anything else."""

from collections.abc import Iterator

import pytest

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, second_registry, sees


@pytest.fixture(scope="module")
def shared(endpoint: str) -> Iterator[Clinic]:
    with running_clinic(endpoint) as clinic:
        maya = clinic.seat()
        handle = add_patient(maya)
        maya.close()
        assert log_contact(maya, handle, **ASSESSED) is None
        maya.close(everything=True)
        clinic.clock.forward(weeks=1)
        yield clinic


@pytest.fixture
def ana(shared: Clinic) -> str:
    [patient] = shared.patients()
    return patient.handle


def wrote(clinic: Clinic, words: str, name: str = "Maya Okafor") -> Seat:
    seat = clinic.seat(name)
    seat.go(cast.BOT)
    before = len(seat.messages(cast.BOT))
    seat.say(words)
    clinic.workspace.wait_until(lambda: len(seat.messages(cast.BOT)) > before + 1, "an answer")
    return seat


def contacts(clinic: Clinic) -> int:
    [patient] = clinic.patients()
    return len([log for log in patient.treatment_logs if log.counts])


def test_a_line_offers_the_form_filled_in(shared: Clinic, ana: str) -> None:
    before = contacts(shared)
    maya = wrote(shared, f"{ana} phone 20m phq9 12")
    shown = sees(maya, "Not saved yet.", "Open the form: it is filled in.")
    assert "Muñoz" not in shown
    maya.press("Open the form")
    sees(maya, "Ana Muñoz", "PHQ-9 total")
    maya.close()
    assert contacts(shared) == before


def test_a_line_with_the_mark_is_saved_once_however_often_it_is_delivered(shared: Clinic, ana: str) -> None:
    before = contacts(shared)
    maya = shared.seat()
    written = {"type": "message", "channel_type": "im", "channel": "D1", "user": maya.person.id}
    event = written | {"text": f'{ana} phone 20m &amp; "ok"!'.replace(" &amp;", ""), "ts": "1.5"}
    for _ in range(2):
        shared.workspace.event(event)
    shared.workspace.settled()
    # Both are answered, in whichever order.
    answers = [str(each.blocks) for each in maya.messages(cast.BOT)]
    assert [each for each in answers if "Follow Up" in each and "20 min" in each]
    assert contacts(shared) == before + 1


def test_a_self_harm_answer_is_never_saved_unseen(shared: Clinic, ana: str) -> None:
    before = contacts(shared)
    maya = wrote(shared, f"{ana} phone 20m phq9 213201101!")
    sees(maya, "Not saved yet.", "The self-harm item is above 0")
    assert contacts(shared) == before


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("good morning", ["Hello Maya.", "I did not understand that, and nothing was changed.", "Today"]),
        ("thanks!", ["Hello Maya.", "Log a contact"]),
        ("can I call you tomorrow?", ["Hello Maya."]),
        ("today", ["1 patient needs"]),
        ("/cocm caseload", ["Caseload", "1 patient"]),
        ("help", ["this is your patient registry"]),
        ("bkrt", ["BKRT", "Open the card", "Log a contact"]),
    ],
)
def test_whatever_is_written_gets_an_answer(shared: Clinic, words: str, expected: list[str]) -> None:
    if words == "today":
        shared.clock.forward(weeks=3)
    sees(wrote(shared, words), *expected)


def test_each_role_is_offered_what_it_can_do(shared: Clinic) -> None:
    shown = sees(wrote(shared, "hello", "Omar Haddad"), "Hello Omar.", "Billing")
    assert "Caseload" not in shown
    assert "phq9" not in shown


def test_the_bots_own_messages_and_edits_are_not_answered(shared: Clinic) -> None:
    maya = shared.seat()
    before = len(maya.messages(cast.BOT))
    written = {"type": "message", "channel_type": "im", "channel": "D1", "user": maya.person.id, "text": "hi"}
    for more in ({"bot_id": cast.BOT_ID}, {"subtype": "message_changed"}, {"channel_type": "channel"}):
        shared.workspace.event(written | {"ts": "2.5"} | more)
    shared.workspace.settled()
    assert len(maya.messages(cast.BOT)) == before


def test_somebody_in_two_registries_is_asked_and_the_line_goes_on_there(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    second_registry(clinic)
    maya = wrote(clinic, f"{handle} initial clinic 45m!")
    sees(maya, "Which one do you want to work in?")
    maya.press("Work here", near="Riverside Clinic")
    sees(maya, "Initial Assessment", "Undo works for 10 minutes")
