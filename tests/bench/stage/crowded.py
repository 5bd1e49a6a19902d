"""Registries of any size in the bench's table, each with one member who has a Slack account."""

from datetime import UTC, datetime
from typing import NamedTuple

from cocm_bot.domain.access import Actor
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.context import Context
from cocm_bot.store import registries
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.patients import patients
from cocm_bot.store.patients.patient_items import directory_item
from cocm_bot.store.table.table import Table
from tests.bench.rig import AUDIT_KEY
from tests.domain.build import follow_up
from tests.rig import crowd
from tests.store import build

DAY = 86_400


class Crowded(NamedTuple):
    """A registry, and its member by their Slack id."""

    registry: Registry
    slack_id: str
    user_id: str

    def actor(self) -> Actor:
        return Actor(
            self.user_id, "Cara", "Manager", Role.CARE_MANAGER, is_admin=True, registry=self.registry
        )


def now() -> datetime:
    """The time the bench works by: the machine's, as the served bot's."""
    return datetime.now(UTC)


def context(table: Table) -> Context:
    """The operations, in this process."""
    return Context(table, now, AuditTrail(AUDIT_KEY, 6, now))


def registry_of(table: Table, name: str, count: int, *, listed: int | None = None) -> Crowded:
    """Found a registry with so many patients; of those only so many are more than a name in the directory."""
    slack_id, user_id = f"U{name.upper()}", f"user-{name}"
    changes = {"id": user_id, "email": f"{slack_id.lower()}@example.org"}
    member = build.user().model_copy(update=changes)
    registries.create_registry(table, build.registry(name), member, Role.CARE_MANAGER, is_admin=True)
    found = registries.get(table, name)
    assert found is not None
    everybody = [
        each.model_copy(update={"id": f"{name}-{each.id}"}) for each in crowd.synthetic(count, now())
    ]
    whole = everybody if listed is None else everybody[:listed]
    crowd.load(table, name, whole)
    crowd.put(table, [directory_item(name, each) for each in everybody[len(whole) :]])
    return Crowded(found, slack_id, user_id)


def patient_after(table: Table, there: Crowded, contacts: int, number: int) -> Patient:
    """Enrol a patient with so many contacts, one a day up to yesterday."""
    scored = follow_up("2026-01-02", PHQ9=12.0)
    logs = [
        scored.model_copy(update={"id": f"log-{number}-{each}", "date": at, "recorded_at": at})
        for each in range(contacts)
        if (at := now().timestamp() - (contacts - each) * DAY)
    ]
    bare = build.patient(number, handle=f"Z{number:03}")
    who = derived(bare, logs, there)
    patients.create(
        table, there.registry.id, who, build.audit(f"a-{number}"), logs=logs, request_id=f"r-{number}"
    )
    return who


def derived(bare: Patient, logs: list[TreatmentLog], there: Crowded) -> Patient:
    """The patient with what follows from the history."""
    return derive(bare, logs, there.registry.policy, now())
