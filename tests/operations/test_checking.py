"""Faults that another writer of the table leaves are found, named by ids, and repaired without a guess."""

from collections.abc import Callable
from typing import Any

import pytest

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.members import User, UserInvite
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.flags import open_types
from cocm_bot.domain.vocabulary import Flag, Role, Status
from cocm_bot.operations.checking import FOR_A_PERSON, Kind, check
from cocm_bot.operations.figures import records
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.store import registries
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import history, lists
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import from_wire, key_of, to_wire, wire_key
from cocm_bot.store.team import invites, people
from tests.operations.conftest import Office
from tests.rig import crowd
from tests.store.build import REGISTRY, user

pytestmark = pytest.mark.slow

WRITTEN = {"version", "expires_at"}


@pytest.fixture
def office(table: Table) -> Office:
    """A registry of three, with patients of every status, a channel and an invitation; nothing is wrong."""
    crowd.prepare(table, "checking", lambda: _prepare(Office(table)))
    return Office(table)


def _prepare(office: Office) -> None:
    for number, role in ((2, Role.PSYCHIATRIST), (3, Role.PCP)):
        people.add_member(office.table, REGISTRY, user(number), role, is_admin=False, at=1)
    before = office.actor().registry
    after = before.model_copy(update={"team_channel": "C1", "modified_date": before.modified_date + 1})
    registries.save(office.table, before, after)
    office.table.transact(invites.storing(invitation(), None))
    list(seed(office.ctx, REGISTRY, 6, 1))


def invitation() -> UserInvite:
    return UserInvite(
        email="new@example.org",
        first_name="Nia",
        last_name="Example",
        invited_by="user-1",
        registry_id=REGISTRY,
        date_created=1,
        role=Role.PCP,
        id="invite-1",
    )


def found(office: Office, *, repair: bool = False, registry_id: str | None = None) -> list[tuple[str, str]]:
    """The kinds found with the ids they are about, in order."""
    run = check(office.ctx, registry_id, "tester" if repair else None)
    return [(each.finding.kind.name, each.finding.subject) for each in run]


def everything(table: Table) -> dict[Key, dict[str, Any]]:
    """All items of the table, but what says that it was repaired."""
    stored = {key_of(item): from_wire(item) for item in crowd.stored(table)}
    said = ("access-log:", "audit-", "patient-changes:")
    return {key: item for key, item in stored.items() if not key.pk.startswith(said)}


def alter(table: Table, key: Key, **changes: Any) -> None:
    """Write attributes of an item as another writer would; None takes one away."""
    item = dict(table.get(key) or wire_key(key))
    for name, value in changes.items():
        item.pop(name, None)
        item |= {} if value is None else to_wire({name: value})
    table.client.put_item(TableName=table.name, Item=item)


def take(table: Table, key: Key) -> None:
    table.client.delete_item(TableName=table.name, Key=wire_key(key))


def some(office: Office, number: int = 0) -> Patient:
    """One of the patients in treatment, by handle."""
    entries = lists.directory(office.table, REGISTRY)
    treated = [each for entry in entries if len((each := office.patient(entry.handle)).treatment_logs) > 2]
    return treated[number]


def key(patient: Patient) -> Key:
    return keys.patient(REGISTRY, patient.patient_mrn)


RISK = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
Break = Callable[[Office], str]
"""Breaks something, and says the id it is about."""


def membership_forgotten_by_the_user(office: Office) -> str:
    alter(office.table, keys.user("user-2"), registeries=[])
    return "user-2"


def membership_doubled(office: Office) -> str:
    alter(office.table, keys.user("user-2"), registeries=[REGISTRY, REGISTRY])
    return "user-2"


def membership_without_its_mirror(office: Office) -> str:
    take(office.table, keys.user_registry("user-2", REGISTRY))
    return "user-2"


