"""Limits per person, and the notice of unusual access: by hand-made counts, on the real access log."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from cocm_bot.domain.access import DIGEST, DIRECT_MESSAGE, Action, Actor
from cocm_bot.domain.errors import TooOften
from cocm_bot.domain.settings.registry_settings import Privacy
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import record_view
from cocm_bot.operations.access.unusual_access import STEPS
from cocm_bot.operations.admin_notices import Notice
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import find
from cocm_bot.operations.patients.handles import export_handles
from cocm_bot.operations.usage import EXPORTS, SEARCHES, Limit, Usage
from cocm_bot.store import jobs
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.jobs import JobKind
from tests.operations.conftest import AUDIT_KEY, Office
from tests.store import faults
from tests.store.build import REGISTRY

THREE = Limit("three", 3, 60, "That was a lot.")
MOST, MINUTES = 40, 30


def test_a_limit_counts_each_person_and_forgets() -> None:
    usage = Usage()
    for at in (0, 10, 20):
        usage.take(THREE, "maya", at)
    with pytest.raises(TooOften, match=r"That was a lot\."):
        usage.take(THREE, "maya", 59)
    usage.take(THREE, "iris", 59)
    usage.take(THREE, "maya", 60)
    with pytest.raises(TooOften):
        usage.take(THREE, "maya", 69.9)
    usage.take(THREE, "maya", 70)


def test_what_is_refused_does_not_count() -> None:
    usage = Usage()
    for at in (0, 0, 0):
        usage.take(THREE, "maya", at)
    for at in range(1, 60):
        with pytest.raises(TooOften):
            usage.take(THREE, "maya", at)
    usage.take(THREE, "maya", 60)


def test_searches_and_exports_are_limited_with_a_sentence(office: Office) -> None:
    handle, maya = office.enrolled(), office.actor()
    for _ in range(SEARCHES.most):
        find(office.ctx, maya, "zz")
    with pytest.raises(TooOften, match=r"Wait a minute, then search again\."):
        find(office.ctx, maya, "zz")
    find(office.ctx, office.actor(user_id="user-2"), "zz")
    office.forward(seconds=SEARCHES.seconds)
    find(office.ctx, maya, "zz")
    for _ in range(EXPORTS.most):
        export_handles(office.ctx, maya, [handle])
    with pytest.raises(TooOften, match=r"Wait an hour, then export again\."):
        export_handles(office.ctx, maya, [handle])


def strict(office: Office, user_id: str = "user-1", surface: str = "modal") -> Actor:
    """A member of a registry where 40 patients in 30 minutes are unusual."""
    actor = office.actor(user_id=user_id)
    privacy = Privacy(viewed_patients=MOST, viewed_minutes=MINUTES)
    return replace(actor, surface=surface, registry=actor.registry.model_copy(update={"privacy": privacy}))


def told(office: Office, user_id: str = "user-1", day: str = "2031-03-03") -> bool:
    """Return whether the admins are about to be notified of somebody."""
    return (
        jobs.get(office.table, JobKind.ADMIN_NOTICE, f"{REGISTRY}-{Notice.UNUSUAL_ACCESS}-{user_id}/{day}")
        is not None
    )


@pytest.fixture
def fresh() -> Iterator[str]:
    """Ids of patients who were not seen yet."""
    return (f"patient-{number}" for number in count())


def see(office: Office, actor: Actor, ids: Iterator[str], many: int, ctx: Context | None = None) -> None:
    for _ in range(many):
        record_view(ctx or office.ctx, actor, Action.VIEW_PATIENT, [next(ids)])


def test_the_admins_are_told_from_the_patient_on_who_is_one_too_many(
    office: Office, fresh: Iterator[str]
) -> None:
    see(office, strict(office), fresh, MOST - 1)
    assert not told(office)
    see(office, strict(office), fresh, 1)
    assert told(office)
    assert not told(office, "user-2")


def test_the_same_patients_again_are_no_more(office: Office) -> None:
    for _ in range(3):
        see(office, strict(office), (f"patient-{number}" for number in count()), MOST - 1)
    assert not told(office)


def test_the_window_slides(office: Office, fresh: Iterator[str]) -> None:
    see(office, strict(office), fresh, MOST // 2)
    office.forward(minutes=MINUTES - 1)
    see(office, strict(office), fresh, MOST // 2 - 1)
    office.forward(minutes=1, seconds=1)
    see(office, strict(office), fresh, MOST // 2)
    assert not told(office)
    see(office, strict(office), fresh, 1)
    assert told(office)


def test_it_is_counted_across_midnight_utc(office: Office, fresh: Iterator[str]) -> None:
    office.forward(hours=9, minutes=50)
    see(office, strict(office), fresh, MOST - 1)
    office.forward(minutes=20)
    see(office, strict(office), fresh, 1)
    assert told(office)


def test_processes_count_together(office: Office, fresh: Iterator[str]) -> None:
    """Four that know nothing of each other, each with a quarter."""
    desks = [replace(office.ctx, usage=Usage(), trail=_trail(office)) for _ in range(4)]
    for ctx in desks:
        assert not told(office)
        see(office, strict(office), fresh, MOST // 4, ctx)
    # A process looks each time it has shown a tenth more.
    see(office, strict(office), fresh, MOST // STEPS, desks[0])
    assert told(office)


def _trail(office: Office) -> AuditTrail:
    return AuditTrail(AUDIT_KEY, 6, lambda: office.moment)


@pytest.mark.parametrize("surface", [DIGEST, DIRECT_MESSAGE])
def test_what_the_bot_shows_by_itself_does_not_count(
    office: Office, fresh: Iterator[str], surface: str
) -> None:
    see(office, strict(office, surface=surface), fresh, 2 * MOST)
    assert not told(office)


def test_one_page_of_many_counts_each_of_them(office: Office) -> None:
    record_view(
        office.ctx, strict(office), Action.EXPORT_HANDLES, [f"patient-{number}" for number in range(MOST)]
    )
    assert told(office)


def test_a_table_that_fails_keeps_nobody_from_their_work(
    office: Office, fresh: Iterator[str], no_pauses: None
) -> None:
    see(office, strict(office), fresh, MOST - 1)
    with faults.on(office.table.client, "Query", faults.refuse("InternalServerError", 500)):
        see(office, strict(office), fresh, 1)
    assert not told(office)
    see(office, strict(office), fresh, 1)
    assert told(office)


def test_a_morning_asks_the_log_nothing(office: Office, fresh: Iterator[str]) -> None:
    """Nineteen patients, where two hundred are unusual."""
    with faults.on(office.table.client, "Query", faults.none) as asked:
        see(office, office.actor(Role.CARE_MANAGER), fresh, 19)
    assert asked == []
