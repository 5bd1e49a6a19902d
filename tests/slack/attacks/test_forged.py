"""Requests that bear Slack's signature but were not made by our own screens."""

import json
from typing import Any

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.registry_choice import NotThere
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.operations.registries.setup import create_registry, new_registry
from cocm_bot.playground import cast, views
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store import registries
from tests.rig import forged
from tests.rig.clinic import ZONE, Clinic
from tests.rig.scenes import ASSESSED, add_patient, sees

OUT_OF_DATE = "This window is out of date. Please close it and open it again."
NOT_HERE = "There is no such patient in this registry."
NOT_THERE = str(NotThere())


def filled_contact_modal(clinic: Clinic) -> tuple[Seat, dict[str, Any]]:
    """Maya's modal about a patient, filled, and what Slack would say of it."""
    maya = clinic.seat()
    maya.command(f"/cocm log {add_patient(maya)}")
    maya.fill(ASSESSED)
    assert maya.view is not None
    return maya, views.as_slack(maya.view)


@pytest.fixture
def elsewhere(clinic: Clinic) -> Patient:
    """A patient of another registry in the same table."""
    wanted = new_registry(
        name="Hilltop", admin_email="zoe@example.org", first_name="Zoe", last_name="Quist", timezone=ZONE
    )
    created = create_registry(clinic.ctx, wanted)
    registry = registries.get(clinic.ctx.table, created.registry_id)
    assert registry is not None
    zoe = Actor(created.user_id, "Zoe", "Quist", Role.CARE_MANAGER, is_admin=True, registry=registry)
    ulf = {"patient_mrn": "Z-9", "first_name": "Ulf", "last_name": "Zander", "date_of_birth": "1970-01-01"}
    return enrol(clinic.ctx, zoe, Enrolment.model_validate(ulf), "enrol-ulf").patient


def test_a_memo_that_is_not_ours_saves_nothing(clinic: Clinic) -> None:
    here = {"registry": clinic.registry_id}
    forgeries: list[tuple[dict[str, Any], str]] = [
        ({}, OUT_OF_DATE),
        ({"handle": "K7Q4"}, OUT_OF_DATE),
        ({"request_id": "r"}, OUT_OF_DATE),
        ({"handle": 4, "request_id": "r"}, OUT_OF_DATE),
        ({"handle": "K7Q4", "request_id": "r", "role": "Care Manager"}, OUT_OF_DATE),
        ({"handle": "", "request_id": "r"}, OUT_OF_DATE),
        ({"handle": "K7Q4", "request_id": ""}, OUT_OF_DATE),
        ({"handle": "K7Q4#lock", "request_id": "r"}, OUT_OF_DATE),
        ({"handle": "Z" * 2000, "request_id": "r"}, OUT_OF_DATE),
        ({"handle": "K7Q4", "request_id": "r" * 2900}, OUT_OF_DATE),
        ({"handle": "ZZZZ", "request_id": "r"}, NOT_HERE),
    ]
    sentences = {json.dumps(here | memo): sentence for memo, sentence in forgeries}
    sentences |= dict.fromkeys(
        ("not ours", "", "{}", "[]", '{"handle": "K7Q4", "request_id": "r"}'), NOT_THERE
    )
    _, view = filled_contact_modal(clinic)
    replies = {
        memo: forged.submission(clinic, cast.MAYA, view | {"private_metadata": memo}) for memo in sentences
    }
    assert {memo: reply.json["errors"] for memo, reply in replies.items()} == {
        memo: {"contact_type": sentence} for memo, sentence in sentences.items()
    }
    assert clinic.patients()[0].treatment_logs == ()


def test_a_handle_of_another_registry_is_not_found_and_tells_nothing(
    clinic: Clinic, elsewhere: Patient
) -> None:
    maya, view = filled_contact_modal(clinic)
    memo = json.dumps({"registry": clinic.registry_id, "handle": elsewhere.handle, "request_id": "forged"})
    reply = forged.submission(clinic, cast.MAYA, view | {"private_metadata": memo})
    assert reply.json == {"response_action": "errors", "errors": {"contact_type": NOT_HERE}}
    maya.close(everything=True)
    for value in (f"open {elsewhere.handle} today", f"log {elsewhere.handle} today"):
        forged.click(clinic, cast.MAYA, "patient-menu", value)
        sees(maya, NOT_HERE)
        maya.close()
    for words in (elsewhere.handle, elsewhere.patient_mrn, elsewhere.last_name):
        for command in ("patient", "log"):
            maya.command(f"/cocm {command} {words}")
            sees(maya, f"No patient of this registry matches “{words}”.")
            maya.close()
        assert forged.search(clinic, cast.MAYA, "find-patient", words).json == {"options": []}

    written = clinic.workspace.written_by_bot()
    assert [word for word in ("Ulf", "1970-01-01", elsewhere.id) if word in written] == []
    assert clinic.patients()[0].treatment_logs == ()


def test_a_menu_entry_or_a_button_that_is_not_ours_is_answered_with_a_sentence(clinic: Clinic) -> None:
    maya = clinic.seat()
    entries = {
        "": OUT_OF_DATE,
        "open": OUT_OF_DATE,
        "open  ": OUT_OF_DATE,
        "delete K7Q4": OUT_OF_DATE,
        "{}": OUT_OF_DATE,
        "open ZZZZ": NOT_HERE,
        "log #lock today": NOT_HERE,
    }
    for value, sentence in entries.items():
        forged.click(clinic, cast.MAYA, "patient-menu", value)
        sees(maya, sentence)
        maya.close()
    for action_id in ("find-patient", "find-contact"):
        forged.click(clinic, cast.MAYA, action_id, "")
        sees(maya, NOT_HERE)
    forged.click(clinic, cast.MAYA, "card-log", "")
    sees(maya, NOT_HERE)


def test_actions_and_modals_nobody_offered_do_nothing(clinic: Clinic) -> None:
    _, view = filled_contact_modal(clinic)
    clinic.workspace.settled()
    before = len(clinic.workspace.calls)
    assert forged.click(clinic, cast.MAYA, "delete-everything", "now").status == 404
    assert forged.submission(clinic, cast.MAYA, view | {"callback_id": "delete"}).status == 404
    clinic.workspace.settled()
    assert [call.to for call in clinic.workspace.calls[before:]] == ["bot", "bot"]
    assert clinic.patients()[0].treatment_logs == ()


def test_scores_of_a_measure_the_registry_does_not_use_are_refused(clinic: Clinic) -> None:
    _, view = filled_contact_modal(clinic)
    values = view["state"]["values"]
    extra = {"score_pcl_5": {"score_pcl_5": {"type": "number_input", "value": "40"}}}
    reply = forged.submission(clinic, cast.MAYA, view | {"state": {"values": values | extra}})
    [sentence] = reply.json["errors"].values()
    assert sentence == "The registry's measures changed meanwhile. Close this window and open it again."
    assert clinic.patients()[0].treatment_logs == ()
