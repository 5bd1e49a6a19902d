"""A patient erased: nothing of theirs is left, nothing of anybody else is gone, killed at every write."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.errors import Conflict, InvalidInput, NotFound
from cocm_bot.domain.figures.shares import Share
from cocm_bot.domain.patients.erasure import Erasure, ErasureReason, ErasureState
from cocm_bot.domain.review.agenda import Review
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType
from cocm_bot.operations.billing.closing import close_month
from cocm_bot.operations.billing.month_list import read_month
from cocm_bot.operations.checking import check
from cocm_bot.operations.checking.findings import Kind
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.erasure.asking import Asking
from cocm_bot.operations.erasure.erasing import Erasing, prepare_erasure
from cocm_bot.operations.erasure.holds import lift_hold, set_hold
from cocm_bot.operations.figures.files import exported
from cocm_bot.operations.figures.report import ErasedShown, Report
from cocm_bot.operations.patients.merging import merging_by_account
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.store import drafts, jobs, questions, sent_messages
from cocm_bot.store.digests.live_digests import LiveDigest
from cocm_bot.store.drafts import Draft
from cocm_bot.store.erasure import erasures
from cocm_bot.store.exchange import imports
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import lists, reviews
from cocm_bot.store.questions import Question
from cocm_bot.store.sent_messages import SentMessage
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.wire import from_wire, key_of, wire_key
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.rig.killing import Death, deaths, dying
from tests.store.build import REGISTRY, counts, user

pytestmark = pytest.mark.slow

FEBRUARY, TODAY = date(2031, 2, 20), date(2031, 3, 3)
TEXTS = ("Zebulon", "Quagmire", "555-887-7665", "zq@example.org", "ZQ-77123", "ZQ-99456", "Planted words")


def log(office: Office, handle: str, request: str, **entered: Any) -> None:
    given = {
        "contact_type": ContactType.FOLLOW_UP,
        "visit_type": VisitType.PHONE,
        "day": FEBRUARY,
        "minutes": 40,
    }
    log_contact(office.ctx, office.actor(), handle, Contact.model_validate(given | entered), request)


def scene(office: Office) -> tuple[str, str]:
    """Zebulon, of whom there is something in every place, and a neighbor beside him in the same places."""
    people.add_member(office.table, REGISTRY, user(2), Role.PSYCHIATRIST, is_admin=False, at=1)
    office.forward(days=-20)
    details = {
        "first_name": "Zebulon",
        "last_name": "Quagmire",
        "phone_number": "555-887-7665",
        "email": "zq@example.org",
        "consent": {"kind": "Verbal", "day": "2031-01-30"},
    }
    handle = office.enrolled(patient_mrn="ZQ-77123", **details)
    other = office.enrolled(patient_mrn="ZQ-99456", **details)
    neighbor = office.enrolled(first_name="Nia", consent={"kind": "Verbal", "day": "2031-01-30"})
    office.forward(days=20)
    for number, each in enumerate((handle, other, neighbor)):
        log(
            office,
            each,
            f"log-{number}",
            note="Planted words" if each != neighbor else "",
            minutes=40 + number,
        )
    raise_flags(
        office.ctx,
        office.actor(),
        handle,
        Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Planted words"),
        "flag",
    )
    merging_by_account(office.ctx, REGISTRY, "nora").merge(handle, other)
    close_month(office.ctx, office.actor(Role.FINANCE), "2031-02")
    plant(office, handle, neighbor)
    return handle, neighbor


def plant(office: Office, handle: str, neighbor: str) -> None:
    """Put both into what people are doing: a form, a timer, a question, a review, a digest, an import."""
    table, now, patient = office.table, office.moment.timestamp(), office.patient(handle)
    for number, each in enumerate((handle, neighbor)):
        draft = Draft(id=f"draft-{number}", registry_id=REGISTRY, form="contact", handle=each, typed_at=now)
        drafts.keep(table, "user-1", draft, now)
    enrolling = Draft(id="draft-2", registry_id=REGISTRY, form="enrol", view='{"v": "zq@example.org"}')
    drafts.keep(table, "user-2", enrolling.model_copy(update={"typed_at": now}), now)
    timer = Timer(id="t", registry_id=REGISTRY, handle=handle, started=now)
    table.put(writes.put(items.to_item(keys.timer("user-1"), timer)))
    questions.keep(table, "q", Question(user_id="user-1", command="log quagmire phone 20"), now)
    review = Review(id="r", started=now, touched=now, handles=(neighbor, handle), position=2)
    reviews.save(table, REGISTRY, "user-2", None, review)
    row = LiveDigest(
        user_id="user-1",
        day=TODAY.isoformat(),
        at=now,
        handles=(handle,),
        message=json.dumps({"blocks": [{"text": f"{handle} Z. Q."}]}),
        channel="D1",
        ts="1.1",
    )
    table.put(writes.put(items.to_item(keys.digest(REGISTRY, TODAY, "user-1"), row)))
    told = SentMessage(user_id="user-2", channel="D2", ts="2.2", at=now)
    sent_messages.record(table, patient.alerts[0].id, told)
    table.transact([imports.brought("import-1", patient, "audit")])
    # Another version of the bot keeps something of its own.
    table.client.put_item(
        TableName=table.name,
        Item={"PK": {"S": f"outcome:{REGISTRY}"}, "SK": {"S": f"{patient.id}#1"}, "phq": {"N": "18"}},
    )


def everything(office: Office) -> dict[Key, dict[str, Any]]:
    pages = office.table.client.get_paginator("scan").paginate(TableName=office.table.name)
    return {key_of(item): from_wire(item) for page in pages for item in page["Items"]}


def is_clean(office: Office) -> bool:
    found = [each.finding for each in check(office.ctx)]
    return found == []


def asked(office: Office, handle: str) -> None:
    Asking(office.ctx, REGISTRY, "ana").ask(handle, ErasureReason.REQUEST)
    Asking(office.ctx, REGISTRY, "ben").confirm(handle)


def erasing(office: Office, handle: str) -> Erasing:
    return prepare_erasure(office.ctx, REGISTRY, handle, "eve")


def left_of(office: Office, planted: set[str]) -> Iterator[str]:
    """Yield where planted texts and ids are, but for the opaque id in the access log and the tombstone.

    The notes that something changed name a handle, which leads nowhere by then, and expire within the hour.
    """
    for key, item in everything(office).items():
        if key.pk.startswith(("access-log:", "audit-", "patient-changes:")):
            continue
        text = f"{key} {json.dumps(item, default=str)}"
        if key.pk.startswith("erasure:"):
            text = text.replace(key.sk, "")
        yield from (f"{each} in {key}" for each in planted if each in text)


def planted(office: Office, handle: str) -> set[str]:
    patient = office.patient(handle)
    handles = {each.handle for each in lists.directory(office.table, REGISTRY) if each.same_as == handle}
    alerts = {each.id for each in patient.alerts}
    return {
        *TEXTS,
        handle,
        *handles,
        *patient.histories,
        *alerts,
        *(each.id for each in patient.treatment_logs),
    }


def test_nothing_of_the_patient_is_left_and_nothing_else_is_gone(office: Office) -> None:
    handle, neighbor = scene(office)
    wanted, before = planted(office, handle), everything(office)
    sums = read_month(office.ctx, office.actor().registry, "2031-02").closing
    asked(office, handle)
    gone = list(erasing(office, handle).run())
    assert list(left_of(office, wanted)) == []
    assert counts(office.table)[1] == 1
    assert is_clean(office)
    after = everything(office)
    neighbors = {
        key
        for key, item in before.items()
        if neighbor in f"{key}{item}" or office.patient(neighbor).id in f"{key}{item}"
    }
    assert {key for key in neighbors if key not in after} == set()
    review = reviews.get(office.table, REGISTRY, "user-2")
    assert review is not None
    assert (review.handles, review.position) == ((neighbor,), 1)
    assert [each.id for each in drafts.of(office.table, "user-1")] == ["draft-1"]
    month = read_month(office.ctx, office.actor().registry, "2031-02")
    assert month.closing == sums
    assert list(month.changed) == []
    [stone] = erasures.of_registry(office.table, REGISTRY).records
    assert (stone.state, stone.asked_by, stone.confirmed_by, stone.erased_by, stone.items) == (
        ErasureState.ERASED,
        "account ana",
        "account ben",
        "account eve",
        gone[-1],
    )
    assert (stone.handle, stone.traces) == ("", None)


def test_messages_in_slack_are_left_to_the_clock_to_empty(office: Office) -> None:
    handle, _ = scene(office)
    asked(office, handle)
    list(erasing(office, handle).run())
    waiting = [
        job
        for job_id in jobs.waiting(office.table, JobKind.ERASED, REGISTRY)
        if (job := jobs.get(office.table, JobKind.ERASED, job_id))
    ]
    messages = sorted(tuple(each) for job in waiting for each in job.state["messages"])
    assert messages == [("D1", "1.1"), ("D2", "2.2")]


@pytest.mark.parametrize("done", [False, True], ids=["before it is sent", "its answer lost"])
def test_killed_at_any_write_an_erasure_goes_on(office: Office, *, done: bool) -> None:
    whole: list[list[str]] = []
    scenes: list[tuple[str, str]] = []

    def run(at: int) -> Death:
        number = len(scenes)
        handle = office.enrolled(first_name="Zebulon", last_name=f"Quagmire{number}")
        log(office, handle, f"kill-{done}-{number}", day=TODAY, note=f"Planted {number} words")
        scenes.append((handle, ""))
        wanted = {f"Quagmire{number}", f"Planted {number} words", handle, office.patient(handle).id}
        asked(office, handle)
        with dying(office.table.client, at, done=done, writing=True) as death:
            list(erasing(office, handle).run())
        fresh = Office(office.table, office.moment)
        try:
            list(erasing(fresh, handle).run())
        except NotFound:
            assert not death.came or at > 1
        whole.append(list(left_of(office, wanted)))
        return death

    assert deaths(run) > 4
    assert [each for each in whole if each] == []
    assert counts(office.table)[1] == 0
    assert is_clean(office)
    # Each is in the month's figures once, whatever came between.
    assert len(figures_of(office, "2031-03").figures.caseload.served) == len(scenes)


def figures_of(office: Office, words: str) -> Report:
    return exported(office.ctx, REGISTRY, words.split(), "nora")[0]


def test_past_months_count_an_erased_patient_as_before(office: Office) -> None:
    """February: Zebulon's two records are one patient, with 40 and 41 minutes; Nia has 42."""
    handle, _ = scene(office)

    def february() -> tuple[object, ...]:
        found = figures_of(office, "2031-02").figures
        return (
            len(found.caseload.served),
            found.caseload.at_end,
            found.caseload.assigned,
            found.process.contacts,
            found.work.minutes,
            found.process.contacted_twice.share,
            found.process.measured.share,
            found.outcomes.improved.share,
        )

    by_hand = (2, 2, 2, 3, 123, Share(1, 2), Share(0, 2), Share(0, 0))
    assert february() == by_hand
    assert figures_of(office, "2031-02").erased is ErasedShown.NONE
    asked(office, handle)
    list(erasing(office, handle).run())
    assert february() == by_hand
    assert figures_of(office, "2031-02").erased is ErasedShown.COUNTED
    march = figures_of(office, "2031-03").figures.caseload
    # On 3 March, the day of the erasure, one has left without a reason and one is there.
    assert (len(march.served), march.at_end, {str(why): len(who) for why, who in march.left.items()}) == (
        2,
        1,
        {"None": 1},
    )
    office.forward(days=40)
    assert february() == by_hand
    assert len(figures_of(office, "2031-Q1").figures.caseload.served) == 2
    assert len(figures_of(office, "2031").figures.caseload.served) == 2
    assert len(figures_of(office, "2031-04").figures.caseload.served) == 1
    part = figures_of(office, "2031-02-10 2031-02-25")
    assert (len(part.figures.caseload.served), part.erased) == (1, ErasedShown.LEFT_OUT)
    assert is_clean(office)


