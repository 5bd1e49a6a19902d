"""The access log: what each change leaves in it, who reads it, and the proof that it is whole."""

import ast
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import cocm_bot.operations
from cocm_bot.domain.access import AccessAction, Actor, AdminRight
from cocm_bot.domain.errors import InvalidInput, NotAllowed, NotFound, Unavailable
from cocm_bot.domain.recommendations.recommendations import state_of
from cocm_bot.domain.records.agreements import Answer
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.access import audit
from cocm_bot.operations.access.audit import LINES_PER_PAGE, read, wanted
from cocm_bot.operations.access.proving import prove
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.contacts.plans import write_plan
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.patients.consents import record_consent
from cocm_bot.operations.patients.edit_patient import edit
from cocm_bot.operations.patients.enrolment import Details
from cocm_bot.operations.patients.patient_status import deactivate, move, reopen
from cocm_bot.operations.recommendations.answers import answer
from cocm_bot.operations.safety.flags import raise_flags, resolve_flags
from cocm_bot.operations.team.assignment import assign_one
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.audit.audit_proof import GONE, MISSING
from cocm_bot.store.audit.audit_trail import AuditTrail, beginning
from cocm_bot.store.patients import history
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.operations.conftest import AUDIT_KEY, Office
from tests.operations.contacts.test_log_contact import add_member, assessment, consult, contact
from tests.operations.contacts.test_plans import entry as plan
from tests.operations.patients.test_consents import VERBAL
from tests.operations.patients.test_edit_patient import AS_ENROLLED
from tests.operations.patients.test_patient_status import MOVED_AWAY
from tests.operations.safety.test_flags import REVIEW
from tests.store import faults
from tests.store.build import REGISTRY

Change = Callable[[Office, str, str], object]
PSYCHIATRIST = Role.PSYCHIATRIST
MISSED = contact(no_show=True)


def entries(office: Office, registry_id: str = REGISTRY) -> list[AccessEntry]:
    return access_log.entries(office.table, registry_id, office.moment.date()).records


def admin(office: Office, role: Role = Role.CARE_MANAGER, user_id: str = "user-1") -> Actor:
    actor = office.actor(role, user_id)
    return Actor(
        actor.user_id, actor.first_name, actor.last_name, role, is_admin=True, registry=actor.registry
    )


def last_contact(office: Office, handle: str) -> str:
    return history.contacts(office.table, office.patient(handle).id)[-1].id


def corrected(office: Office, handle: str, request: str) -> object:
    correction = Correction(reason="Typed wrong", contact=contact(minutes=10))
    return correct_contact(
        office.ctx, office.actor(), handle, last_contact(office, handle), correction, request
    )


def answered(office: Office, handle: str, request: str) -> object:
    [given] = office.patient(handle).recommendations
    given = given.model_copy(update={"answers": ()})
    actor = office.actor(Role.PCP, "member-2")
    return answer(office.ctx, actor, handle, given.id, Answer.ACCEPTED, "", request, seen=state_of(given))


def edited(office: Office, handle: str, request: str) -> object:
    patient = office.patient(handle)
    details = Details.model_validate(AS_ENROLLED | {"patient_mrn": patient.patient_mrn, "payer": "Aetna"})
    version = patient.version
    return edit(office.ctx, office.actor(), handle, details, request, read=version, shown=version)


