from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.store import registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.patients import patients
from cocm_bot.store.table.table import Table
from tests.store.build import REGISTRY

MONDAY = datetime(2031, 3, 3, 14, tzinfo=UTC)
"""9 in the morning in New York."""
AUDIT_KEY = "a key for the tests and for nothing else"


@dataclass
class Office:
    """The operations on a table of their own, with a clock that stops until it is moved."""

    table: Table
    moment: datetime = MONDAY

    @cached_property
    def ctx(self) -> Context:
        def now() -> datetime:
            return self.moment

        return Context(self.table, now, AuditTrail(AUDIT_KEY, 6, now))

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)

    def actor(self, role: Role = Role.CARE_MANAGER, user_id: str = "user-1") -> Actor:
        registry = registries.get(self.table, REGISTRY)
        assert registry is not None
        return Actor(user_id, "Cara", "Manager", role, is_admin=False, registry=registry)

    def patient(self, handle: str) -> Patient:
        found = patients.by_handle(self.table, REGISTRY, handle)
        assert found is not None
        return found

    def enrolled(self, **changes: object) -> str:
        """Enrol a patient; returns the handle."""
        number = next(_numbers)
        entered = {
            "patient_mrn": f"MRN-{number}",
            "first_name": "Ada",
            "last_name": "Example",
            "date_of_birth": "1980-02-29",
            "phone_number": "555-010-0100",
            "email": "ada@example.org",
        }
        enrolment = Enrolment.model_validate(entered | changes)
        return enrol(self.ctx, self.actor(), enrolment, f"enrol-{number}").patient.handle

    def refusals(self) -> list[str]:
        """The actions that were refused today, by name."""
        entries = access_log.entries(self.table, REGISTRY, self.moment.date())
        return sorted(entry.action for entry in entries if entry.outcome == "refused")


_numbers = count(1)


@pytest.fixture
def office(table: Table) -> Office:
    return Office(table)


@pytest.fixture
def requests() -> Callable[[], str]:
    """A fresh request id at every call."""
    numbers = count(1)
    return lambda: f"request-{next(numbers)}"