def test_counts_that_can_not_be_read_are_said(office: Office) -> None:
    handle = office.enrolled()
    asked(office, handle)
    list(erasing(office, handle).run())
    key = keys.erased_count(REGISTRY, "2031")
    office.table.put(writes.put({**wire_key(key), "packed": {"S": '{"2031-03": {"served": "two"}}'}}))
    assert figures_of(office, "2031-03").unread == 1
    assert [each.finding.kind for each in check(office.ctx)] == [Kind.BROKEN]


def test_a_second_person_confirms_and_in_time(office: Office) -> None:
    handle = office.enrolled()
    ana, ben = (Asking(office.ctx, REGISTRY, name) for name in ("ana", "ben"))
    with pytest.raises(NotFound):
        ana.confirm(handle)
    with pytest.raises(NotFound):
        erasing(office, handle)
    ana.ask(handle, ErasureReason.MISTAKE)
    with pytest.raises(Conflict, match="asked for already"):
        ben.ask(handle, ErasureReason.MISTAKE)
    with pytest.raises(Conflict, match="not confirmed"):
        list(erasing(office, handle).run())
    with pytest.raises(Conflict, match="second person"):
        ana.confirm(handle)
    office.forward(days=7, seconds=1)
    with pytest.raises(Conflict, match="lapsed"):
        ben.confirm(handle)
    ben.ask(handle, ErasureReason.MISTAKE)
    ana.confirm(handle)
    office.forward(days=7, seconds=1)
    with pytest.raises(Conflict, match="lapsed"):
        list(erasing(office, handle).run())
    ana.ask(handle, ErasureReason.MISTAKE)
    ben.withdraw(handle)
    assert erasures.of_registry(office.table, REGISTRY).records == []
    assert office.patient(handle)
    assert is_clean(office)


