"""Checking and repairing while others work, one registry of several, and what is written down about it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cocm_bot.domain.errors import NotFound, Unavailable
from cocm_bot.domain.settings.policy import Cadence
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.checking import Kind, check
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.registries import recalculation
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.store import registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.patients import lists
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.operations.registries.test_recalculation import contact
from tests.operations.test_checking import alter, everything, found, key, some, take, unversioned
from tests.rig import crowd
from tests.rig.killing import Death, deaths, dying
from tests.store import faults
from tests.store.build import REGISTRY, counts, found_registry, user

pytestmark = pytest.mark.slow


@pytest.fixture
def office(table: Table) -> Office:
    crowd.prepare(table, "checking runs", lambda: list(seed(Office(table).ctx, REGISTRY, 6, 1)))
    return Office(table)


@pytest.fixture
def small_office(table: Table) -> Office:
    """One of two patients: as many as are damaged."""
    list(seed(Office(table).ctx, REGISTRY, 2, 1))
    return Office(table)


def test_a_doubled_handle_stays_with_whom_the_directory_names(office: Office) -> None:
    first, second = some(office), some(office, 1)
    alter(office.table, key(second), handle=first.handle)
    take(office.table, keys.directory_entry(REGISTRY, second.handle))
    # Months of the ledger and outcome records carry the handle too.
    kinds = [(kind, second.id) for kind in ("LEDGER", "OUTCOMES", "HANDLE")]
    assert found(office) == kinds
    assert found(office, repair=True) == kinds
    assert found(office) == []
    assert office.patient(first.handle) == first
    entries = {each.patient_id: each for each in lists.directory(office.table, REGISTRY)}
    renamed = office.patient(entries[second.id].handle)
    assert renamed.handle not in {first.handle, second.handle}
    same = {"handle": second.handle, "version": second.version}
    assert renamed.model_copy(update=same) == second


def test_patients_of_one_id_are_left_to_a_person(office: Office) -> None:
    first = some(office)
    alter(office.table, key(some(office, 1)), id=first.id)
    kinds = dict(found(office))
    assert kinds["SHARED_ID"] == first.id


def test_what_a_new_policy_has_not_reached_yet_is_no_finding(office: Office) -> None:
    before = office.actor().registry
    slower = Cadence(follow_up_days_early=9, follow_up_days=23, follow_up_days_prevention=41)
    after = before.model_copy(update={"cadence": slower, "modified_date": before.modified_date + 1})
    registries.save(office.table, before, after)
    assert {kind for kind, _ in found(office)} == {"DERIVED"}
    office.table.transact([recalculation.calling_for(office.ctx, REGISTRY, "")])
    assert found(office) == []


def test_one_registry_alone(office: Office) -> None:
    found_registry(office.table, "registry-2")
    alter(office.table, keys.registry(REGISTRY), members=7)
    alter(office.table, keys.registry("registry-2"), members=8)
    take(office.table, keys.user_registry("user-1", "registry-2"))
    assert found(office, registry_id="registry-2") == [("MEMBERSHIP", "user-1"), ("MEMBERS", "")]
    assert found(office, repair=True, registry_id="registry-2") == [("MEMBERSHIP", "user-1"), ("MEMBERS", "")]
    assert found(office) == [("MEMBERS", "")]
    with pytest.raises(NotFound):
        list(check(office.ctx, "registry-3"))


def test_repairing_is_written_down_before_anything_is_repaired(office: Office) -> None:
    alter(office.table, keys.registry(REGISTRY), members=7)
    take(office.table, keys.email_lock(user(1).email))
    list(check(office.ctx, None))
    assert logged(office) == []
    refused = faults.refuse("InternalServerError", 500)
    with faults.on(office.table.client, "PutItem", refused), pytest.raises(Unavailable):
        list(check(office.ctx, None, "tester"))
    assert len(found(office)) == 2
    list(check(office.ctx, None, "tester"))
    assert logged(office) == [("-", "repair", "account tester"), (REGISTRY, "repair", "account tester")]


def logged(office: Office) -> list[tuple[str, str, str]]:
    """Today's entries of the access log that are about repairing."""
    entries = [
        entry
        for registry_id in ("-", REGISTRY)
        for entry in access_log.entries(office.table, registry_id, office.moment.date())
    ]
    return [(each.registry_id, each.action, each.reason) for each in entries if each.action == "repair"]


def damage(office: Office) -> None:
    """Something of every part."""
    alter(office.table, keys.registry(REGISTRY), members=7, active_patients=70)
    take(office.table, keys.user_registry("user-1", REGISTRY))
    take(office.table, keys.email_lock(user(1).email))
    alter(office.table, key(some(office)), total_sessions=99, GSI1PK=None, GSI1SK=None)
    take(office.table, keys.directory_entry(REGISTRY, some(office, 1).handle))


@pytest.mark.slow
@pytest.mark.long(10)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("done", [False, True], ids=["before it is sent", "its answer lost"])
def test_a_repair_that_was_killed_is_taken_up_by_the_next(small_office: Office, done: bool) -> None:
    office = small_office
    right = unversioned(everything(office.table))

    def run(at: int) -> Death:
        damage(office)
        with dying(office.table.client, at, done=done, writing=True) as death:
            list(check(office.ctx, None, "tester"))
        list(check(Office(office.table).ctx, None, "tester"))
        assert found(office) == [], at
        assert unversioned(everything(office.table)) == right
        return death

    assert deaths(run) > 8


def test_nothing_that_happens_meanwhile_is_lost(office: Office) -> None:
    """Contacts are logged and people join, while two repair what was damaged."""
    everyone = [office.patient(each.handle) for each in lists.directory(office.table, REGISTRY)]
    treated = [patient for patient in everyone if patient.status is Status.TREATMENT]
    active = sum(patient.status is not Status.DEACTIVATED for patient in everyone)
    damage(office)

    def logs(number: int) -> None:
        handle = treated[number % len(treated)].handle
        log_contact(Office(office.table).ctx, office.actor(), handle, contact(office), f"log-{number}")

    def joins(number: int) -> None:
        person = user(10 + number)
        people.add_member(office.table, REGISTRY, person, Role.PCP, is_admin=False, at=1)

    def repairs(_: int) -> None:
        list(check(Office(office.table).ctx, None, "tester"))

    with ThreadPoolExecutor(8) as threads:
        jobs = [threads.submit(repairs, number) for number in range(2)]
        jobs += [threads.submit(logs, number) for number in range(3 * len(treated))]
        jobs += [threads.submit(joins, number) for number in range(6)]
    for job in jobs:
        job.result()
    list(check(office.ctx, None, "tester"))
    assert found(office) == []
    assert counts(office.table) == (7, active)
    for before in treated:
        after = office.patient(before.handle)
        assert after.total_sessions == (before.total_sessions or 0) + 3


def test_kinds_read_as_sentences() -> None:
    assert all(kind[0].isupper() and not kind.endswith(".") for kind in Kind)
