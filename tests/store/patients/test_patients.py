from datetime import date
from itertools import count
from typing import Any

import pytest

from cocm_bot.domain.errors import InvalidInput, NotFound, Unavailable
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.store import requests
from cocm_bot.store.patients import changing, history, lists, patients
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.errors import (
    AlreadyApplied,
    AlreadyStored,
    BrokenItem,
    HandleTaken,
    MrnTaken,
    RegistryMissing,
    VersionConflict,
)
from cocm_bot.store.table.table import Table
from tests.store import faults
from tests.store.build import NOON, REGISTRY, audit, contact, counts, enrol, patient

_numbers = count(1)


def save(table: Table, before: Patient, after: Patient, request_id: str = "") -> Patient:
    name = request_id or f"request-{next(_numbers)}"
    return changing.save(table, REGISTRY, before, after, audit(name), request_id=name)


def changed(before: Patient, **changes: Any) -> Patient:
    return before.model_copy(update=changes)


def stored(table: Table, handle: str = "H0001") -> Patient:
    found = patients.by_handle(table, REGISTRY, handle)
    assert found is not None
    return found


def test_an_enrolled_patient_is_found_by_mrn_and_by_handle(table: Table) -> None:
    added = enrol(table)
    assert patients.get(table, REGISTRY, "MRN-1") == added
    assert patients.by_handle(table, REGISTRY, "H0001") == added
    assert counts(table) == (1, 1)


def test_nobody_is_found_under_another_registry(table: Table) -> None:
    enrol(table)
    assert patients.get(table, "registry-2", "MRN-1") is None
    assert patients.by_handle(table, "registry-2", "H0001") is None


def test_a_patient_brings_a_history(table: Table) -> None:
    logs = [contact("late", NOON + 5), contact("early", NOON)]
    patients.add(
        table,
        REGISTRY,
        patient(),
        audit("a", NOON + 1),
        logs=logs,
        extra_audits=[audit("b", NOON)],
        request_id="r",
    )
    assert [log.id for log in history.contacts(table, "patient-1")] == ["early", "late"]
    assert [log.id for log in history.audit_trail(table, "patient-1")] == ["b", "a"]


def test_a_history_beyond_one_transaction_goes_ahead_of_the_patient(concurrent_table: Table) -> None:
    table = concurrent_table
    logs = [contact(f"log-{number:03}", NOON + number) for number in range(120)]

    def enrol_with_history() -> None:
        patients.create(table, REGISTRY, patient(), audit(), logs=logs, request_id="r")

    fault = faults.refuse("AccessDeniedException")
    with faults.on(table.client, "TransactWriteItems", fault) as asked, pytest.raises(Unavailable):
        enrol_with_history()
    assert [len(request["TransactItems"]) for request in asked] == [100]
    assert len(history.contacts(table, "patient-1")) == 26
    enrol_with_history()
    with pytest.raises(AlreadyApplied):
        enrol_with_history()
    assert history.contacts(table, "patient-1") == logs
    assert len(history.audit_trail(table, "patient-1")) == 1


@pytest.mark.parametrize(
    ("number", "changes", "request_id", "refused"),
    [
        pytest.param(2, {"patient_mrn": "MRN-1"}, "new", MrnTaken, id="MRN of another patient"),
        pytest.param(2, {"handle": "H0001"}, "new", HandleTaken, id="handle of another patient"),
        pytest.param(2, {}, "enrol-1", AlreadyApplied, id="request already applied"),
        pytest.param(1, {}, "enrol-1", AlreadyApplied, id="the same request once more"),
    ],
)
def test_a_refused_enrolment_writes_nothing(
    table: Table, number: int, changes: dict[str, str], request_id: str, refused: type[Exception]
) -> None:
    first = enrol(table)
    with pytest.raises(refused):
        patients.create(table, REGISTRY, patient(number, **changes), audit("other"), request_id=request_id)
    assert counts(table) == (1, 1)
    assert patients.get(table, REGISTRY, "MRN-1") == first
    assert [summary.handle for summary in lists.caseload(table, REGISTRY)] == ["H0001"]
    assert [entry.handle for entry in lists.directory(table, REGISTRY)] == ["H0001"]
    assert history.audit_trail(table, "patient-2").records == []
    assert requests.applied(table, "new") is None


