"""A contact dated last is derived from what is packed beside the record; everything else from the history."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, Flag, VisitType, WorkKind
from cocm_bot.operations.caseload.caseload import Whose, caseload
from cocm_bot.operations.caseload.rows import Show, Sort
from cocm_bot.operations.checking.findings import Kind
from cocm_bot.operations.checking.run import check
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import Logged, log_contact
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.store.audit import history_seals
from cocm_bot.store.patients import changing, history, patients
from cocm_bot.store.patients.patient_items import packed_in
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import PACKED
from cocm_bot.store.table.wire import Item, to_wire
from tests.domain.build import follow_up
from tests.operations.conftest import Office
from tests.store import build
from tests.store.build import REGISTRY
from tests.store.spent import Spent, counting

TODAY = date(2031, 3, 3)


def entry(day: date = TODAY, kind: ContactType | WorkKind = ContactType.FOLLOW_UP, **given: Any) -> Contact:
    visit = {"visit_type": VisitType.PHONE} if isinstance(kind, ContactType) else {}
    return Contact.model_validate({"contact_type": kind, "day": day, "minutes": 20, **visit, **given})


class Book:
    """One patient, and what their contacts cost."""

    def __init__(self, office: Office, handle: str, requests: Callable[[], str]) -> None:
        self.office, self.handle, self.requests = office, handle, requests

    def log(self, contact: Contact) -> Logged:
        return log_contact(self.office.ctx, self.office.actor(), self.handle, contact, self.requests())

    def cost(self, contact: Contact) -> Spent:
        actor, request_id = self.office.actor(), self.requests()
        with counting(self.office.table) as spent:
            log_contact(self.office.ctx, actor, self.handle, contact, request_id)
        return spent

    def reads_history(self, contact: Contact) -> bool:
        """Return True if logging a contact asks for more ranges of items than that of the members."""
        return sum(operation == "Query" for operation, _ in self.cost(contact).reads) > 1

    @property
    def patient(self) -> Patient:
        return self.office.patient(self.handle)

    @property
    def item(self) -> Item:
        item = self.office.table.get(keys.patient(REGISTRY, self.patient.patient_mrn))
        assert item is not None
        return dict(item)

    def put(self, item: Item) -> None:
        self.office.table.client.put_item(TableName=self.office.table.name, Item=item)

    def found(self) -> list[Kind]:
        """Return what a check finds: of the record, the ledger, the outcome records and what is packed."""
        return [each.finding.kind for each in check(self.office.ctx, REGISTRY, None)]


@pytest.fixture
def book(office: Office, requests: Callable[[], str]) -> Book:
    found = Book(office, office.enrolled(), requests)
    found.log(entry(TODAY - timedelta(days=40), ContactType.INITIAL_ASSESSMENT, scores={"PHQ-9": 18}))
    return found


LAST = {
    "a follow-up": entry(scores={"PHQ-9": 9}, self_harm={"PHQ-9": 0}),
    "an open self-harm item": entry(scores={"PHQ-9": 14}),
    "a self-harm answer": entry(
        scores={"PHQ-9": 14}, self_harm={"PHQ-9": 2}, safety_action="Called.", raise_safety_flag=True
    ),
    "a no-show": entry(no_show=True, minutes=0),
    "on the day of the last one": entry(TODAY - timedelta(days=40)),
    "outreach": entry(kind=WorkKind.OUTREACH),
    "the next appointment": entry(next_appointment="2031-03-10"),
}


@pytest.mark.parametrize("name", LAST)
def test_a_contact_dated_last_does_not_read_the_history(book: Book, name: str) -> None:
    assert not book.reads_history(LAST[name])
    assert book.found() == []
    assert not book.reads_history(entry())
    assert book.found() == []


@pytest.mark.parametrize("days", [41, 60])
def test_a_back_dated_contact_reads_the_history(book: Book, days: int) -> None:
    assert book.reads_history(entry(TODAY - timedelta(days=days), scores={"PHQ-9": 20}))
    assert book.found() == []


def test_after_a_correction_and_a_void_it_is_derived_from_what_counts(book: Book) -> None:
    wrong = book.log(entry(TODAY - timedelta(days=30), scores={"PHQ-9": 4}, minutes=50)).log
    gone = book.log(entry(TODAY - timedelta(days=29), minutes=45)).log
    assert wrong
    assert gone
    office, right = book.office, entry(TODAY - timedelta(days=30), scores={"PHQ-9": 14}, minutes=10)
    for log, correction in (
        (wrong, Correction(reason="Typed wrong", contact=right)),
        (gone, Correction(reason="No")),
    ):
        correct_contact(office.ctx, office.actor(), book.handle, log.id, correction, book.requests())
    assert not book.reads_history(entry(scores={"PHQ-9": 13}, self_harm={"PHQ-9": 0}))
    assert book.patient.total_sessions == 3
    assert book.patient.course.scores["PHQ-9"].count == 3
    assert book.found() == []


def test_many_contacts_of_every_kind_leave_nothing_to_find(book: Book) -> None:
    kinds = [*LAST.values()]
    for number in range(36, 0, -1):
        contact = kinds[number % len(kinds)].model_copy(
            update={
                "day": TODAY - timedelta(days=number),
                "next_appointment": None,
                "raise_safety_flag": False,
            }
        )
        assert not book.reads_history(contact)
    assert book.found() == []
    entries = history.everything(book.office.table, book.patient.id)
    assert history_seals.flaws(entries, book.office.ctx.trail.keyring, None) == []


@pytest.mark.parametrize("contacts", [240, 1000])
def test_a_long_history_costs_no_more_than_a_short_one(
    office: Office, requests: Callable[[], str], contacts: int
) -> None:
    start = office.moment.timestamp() - contacts * 86_400
    logs = [
        follow_up("2026-01-02", PHQ9=12.0).model_copy(
            update={"id": f"log-{n}", "date": at, "recorded_at": at}
        )
        for n in range(contacts)
        if (at := start + n * 86_400)
    ]
    who = derive(build.patient(7), logs, office.actor().registry.policy, office.moment)
    patients.create(office.table, REGISTRY, who, build.audit(), logs=logs, request_id="made")
    book = Book(office, who.handle, requests)
    assert book.cost(entry()).read_units > contacts / 10  # nothing is packed yet: the history is read
    assert book.cost(entry()).read_units <= 6 + 1  # a request that is not there yet is one, too


def as_it_was(item: Item) -> Item:
    """A record from before anything was packed."""
    return {name: value for name, value in item.items() if name != PACKED}


def behind(item: Item) -> Item:
    """A record whose latest change a process of an older version made, which kept what it did not know."""
    packed = {"M": {**item[PACKED]["M"], "version": {"N": "1"}}}
    return {**item, PACKED: packed}


def of_a_later_form(item: Item) -> Item:
    packed = {"M": {**item[PACKED]["M"], "form": {"N": "2"}}}
    return {**item, PACKED: packed}


def unreadable(item: Item) -> Item:
    return {**item, **to_wire({PACKED: "of another writer"})}


def damaged(item: Item) -> Item:
    packed = {"M": {**item[PACKED]["M"], "entries": {"S": "…"}}}
    return {**item, PACKED: packed}


@pytest.mark.parametrize("change", [as_it_was, behind, of_a_later_form, unreadable, damaged])
def test_what_is_not_packed_as_it_should_be_is_read_and_packed_anew(
    book: Book, change: Callable[[Item], Item]
) -> None:
    book.put(change(book.item))
    assert book.reads_history(entry())
    assert book.found() == []
    assert packed_in(book.item) is not None
    assert not book.reads_history(entry())


def test_a_check_finds_what_is_packed_otherwise_than_the_history_and_takes_it_away(book: Book) -> None:
    kept = book.item
    book.log(entry(minutes=45))
    wrong = {**book.item, PACKED: {"M": {**kept[PACKED]["M"], "version": book.item[PACKED]["M"]["version"]}}}
    book.put(wrong)
    assert book.found() == [Kind.DERIVED]
    list(check(book.office.ctx, REGISTRY, "tester"))
    assert book.found() == []
    assert PACKED not in book.item
    assert book.reads_history(entry())


def test_a_change_of_the_record_alone_keeps_it(book: Book) -> None:
    flagged = Flagging(flag_types=(Flag.NEEDS_DISCUSSION,), reason="Sleeps badly")
    raise_flags(book.office.ctx, book.office.actor(), book.handle, flagged, book.requests())
    assert packed_in(book.item) is not None
    assert PACKED not in book.patient.model_dump()
    assert not book.reads_history(entry())
    assert book.found() == []


def test_a_contact_of_somebody_who_is_listed_is_read_and_written_and_not_read_again(book: Book) -> None:
    office = book.office
    caseload(office.ctx, office.actor(), Show.ALL, Sort.NAME, 1, Whose.ALL)
    before = book.cost(entry(minutes=31))
    assert [operation for operation, _ in before.reads] == [
        "Query",
        "BatchGetItem",
    ]  # members; patient, request
    with counting(office.table) as listed:
        page = caseload(office.ctx, office.actor(), Show.ALL, Sort.NAME, 1, Whose.ALL)
    assert [row.summary.minutes_this_month for row in page.rows if row.handle == book.handle] == [31]
    assert "BatchGetItem" not in [operation for operation, _ in listed.reads]


def test_somebody_who_was_moved_by_another_process_is_found_by_the_directory(book: Book) -> None:
    office, other = book.office, Office(book.office.table)
    caseload(office.ctx, office.actor(), Show.ALL, Sort.NAME, 1, Whose.ALL)
    before = book.patient
    moved = before.model_copy(update={"patient_mrn": "MOVED-1"})
    changing.save(other.table, REGISTRY, before, moved, build.audit("moves"), request_id="moves")
    assert book.log(entry()).card.patient.patient_mrn == "MOVED-1"
    assert book.patient.total_sessions == 2


def test_a_later_change_of_another_process_is_not_forgotten_for_ones_own(office: Office, book: Book) -> None:
    caseload(office.ctx, office.actor(), Show.ALL, Sort.NAME, 1, Whose.ALL)
    rows = office.ctx.memory.of(REGISTRY, office.moment.timestamp()).rows
    before, item = book.patient, book.item
    after = before.model_copy(update={"last_name": "Later"})
    changing.save(office.table, REGISTRY, before, after, build.audit("later"), request_id="later")
    rows.now(office.table)
    # What this process wrote before that, it learns of only now.
    rows.learn(item, keys.patient_change(REGISTRY, office.table.heard_at, book.handle, before.version))
    page = caseload(office.ctx, office.actor(), Show.ALL, Sort.NAME, 1, Whose.ALL)
    assert [row.summary.last_name for row in page.rows if row.handle == book.handle] == ["Later"]
