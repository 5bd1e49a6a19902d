from collections.abc import Callable
from datetime import date

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import InvalidInput, NotAllowed
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType
from cocm_bot.operations.caseload.snoozes import end_snooze, snooze
from cocm_bot.operations.caseload.worklist import worklist
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.review.review import Step, come_to
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.store.audit import access_log
from tests.operations.conftest import Office
from tests.store.build import REGISTRY

Requests = Callable[[], str]
THURSDAY = date(2031, 3, 13)


@pytest.fixture
def handle(office: Office) -> str:
    """A patient whose assessment has been due since today, the 10th."""
    made = office.enrolled()
    office.forward(days=7)
    return made


def listed(office: Office, *, snoozed: bool = False) -> tuple[list[str], int]:
    page = worklist(office.ctx, office.actor(), snoozed=snoozed)
    return [row.summary.handle for row in page.rows], page.snoozed


def reschedule(office: Office, handle: str, request_id: str = "snooze-1") -> None:
    snooze(office.ctx, office.actor(), handle, THURSDAY, " on holiday ", request_id)


def test_a_snoozed_patient_is_off_the_worklist_until_the_day(office: Office, handle: str) -> None:
    assert listed(office) == ([handle], 0)
    reschedule(office, handle)
    assert listed(office) == ([], 1)
    assert listed(office, snoozed=True) == ([handle], 0)
    office.forward(days=3)
    assert listed(office) == ([handle], 0)


def test_it_is_written_down_who_snoozed_until_when_and_why(office: Office, handle: str) -> None:
    reschedule(office, handle)
    patient = office.patient(handle)
    assert patient.snoozed is not None
    assert (patient.snoozed.by, patient.snoozed.until, patient.snoozed.reason) == (
        "user-1",
        "2031-03-13",
        "on holiday",
    )
    audit = patient.audit_logs[-1]
    told = [(change.attribute, change.before, change.after) for change in audit.changes]
    assert (audit.action, told) == ("snoozed", [("snoozed", "", "until 2031-03-13: on holiday")])
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    assert [entry.action for entry in entries if entry.action == "snoozed"] == ["snoozed"]


def test_once_per_request(office: Office, handle: str) -> None:
    reschedule(office, handle)
    reschedule(office, handle)
    assert office.patient(handle).version == 2


def test_it_can_be_taken_back(office: Office, handle: str) -> None:
    reschedule(office, handle)
    card = end_snooze(office.ctx, office.actor(), handle, "end-1")
    assert card.patient.snoozed is None
    assert listed(office) == ([handle], 0)
    with pytest.raises(InvalidInput, match="no longer snoozed"):
        end_snooze(office.ctx, office.actor(), handle, "end-2")


def test_a_contact_brings_the_patient_back(office: Office, handle: str, requests: Requests) -> None:
    reschedule(office, handle)
    contact = Contact(
        contact_type=ContactType.INITIAL_ASSESSMENT,
        visit_type=VisitType.PHONE,
        no_show=True,
        minutes=5,
        day=date(2031, 3, 10),
    )
    log_contact(office.ctx, office.actor(), handle, contact, requests())
    assert office.patient(handle).snoozed is None
    assert listed(office) == ([handle], 0)
    changes = office.patient(handle).audit_logs[-1].changes
    assert ("snoozed", "") in [(change.attribute, change.after) for change in changes]


def test_a_safety_risk_shows_at_once_and_can_not_be_snoozed(
    office: Office, handle: str, requests: Requests
) -> None:
    reschedule(office, handle)
    flagging = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="said so")
    raise_flags(office.ctx, office.actor(), handle, flagging, requests())
    assert listed(office) == ([handle], 0)
    with pytest.raises(InvalidInput, match="can't be snoozed"):
        reschedule(office, handle, "snooze-2")


def test_the_review_shows_the_patient_all_the_same(office: Office, handle: str) -> None:
    reschedule(office, handle)
    step = come_to(office.ctx, office.actor(Role.PSYCHIATRIST))
    assert isinstance(step, Step)
    assert step.review.handles == (handle,)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_is_needed_and_short(reason: str, office: Office, handle: str) -> None:
    with pytest.raises(InvalidInput, match="Say why"):
        snooze(office.ctx, office.actor(), handle, THURSDAY, reason, "snooze-1")
    assert open_card(office.ctx, office.actor(), handle).patient.snoozed is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CARE_MANAGER])
def test_only_care_managers_snooze(role: Role, office: Office, handle: str) -> None:
    with pytest.raises(NotAllowed):
        snooze(office.ctx, office.actor(role), handle, THURSDAY, "on holiday", "snooze-1")
    with pytest.raises(NotAllowed):
        end_snooze(office.ctx, office.actor(role), handle, "end-1")
    assert office.refusals() == ["snooze", "snooze"]