STEPS: list[tuple[str, Change]] = [
    ("moved", lambda at, who, id_: move(at.ctx, at.actor(), who, Status.TREATMENT, id_)),
    ("contact logged", lambda at, who, id_: log_contact(at.ctx, at.actor(), who, assessment(), id_)),
    ("contact corrected", corrected),
    (
        "no-show logged",
        lambda at, who, id_: log_contact(at.ctx, at.actor(), who, MISSED, id_),
    ),
    (
        "contact voided",
        lambda at, who, id_: correct_contact(
            at.ctx, at.actor(), who, last_contact(at, who), Correction(reason="Twice"), id_
        ),
    ),
    (
        "contact logged",
        lambda at, who, id_: log_contact(at.ctx, at.actor(PSYCHIATRIST), who, consult(), id_),
    ),
    ("recommendation accepted", answered),
    ("flag raised", lambda at, who, id_: raise_flags(at.ctx, at.actor(), who, REVIEW, id_)),
    ("flag resolved", lambda at, who, id_: resolve_flags(at.ctx, at.actor(), who, REVIEW, id_)),
    ("consent recorded", lambda at, who, id_: record_consent(at.ctx, at.actor(), who, VERBAL, id_)),
    ("edited", edited),
    ("assigned", lambda at, who, id_: assign_one(at.ctx, at.actor(), who, "member-3", id_)),
    (
        "plan written",
        lambda at, who, id_: write_plan(at.ctx, at.actor(), who, plan(), id_, seen=at.patient(who).version),
    ),
    ("deactivated", lambda at, who, id_: deactivate(at.ctx, at.actor(), who, MOVED_AWAY, id_)),
    ("reopened", lambda at, who, id_: reopen(at.ctx, at.actor(), who, "back", id_)),
]
"""Every operation that changes a patient, in an order in which each is possible."""
NOT_REPEATED = {"contact corrected", "contact voided"}
"""The contact they name is another one the second time."""


@pytest.mark.slow
def test_each_change_leaves_one_entry_however_often_it_is_sent(office: Office) -> None:
    add_member(office, 2, Role.PCP)
    add_member(office, 3, Role.CARE_MANAGER)
    handle = office.enrolled()
    told = ["enrolled"]
    for number, (action, change) in enumerate(STEPS):
        office.forward(minutes=1)
        for _ in range(1 if action in NOT_REPEATED else 2):
            change(office, handle, f"step-{number}")
        told.append(action)
        logged = [entry for entry in entries(office) if entry.patient_ids == (office.patient(handle).id,)]
        assert [entry.action for entry in logged] == told
        assert logged[-1].at == office.moment.timestamp()
    trail = history.audit_trail(office.table, office.patient(handle).id).records
    assert [entry.action for entry in trail] == told
    assert whole(office)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("fault", [faults.lose_answer, faults.time_out], ids=["lost", "never arrived"])
def test_a_change_whose_answer_is_lost_leaves_one_entry(table: Table, fault: faults.Fault) -> None:
    office = Office(table)
    handle = office.enrolled()
    with (
        faults.on(table.client, "TransactWriteItems", fault),
        pytest.raises(Unavailable),
    ):
        raise_flags(office.ctx, office.actor(), handle, REVIEW, "once")
    for _ in range(2):
        raise_flags(office.ctx, office.actor(), handle, REVIEW, "once")
    resolve_flags(office.ctx, office.actor(), handle, REVIEW, "then")
    assert Counter(entry.action for entry in entries(office)) == {
        "enrolled": 1,
        "flag raised": 1,
        "flag resolved": 1,
    }
    assert whole(office)


def test_changes_that_meet_leave_one_entry_each(table: Table) -> None:
    office = Office(table)
    handle, ctx, actor = office.enrolled(), office.ctx, office.actor()
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda number: log_contact(ctx, actor, handle, contact(), f"c-{number}"), range(18)))
    assert Counter(entry.action for entry in entries(office)) == {"enrolled": 1, "contact logged": 18}
    assert len(history.contacts(office.table, office.patient(handle).id)) == 18
    assert whole(office)


def test_no_change_goes_another_way() -> None:
    folder = Path(cocm_bot.operations.__path__[0])
    calls = Counter(
        f"{path.stem} {node.func.value.id}.{node.func.attr}"
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and f"{node.func.value.id}.{node.func.attr}" in {"patients.add", "patients.create", "changing.save"}
    )
    assert calls == {
        "enrolment patients.create": 1,
        "importing patients.add": 1,
        "seeding patients.add": 1,
    }
    edits = {path.stem for path in folder.rglob("*.py") if "Edit(" in path.read_text()}
    # A legal hold is set from the command line, which is no member's.
    assert edits == {"changes", "holds"}


