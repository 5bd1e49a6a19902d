"""Slack's bad days: alerts and recommendations arrive at least once, and nobody waits for another."""

from typing import Any

import pytest

from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.records.agreements import RecommendationKind
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, Flag
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.playground import cast
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from tests.jobs.scenes.inbox import later, words
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient

MAYA, IRIS, SAMUEL = "Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi"
POST, LOOKUP, UPDATE = "chat.postMessage", "users.lookupByEmail", "chat.update"
ALERT, LETTER, UNREACHED = (
    "A patient needs your attention now",
    "A recommendation awaits your answer",
    "A note from cocm_bot",
)
GONE_NOTE = "A note for the admins of a registry"


@pytest.fixture(params=[JobKind.ALERT, JobKind.RECOMMENDATION])
def kind(request: pytest.FixtureRequest) -> str:
    """Return the kind that is to be sent: a safety alert, or a recommendation."""
    return str(request.param)


@pytest.fixture
def waiting(clinic: Clinic, kind: str) -> str:
    """Return the job of that kind, of which nobody has been notified, and the text of its messages."""
    handle = add_patient(clinic.seat())
    if kind == JobKind.ALERT:
        return flagged(clinic, handle)
    consultation = Contact(
        contact_type=ContactType.CONSULTATION,
        day=clinic.clock().date(),
        minutes=10,
        advice=Advice(kinds=(RecommendationKind.MEDICATION,), text="Raise the dose."),
    )
    log_contact(clinic.ctx, clinic.actor(IRIS), handle, consultation, new_id())
    return LETTER


def flagged(clinic: Clinic, handle: str) -> str:
    risk = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
    raise_flags(clinic.ctx, clinic.actor(), handle, risk, new_id())
    return ALERT


@pytest.fixture
def alert(clinic: Clinic) -> str:
    """The handle of a patient at risk, of which nobody has been notified."""
    handle = add_patient(clinic.seat())
    flagged(clinic, handle)
    return handle


def ana(clinic: Clinic) -> Patient:
    [patient] = clinic.patients()
    return patient


def posts(clinic: Clinic, text: str) -> int:
    """Return how many messages with this text there are."""
    return sum(message.text == text for message in clinic.workspace.messages)


def has(clinic: Clinic, name: str, text: str) -> list[str]:
    """Return what somebody has with this text, in words."""
    return [words(each) for each in clinic.seat(name).messages(cast.BOT) if each.text == text]


# --- alerts and recommendations alike -----------------------------------------------------------------------


def test_who_is_rate_limited_waits_as_told_and_the_other_does_not(clinic: Clinic, waiting: str) -> None:
    clinic.workspace.fail(POST, retry_after=150)
    clinic.tick()
    assert posts(clinic, waiting) == 1
    later(clinic, 2)
    assert posts(clinic, waiting) == 1, "two minutes are less than 150 seconds"
    later(clinic, 1)
    assert posts(clinic, waiting) == 2


@pytest.mark.parametrize(
    "fault",
    [{"error": "internal_error", "status": 500}, {"status": 503}, {"error": "fatal_error"}],
    ids=["500", "503", "fatal"],
)
def test_what_fails_is_tried_again_for_whom_it_did_not_reach(
    clinic: Clinic, waiting: str, fault: dict[str, Any]
) -> None:
    clinic.workspace.fail(POST, **fault)
    clinic.tick()
    assert posts(clinic, waiting) == 1
    later(clinic, 1)
    assert posts(clinic, waiting) == 2
    later(clinic, 5)
    assert posts(clinic, waiting) == 2


def test_what_arrived_and_whose_answer_was_lost_arrives_at_least_once(clinic: Clinic, waiting: str) -> None:
    clinic.workspace.fail(POST, error="internal_error", status=500, applied=True)
    clinic.tick()
    later(clinic, 1)
    later(clinic, 5)
    assert posts(clinic, waiting) == 3, "two people, one of them twice"


def test_an_outage_of_an_hour_loses_nothing(clinic: Clinic, waiting: str) -> None:
    for method in (POST, LOOKUP):
        clinic.workspace.fail(method, times=1000, status=503)
    for _ in range(60):
        later(clinic, 1)
    assert posts(clinic, waiting) == 0
    clinic.workspace.faults.clear()
    later(clinic, 30)
    assert posts(clinic, waiting) >= 2


