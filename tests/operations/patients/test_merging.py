"""Two records of one person: compared, merged, undone, killed at every write; nothing is lost or moved."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.billing.closing import Closing, Totals
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import CocmError, Conflict, InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.records.patient import LegalHold
from cocm_bot.domain.safety.flags import open_types
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType
from cocm_bot.operations.checking import check
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.exchange.exporting import prepare_export
from cocm_bot.operations.exchange.undoing import prepare_undo
from cocm_bot.operations.patients.card import find
from cocm_bot.operations.patients.merging import Merging, merging, merging_by_account
from cocm_bot.operations.patients.unmerging import undo_merge
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.store.billing import closings
from cocm_bot.store.exchange import imports
from cocm_bot.store.exchange.imports import Import, State
from cocm_bot.store.patients import history
from cocm_bot.store.patients.patient_items import replaced
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.wire import from_wire, key_of
from tests.operations.billing.history import agrees, stored
from tests.operations.conftest import Office
from tests.rig.killing import Death, deaths, dying
from tests.store import build
from tests.store.build import REGISTRY, counts

pytestmark = pytest.mark.slow

TODAY = date(2031, 3, 3)
UNSTEADY = {keys.PACKED, keys.ROW, "version", "date_modified", "audit_logs"}
"""The attributes that say how often and when a record was written, and what follows from the others."""


def contact(**entered: Any) -> Contact:
    given = {
        "contact_type": ContactType.FOLLOW_UP,
        "visit_type": VisitType.PHONE,
        "day": TODAY,
        "minutes": 20,
    }
    return Contact.model_validate(given | entered)


def log(office: Office, handle: str, request: str, **entered: Any) -> None:
    log_contact(office.ctx, office.actor(), handle, contact(**entered), request)


def two(office: Office) -> tuple[str, str]:
    """Ada with two contacts in March, and Adah, the same person, with one contact more."""
    kept = office.enrolled(patient_mrn="0012")
    log(office, kept, "a1", contact_type=ContactType.INITIAL_ASSESSMENT, scores={"PHQ-9": 18})
    log(office, kept, "a2", minutes=15)
    office.forward(minutes=5)
    other = office.enrolled(patient_mrn="12", first_name="Adah", phone_number="", payer="Medicaid")
    log(office, other, "b1", minutes=12.5, note="Called from the other record")
    office.forward(minutes=5)
    return kept, other


def admin(office: Office, role: Role = Role.CARE_MANAGER) -> Merging:
    return merging(office.ctx, replace(office.actor(role), is_admin=True))


def table_of(office: Office) -> Mapping[Key, Mapping[str, Any]]:
    """All items but what only says that something was done."""
    pages = office.table.client.get_paginator("scan").paginate(TableName=office.table.name)
    every = {key_of(item): from_wire(item) for page in pages for item in page["Items"]}
    done = ("access-log:", "audit-", "patient-changes:", "request:", "work:")
    return {
        key: {name: value for name, value in item.items() if name not in UNSTEADY}
        for key, item in every.items()
        if not key.pk.startswith(done) and not key.sk.startswith(keys.AUDITS)
    }


def is_clean(office: Office) -> bool:
    return [each.finding for each in check(office.ctx)] == []


def test_both_records_are_one_afterwards(office: Office) -> None:
    kept, other = two(office)
    ids = [office.patient(each).id for each in (kept, other)]
    admin(office).merge(kept, other)
    found = office.patient(kept)
    assert office.patient(other) == found
    assert (found.id, found.joined, found.patient_mrn) == (ids[0], (ids[1],), "0012")
    assert (found.total_sessions, found.minutes_this_month) == (3, 47)
    assert (found.first_name, found.phone_number, found.payer) == ("Ada", "555-010-0100", "Medicaid")
    assert len(history.contacts(office.table, *found.histories)) == 3
    assert counts(office.table)[1] == 1
    assert stored(office, ids[1]) == {}
    assert agrees(office, kept)
    for words in ("0012", "12", kept, other, "adah"):
        assert {each.same_as or each.handle for each in find(office.ctx, office.actor(), words).shown} == {
            kept
        }
    assert is_clean(office)


def test_what_is_written_after_a_merge_goes_on_from_both_histories(office: Office) -> None:
    kept, other = two(office)
    admin(office).merge(kept, other)
    log(office, other, "c1", minutes=30)
    assert office.patient(kept).minutes_this_month == 77
    assert is_clean(office)
    assert agrees(office, kept)


def test_a_comparison_says_what_moves_and_what_differs_and_writes_no_record(office: Office) -> None:
    kept, other = two(office)
    closed = Closing(
        month="2031-03", by="user-1", at=1, totals=Totals(patients=0, coded=0, ready=0, minutes=0), parts=0
    )
    office.table.transact(closings.closing(REGISTRY, closed, []))
    before = table_of(office)
    found = admin(office).compare(kept, other)
    assert table_of(office) == before
    assert "1 contact" in found.moves
    assert (found.months, found.closed) == (("2031-03",), ("2031-03",))
    told = {each.what: (each.kept, each.other, each.after) for each in found.joined.differences}
    assert told["First name"] == ("Ada", "Adah", "Ada")
    assert told["Phone"] == ("555-010-0100", "–", "555-010-0100")
    assert told["MRN"][2] == "0012; both find the patient"
    assert told["Entries of 2031-03-03"][2] == "both count"


def test_entries_in_both_records_count_once(office: Office) -> None:
    kept, other = two(office)
    log(office, other, "b2", minutes=15)
    found = admin(office).compare(kept, other)
    assert "1 entry in both, counted once" in found.moves
    admin(office).merge(kept, other)
    assert office.patient(kept).minutes_this_month == 47
    assert agrees(office, kept)
    assert is_clean(office)


def test_an_open_question_of_self_harm_stays_with_somebody(office: Office) -> None:
    kept, other = two(office)
    log(office, other, "b2", scores={"PHQ-9": 12})
    assert office.patient(other).course.self_harm_open
    office.forward(days=1)
    day = date(2031, 3, 4)
    log(office, kept, "a3", day=day, scores={"PHQ-9": 8}, self_harm={"PHQ-9": 0})
    assert not office.patient(kept).course.self_harm_open
    after = admin(office).merge(kept, other)
    assert open_types(after) == (Flag.REVIEW,)
    assert "PHQ-9" in after.course.flag_reasons[Flag.REVIEW]
    assert after.next_due == "2031-03-04"


def test_a_risk_and_its_alert_come_along_and_a_snooze_does_not_hide_them(office: Office) -> None:
    kept, other = two(office)
    raise_flags(office.ctx, office.actor(), other, Flagging(flag_types=(Flag.SAFETY_RISK,), reason="x"), "f1")
    after = admin(office).merge(kept, other)
    assert (after.patient_flag, len(after.alerts)) == (Flag.SAFETY_RISK, 1)
    assert is_clean(office)


def test_a_merge_is_undone_to_the_last_item(office: Office) -> None:
    kept, other = two(office)
    log(office, other, "b2", minutes=15)
    before, numbers = table_of(office), counts(office.table)
    admin(office).merge(kept, other)
    office.forward(days=29)
    undo_merge(admin(office), other)
    after = table_of(office)
    # The copy's void stays in the kept record's history, where it is about nobody's entry.
    left = [key for key in after if key not in before]
    assert [key.sk.partition("#")[0] for key in left] == ["void"]
    assert {key: item for key, item in after.items() if key not in left} == before
    assert counts(office.table) == numbers
    assert is_clean(office)
    admin(office).merge(kept, other)
    assert office.patient(other).total_sessions == 3
    assert is_clean(office)


def test_a_merge_is_not_undone_once_the_record_was_changed(office: Office) -> None:
    kept, other = two(office)
    admin(office).merge(kept, other)
    log(office, kept, "c1")
    before = table_of(office)
    with pytest.raises(Conflict, match="contact logged on 2031-03-03"):
        undo_merge(admin(office), other)
    assert table_of(office) == before


def test_a_merge_is_not_undone_after_thirty_days(office: Office) -> None:
    kept, other = two(office)
    admin(office).merge(kept, other)
    office.forward(days=30, seconds=1)
    with pytest.raises(Conflict, match="30 days"):
        undo_merge(admin(office), other)


def test_merges_one_after_another_are_undone_the_last_first(office: Office) -> None:
    kept, other = two(office)
    third = office.enrolled()
    before = table_of(office)
    admin(office).merge(kept, other)
    admin(office).merge(third, kept)
    assert {office.patient(each).handle for each in (kept, other, third)} == {third}
    assert office.patient(third).minutes_this_month == 47
    assert is_clean(office)
    with pytest.raises(Conflict, match="Undo that merge first"):
        undo_merge(admin(office), other)
    undo_merge(admin(office), kept)
    undo_merge(admin(office), other)
    assert table_of(office) == before
    assert is_clean(office)


@pytest.mark.parametrize("done", [False, True], ids=["before it is sent", "its answer lost"])
def test_killed_at_any_write_a_merge_and_its_undoing_are_whole_or_not_at_all(
    office: Office, *, done: bool
) -> None:
    kept, other = two(office)
    log(office, other, "b2", minutes=15)
    whole: list[bool] = []

    def run(at: int) -> Death:
        merge = merging_by_account(office.ctx, REGISTRY, "nora")
        with dying(office.table.client, at, done=done, writing=True) as death:
            merge.merge(kept, other)
        whole.append(is_clean(office))
        merging_by_account(Office(office.table, office.moment).ctx, REGISTRY, "nora").merge(kept, other)
        assert office.patient(other).minutes_this_month == 47
        whole.append(is_clean(office))
        with dying(office.table.client, at, done=done, writing=True):
            undo_merge(merging_by_account(Office(office.table, office.moment).ctx, REGISTRY, "nora"), other)
        whole.append(is_clean(office))
        if office.patient(other).handle != other:
            undo_merge(merging_by_account(Office(office.table, office.moment).ctx, REGISTRY, "nora"), other)
        return death

    assert deaths(run) > 1
    assert all(whole)


def test_two_admins_merge_the_two_each_into_the_other(office: Office) -> None:
    kept, other = two(office)

    def run(pair: tuple[str, str]) -> str:
        try:
            return admin(Office(office.table, office.moment)).merge(*pair).handle
        except CocmError as refused:
            return str(refused)

    with ThreadPoolExecutor(2) as both:
        found = list(both.map(run, [(kept, other), (other, kept)]))
    assert office.patient(kept) == office.patient(other)
    assert office.patient(kept).handle in found
    assert office.patient(kept).minutes_this_month == 47
    assert is_clean(office)


def test_what_can_not_be_merged_is_refused(office: Office) -> None:
    kept, other = two(office)
    build.found_registry(office.table, "registry-2")
    with pytest.raises(InvalidInput, match="with itself"):
        admin(office).compare(kept, kept.lower())
    with pytest.raises(NotFound):
        merging_by_account(office.ctx, "registry-2", "nora").merge(kept, other)
    with pytest.raises(NotFound):
        admin(office).merge(kept, "ZZZZZ")
    with pytest.raises(NotFound):
        undo_merge(admin(office), other)
    seen = admin(office).compare(kept, other).seen
    log(office, other, "b2")
    with pytest.raises(Conflict, match="changed since you looked"):
        admin(office).merge(kept, other, seen)
    admin(office).merge(kept, other)
    with pytest.raises(Conflict, match="one record already"):
        admin(office).compare(kept, other)


def test_a_record_under_legal_hold_is_not_merged_away(office: Office) -> None:
    kept, other = two(office)
    before = office.patient(other)
    held = before.model_copy(update={"legal_hold": LegalHold(by="user-1", at=1, reason="court")})
    office.table.transact(replaced(office.table, REGISTRY, before, held))
    with pytest.raises(Conflict, match="legal hold"):
        admin(office).merge(kept, other)
    admin(office).merge(other, kept)


def test_an_import_is_not_undone_over_a_record_that_was_merged_away(office: Office) -> None:
    kept, other = two(office)
    record = office.patient(other)
    run = Import(id="i", registry_id=REGISTRY, kind="x", at=1, by="", state=State.DONE)
    imports.put(office.table, run)
    office.table.transact([imports.brought("i", record, record.audit_logs[-1].id)])
    assert prepare_undo(office.ctx, REGISTRY, "i", "nora").changed() == []
    admin(office).merge(kept, other)
    assert prepare_undo(office.ctx, REGISTRY, "i", "nora").changed() == [other]


def test_an_export_of_a_merged_record_is_one_record_with_both_histories(office: Office) -> None:
    kept, other = two(office)
    admin(office).merge(kept, other)
    for handle in (kept, other, ""):
        [found] = prepare_export(office.ctx, REGISTRY, "nora", handle).records()
        assert (found.patient.handle, found.patient.joined, len(found.logs)) == (kept, (), 3)


@pytest.mark.parametrize("role", list(Role))
def test_only_admins_who_may_see_patients_merge(office: Office, role: Role) -> None:
    clinical = role in (Role.CARE_MANAGER, Role.PSYCHIATRIST, Role.PCP)
    with pytest.raises(NotAllowed):
        merging(office.ctx, office.actor(role))
    if clinical:
        assert admin(office, role)
    else:
        with pytest.raises(NotAllowed):
            admin(office, role)


def test_the_number_of_a_merged_record_is_not_given_again(office: Office) -> None:
    kept, other = two(office)
    admin(office).merge(kept, other)
    with pytest.raises(InvalidInput, match="already in the registry"):
        office.enrolled(patient_mrn="12")


def test_a_joined_history_that_was_tampered_with_is_found(office: Office) -> None:
    kept, other = two(office)
    admin(office).merge(kept, other)
    moved = office.patient(kept).joined[0]
    entry = next(each for each in history.contact_items(office.table, moved))
    office.table.client.put_item(TableName=office.table.name, Item={**entry, "minutes": {"N": "99"}})
    found = {each.finding.kind.name for each in check(office.ctx)}
    assert "ENTRY_ALTERED" in found
    list(check(office.ctx, repair_as="tester", accept=True))
    assert is_clean(office)