def whole(office: Office) -> bool:
    return prove(office.ctx, REGISTRY, office.moment.date(), None).faults == []


@pytest.mark.parametrize("role", Role)
def test_only_admins_read_it_whatever_their_role(office: Office, role: Role) -> None:
    office.enrolled()
    office.forward(minutes=1)
    with pytest.raises(NotAllowed, match="Only an admin of this registry may read the access log"):
        wanted(office.ctx, office.actor(role), [])
    office.forward(minutes=1)
    asked = wanted(office.ctx, admin(office, role), [])
    with pytest.raises(NotAllowed):
        read(office.ctx, office.actor(role), asked)
    shown = read(office.ctx, admin(office, role), asked)
    assert [line.entry.outcome for line in shown.lines] == ["refused", "allowed"]
    assert shown.named == (role not in {Role.CLINICAL_OPS, Role.FINANCE})
    assert office.refusals() == [AdminRight.READ_ACCESS_LOG, AdminRight.READ_ACCESS_LOG]


def test_reading_it_is_an_entry_with_the_patients_it_showed(office: Office) -> None:
    patient = office.patient(office.enrolled())
    office.forward(minutes=1)
    read(office.ctx, admin(office), wanted(office.ctx, admin(office), []))
    entry = entries(office)[-1]
    assert (entry.action, entry.patient_ids, entry.user_id) == (
        AdminRight.READ_ACCESS_LOG,
        (patient.id,),
        "user-1",
    )


def test_by_patient_by_member_and_by_days(office: Office) -> None:
    first, second = office.patient(office.enrolled()), office.patient(office.enrolled(last_name="Other"))
    office.forward(days=3)
    add_member(office, 2, Role.PCP)
    open_card(office.ctx, office.actor(Role.PCP, "member-2"), first.handle)
    office.forward(minutes=1)

    def shown(*words: str) -> list[str]:
        asked = wanted(office.ctx, admin(office), words)
        actions = [line.entry.action for line in read(office.ctx, admin(office), asked).lines]
        return [action for action in actions if action != AdminRight.READ_ACCESS_LOG]

    assert shown(first.handle.lower()) == ["view_patient", "enrolled"]
    assert shown(first.handle, "3") == ["view_patient"]
    assert shown("ada", "other") == ["enrolled"]
    assert shown("pat") == ["view_patient"]
    assert shown("Pat", "Member", "31") == ["view_patient"]
    assert shown(second.patient_mrn) == ["enrolled"]
    for words in (["ada"], ["nobody"], ["0"], ["32"]):
        with pytest.raises(InvalidInput):
            shown(*words)
    with pytest.raises(InvalidInput):
        wanted(office.ctx, admin(office, Role.FINANCE), ["ada", "other"])


def test_pages_stand_still_while_entries_are_added(office: Office) -> None:
    handle = office.enrolled()
    for _ in range(LINES_PER_PAGE + 4):
        office.forward(minutes=16)
        open_card(office.ctx, office.actor(), handle)
    office.forward(minutes=1)
    asked = wanted(office.ctx, admin(office), [])
    pages = []
    for number in (1, 2, 3):
        office.forward(minutes=1)
        pages.append([line.entry.id for line in read(office.ctx, admin(office), asked, number).lines])
    assert [len(page) for page in pages] == [15, 5, 5]
    assert len({*pages[0], *pages[1]}) == 20


def test_what_can_not_be_written_down_is_not_shown(office: Office) -> None:
    office.enrolled()
    asked = wanted(office.ctx, admin(office), [])
    broken = faults.refuse("ProvisionedThroughputExceededException")
    with faults.on(office.table.client, "PutItem", broken), pytest.raises(Unavailable):
        read(office.ctx, admin(office), asked)


