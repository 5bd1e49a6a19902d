"""The moment a row of a digest is done with, for each who has it."""

from datetime import date

import pytest

from cocm_bot.domain.records.agreements import Answer
from cocm_bot.domain.records.history import AuditLog
from cocm_bot.domain.records.patient import Patient, Snooze
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations import clock_status
from cocm_bot.operations.digests.live_rows import changed_digests, settled_since
from cocm_bot.store.digests import live_digests
from cocm_bot.store.digests.live_digests import LiveDigest
from cocm_bot.store.table import keys
from cocm_bot.store.team import people
from tests.domain import build
from tests.operations.conftest import Office
from tests.operations.test_checking import alter, take
from tests.rig import crowd
from tests.rig.due_people import TODAY, patients_by_reason
from tests.store.build import REGISTRY, user

TOLD = build.at(f"{TODAY} 08:00")
ROLES = {"user-1": Role.CARE_MANAGER, "user-2": Role.PSYCHIATRIST, "user-3": Role.PCP}


@pytest.fixture
def team(office: Office) -> Office:
    """A care manager, a psychiatrist and a physician, at ten on a Monday."""
    for number in (2, 3):
        people.add_member(office.table, REGISTRY, user(number), ROLES[f"user-{number}"], is_admin=False, at=5)
    office.moment = build.moment(f"{TODAY} 10:00")
    return office


def after(who: Patient, action: str, at: str = "09:12", **changes: object) -> Patient:
    """The patient once this was done and written down."""
    audit = AuditLog(
        id="audit-1",
        object_name="patient",
        action=action,
        user_id="user-1",
        created_date=build.at(f"{TODAY} {at}"),
    )
    return who.model_copy(update={"audit_logs": (audit,), **changes})


PEOPLE = patients_by_reason()
SNOOZE = Snooze(until="2026-03-19", by="user-1", at=TOLD, reason="on holiday")
ANSWERED = (build.recommendation("2026-03-06", Answer.ACCEPTED),)

CASES = [
    ("user-1", PEOPLE["follow-up"], None),
    ("user-1", after(PEOPLE["follow-up"], "contact logged"), "Contact logged by Cara at 09:12"),
    ("user-1", after(PEOPLE["follow-up"], "contact logged", "07:59"), None),
    ("user-1", after(PEOPLE["follow-up"], "no-show logged"), "No-show logged by Cara at 09:12"),
    ("user-1", after(PEOPLE["follow-up"], "consent recorded"), None),
    ("user-1", after(PEOPLE["follow-up"], "snoozed", snoozed=SNOOZE), "Snoozed by Cara at 09:12"),
    ("user-1", after(PEOPLE["safety"], "contact logged"), None),
    (
        "user-1",
        after(PEOPLE["follow-up"], "deactivated", status=Status.DEACTIVATED),
        "Deactivated by Cara at 09:12",
    ),
    ("user-2", PEOPLE["stuck"], None),
    ("user-2", after(PEOPLE["stuck"], "contact logged"), "Contact logged by Cara at 09:12"),
    ("user-2", after(PEOPLE["stuck"], "snoozed", snoozed=SNOOZE), None),
    ("user-3", PEOPLE["recommendation"], None),
    ("user-3", after(PEOPLE["recommendation"], "contact logged"), None),
    (
        "user-3",
        after(PEOPLE["recommendation"], "recommendation accepted", recommendations=ANSWERED),
        "Recommendation accepted by Cara at 09:12",
    ),
    ("user-9", PEOPLE["follow-up"], "No longer for you"),
]


@pytest.mark.parametrize(("reader", "patient", "settled"), CASES)
def test_what_settles_a_row(reader: str, patient: Patient, settled: str | None, team: Office) -> None:
    actor = team.actor(ROLES.get(reader, Role.CARE_MANAGER), reader)
    assert settled_since(team.ctx, actor, patient, TOLD) == settled


def test_a_patient_of_somebody_else_is_no_longer_the_readers(team: Office) -> None:
    people.add_member(team.table, REGISTRY, user(4), Role.CARE_MANAGER, is_admin=False, at=5)
    given = after(PEOPLE["follow-up"], "assigned", care_manager="user-4")
    assert settled_since(team.ctx, team.actor(), given, TOLD) == "Assigned by Cara at 09:12"


