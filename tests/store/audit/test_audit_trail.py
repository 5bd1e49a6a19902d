"""Failed writes, lost answers, threads and processes leave a log without a fault."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.access_log import Access, AccessEntry
from cocm_bot.store.audit.audit_proof import faults
from cocm_bot.store.audit.audit_trail import MOST_SEEN, AuditTrail
from cocm_bot.store.audit.keyring import keyring
from cocm_bot.store.table.errors import VersionConflict
from cocm_bot.store.table.table import Table
from tests.store import faults as network

pytestmark = pytest.mark.slow

KEY = "a key for the tests"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = NOON.date()


def access(patient_id: str = "patient-1", registry_id: str = "r1") -> Access:
    return Access(
        registry_id=registry_id,
        user_id="user-1",
        slack_user_id="U1",
        action="view_patient",
        surface="modal",
        patient_ids=(patient_id,),
        outcome="allowed",
    )


def trail() -> AuditTrail:
    return AuditTrail(KEY, 6, lambda: NOON)


def record(trail: AuditTrail, table: Table, patient_id: str = "patient-1", registry_id: str = "r1") -> None:
    with trail.next(access(patient_id, registry_id)) as entry:
        access_log.record(table, entry)


def entries(table: Table, registry_id: str = "r1") -> list[AccessEntry]:
    return access_log.entries(table, registry_id, DAY).records


def proved(table: Table, registry_id: str = "r1") -> bool:
    return faults(access_log.stored(table, registry_id, DAY), keyring(KEY), DAY) == []


def chains(table: Table) -> list[list[int]]:
    """Each writer's numbers."""
    written = entries(table)
    return sorted(
        sorted(entry.sequence for entry in written if entry.writer == writer)
        for writer in {entry.writer for entry in written}
    )


def test_an_entry_tells_when_and_how_long_it_is_kept(table: Table) -> None:
    record(trail(), table)
    [entry] = entries(table)
    assert (entry.at, entry.sequence, entry.previous, entry.seen) == (NOON.timestamp(), 1, "", ())
    assert datetime.fromtimestamp(entry.kept_until, UTC) >= NOON.replace(year=2032)
    assert entry.writer.startswith("20260310-")


def test_one_after_the_other_is_one_chain(table: Table) -> None:
    own = trail()
    for _ in range(3):
        record(own, table)
    assert chains(table) == [[1, 2, 3]]
    assert proved(table)


def test_each_registry_has_chains_of_its_own(table: Table) -> None:
    own = trail()
    for registry_id in ("r1", "r2", "r1", "-"):
        record(own, table, registry_id=registry_id)
    assert chains(table) == [[1, 2]]
    assert all(proved(table, registry_id) for registry_id in ("r1", "r2", "-"))


def test_what_was_not_written_leaves_no_gap(table: Table) -> None:
    own = trail()
    record(own, table)
    with pytest.raises(VersionConflict), own.next(access()):
        raise VersionConflict
    record(own, table)
    record(own, table)
    assert chains(table) == [[1], [1, 2]]
    assert proved(table)


def test_the_chain_that_was_left_is_held_by_the_next(table: Table) -> None:
    own = trail()
    record(own, table, "first")
    with pytest.raises(VersionConflict), own.next(access()):
        raise VersionConflict
    record(own, table)
    left = [item for item in access_log.stored(table, "r1", DAY) if "first" not in str(item["patient_ids"])]
    assert [fault.what for fault in faults(left, keyring(KEY), DAY)] == ["is missing"]


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    "fault", [network.lose_answer, network.time_out], ids=["answer lost", "never arrived"]
)
def test_an_entry_in_doubt_is_the_last_of_its_chain(concurrent_table: Table, fault: network.Fault) -> None:
    own = trail()
    record(own, concurrent_table)
    with network.on(concurrent_table.client, "PutItem", fault), pytest.raises(Unavailable):
        record(own, concurrent_table)
    record(own, concurrent_table)
    arrived = fault is network.lose_answer
    assert chains(concurrent_table) == [[1], [1, 2] if arrived else [1]]
    assert proved(concurrent_table)


@pytest.mark.usefixtures("no_pauses")
def test_an_answer_lost_once_is_known_after_the_second_try(concurrent_table: Table) -> None:
    own = trail()
    with network.on(concurrent_table.client, "PutItem", network.times(1, network.lose_answer)):
        record(own, concurrent_table)
    record(own, concurrent_table)
    assert chains(concurrent_table) == [[1, 2]]


def test_threads_do_not_wait_for_each_other_and_leave_no_fault(concurrent_table: Table) -> None:
    own = trail()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: record(own, concurrent_table, f"p{number}"), range(200)))
    written = entries(concurrent_table)
    assert Counter(len(entry.patient_ids) for entry in written) == {1: 200}
    assert len({entry.patient_ids for entry in written}) == 200
    assert 1 <= len({entry.writer for entry in written}) <= 8
    assert max(len(entry.seen) for entry in written) <= MOST_SEEN
    assert proved(concurrent_table)


def test_an_idle_chain_is_named_by_another_once(table: Table) -> None:
    own = trail()
    with nested(own, table):
        record(own, table, "inner")
    record(own, table)
    record(own, table)
    inner = next(entry for entry in entries(table) if entry.patient_ids == ("inner",))
    named = [each for entry in entries(table) for each in entry.seen]
    assert named.count(f"{inner.writer}:1") == 1


@contextmanager
def nested(own: AuditTrail, table: Table) -> Iterator[None]:
    """An entry whose write takes as long as the block."""
    with own.next(access("outer")) as entry:
        yield
        access_log.record(table, entry)


WRITES_TWENTY = """
import sys
from tests.store import engines
from tests.store.audit.test_audit_trail import record, trail
from cocm_bot.store.table.table import Table

own, table = trail(), Table(engines.client_of(sys.argv[1]), sys.argv[2])
for _ in range(20):
    record(own, table)
"""


@pytest.mark.slow
def test_processes_do_not_wait_for_each_other_and_leave_no_fault(concurrent_table: Table) -> None:
    endpoint = concurrent_table.client.meta.endpoint_url
    command = [sys.executable, "-c", WRITES_TWENTY, endpoint, concurrent_table.name]
    home = Path(__file__).parents[3]
    running = [subprocess.Popen(command, cwd=home) for _ in range(2)]  # noqa: S603  # our own
    assert [process.wait(60) for process in running] == [0, 0]
    assert chains(concurrent_table) == [list(range(1, 21))] * 2
    assert proved(concurrent_table)


def test_a_clock_that_moves_on_leaves_days_that_are_proved_alone(table: Table) -> None:
    moments = iter([NOON, NOON, NOON + timedelta(days=1), NOON + timedelta(days=1)])
    own = AuditTrail(KEY, 6, lambda: next(moments))
    for _ in range(4):
        record(own, table)
    later = access_log.stored(table, "r1", DAY + timedelta(days=1))
    assert len(later) == 2
    assert faults(later, keyring(KEY), DAY + timedelta(days=1)) == []
    assert proved(table)