def test_who_is_gone_is_told_to_the_admins_once_and_the_other_is_told(clinic: Clinic, waiting: str) -> None:
    clinic.workspace.person(clinic.seat(SAMUEL).person.id).deleted = True
    clinic.tick()
    later(clinic, 5)
    assert posts(clinic, waiting) == 1
    [note] = has(clinic, MAYA, GONE_NOTE)
    assert "I can no longer write to Samuel Adeyemi" in note


@pytest.mark.parametrize("error", ["channel_not_found", "user_disabled", "is_inactive", "is_archived"])
def test_what_can_not_be_posted_is_not_posted_again(clinic: Clinic, waiting: str, error: str) -> None:
    clinic.workspace.fail(POST, error=error)
    clinic.tick()
    # One is sent the thing itself, one of the team that the other was not.
    assert posts(clinic, waiting) == 1
    assert posts(clinic, UNREACHED) == 1
    assert posts(clinic, GONE_NOTE) == 1


# --- alerts -------------------------------------------------------------------------------------------------


def test_words_that_slack_does_not_take_do_not_stop_the_alert(clinic: Clinic, alert: str) -> None:
    clinic.workspace.fail(POST, error="invalid_blocks")
    clinic.tick()
    assert posts(clinic, ALERT) == 2
    said = sorted(
        "Called in distress" in each for name in (IRIS, SAMUEL) for each in has(clinic, name, ALERT)
    )
    assert said == [False, True], "one of them without what was written"


def test_where_nobody_can_be_reached_the_next_in_line_are_told_at_once(clinic: Clinic, alert: str) -> None:
    for name in (IRIS, SAMUEL):
        clinic.workspace.person(clinic.seat(name).person.id).deleted = True
    clinic.tick()
    # Maya, who raised it, is also the admin: she learns that nobody has it, and whom it did not reach.
    [message] = has(clinic, MAYA, ALERT)
    assert "Nobody has taken this for 0 minutes" in message
    [note] = has(clinic, MAYA, UNREACHED)
    assert "I could not reach Iris Lindqvist and Samuel Adeyemi about the safety risk yet." in note


def test_who_raised_it_is_told_once_whom_it_did_not_reach_yet(clinic: Clinic, alert: str) -> None:
    clinic.workspace.fail(LOOKUP, times=2, error="internal_error")
    clinic.tick()
    [note] = has(clinic, MAYA, UNREACHED)
    assert f"*{alert} · A.M. · b. 1984*: I could not reach" in note
    assert note.endswith("Please call now.")
    later(clinic, 1)
    assert posts(clinic, ALERT) == 2
    assert posts(clinic, UNREACHED) == 1


def test_who_raised_it_is_told_so_once_however_many_rounds_miss_somebody(clinic: Clinic, alert: str) -> None:
    clinic.workspace.person(clinic.seat(SAMUEL).person.id).deleted = True
    clinic.tick()
    for _ in range(3):
        later(clinic, 30)
    assert posts(clinic, UNREACHED) == 1


def test_one_who_is_never_reached_does_not_hold_up_the_escalation(clinic: Clinic, alert: str) -> None:
    for _ in range(31):
        # Slack fails for one of the two, every minute; the one who comes first is notified at the second try.
        clinic.workspace.faults.clear()
        clinic.workspace.fail(LOOKUP, times=1, error="internal_error")
        later(clinic, 1)
    assert any("Nobody has taken this for 30 minutes" in each for each in has(clinic, MAYA, ALERT))


def test_messages_that_can_not_be_drawn_anew_are_tried_again(clinic: Clinic, alert: str) -> None:
    clinic.tick()
    clinic.workspace.fail(UPDATE, times=2, error="internal_error")
    clinic.workspace.fail(UPDATE, error="message_not_found")
    handle, [raised] = alert, ana(clinic).alerts
    alerts.take(clinic.ctx, clinic.actor(IRIS), handle, raised.id)
    clinic.tick()
    assert posts(clinic, "A safety alert was taken") == 0
    later(clinic, 1)
    # One message is gone by now, the other is drawn again, and that was that.
    assert posts(clinic, "A safety alert was taken") == 1
    assert jobs.get(clinic.ctx.table, JobKind.ALERT, raised.id) is None
