"""Finance's month in Slack: the list, its file, its closing, and the messages sent unasked."""

import csv
import io
from dataclasses import replace

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.billing.month_list import read_month
from cocm_bot.operations.contacts.log_contact import log_contact as log
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.operations.registries.setup import add_member, new_member
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store import registries
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, log_contact, second_registry, sees

WORKED = {"Contact type": "Follow Up", "Visit type": "Phone"}
CONSENT = {"Consent": "Verbal", "Given on": "2031-03-03"}


def consenting(seat: Seat, **changes: str) -> str:
    """Add a patient who agreed today; returns the handle."""
    handle = add_patient(seat, **changes)
    seat.choose("More…", "Record consent")
    assert seat.submit() is None
    seat.close(everything=True)
    return handle


def worked(clinic: Clinic, minutes: str = "45", **changes: str) -> str:
    maya = clinic.seat()
    handle = consenting(maya, **changes)
    assert log_contact(maya, handle, **WORKED, Minutes=minutes) is None
    maya.close(everything=True)
    return handle


def elsewhere(clinic: Clinic, actor: Actor) -> str:
    """The same person in another registry, with minutes there; returns the handle."""
    details = {
        "patient_mrn": "A-1001",
        "first_name": "Ana",
        "last_name": "Muñoz",
        "date_of_birth": "1984-02-29",
        "consent": {"kind": "Verbal", "day": "2031-03-03"},
    }
    handle = enrol(clinic.ctx, actor, Enrolment.model_validate(details), "there").patient.handle
    contact = Contact.model_validate(
        {"contact_type": "Follow Up", "visit_type": "Phone", "day": "2031-03-03", "minutes": 20}
    )
    log(clinic.ctx, actor, handle, contact, "logged-there")
    return handle


def close(seat: Seat) -> None:
    """Press the button, and say yes."""
    seat.press("Close the month")
    seat.press("Close the month")


def said(clinic: Clinic, name: str, word: str) -> list[str]:
    """The texts of the direct messages to somebody that mention a word in their blocks."""
    place = clinic.workspace.direct(clinic.seat(name).person.id, cast.BOT).id
    messages = [each for each in clinic.workspace.messages if each.channel == place]
    return [each.text for each in messages if word in str(each.blocks)]


def test_a_month_that_is_over_is_reached_by_its_words(clinic: Clinic) -> None:
    handle = worked(clinic, payer="Medicaid")
    clinic.clock.forward(days=30)
    omar = clinic.seat("Omar Haddad")
    omar.command("/cocm billing")
    sees(omar, "No minutes are recorded in April 2031 yet.")
    for words in ("last", "2031-03", "March", "march 2031"):
        omar.close(everything=True)
        omar.command(f"/cocm billing {words}")
        sees(omar, "March 2031: 1 patient with minutes, 1 with a code, 0 ready · 45 min", handle, "99492")
    screen = sees(omar, "45 min in the initial month: 36–85 give 99492", "born 1984-02-29", "A.M.")
    assert "Muñoz" not in screen
    omar.press("Ready")
    sees(omar, "Nobody of this month is in this part of the list.")
    omar.press("Not ready")
    sees(omar, "Missing: initial assessment with a rating scale")
    omar.close(everything=True)
    omar.command("/cocm billing octember")
    sees(omar, "I can't read one of these words.")


def test_the_file_comes_as_a_direct_message_and_is_deleted_in_time(clinic: Clinic) -> None:
    handle = worked(clinic)
    clinic.clock.forward(days=30)
    omar = clinic.seat("Omar Haddad")
    omar.command("/cocm billing last")
    omar.press("CSV file")
    sees(omar, "The file comes to you as a direct message from me. I delete it after 24 hours.")
    clinic.workspace.settled()
    [upload] = clinic.workspace.uploads.values()
    assert upload.name == "billing-2031-03.csv"
    assert upload.content is not None
    [line] = csv.DictReader(io.StringIO(upload.content.decode("utf-8-sig")))
    [row] = read_month(clinic.ctx, clinic.registry, "2031-03").rows
    assert (line["handle"], line["mrn"], line["minutes"], line["code"]) == (
        handle,
        row.entry.patient_mrn,
        str(row.claim.facts.minutes),
        row.claim.proposal.code,
    )
    [shared] = clinic.calls("files.completeUploadExternal")
    assert shared.arguments["channel_id"] == clinic.workspace.direct(omar.person.id, cast.BOT).id
    logged = [each for each in clinic.accesses() if each.action == "export the billing list"]
    assert [(each.user_id, each.patient_ids) for each in logged] == [
        (clinic.member("Omar Haddad").user_id, (row.entry.patient_id,))
    ]
    clinic.clock.forward(days=1)
    clinic.tick()
    assert clinic.workspace.uploads == {}


