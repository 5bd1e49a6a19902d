"""Every list reads on past items of another program, under any key and of any shape, and counts them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cocm_bot.store import jobs, sent_messages, ticks
from cocm_bot.store.audit import access_log
from cocm_bot.store.digests import live_digests, posts
from cocm_bot.store.jobs import JobKind, JobRef
from cocm_bot.store.patients import history, lists, patients
from cocm_bot.store.repair.survey import survey
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.keys import patient_log
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import invites, people
from cocm_bot.store.ticks import Run
from tests.store import foreign
from tests.store.build import REGISTRY

DAY = date(2031, 3, 3)
SUBJECT = "subject-1"
READERS: dict[str, Callable[[Table], Listing[Any]]] = {
    "members": lambda table: people.members(table, REGISTRY),
    "registries": lambda table: people.registries_of(table, SUBJECT),
    "patients": lambda table: next(lists.record_pages(table, REGISTRY)),
    "posts": lambda table: posts.of_day(table, REGISTRY, DAY),
    "live digests": lambda table: live_digests.of_day(table, REGISTRY, DAY),
    "deliveries": lambda table: sent_messages.of(table, SUBJECT),
    "invites": lambda table: invites.of_registry(table, REGISTRY),
    "invites of an address": lambda table: invites.of_address(table, SUBJECT),
    "audit trail": lambda table: history.audit_trail(table, SUBJECT),
    "access log": lambda table: access_log.entries(table, REGISTRY, DAY),
    "runs": ticks.last,
}
UNCOUNTED = {"directory"}
"""Lists that leave out what they can't read without counting: `check` compares them."""


@pytest.mark.parametrize("place", READERS)
def test_a_list_leaves_out_and_counts_what_it_can_not_read(table: Table, place: str) -> None:
    before = READERS[place](table)
    partition, begin = foreign.places(REGISTRY, DAY, SUBJECT)[place]
    strange = dict(foreign.in_list(partition, begin, 1))
    # Only the audit trail asks for a part of its partition: what is elsewhere it never sees.
    seen = [kind for kind in strange if partition != patient_log(SUBJECT) or "foreign key" not in kind]
    for item in strange.values():
        foreign.store(table, item)
    after = READERS[place](table)
    assert after.records == before.records
    assert after.broken == len(seen) > 0


def test_every_place_has_a_reader_here() -> None:
    assert READERS.keys() | UNCOUNTED == foreign.places(REGISTRY, DAY, SUBJECT).keys()


def test_the_directory_leaves_out_what_it_can_not_read(table: Table) -> None:
    partition, begin = foreign.places(REGISTRY, DAY, SUBJECT)["directory"]
    for _, item in foreign.in_list(partition, begin, 1):
        foreign.store(table, item)
    assert lists.directory(table, REGISTRY) == []
    handles = [item["SK"]["S"] for _, item in foreign.in_list(partition, begin, 1)]
    assert patients.entries(table, REGISTRY, handles) == []


def test_the_caseload_leaves_out_and_counts(table: Table) -> None:
    strange = list(foreign.in_caseload(REGISTRY, 1))
    for _, item in strange:
        foreign.store(table, item)
    for due_by in (None, DAY):
        listing = lists.caseload(table, REGISTRY, due_by)
        assert (listing.records, listing.broken) == ([], len(strange))


@pytest.mark.parametrize("kind", [kind for kind, _ in foreign.in_queue(0, 0)])
def test_the_queue_goes_on_past_each_kind(table: Table, kind: str) -> None:
    shard = jobs.shard_of(REGISTRY)
    mine = jobs.new_job(JobKind.ADMIN_NOTICE, "n-1", REGISTRY, 100.0)
    table.transact([jobs.adding(mine)])
    foreign.store(table, dict(foreign.in_queue(shard, 1))[kind])
    due = jobs.due(table, shard, 200.0)
    assert JobRef("notice", "n-1") in due.waiting
    queue = jobs.queue(table, shard)
    assert mine in queue.jobs
    assert due.foreign + len(queue.unreadable) == 1
    assert due.foreign == queue.foreign


def test_check_names_each_by_place_and_hash(table: Table) -> None:
    expected = 0
    shard = jobs.shard_of(REGISTRY)
    found = [foreign.in_queue(shard, 1), foreign.in_caseload(REGISTRY, 1)]
    for each in found:
        for _, item in each:
            foreign.store(table, item)
            expected += 1
    at = datetime(2031, 3, 3, tzinfo=UTC).timestamp()
    ticks.record(table, Run(process="cafe0001", at=at, seconds=1.0, done=0, left=0))
    illegible = survey(table).illegible
    # A patient's own key in the caseload is the business of the check of patients.
    of_patients = len(foreign.STRANGE)
    assert len(illegible) == expected - of_patients
    assert not any("foreign" in each.where or "order" in each.where for each in illegible)
    assert {each.where.split()[0] for each in illegible if each.foreign} == {
        f"work-queue:{shard}",
        f"registry-patient:{REGISTRY}",
    }