def test_a_legal_hold_forbids_each_step(office: Office) -> None:
    handle = office.enrolled()
    set_hold(office.ctx, REGISTRY, handle, "Case 12", "ana")
    with pytest.raises(Conflict, match="under legal hold already"):
        set_hold(office.ctx, REGISTRY, handle, "Case 13", "ana")
    with pytest.raises(Conflict, match="legal hold"):
        Asking(office.ctx, REGISTRY, "ana").ask(handle, ErasureReason.REQUEST)
    lift_hold(office.ctx, REGISTRY, handle, "ana")
    with pytest.raises(Conflict, match="no hold"):
        lift_hold(office.ctx, REGISTRY, handle, "ana")
    with pytest.raises(InvalidInput):
        set_hold(office.ctx, REGISTRY, handle, " ", "ana")
    Asking(office.ctx, REGISTRY, "ana").ask(handle, ErasureReason.REQUEST)
    set_hold(office.ctx, REGISTRY, handle, "Case 14", "ana")
    with pytest.raises(Conflict, match="legal hold"):
        Asking(office.ctx, REGISTRY, "ben").confirm(handle)
    lift_hold(office.ctx, REGISTRY, handle, "ana")
    Asking(office.ctx, REGISTRY, "ben").confirm(handle)
    set_hold(office.ctx, REGISTRY, handle, "Case 15", "ana")
    with pytest.raises(Conflict, match="legal hold"):
        list(erasing(office, handle).run())
    assert office.patient(handle).legal_hold
    assert is_clean(office)