def membership_ended_on_one_side(office: Office) -> str:
    take(office.table, keys.registry_user(REGISTRY, "user-2"))
    alter(office.table, keys.registry(REGISTRY), members=2)
    return "user-2"


def membership_claimed(office: Office) -> str:
    alter(
        office.table,
        keys.user("user-9"),
        **as_stored(user(9).model_copy(update={"registeries": (REGISTRY,)})),
    )
    join_address(office.table, user(9))
    return "user-9"


def as_stored(person: User) -> dict[str, Any]:
    return {name: value for name, value in person.model_dump().items() if value is not None}


def join_address(table: Table, person: User) -> None:
    email = normal_email(person.email)
    alter(table, keys.user_email(email, person.id), email=email, user_id=person.id, date_created=1)
    alter(table, keys.email_lock(email))


def members_miscounted(office: Office) -> str:
    alter(office.table, keys.registry(REGISTRY), members=7)
    return ""


def patients_miscounted(office: Office) -> str:
    alter(office.table, keys.registry(REGISTRY), active_patients=-1)
    return ""


def address_missing(office: Office) -> str:
    take(office.table, keys.user_email(user(2).email, "user-2"))
    take(office.table, keys.email_lock(user(2).email))
    return "user-2"


def address_unlocked(office: Office) -> str:
    take(office.table, keys.email_lock(user(2).email))
    return "user-2"


def address_locked_for_nobody(office: Office) -> str:
    alter(office.table, keys.email_lock("gone@example.org"))
    return ""


def account_missing(office: Office) -> str:
    alter(office.table, keys.user("user-2"), slack_team_id="T1", slack_user_id="U2")
    return "user-2"


def channel_unknown(office: Office) -> str:
    take(office.table, keys.team_channel("C1", REGISTRY))
    return "C1"


def channel_left_behind(office: Office) -> str:
    alter(office.table, keys.team_channel("C0", REGISTRY))
    return "C0"


def invitation_unlisted(office: Office) -> str:
    take(office.table, keys.registry_invite(REGISTRY, invitation().email))
    return ""


def invitation_listed_alone(office: Office) -> str:
    take(office.table, keys.invite(invitation().email, REGISTRY))
    return ""


def invitation_listed_otherwise(office: Office) -> str:
    alter(office.table, keys.registry_invite(REGISTRY, invitation().email), role="Finance")
    return ""


def clock_stopped(office: Office) -> str:
    take(office.table, keys.work(JobKind.DIGEST, REGISTRY))
    return ""


def out_of_the_index(office: Office) -> str:
    alter(office.table, key(some(office)), GSI1PK=None, GSI1SK=None)
    return some(office).id


def misplaced_in_the_index(office: Office) -> str:
    alter(office.table, key(some(office)), GSI1SK=f"2001-01-01#{some(office).id}")
    return some(office).id


def dates_moved(office: Office) -> str:
    alter(office.table, key(some(office)), last_follow_up=1, total_sessions=99)
    return some(office).id


def tail_of_contacts_cut(office: Office) -> str:
    patient = some(office)
    tail = [log.model_dump() for log in patient.treatment_logs[:-1]]
    alter(office.table, key(patient), treatment_logs=tail)
    return patient.id


def tail_of_audits_cut(office: Office) -> str:
    patient = some(office)
    alter(office.table, key(patient), audit_logs=[log.model_dump() for log in patient.audit_logs[:-1]])
    return patient.id


def directory_forgot(office: Office) -> str:
    patient = some(office)
    take(office.table, keys.directory_entry(REGISTRY, patient.handle))
    return patient.id


def directory_tells_otherwise(office: Office) -> str:
    alter(office.table, keys.directory_entry(REGISTRY, some(office).handle), last_name="Otherwise")
    return some(office).id


def directory_cant_be_read(office: Office) -> str:
    patient = some(office)
    alter(office.table, keys.directory_entry(REGISTRY, patient.handle), patient_id=None, first_name=None)
    return patient.id


