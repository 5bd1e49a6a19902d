"""Records for the store's tests: only what a case is about has to be said."""

from typing import Any

from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.figures.episodes.outcome_record import FORM
from cocm_bot.domain.members import Questionnaire, Registry, User
from cocm_bot.domain.records.history import AuditLog, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.store import registries
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.patients import patients
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import UserChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import memberships, people
from tests.domain import build

REGISTRY = "registry-1"
NOON = 1_767_268_800.5
"""2026-01-01 12:00:00.5 UTC"""


def registry(registry_id: str = REGISTRY) -> Registry:
    return Registry(
        id=registry_id,
        name="Riverside Clinic",
        modified_date=NOON,
        created_date=NOON,
        members=0,
        active_patients=0,
        questionnaires=(Questionnaire(name="PHQ-9"),),
        ledgered=True,
        outcomes_form=FORM,
        timezone="America/New_York",
    )


def user(number: int = 1) -> User:
    return User(
        id=f"user-{number}",
        email=f"Person.{number}@Example.org",
        first_name="Cara",
        last_name="Manager",
        phone_number="",
        registeries=(),
    )


def patient(number: int = 1, **changes: Any) -> Patient:
    """An enrolled patient like no other in its ids."""
    ids = {"id": f"patient-{number}", "handle": f"H{number:04}", "patient_mrn": f"MRN-{number}"}
    return build.patient(Status.ENROLLED).model_copy(update={**ids, "version": 1, **changes})


def audit(name: str = "audit-1", at: float = NOON) -> AuditLog:
    return AuditLog(
        id=name, object_name="patient", action="changed", user_id="user-1", created_date=at, changes=()
    )


def contact(name: str = "log-1", at: float = NOON, minutes: float = 20) -> TreatmentLog:
    return build.follow_up("2026-01-02").model_copy(
        update={"id": name, "date": at, "recorded_at": at, "minutes": minutes}
    )


def access_entry(name: str = "e", at: float = NOON, **changes: Any) -> AccessEntry:
    """An entry of the access log, not sealed."""
    entry = AccessEntry(
        id=name,
        at=at,
        registry_id="r1",
        user_id="user-1",
        slack_user_id="U1",
        action="view_patient",
        surface="modal",
        patient_ids=("patient-1", "patient-2"),
        outcome="allowed",
        kept_until=int(at) + 1,
        writer="20260101-w",
        sequence=1,
        previous="",
    )
    return entry.model_copy(update=changes)


def found_registry(table: Table, registry_id: str = REGISTRY) -> None:
    """Create a registry with its first member."""
    registries.create_registry(table, registry(registry_id), user(), Role.CARE_MANAGER, is_admin=True)


def end_membership(table: Table, user_id: str, registry_id: str = REGISTRY) -> None:
    """End a membership, the last admin's too."""
    for _ in tries(people.CHANGE_TRIES):
        member, found = people.membership(table, registry_id, user_id), registries.get(table, registry_id)
        if member is None or found is None:
            raise NotFound
        try:
            return table.transact(memberships.ended(member, found, people.user(table, user_id), NOON))
        except UserChanged:
            continue
    raise UserChanged


def enrol(table: Table, number: int = 1, **changes: Any) -> Patient:
    """Add a patient to the registry, as a request of its own."""
    added = patient(number, **changes)
    patients.create(table, REGISTRY, added, audit(f"enrolled-{number}"), request_id=f"enrol-{number}")
    return added


def counts(table: Table) -> tuple[int, int]:
    """The registry's members and active patients, as it counts them."""
    record = registries.get(table, REGISTRY)
    assert record is not None
    return record.members, record.active_patients