def test_a_short_number_in_other_peoples_texts_is_no_trace(office: Office) -> None:
    handle = office.enrolled(patient_mrn="12")
    neighbor = office.enrolled(first_name="Nia", last_name="Nearby")
    log(office, neighbor, "n", day=TODAY, note="12 minutes, page 12")
    before = office.patient(neighbor)
    asked(office, handle)
    list(erasing(office, handle).run())
    assert office.patient(neighbor) == before
    assert is_clean(office)


def test_the_same_handle_in_another_registry_is_another_patient(office: Office) -> None:
    handle = office.enrolled()
    now = office.moment.timestamp()
    elsewhere = Draft(id="d", registry_id="registry-2", form="contact", handle=handle, typed_at=now)
    drafts.keep(office.table, "user-2", elsewhere, now)
    asked(office, handle)
    list(erasing(office, handle).run())
    assert [each.handle for each in drafts.of(office.table, "user-2")] == [handle]


def test_a_request_that_was_read_by_both_is_confirmed_once(office: Office) -> None:
    handle = office.enrolled()
    asked(office, handle)
    with pytest.raises(Conflict, match="confirmed already"):
        Asking(office.ctx, REGISTRY, "cyd").confirm(handle)
    stored = erasures.of_registry(office.table, REGISTRY).records[0]
    stale: Erasure = stored.model_copy(update={"state": ErasureState.ASKED})
    with pytest.raises(Conflict, match="changed meanwhile"):
        office.table.transact([erasures.storing(REGISTRY, stale, stale)])
    assert replace(erasing(office, handle)).erasure == stored
