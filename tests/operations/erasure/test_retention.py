"""Records whose retention is over are proposed, and nothing else happens to them."""

from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.patients.erasure import retention_over
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.records.course import Episode
from cocm_bot.domain.records.patient import LegalHold, Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.admin_notices import Notice
from cocm_bot.operations.erasure.retention import past_retention, propose
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients.patient_items import replaced
from tests.operations.conftest import Office
from tests.store import build
from tests.store.build import REGISTRY


def left(day: str, **changes: Any) -> Patient:
    """A patient who left at noon of a day (UTC), which is that day in New York."""
    at = build.NOON + (date.fromisoformat(day) - date(2026, 1, 1)).days * 86_400
    episode = Episode(started=at - 86_400, ended=at, reason=DeactivationReason.MOVED)
    given = {"status": Status.DEACTIVATED, "episodes": (episode,)} | changes
    return build.patient(1, **given)


LATER = (build.contact("check", build.NOON + 86_400),)
HOLD = LegalHold(by="account ana", at=1, reason="Case 12")


@pytest.mark.parametrize(
    ("patient", "today", "over"),
    [
        (left("2026-01-01"), "2033-01-01", False),
        (left("2026-01-01"), "2033-01-02", True),
        (left("2028-02-29"), "2035-03-01", False),
        (left("2028-02-29"), "2035-03-02", True),
        (left("2026-01-01", legal_hold=HOLD), "2050-01-01", False),
        (left("2026-01-01", episodes=()), "2050-01-01", False),
        (build.patient(1), "2050-01-01", False),
        (
            left("2026-01-01", treatment_logs=(build.contact("check", build.NOON + 86_400),)),
            "2033-01-02",
            False,
        ),
    ],
    ids=[
        "its last day",
        "the day after",
        "of 29 Feb",
        "after it",
        "held",
        "no episode",
        "in the program",
        "check",
    ],
)
def test_seven_years_after_the_last_day_a_record_is_past_retention(
    patient: Patient, today: str, *, over: bool
) -> None:
    policy = build.registry().policy
    found = retention_over(patient, 7, date.fromisoformat(today), policy)
    assert (found is not None) is over


def test_it_is_off_by_default_and_proposes_once_a_week(office: Office) -> None:
    handle = office.enrolled()
    before = office.patient(handle)
    at = office.moment.timestamp()
    gone = before.model_copy(
        update={
            "status": Status.DEACTIVATED,
            "episodes": (Episode(started=at - 10, ended=at, reason=DeactivationReason.MOVED),),
        }
    )
    office.table.transact(replaced(office.table, REGISTRY, before, gone))
    office.forward(days=2 * 366)
    assert past_retention(office.ctx, REGISTRY, "ana") is None
    propose(office.ctx, office.actor().registry)
    assert jobs.waiting(office.table, JobKind.ADMIN_NOTICE, REGISTRY) == []
    registry = office.actor().registry
    kept = registry.privacy.model_copy(update={"retention_years": 2})
    registries.save(
        office.table, registry, registry.model_copy(update={"privacy": kept, "modified_date": at})
    )
    for _ in range(2):
        propose(office.ctx, office.actor().registry)
    assert jobs.waiting(office.table, JobKind.ADMIN_NOTICE, REGISTRY) == [
        f"{REGISTRY}-{Notice.RETENTION}-2033-03"
    ]
    assert past_retention(office.ctx, REGISTRY, "ana") == [(handle, date(2031, 3, 3))]
    assert office.patient(handle)
