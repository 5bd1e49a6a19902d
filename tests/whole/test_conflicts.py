"""Modals that come late or twice: after a restart, after the patient left, with a colleague's beside it.

Each ends with a sentence that says what to do, and with every number right. What one modal alone can meet
(an edit of the same field, a plan written twice, an answer given by somebody else) is tried where it belongs.
"""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.playground import cast, views
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.shared_views.card_actions import CARD_ACTIONS
from cocm_bot.store.patients import history
from tests.rig import forged
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.scenes import ASSESSED, add_patient, deactivate, log_contact, sees

pytestmark = pytest.mark.slow

IRIS = "Iris Lindqvist"
BUTTONS = {each.label for each in CARD_ACTIONS if each.button}


@dataclass(frozen=True)
class Modal:
    """A modal of the card: how it is reached, what is entered, and what is said of a patient who left."""

    words: str
    values: dict[str, Any]
    left: dict[str, str] = field(default_factory=dict)
    """The errors by label; empty where it may still be saved."""

    def __str__(self) -> str:
        return self.words


REOPEN_FIRST = "This patient is deactivated: reopen the record before"
MODALS = [
    Modal("Log a contact", {"Minutes": "20"}, {"Contact type": f"{REOPEN_FIRST} logging a contact."}),
    Modal(
        "Raise a flag",
        {"Flag": ["Needs Discussion"], "Why": "School leave"},
        {"Flag": f"{REOPEN_FIRST} raising a flag."},
    ),
    Modal("Record consent", {}),
    Modal(
        "Relapse prevention plan",
        {
            "Warning signs": "a",
            "What helps": "b",
            "Who to call": "c",
            "Next check": "2031-04-07",
            "Minutes": "5",
        },
        {"Warning signs": f"{REOPEN_FIRST} writing a plan."},
    ),
    Modal("Edit details", {"Phone": "555-010-0199"}),
    Modal("Assign", {"Care manager": "Maya Okafor"}, {"Care manager": f"{REOPEN_FIRST} assigning it."}),
    Modal("Deactivate", {"Reason": "Declined"}, {"Reason": "The patient is deactivated already."}),
]
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def clinic(endpoint: str) -> Iterator[Clinic]:
    """One clinic for all: each test has a patient of its own."""
    with running_clinic(endpoint) as running:
        yield running


@pytest.fixture
def handle(clinic: Clinic) -> str:
    """A patient in treatment; nobody has a modal open."""
    maya = clinic.seat()
    for each in (maya, clinic.seat(IRIS)):
        if each.view:
            each.close(everything=True)
    added = add_patient(maya, MRN=f"C-{next(numbers)}")
    maya.close()
    assert log_contact(maya, added, **ASSESSED) is None
    sees(maya, "Treatment, week 0", "45 min this month")
    maya.close()
    return added


def patient(clinic: Clinic, handle: str) -> Patient:
    [found] = [each for each in clinic.patients() if each.handle == handle]
    return found


def contacts(clinic: Clinic, handle: str) -> int:
    return len(history.contacts(clinic.ctx.table, patient(clinic, handle).id))


def opened(seat: Seat, handle: str, modal: Modal) -> None:
    """The modal over the card, filled in."""
    seat.command(f"/cocm patient {handle}")
    sees(seat, "Ana Muñoz", "Latest contacts")
    if modal.words in BUTTONS:
        seat.press(modal.words)
    else:
        seat.choose("More…", modal.words)
    seat.workspace.wait_until(
        lambda: seat.view is not None and "submit" in seat.view.payload, f"the modal {modal}", seat.patience
    )
    seat.fill(modal.values)


@pytest.mark.parametrize("modal", MODALS, ids=str)
def test_sent_twice_it_is_saved_once(clinic: Clinic, handle: str, modal: Modal) -> None:
    maya = clinic.seat()
    opened(maya, handle, modal)
    assert maya.view is not None
    sent = views.as_slack(maya.view)
    first, second = (forged.submission(clinic, cast.MAYA, sent) for _ in range(2))
    assert "errors" not in f"{first.text} {second.text}"
    clinic.workspace.settled()
    once = patient(clinic, handle)
    assert forged.submission(clinic, cast.MAYA, sent).status == 200
    assert patient(clinic, handle) == once
    saved = [entry.action for entry in once.audit_logs][2:]
    assert len(saved) <= 1, saved


@pytest.mark.parametrize("modal", MODALS, ids=str)
def test_clicked_twice_at_the_same_moment_it_is_saved_once(clinic: Clinic, handle: str, modal: Modal) -> None:
    maya = clinic.seat()
    opened(maya, handle, modal)
    assert maya.view is not None
    sent = views.as_slack(maya.view)
    with ThreadPoolExecutor(2) as both:
        replies = list(both.map(lambda _: forged.submission(clinic, cast.MAYA, sent), range(2)))
    assert [reply.status for reply in replies] == [200, 200]
    clinic.workspace.settled()
    assert len(patient(clinic, handle).audit_logs[2:]) <= 1
    assert contacts(clinic, handle) <= 2