def directory_of_nobody(office: Office) -> str:
    alter(
        office.table,
        keys.directory_entry(REGISTRY, "ZZZZ"),
        handle="ZZZZ",
        patient_id="gone",
        patient_mrn="gone",
        first_name="Ada",
        last_name="Gone",
    )
    return "ZZZZ"


def alert_untold(office: Office) -> str:
    everyone = (office.patient(each.handle) for each in lists.directory(office.table, REGISTRY))
    patient = next(each for each in everyone if each.status is Status.TREATMENT and not open_types(each))
    raise_flags(office.ctx, office.actor(), patient.handle, RISK, "raise")
    [alert] = office.patient(patient.handle).alerts
    take(office.table, keys.work("alert", alert.id))
    return patient.id


REPAIRED: list[tuple[Kind, Break]] = [
    (Kind.MEMBERSHIP, membership_forgotten_by_the_user),
    (Kind.MEMBERSHIP, membership_doubled),
    (Kind.MEMBERSHIP, membership_without_its_mirror),
    (Kind.MEMBERS, members_miscounted),
    (Kind.ACTIVE_PATIENTS, patients_miscounted),
    (Kind.ADDRESS, address_unlocked),
    (Kind.CHANNEL, channel_unknown),
    (Kind.INVITE, invitation_unlisted),
    (Kind.INVITE, invitation_listed_otherwise),
    (Kind.POSITION, out_of_the_index),
    (Kind.POSITION, misplaced_in_the_index),
    (Kind.DERIVED, dates_moved),
    (Kind.TAIL, tail_of_contacts_cut),
    (Kind.TAIL, tail_of_audits_cut),
    (Kind.DIRECTORY, directory_forgot),
    (Kind.DIRECTORY, directory_tells_otherwise),
    (Kind.DIRECTORY, directory_cant_be_read),
    (Kind.CHANNEL, channel_left_behind),
    (Kind.STALE_ENTRY, directory_of_nobody),
    (Kind.ADDRESS_LOCKED, address_locked_for_nobody),
]
"""Repaired to what it was before, but for the version of a patient that was written."""

SETTLED: list[tuple[Kind, Break]] = [
    (Kind.MEMBERSHIP, membership_ended_on_one_side),
    (Kind.MEMBERSHIP, membership_claimed),
    (Kind.ADDRESS, address_missing),
    (Kind.ACCOUNT, account_missing),
    (Kind.INVITE, invitation_listed_alone),
    (Kind.CLOCK, clock_stopped),
    (Kind.ALERT, alert_untold),
]
"""Repaired to something else than it was before."""


def pairs(cases: list[tuple[Kind, Break]]) -> Any:
    return [pytest.param(*case, id=case[1].__name__) for case in cases]


def test_what_the_bot_writes_passes(office: Office) -> None:
    assert found(office) == []


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "broken"), pairs([*REPAIRED, *SETTLED]))
def test_it_is_found_repaired_and_found_no_more(office: Office, kind: Kind, broken: Break) -> None:
    right = everything(office.table)
    subject = broken(office)
    before = everything(office.table)
    assert found(office) == [(kind.name, subject)]
    assert everything(office.table) == before, "looking changes nothing"
    assert [each.repaired for each in check(office.ctx, None, "tester")] == [True]
    assert found(office) == []
    if (kind, broken) in REPAIRED:
        assert unversioned(everything(office.table)) == unversioned(right)