def test_a_second_delivery_learns_what_the_first_one_left(table: Table) -> None:
    enrol(table)
    with pytest.raises(AlreadyApplied) as applied:
        enrol(table)
    assert applied.value.result == "H0001"


def test_a_patient_needs_a_registry(empty_table: Table) -> None:
    for status in (Status.ENROLLED, Status.DEACTIVATED):
        with pytest.raises(RegistryMissing):
            enrol(empty_table, status=status)
    assert patients.get(empty_table, REGISTRY, "MRN-1") is None


def test_saving_makes_the_next_version(table: Table) -> None:
    before = enrol(table)
    after = save(table, before, changed(before, first_name="Grace", version=99))
    assert after == changed(before, first_name="Grace", version=2)
    assert stored(table) == after


def test_saving_over_a_newer_version_is_refused(table: Table) -> None:
    before = enrol(table)
    newer = save(table, before, changed(before, first_name="Grace"))
    with pytest.raises(VersionConflict):
        save(table, before, changed(before, first_name="Alan"), "late")
    assert stored(table) == newer
    assert requests.applied(table, "late") is None
    assert [log.id for log in history.audit_trail(table, before.id)].count("late") == 0


def test_a_request_is_not_applied_again_to_the_next_version(table: Table) -> None:
    before = enrol(table)
    after = save(table, before, changed(before, first_name="Grace"), "submission")
    with pytest.raises(AlreadyApplied) as applied:
        changing.save(table, REGISTRY, after, after, audit("again"), request_id="submission")
    assert applied.value.result == "H0001"
    assert stored(table) == after


def test_saving_never_changes_who_the_patient_is(table: Table) -> None:
    before = enrol(table)
    after = save(table, before, changed(before, id="patient-9", handle="H0009"))
    assert (after.id, after.handle) == ("patient-1", "H0001")
    assert stored(table) == after


@pytest.mark.parametrize(
    ("path", "active"),
    [
        ((Status.ENROLLED,), 1),
        ((Status.DEACTIVATED,), 0),
        ((Status.ENROLLED, Status.TREATMENT, Status.RELAPSE_PREVENTION), 1),
        ((Status.ENROLLED, Status.DEACTIVATED), 0),
        ((Status.ENROLLED, Status.DEACTIVATED, Status.DEACTIVATED), 0),
        ((Status.ENROLLED, Status.DEACTIVATED, Status.ENROLLED), 1),
        ((Status.DEACTIVATED, Status.TREATMENT, Status.DEACTIVATED), 0),
    ],
)
def test_the_count_and_the_caseload_follow_the_status(
    table: Table, path: tuple[Status, ...], active: int
) -> None:
    found = enrol(table, status=path[0])
    for status in path[1:]:
        found = save(table, found, changed(found, status=status))
    assert counts(table) == (1, active)
    assert len(lists.caseload(table, REGISTRY)) == active
    assert len(lists.directory(table, REGISTRY)) == 1


def test_a_contact_does_not_touch_the_registry(table: Table) -> None:
    before = enrol(table)
    with faults.on(table.client, "TransactWriteItems", faults.none) as asked:
        save(table, before, changed(before, total_sessions=1))
    keys_written = [next(iter(write.values())) for write in asked[0]["TransactItems"]]
    assert f"registry:{REGISTRY}" not in str(keys_written)


def test_a_corrected_mrn_moves_the_patient_and_keeps_the_history(table: Table) -> None:
    before = enrol(table)
    after = save(table, before, changed(before, patient_mrn="MRN-7"))
    assert patients.get(table, REGISTRY, "MRN-1") is None
    assert patients.get(table, REGISTRY, "MRN-7") == stored(table) == after
    assert history.audit_trail(table, before.id).records[0].id == "enrolled-1"
    assert [entry.patient_mrn for entry in lists.directory(table, REGISTRY)] == ["MRN-7"]
    assert len(lists.caseload(table, REGISTRY)) == 1


def test_an_mrn_can_not_be_corrected_to_another_patients(table: Table) -> None:
    before, other = enrol(table, 1), enrol(table, 2)
    with pytest.raises(MrnTaken):
        save(table, before, changed(before, patient_mrn="MRN-2"))
    assert stored(table, "H0001") == before
    assert stored(table, "H0002") == other