@pytest.mark.parametrize("modal", MODALS, ids=str)
def test_after_a_restart_it_is_saved_as_if_nothing_had_been(
    clinic: Clinic, handle: str, modal: Modal
) -> None:
    maya = clinic.seat()
    opened(maya, handle, modal)
    before = patient(clinic, handle).version
    with clinic.restarted():
        assert deactivate(maya) is None
        sees(maya, "Ana Muñoz", "✅")
        maya.close(everything=True)
    clinic.workspace.connect(f"{clinic.url}/slack/events")
    assert patient(clinic, handle).version > before or modal.words == "Assign"


@pytest.mark.parametrize("modal", MODALS, ids=str)
def test_of_a_patient_who_left_meanwhile_it_says_what_to_do(
    clinic: Clinic, handle: str, modal: Modal
) -> None:
    maya = clinic.seat()
    opened(maya, handle, modal)
    assert maya.view is not None
    late = views.as_slack(maya.view)
    labels = {block["block_id"]: block["label"]["text"] for block in maya.view.blocks if "label" in block}
    maya.close(everything=True)
    opened(maya, handle, Modal("Deactivate", {"Reason": "Moved away"}))
    assert deactivate(maya) is None
    sees(maya, "Deactivated: Moved away.")
    left = patient(clinic, handle)

    reply = forged.submission(clinic, cast.MAYA, late)
    errors = reply.json["errors"] if modal.left else {}
    assert {labels[block_id]: error for block_id, error in errors.items()} == modal.left
    now = patient(clinic, handle)
    assert (now.status, now.episodes, now.flags) == (Status.DEACTIVATED, left.episodes, left.flags)
    assert (contacts(clinic, handle), now.minutes_this_month) == (1, 45)
    assert (now == left) is bool(modal.left)


def test_two_people_log_a_contact_at_the_same_moment_and_both_count(clinic: Clinic, handle: str) -> None:
    maya, iris = clinic.seat(), clinic.seat(IRIS)
    log = Modal("Log a contact", {"Minutes": "20", "PHQ-9 total": "12", "PHQ-9 item 9": "0 · not at all"})
    clinic.clock.forward(minutes=30)
    for seat in (maya, iris):
        opened(seat, handle, log)
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(lambda seat: seat.submit(), (maya, iris))) == [None, None]
    clinic.workspace.settled()
    ana = patient(clinic, handle)
    # The assessment's 45 minutes and Maya's 20: the psychiatrist's time does not count.
    assert (ana.total_sessions, ana.minutes_this_month, contacts(clinic, handle)) == (3, 65, 3)
    assert (ana.course.scores["PHQ-9"].count, ana.course.scores["PHQ-9"].latest) == (3, 12)


def test_one_raises_a_flag_while_another_logs_a_contact_and_neither_is_lost(
    clinic: Clinic, handle: str
) -> None:
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    opened(maya, handle, Modal("Log a contact", {"Minutes": "20"}))
    opened(samuel, handle, Modal("Raise a flag", {"Flag": ["Needs Discussion"], "Why": "School leave"}))
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(lambda seat: seat.submit(), (maya, samuel))) == [None, None]
    samuel.close()
    ana = patient(clinic, handle)
    assert (ana.patient_flag, ana.minutes_this_month, ana.total_sessions) == ("Needs Discussion", 65, 2)


def test_one_deactivates_while_another_does_and_the_second_is_told(clinic: Clinic, handle: str) -> None:
    maya = clinic.seat()
    opened(maya, handle, Modal("Deactivate", {"Reason": "Moved away"}))
    assert maya.view is not None
    other = views.as_slack(maya.view)
    maya.close(everything=True)
    opened(maya, handle, Modal("Deactivate", {"Reason": "Declined"}))
    active = clinic.registry.active_patients
    assert deactivate(maya) is None
    reply = forged.submission(clinic, cast.MAYA, other)
    assert reply.json["errors"] == {"reason": "The patient is deactivated already."}
    assert clinic.registry.active_patients == active - 1
    assert [each.reason for each in patient(clinic, handle).episodes] == ["Declined"]


def test_a_modal_without_anything_to_enter_is_answered_with_a_sentence(clinic: Clinic, handle: str) -> None:
    """An open Safety Risk leaves nothing to enter: what is sent from there anyway is refused in its place."""
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    opened(samuel, handle, Modal("Raise a flag", {"Flag": ["Safety Risk"], "Why": "Called in distress"}))
    assert samuel.submit() is None
    samuel.close(everything=True)
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Deactivate")
    sees(maya, "A Safety Risk flag is open: resolve it first")
    assert maya.view is not None
    empty = views.as_slack(maya.view)
    for user, sentence in (
        (cast.MAYA, "This window is out of date."),
        (cast.GUEST, "I only work for members"),
    ):
        answer = forged.submission(clinic, user, empty).json
        assert answer["response_action"] == "update"
        assert sentence in str(answer["view"]["blocks"])
    assert patient(clinic, handle).status is Status.TREATMENT