def test_every_digest_of_the_day_that_has_the_row_changes_once(team: Office) -> None:
    done = after(PEOPLE["follow-up"], "contact logged")
    crowd.load(team.table, REGISTRY, [done])
    for user_id, handles in (("user-1", (done.handle,)), ("user-2", ("H999",))):
        digest = LiveDigest(
            user_id=user_id,
            day=TODAY,
            channel="D1",
            ts="1.1",
            at=TOLD,
            handles=handles,
            message='{"blocks": []}',
        )
        live_digests.record(team.table, REGISTRY, digest)
    registry = team.actor().registry
    [changed] = changed_digests(team.ctx, registry, [done.handle])
    assert (changed.user_id, changed.done) == ("user-1", {done.handle: "Contact logged by Cara at 09:12"})
    assert list(changed_digests(team.ctx, registry, [done.handle])) == []
    crowd.load(team.table, REGISTRY, [PEOPLE["follow-up"]])
    [back] = changed_digests(team.ctx, registry, [done.handle])
    assert back.done == {}


def test_the_digests_of_yesterday_stay_as_they_are(team: Office) -> None:
    done = after(PEOPLE["follow-up"], "contact logged")
    crowd.load(team.table, REGISTRY, [done])
    digest = LiveDigest(
        user_id="user-1",
        day="2026-03-13",
        channel="D1",
        ts="1.1",
        at=TOLD,
        handles=(done.handle,),
        message='{"blocks": []}',
    )
    live_digests.record(team.table, REGISTRY, digest)
    assert list(changed_digests(team.ctx, team.actor().registry, [done.handle])) == []


def test_whose_membership_can_not_be_read_is_not_said_to_have_left(team: Office) -> None:
    patient = PEOPLE["follow-up"]
    crowd.load(team.table, REGISTRY, [patient])
    live_digests.record(team.table, REGISTRY, kept("user-1", patient.handle))
    alter(team.table, keys.registry_user(REGISTRY, "user-1"), role="Wizard")
    assert list(changed_digests(team.ctx, team.actor().registry, [patient.handle])) == []
    take(team.table, keys.registry_user(REGISTRY, "user-1"))
    [changed] = changed_digests(team.ctx, team.actor().registry, [patient.handle])
    assert changed.done == {patient.handle: "No longer for you"}


def test_a_patient_that_can_not_be_read_keeps_no_other_row_from_being_struck(team: Office) -> None:
    done, other = after(PEOPLE["follow-up"], "contact logged"), PEOPLE["stuck"]
    crowd.load(team.table, REGISTRY, [done, other])
    live_digests.record(team.table, REGISTRY, kept("user-1", done.handle, other.handle))
    alter(team.table, keys.patient(REGISTRY, other.patient_mrn), course="?")
    [changed] = changed_digests(team.ctx, team.actor().registry, [done.handle, other.handle])
    assert changed.done.keys() == {done.handle}


NO_MESSAGE = ["", "{", "[]", "null", "7", "{}", '{"blocks": 7}', '{"blocks": ["x"]}', "[" * 100_000]


@pytest.mark.parametrize("message", NO_MESSAGE, ids=range(len(NO_MESSAGE)))
def test_a_digest_that_is_no_message_is_skipped_and_counted(team: Office, message: str) -> None:
    done = after(PEOPLE["follow-up"], "contact logged")
    crowd.load(team.table, REGISTRY, [done])
    for user_id in ("user-1", "user-2"):
        live_digests.record(team.table, REGISTRY, kept(user_id, done.handle))
    day = date.fromisoformat(TODAY)
    alter(team.table, keys.digest(REGISTRY, day, "user-1"), message=message)
    changed = changed_digests(team.ctx, team.actor().registry, [done.handle])
    assert [each.user_id for each in changed] == ["user-2"]
    assert live_digests.of_day(team.table, REGISTRY, day).broken == 1
    assert clock_status.days_of(team.ctx, REGISTRY).unreadable == 1


def kept(user_id: str, *handles: str) -> LiveDigest:
    """A member's digest of today, as it is kept."""
    return LiveDigest(
        user_id=user_id, day=TODAY, channel="D1", ts="1.1", at=TOLD, handles=handles, message='{"blocks": []}'
    )