def unversioned(stored: dict[Key, dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The items without what says that they were written once more.

    That is a number, also in the row for the index; and what follows from the history is packed beside a
    record when a contact is logged, not by a repair.
    """

    def plain(item: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in item.items() if name not in {"version", keys.PACKED}}
        return kept | ({keys.ROW: plain(kept[keys.ROW])} if keys.ROW in kept else {})

    return {key: plain(item) for key, item in stored.items()}


def test_all_at_once(office: Office) -> None:
    """Every kind of damage to a patient or a lookup, each to another."""
    right = everything(office.table)
    for broken in (
        membership_without_its_mirror,
        members_miscounted,
        patients_miscounted,
        address_unlocked,
        channel_unknown,
        invitation_unlisted,
        out_of_the_index,
        dates_moved,
        tail_of_audits_cut,
        directory_of_nobody,
    ):
        broken(office)
    kinds = [kind for kind, _ in found(office)]
    assert len(kinds) == 10
    assert all(each.repaired for each in check(office.ctx, None, "tester"))
    assert found(office) == []
    assert unversioned(everything(office.table)) == unversioned(right)


def user_of_two(office: Office) -> str:
    join_address(office.table, user(1).model_copy(update={"email": user(2).email}))
    alter(office.table, keys.user("user-1"), email=user(2).email)
    take(office.table, keys.user_email(user(1).email, "user-1"))
    take(office.table, keys.email_lock(user(1).email))
    return "user-1 user-2"


def address_of_nobody(office: Office) -> str:
    join_address(office.table, user(8))
    return "user-8"


def account_of_another(office: Office) -> str:
    alter(office.table, keys.user("user-2"), slack_team_id="T1", slack_user_id="U2")
    alter(office.table, keys.slack_account("T1", "U2"), user_id="user-3")
    return "user-2 user-3"


def no_admin(office: Office) -> str:
    alter(office.table, keys.registry_user(REGISTRY, "user-1"), is_admin=False)
    return ""


def user_gone(office: Office) -> str:
    take(office.table, keys.user("user-2"))
    take(office.table, keys.user_email(user(2).email, "user-2"))
    take(office.table, keys.email_lock(user(2).email))
    return "user-2"


def user_unreadable(office: Office) -> str:
    alter(office.table, keys.user("user-2"), registeries=None)
    return "user-2"


def phantom(office: Office) -> str:
    alter(office.table, keys.patient(REGISTRY, "MRN-PHANTOM"), flags=[])
    return keys.fingerprint(keys.patient(REGISTRY, "MRN-PHANTOM"))


def foreign(office: Office) -> str:
    place = {"GSI1PK": keys.patients(REGISTRY), "GSI1SK": "zzz"}
    alter(office.table, keys.Key("order#1", "Zenobia"), **place)
    return f"{keys.patients(REGISTRY)} {keys.fingerprint(keys.Key('order#1', 'Zenobia'))}"


def patient_unreadable(office: Office) -> str:
    patient = some(office)
    alter(office.table, key(patient), flags=None)
    return f"{patient.id} {patient.handle}"


def history_unreadable(office: Office) -> str:
    patient = some(office)
    log = patient.treatment_logs[0]
    alter(office.table, keys.treatment_log(patient.id, log.date, log.id), minutes="many")
    return f"{patient.id} {patient.handle}"


def other_mrn(office: Office) -> str:
    patient = some(office)
    alter(office.table, key(patient), patient_mrn="MRN-OTHER")
    return patient.id


def orphan(office: Office) -> str:
    log = some(office).treatment_logs[0].model_dump(exclude={"voided"})
    alter(office.table, keys.treatment_log("nobody", 1, "log"), **log)
    return "nobody"


def adrift(office: Office) -> str:
    patient = some(office)
    alter(office.table, key(patient), care_manager="user-9")
    # The figures follow whoever wrote that: this is about the member who is missing.
    logs = history.contacts(office.table, patient.id)
    office.table.transact(records.missing(office.ctx, office.actor().registry, some(office), logs))
    return patient.id


def registry_unreadable(office: Office) -> str:
    alter(office.table, keys.registry(REGISTRY), timezone="Nowhere/At_All")
    return ""


def registry_gone(office: Office) -> str:
    take(office.table, keys.registry(REGISTRY))
    return ""


def contact_of(patient: Patient) -> Key:
    log = patient.treatment_logs[-1]
    return keys.treatment_log(patient.id, log.date, log.id)


def entry_altered(office: Office) -> str:
    patient = some(office)
    alter(office.table, contact_of(patient), minutes=117)
    return f"{patient.id} {patient.treatment_logs[-1].id}"


def entry_stripped(office: Office) -> str:
    subject = entry_altered(office)
    alter(office.table, contact_of(some(office)), seal=None)
    return subject


def entry_gone(office: Office) -> str:
    patient = some(office)
    take(office.table, contact_of(patient))
    return f"{patient.id} {patient.treatment_logs[-1].id}"


TAMPERED: list[tuple[Kind, Break]] = [
    (Kind.ENTRY_ALTERED, entry_altered),
    (Kind.ENTRY_UNSEALED, entry_stripped),
    (Kind.ENTRY_GONE, entry_gone),
]
"""Reported, and taken for right where somebody answers for that."""

TOLD: list[tuple[Kind, Break]] = [
    *TAMPERED,
    (Kind.ADDRESS_SHARED, user_of_two),
    (Kind.ADDRESS_SHARED, address_of_nobody),
    (Kind.ACCOUNT_SHARED, account_of_another),
    (Kind.NO_ADMIN, no_admin),
    (Kind.NO_USER, user_gone),
    (Kind.BROKEN, user_unreadable),
    (Kind.PHANTOM, phantom),
    (Kind.FOREIGN, foreign),
    (Kind.BROKEN, patient_unreadable),
    (Kind.BROKEN, history_unreadable),
    (Kind.MRN, other_mrn),
    (Kind.ORPHAN, orphan),
    (Kind.CARE_MANAGER, adrift),
    (Kind.BROKEN, registry_unreadable),
    (Kind.NO_REGISTRY, registry_gone),
]
"""To be settled by a person: repairing any of it would be a guess."""


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "broken"), pairs(TOLD))
def test_what_would_be_a_guess_is_told_and_left(office: Office, kind: Kind, broken: Break) -> None:
    subject = broken(office)
    before = everything(office.table)
    assert found(office) == [(kind.name, subject)]
    assert found(office, repair=True) == [(kind.name, subject)]
    assert everything(office.table) == before


def test_a_membership_that_can_not_be_read_is_named(office: Office) -> None:
    broken = keys.registry_user(REGISTRY, "user-1")
    alter(office.table, broken, date_created="then")
    assert (Kind.BROKEN.name, keys.fingerprint(broken)) in found(office)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "broken"), pairs(TAMPERED))
def test_a_tampered_history_is_accepted_by_a_person_alone(office: Office, kind: Kind, broken: Break) -> None:
    before = some(office)
    broken(office)
    assert [each.finding.kind for each in check(office.ctx, None, "tester", accept=True)] == [kind]
    assert found(office) == []
    after = some(office)
    assert (after.audit_logs[-1].action, after.audit_logs[-1].user_id) == (
        "history accepted",
        "account tester",
    )
    assert after.treatment_logs[-1] != before.treatment_logs[-1]
    # What was accepted is as it was accepted: tampered with once more, it is found once more.
    alter(office.table, contact_of(after), minutes=118)
    again = Kind.ENTRY_UNSEALED if kind is Kind.ENTRY_UNSEALED else Kind.ENTRY_ALTERED
    assert found(office) == [(again.name, f"{after.id} {after.treatment_logs[-1].id}")]


def test_every_kind_has_its_case() -> None:
    mended, told = ({kind for kind, _ in cases} for cases in ((*REPAIRED, *SETTLED), TOLD))
    # some have tests of their own
    assert told | {Kind.SHARED_ID} == FOR_A_PERSON
    of_their_own = {Kind.HANDLE, Kind.LEDGER, Kind.STALE_MONTH, Kind.OUTCOMES, Kind.STALE_OUTCOMES}
    assert mended | of_their_own == set(Kind) - FOR_A_PERSON