def test_a_corrected_mrn_loses_to_a_change_made_meanwhile(table: Table) -> None:
    before = enrol(table)
    newer = save(table, before, changed(before, payer="Self-pay"))
    with pytest.raises(VersionConflict):
        save(table, before, changed(before, patient_mrn="MRN-7"))
    assert stored(table) == newer
    assert patients.get(table, REGISTRY, "MRN-7") is None


def test_another_patient_under_the_old_mrn_is_not_overwritten(table: Table) -> None:
    before = enrol(table, 1)
    save(table, before, changed(before, patient_mrn="MRN-7"))
    other = enrol(table, 2, patient_mrn="MRN-1")
    with pytest.raises(VersionConflict):
        save(table, before, changed(before, first_name="Grace"))
    assert patients.get(table, REGISTRY, "MRN-1") == other


def test_the_directory_follows_the_name_and_keeps_the_deactivated(table: Table) -> None:
    before = enrol(table)
    save(table, before, changed(before, last_name="Hopper", status=Status.DEACTIVATED))
    (entry,) = lists.directory(table, REGISTRY)
    assert entry._asdict() == {
        "handle": "H0001",
        "patient_id": "patient-1",
        "patient_mrn": "MRN-1",
        "first_name": "Ada",
        "last_name": "Hopper",
        "deactivated": True,
        "date_of_birth": before.date_of_birth,
        "phone_end": "0100",
        "email": before.email,
        "same_as": "",
    }


def minutes(total: int, name: str) -> changing.Apply:
    """Add a contact, and put all minutes on the patient."""

    def apply(before: Patient, contacts: list[TreatmentLog]) -> Edit:
        log = contact(name, NOON, total)
        sum_of_all = int(sum(entry.minutes for entry in (*contacts, log)))
        return Edit(changed(before, minutes_this_month=sum_of_all), audit(name), (log,))

    return apply


def test_a_change_is_given_the_contacts_and_saved(table: Table) -> None:
    enrol(table)
    changing.change(table, REGISTRY, "H0001", minutes(20, "first"), request_id="r1")
    after = changing.change(table, REGISTRY, "H0001", minutes(15, "second"), request_id="r2")
    assert (after.minutes_this_month, after.version) == (35, 3)
    assert stored(table) == after
    assert len(history.contacts(table, "patient-1")) == 2


def test_a_change_delivered_twice_is_applied_once(table: Table) -> None:
    enrol(table)
    first = changing.change(table, REGISTRY, "H0001", minutes(20, "a"), request_id="r")

    def never(_before: Patient, _contacts: list[TreatmentLog]) -> Edit:
        raise AssertionError("the change was applied again")

    assert changing.change(table, REGISTRY, "H0001", never, request_id="r") == first
    assert len(history.contacts(table, "patient-1")) == 1


def test_a_change_that_meets_another_is_applied_to_the_newer_patient(table: Table) -> None:
    enrol(table)
    seen: list[int] = []

    def interrupted(before: Patient, contacts: list[TreatmentLog]) -> Edit:
        if not seen:
            changing.change(table, REGISTRY, "H0001", minutes(20, "theirs"), request_id="theirs")
        seen.append(before.version)
        return minutes(15, "mine")(before, contacts)

    after = changing.change(table, REGISTRY, "H0001", interrupted, request_id="mine")
    assert seen == [1, 2]
    assert (after.minutes_this_month, after.version) == (35, 3)


def test_a_change_that_never_gets_through_is_a_conflict(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "CHANGE_TRIES", 2)
    enrol(table)
    tried: list[int] = []

    def always_late(before: Patient, contacts: list[TreatmentLog]) -> Edit:
        tried.append(before.version)
        save(table, before, changed(before, payer=str(before.version)))
        return minutes(15, "mine")(before, contacts)

    with pytest.raises(VersionConflict):
        changing.change(table, REGISTRY, "H0001", always_late, request_id="mine")
    assert tried == [1, 2]


def test_a_refused_change_writes_nothing(table: Table) -> None:
    before = enrol(table)

    def refuse(_before: Patient, _contacts: list[TreatmentLog]) -> Edit:
        raise InvalidInput("not so", "minutes")

    with pytest.raises(InvalidInput):
        changing.change(table, REGISTRY, "H0001", refuse, request_id="r")
    assert stored(table) == before
    assert requests.applied(table, "r") is None


