import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from botocore.awsrequest import AWSPreparedRequest

from cocm_bot.domain.records.patient import Patient
from cocm_bot.playground import cast, payloads
from cocm_bot.playground.seats.seat import Seat
from tests.rig.clinic import Clinic, answering_within
from tests.rig.scenes import ANA, ASSESSED, add_patient, sees
from tests.store import faults

MOMENT = 0.3
"""Seconds that are over long before a table that waits."""
SLOW = "The registry is slow to answer. What you typed is still here"
DEAD = "The registry does not answer right now. Please try again in a moment. (Reference "


@contextmanager
def table_dead(clinic: Clinic) -> Iterator[None]:
    with faults.on(clinic.ctx.table.client, "*", faults.refuse("AccessDeniedException")):
        yield


@contextmanager
def table_waiting(clinic: Clinic) -> Iterator[threading.Event]:
    """A table whose every request waits until the event is set; it is in the end."""
    go = threading.Event()

    def wait(_request: AWSPreparedRequest) -> None:
        go.wait(20)

    with faults.on(clinic.ctx.table.client, "*", wait):
        try:
            yield go
        finally:
            go.set()


def contact_modal(maya: Seat, handle: str) -> None:
    maya.command(f"/cocm log {handle}")
    maya.fill(ASSESSED)


def one_patient(clinic: Clinic) -> Patient:
    [patient] = clinic.patients()
    return patient


def test_a_dead_table_costs_one_sentence_and_nothing_that_was_typed(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm add")
    maya.fill(ANA)
    with table_dead(clinic):
        errors = maya.submit()
        assert errors is not None
        assert list(errors) == ["MRN"]
        assert errors["MRN"].startswith(DEAD)
        assert all(typed in maya.screen for typed in ("A-1001", "Ana", "Muñoz", "555-010-0134"))
    assert maya.submit() is None
    sees(maya, "Added. Handle")
    assert one_patient(clinic).last_name == "Muñoz"


def test_a_slow_table_saves_once_however_often_the_button_is_pressed(clinic: Clinic) -> None:
    maya = clinic.workspace.seat("Maya Okafor")
    contact_modal(maya, add_patient(maya))
    with table_waiting(clinic), answering_within(MOMENT):
        errors = maya.submit()
        assert errors is not None
        assert errors["Contact type"].startswith(SLOW)
    assert maya.submit() is None
    sees(maya, "PHQ-9 18", "45 min this month")
    patient = one_patient(clinic)
    assert (len(patient.treatment_logs), patient.minutes_this_month) == (1, 45)


def test_a_double_click_is_one_contact(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    contact_modal(maya, handle)
    assert maya.view is not None
    payload = payloads.view_submission(clinic.workspace, maya.view)
    with ThreadPoolExecutor(2) as clicks:
        replies = list(clicks.map(clinic.workspace.sender.interact, [payload, payload]))
    assert [reply.json["response_action"] for reply in replies] == ["update", "update"]
    assert [reply.json["view"]["blocks"][0]["text"]["text"] for reply in replies] == ["Ana Muñoz"] * 2
    patient = one_patient(clinic)
    assert (len(patient.treatment_logs), patient.total_sessions, patient.minutes_this_month) == (1, 1, 45)


def test_a_modal_opens_at_once_and_is_filled_when_the_table_has_answered(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    with table_waiting(clinic) as go:
        maya.command(f"/cocm patient {handle}")
        sees(maya, "Patient", "Loading…")
        assert "Muñoz" not in maya.screen
        go.set()
        sees(maya, "Ana Muñoz")


def test_a_trigger_that_died_is_answered_with_a_sentence(clinic: Clinic) -> None:
    maya = clinic.seat()
    clinic.workspace.fail("views.open", error="expired_trigger_id")
    maya.command("/cocm add")
    sees(maya, "Slack gave up waiting before the window could open. Please try once more.")
    maya.command("/cocm add")
    sees(maya, "Add a patient", "MRN")


def test_a_modal_closed_while_it_was_being_filled_is_left_alone(log: io.StringIO, clinic: Clinic) -> None:
    maya = clinic.seat()
    with table_waiting(clinic):
        maya.command("/cocm add")
        sees(maya, "Loading…")
        maya.close()
    clinic.workspace.settled()
    assert maya.view is None
    assert "ERROR" not in log.getvalue()


def test_an_answer_slack_does_not_take_is_logged_without_its_text(log: io.StringIO, clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.close()
    clinic.workspace.fail("response_url", times=10, status=500)
    maya.command("/cocm caseload")
    maya.go(cast.BOT)
    sees(maya, "I could not show you what you asked for. Nothing you typed or saved is lost.")

    def lines() -> list[str]:
        return [line for line in log.getvalue().splitlines() if "unavailable" in line]

    clinic.workspace.wait_until(lambda: len(lines()) == 2, "the answer, and the sentence in its place")
    assert all(
        "doing=/cocm caseload error=Unclear reason=internal_error at=client/gateway.py" in line
        for line in lines()
    )
    assert "Muñoz" not in log.getvalue()


def test_five_slow_listeners_do_not_delay_another_commands_acknowledgement(clinic: Clinic) -> None:
    slow = ["Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi", "Lena Novak", "Omar Haddad"]
    clinic.workspace.fail("users.info", times=len(slow), hang=10.0)
    for name in slow:
        clinic.seat(name).command("/cocm help")
    maya = clinic.seat()

    def waiting() -> int:
        return sum(call.seconds is None for call in clinic.calls("users.info"))

    clinic.workspace.wait_until(lambda: waiting() == len(slow), "five listeners wait")
    maya.command("/cocm today")
    sees(maya, "There are no patients in this registry yet.")
    assert waiting() == len(slow)
    acknowledged = [call.seconds for call in clinic.workspace.calls if call.to == "bot"]
    assert len(acknowledged) == len(slow) + 1
    assert all(seconds is not None and seconds < 3 for seconds in acknowledged)
    clinic.workspace.closing.set()
