from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.errors import InvalidInput, NotAllowed
from cocm_bot.domain.patients.merging import Merged
from cocm_bot.domain.vocabulary import Flag, Role
from cocm_bot.operations.patients.edit_patient import Overtaken, edit, stored_details
from cocm_bot.operations.patients.enrolment import Details
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.store.patients import history, lists, patients
from tests.operations.conftest import Office
from tests.store.build import REGISTRY

Fresh = Callable[[], str]


def changed(
    office: Office,
    requests: Fresh,
    handle: str,
    read: int,
    user_id: str = "user-1",
    shown: int = 0,
    **values: Any,
) -> Merged:
    """Save the details as they were in the version read, but for these values."""
    as_read = AS_ENROLLED | {"patient_mrn": "MRN-A"} | values
    details = Details.model_validate(as_read)
    actor = office.actor(user_id=user_id)
    return edit(office.ctx, actor, handle, details, requests(), read=read, shown=max(read, shown))[1]


AS_ENROLLED = {
    "first_name": "Ada",
    "last_name": "Example",
    "date_of_birth": "1980-02-29",
    "phone_number": "555-010-0100",
    "email": "ada@example.org",
    "payer": "",
}


@pytest.fixture
def handle(office: Office) -> str:
    return office.enrolled(patient_mrn="MRN-A")


NEW: dict[str, Any] = {
    "first_name": "Adèle",
    "last_name": "Sample",
    "date_of_birth": "1981-03-01",
    "phone_number": "555-010-0199",
    "email": "adele@example.org",
    "payer": "Aetna",
    "patient_mrn": "MRN-B",
}


def test_every_field_can_be_edited(office: Office, requests: Fresh, handle: str) -> None:
    changed(office, requests, handle, 1, **NEW)
    after = office.patient(handle)
    assert stored_details(after) == NEW
    assert {change.attribute: (change.before, change.after) for change in after.audit_logs[-1].changes} == {
        name: (str((AS_ENROLLED | {"patient_mrn": "MRN-A"})[name]), value) for name, value in NEW.items()
    }


@pytest.mark.parametrize(("field", "stored"), [("payer", None), ("phone_number", ""), ("email", "")])
def test_a_field_can_be_emptied(office: Office, requests: Fresh, field: str, stored: str | None) -> None:
    handle = office.enrolled(patient_mrn="MRN-A", payer="Aetna")
    values: dict[str, Any] = {"payer": "Aetna", field: ""}
    changed(office, requests, handle, 1, **values)
    assert getattr(office.patient(handle), field) == stored


def test_nothing_typed_writes_nothing(office: Office, requests: Fresh, handle: str) -> None:
    assert changed(office, requests, handle, 1).changes == {}
    assert office.patient(handle).version == 1


def test_edits_of_different_fields_both_stand(office: Office, requests: Fresh, handle: str) -> None:
    changed(office, requests, handle, 1, "user-2", email="new@example.org")
    kept = changed(office, requests, handle, 1, phone_number="555-010-0111").kept
    after = office.patient(handle)
    assert (after.email, after.phone_number) == ("new@example.org", "555-010-0111")
    assert [(each.field, each.user_id, each.after) for each in kept] == [
        ("email", "user-2", "new@example.org")
    ]


def test_edits_of_the_same_field_are_asked_about_and_then_put_through(
    office: Office, requests: Fresh, handle: str
) -> None:
    changed(office, requests, handle, 1, "user-2", phone_number="555-010-0122", email="new@example.org")
    with pytest.raises(Overtaken) as refused:
        changed(office, requests, handle, 1, phone_number="555-010-0111")
    [phone] = refused.value.merged.overtaken
    assert (phone.field, phone.before, phone.after, phone.user_id) == (
        "phone_number",
        "555-010-0100",
        "555-010-0122",
        "user-2",
    )
    assert "555" not in str(refused.value)
    assert office.patient(handle).phone_number == "555-010-0122"

    changed(office, requests, handle, 1, shown=refused.value.patient.version, phone_number="555-010-0111")
    after = office.patient(handle)
    # The e-mail the other person changed too was never touched here: it stays theirs.
    assert (after.phone_number, after.email) == ("555-010-0111", "new@example.org")


def test_a_change_of_anything_else_is_no_conflict(office: Office, requests: Fresh, handle: str) -> None:
    flag = Flagging(flag_types=(Flag.REVIEW,), reason="stuck")
    raise_flags(office.ctx, office.actor(), handle, flag, requests())
    changed(office, requests, handle, 1, phone_number="555-010-0111")
    after = office.patient(handle)
    assert (after.phone_number, after.patient_flag) == ("555-010-0111", Flag.REVIEW)


def test_a_corrected_mrn_moves_the_record_with_its_history(
    office: Office, requests: Fresh, handle: str
) -> None:
    before = office.patient(handle)
    changed(office, requests, handle, 1, patient_mrn="MRN-B")
    assert patients.get(office.table, REGISTRY, "MRN-A") is None
    after = patients.get(office.table, REGISTRY, "MRN-B")
    assert after is not None
    assert (after.id, after.handle) == (before.id, before.handle)
    assert office.patient(handle) == after
    [entry] = lists.directory(office.table, REGISTRY)
    assert entry.patient_mrn == "MRN-B"
    trail = history.audit_trail(office.table, after.id).records
    assert {entry.action for entry in trail} == {"enrolled", "edited"}
    # The old number is free again.
    office.enrolled(patient_mrn="MRN-A")


def test_never_to_an_mrn_that_exists(office: Office, requests: Fresh, handle: str) -> None:
    office.enrolled(patient_mrn="MRN-B")
    with pytest.raises(InvalidInput) as refused:
        changed(office, requests, handle, 1, patient_mrn="MRN-B", phone_number="555-010-0111")
    assert refused.value.field == "patient_mrn"
    after = office.patient(handle)
    assert (after.patient_mrn, after.phone_number, after.version) == ("MRN-A", "555-010-0100", 1)


def test_a_birth_date_that_can_not_be(office: Office, requests: Fresh, handle: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        changed(office, requests, handle, 1, date_of_birth=date(2031, 3, 4))
    assert refused.value.field == "date_of_birth"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CARE_MANAGER])
def test_care_managers_alone_edit(office: Office, requests: Fresh, handle: str, role: Role) -> None:
    details = Details.model_validate(NEW)
    with pytest.raises(NotAllowed):
        edit(office.ctx, office.actor(role), handle, details, requests(), read=1, shown=1)
    assert office.patient(handle).version == 1
    assert office.refusals() == ["edit_patient"]