def test_a_change_of_nobody(table: Table) -> None:
    with pytest.raises(NotFound):
        changing.change(table, REGISTRY, "H0001", minutes(1, "a"), request_id="r")


def test_history_is_only_ever_added_to(table: Table) -> None:
    before = enrol(table)
    first = changing.change(table, REGISTRY, before.handle, minutes(20, "log"), request_id="r1")
    with pytest.raises(AlreadyStored):
        changing.change(table, REGISTRY, before.handle, minutes(99, "log"), request_id="r2")
    assert stored(table) == first
    assert [log.minutes for log in history.contacts(table, before.id)] == [20]


def test_the_caseload_stands_in_order_of_the_next_due_day(table: Table) -> None:
    enrol(table, 1, next_due="2026-03-10")
    enrol(table, 2, next_due=None)
    enrol(table, 3, next_due="2026-03-09")
    enrol(table, 4, next_due="2026-03-11")
    enrol(table, 5, next_due="2026-03-01", status=Status.DEACTIVATED)
    handles = [summary.handle for summary in lists.caseload(table, REGISTRY)]
    assert handles == ["H0003", "H0001", "H0004", "H0002"]
    due = lists.caseload(table, REGISTRY, due_by=date(2026, 3, 10))
    assert [summary.handle for summary in due] == ["H0003", "H0001"]


def test_the_caseload_is_read_from_the_index_alone(table: Table) -> None:
    enrol(table)
    with faults.on(table.client, "*", faults.none) as asked:
        lists.caseload(table, REGISTRY)
        lists.caseload(table, REGISTRY, due_by=date(2026, 3, 10))
    assert [request["IndexName"] for request in asked] == ["caseload", "caseload"]


def test_what_can_not_be_read_is_counted_and_the_rest_shown(table: Table) -> None:
    enrol(table, 1, next_due="2026-03-10")
    in_index = {"GSI1PK": {"S": keys.patients(REGISTRY)}, "GSI1SK": {"S": "2026-03-01#x"}}
    phantom = {"PK": {"S": keys.patients(REGISTRY)}, "SK": {"S": "MRN-x"}, "patient_flag": {"S": ""}}
    wrong = {**_item(patient(2)), "total_sessions": {"S": "three"}}
    for item in (phantom | in_index, wrong | in_index):
        table.client.put_item(TableName=table.name, Item=item)
    listing = lists.caseload(table, REGISTRY)
    assert ([summary.handle for summary in listing], listing.broken) == (["H0001"], 2)
    with pytest.raises(BrokenItem) as broken:
        patients.get(table, REGISTRY, "MRN-2")
    assert broken.value.attributes == ("total_sessions",)


def _item(record: Patient) -> dict[str, Any]:
    return dict(items.to_item(keys.patient(REGISTRY, record.patient_mrn), record))


@pytest.mark.slow
def test_a_caseload_of_a_thousand_is_one_query_of_the_index(concurrent_table: Table) -> None:
    table = concurrent_table
    everyone = [patient(number, next_due=f"2026-03-{1 + number % 28:02}") for number in range(1000)]
    puts: Any = [{"PutRequest": {"Item": _placed(one)}} for one in everyone]
    for start in range(0, len(puts), 25):
        table.client.batch_write_item(RequestItems={table.name: puts[start : start + 25]})
    with faults.on(table.client, "*", faults.none) as asked:
        listing = lists.caseload(table, REGISTRY)
    assert (len(listing), listing.broken) == (1000, 0)
    assert {request.get("IndexName") for request in asked} == {"caseload"}
    with faults.on(table.client, "*", faults.none) as asked:
        due = lists.caseload(table, REGISTRY, due_by=date(2026, 3, 2))
    wanted = {one.id for one in everyone if one.next_due in {"2026-03-01", "2026-03-02"}}
    assert {summary.id for summary in due} == wanted
    assert [request.get("IndexName") for request in asked] == ["caseload"]


def _placed(record: Patient) -> dict[str, Any]:
    position = keys.caseload_position(REGISTRY, record)
    return dict(items.to_item(keys.patient(REGISTRY, record.patient_mrn), record, position))