def test_a_file_that_slack_does_not_take_is_said(clinic: Clinic) -> None:
    worked(clinic)
    omar = clinic.seat("Omar Haddad")
    omar.command("/cocm billing")
    sees(omar, "March 2031")
    clinic.workspace.fail("files.completeUploadExternal", error="internal_error")
    omar.press("XLSX file")
    clinic.workspace.settled()
    assert clinic.workspace.uploads == {} or all(
        not each.shared for each in clinic.workspace.uploads.values()
    )


def test_a_month_is_closed_and_what_changed_since_is_told_once(clinic: Clinic) -> None:
    handle = worked(clinic)
    clinic.clock.forward(days=30)
    omar = clinic.seat("Omar Haddad")
    omar.command("/cocm billing last")
    close(omar)
    sees(omar, "March 2031 is closed.", "Closed by Omar Haddad", "Nothing has changed since.")
    maya = clinic.seat()
    late = {**WORKED, "Minutes": "50", "Date": "2031-03-28"}
    assert log_contact(maya, handle, **late) is None
    clinic.clock.forward(minutes=9)
    clinic.tick()
    assert said(clinic, "Omar Haddad", "has changed since it was closed") == []
    clinic.clock.forward(minutes=2)
    clinic.tick()
    clinic.clock.forward(days=1)
    clinic.tick()
    assert said(clinic, "Omar Haddad", "has changed since it was closed") == [
        "A closed billing month has changed."
    ]
    [told] = [each for each in clinic.calls("chat.postMessage") if "has changed since" in str(each.arguments)]
    assert "45 min, 99492, not ready → no payer, 95 min, 99492 + 1 × 99494" in str(told.arguments["blocks"])
    omar.close(everything=True)
    omar.command("/cocm billing last changed")
    sees(omar, "1 changed since.", "It was: MRN A-1001, no payer, 45 min, 99492, not ready")


def test_finance_has_the_last_month_on_the_first_working_day_and_closes_it_there(clinic: Clinic) -> None:
    worked(clinic)
    omar = clinic.seat("Omar Haddad")
    for days in (28, 1, 1):
        # To Monday 31 March, Tuesday 1 April and Wednesday 2 April, nine in the morning.
        clinic.clock.forward(days=days)
        clinic.tick()
    assert said(clinic, "Omar Haddad", "March 2031") == ["The month's billing summary."]
    omar.go(clinic.workspace.direct(omar.person.id, cast.BOT).id)
    close(omar)
    sees(omar, "March 2031 is closed.")
    omar.press("Open the list")
    sees(omar, "Closed by Omar Haddad")


def test_an_mrn_that_two_registries_bill_is_told_to_both_by_ids_alone(clinic: Clinic) -> None:
    here = worked(clinic)
    other = second_registry(clinic)
    wanted = new_member(
        email="omar.haddad@example.org", first_name="Omar", last_name="Haddad", role=Role.FINANCE
    )
    add_member(clinic.ctx, other, wanted)
    registry = registries.get(clinic.ctx.table, other)
    assert registry is not None
    there = elsewhere(clinic, replace(clinic.actor(), registry=registry))
    clinic.tick()
    told = [
        str(call.arguments["blocks"])
        for call in clinic.calls("chat.postMessage")
        if "has an MRN for which" in str(call.arguments)
    ]
    assert len(told) == 2
    for handle, own, beside in ((here, clinic.registry_id, other), (there, other, clinic.registry_id)):
        [mine] = [each for each in told if f"*{handle}* of registry {own}" in each]
        assert f"registry {beside} counts minutes too" in mine
        assert "A-1001" not in mine
        assert "Muñoz" not in mine


@pytest.mark.parametrize("name", ["Maya Okafor", "Lena Novak"])
def test_nobody_else_presses_for_a_file(clinic: Clinic, name: str) -> None:
    worked(clinic)
    seat = clinic.seat(name)
    seat.command("/cocm billing last")
    sees(seat, "you may not see the month's billing")