def test_the_export_has_every_entry_and_itself(office: Office) -> None:
    office.enrolled()
    office.forward(minutes=1)
    today = office.moment.date()
    lines = list(audit.export(office.ctx, REGISTRY, today, today, "root"))
    assert [json.loads(line)["action"] for line in lines] == ["enrolled", AccessAction.EXPORT_LOG]
    assert json.loads(lines[1])["reason"] == "account root"
    assert prove(office.ctx, REGISTRY, today, today, lines).faults == []
    with pytest.raises(NotFound):
        list(audit.export(office.ctx, "none", today, today, "root"))
    with pytest.raises(InvalidInput):
        prove(office.ctx, REGISTRY, today, today, ["not an export"])


def test_an_earlier_export_shows_even_a_cut_off_end(office: Office) -> None:
    office.enrolled()
    office.forward(minutes=1)
    today = office.moment.date()
    lines = list(audit.export(office.ctx, REGISTRY, today, today, "root"))
    last = access_log.stored(office.table, REGISTRY, today)[-1]
    office.table.client.delete_item(TableName=office.table.name, Key={"PK": last["PK"], "SK": last["SK"]})
    # The export left a checkpoint, which names its own entry; the export itself has that too.
    faults = prove(office.ctx, REGISTRY, today, None, lines).faults
    assert [(each.what, each.first, each.day) for each in faults] == [(MISSING, 2, today), (GONE, 2, today)]


@pytest.mark.slow
def test_all_that_is_kept_is_looked_at(office: Office) -> None:
    office.moment = datetime(2026, 4, 1, 14, tzinfo=UTC)
    office.enrolled()
    began_on(office, datetime(2026, 1, 1, 12, tzinfo=UTC))
    proof = prove(office.ctx, REGISTRY, None, None)
    assert (proof.entries, proof.writers, proof.faults) == (1, 1, [])
    assert (proof.since, proof.until) == (date(2026, 1, 1), office.moment.date())
    with pytest.raises(NotFound):
        prove(office.ctx, "none", None, None)


def began_on(office: Office, moment: datetime) -> None:
    """Give the registry of the fixtures the seal that one has which the bot created."""
    key, at = keys.registry(REGISTRY), moment.timestamp()
    seal = office.ctx.trail.keyring.sign(beginning(REGISTRY, at))
    office.table.client.update_item(
        TableName=office.table.name,
        Key=wire_key(key),
        UpdateExpression="SET created_date = :at, created_seal = :seal",
        ExpressionAttributeValues=to_wire({":at": at, ":seal": seal}),
    )


YEARS = 1
"""Days that entries are kept here: each day of it is looked at."""


@pytest.mark.parametrize("days", range(6))
def test_what_expires_is_not_missing(office: Office, days: int) -> None:
    """A chain was begun in the morning and goes on for days; years later its first entries are gone."""
    office.ctx = replace(office.ctx, trail=AuditTrail(AUDIT_KEY, YEARS, office.ctx.now))
    began = office.moment
    handle = office.enrolled()
    for _ in range(8):
        office.forward(hours=12)
        open_card(office.ctx, office.actor(), handle)
    office.moment = began + timedelta(days=YEARS * 366 + days, hours=1)
    for past in range(5):
        day = (began + timedelta(days=past)).date()
        for item in access_log.stored(office.table, REGISTRY, day):
            if int(item["expires_at"]["N"]) <= office.moment.timestamp():
                key = {"PK": item["PK"], "SK": item["SK"]}
                office.table.client.delete_item(TableName=office.table.name, Key=key)
    until = (began + timedelta(days=9)).date()
    if days > 1:
        with pytest.raises(InvalidInput, match="Nothing was compared"):
            prove(office.ctx, REGISTRY, None, until)
        return
    proof = prove(office.ctx, REGISTRY, None, until)
    assert proof.faults == []
    assert proof.since == (began + timedelta(days=days + 3)).date()


def test_days_apart_are_proved_together(office: Office) -> None:
    handle = office.enrolled()
    for _ in range(3):
        office.forward(days=1)
        open_card(office.ctx, office.actor(), handle)
    since = office.moment.date() - timedelta(days=3)
    assert prove(office.ctx, REGISTRY, since, None).faults == []
    assert prove(office.ctx, REGISTRY, since, None).entries == 4
