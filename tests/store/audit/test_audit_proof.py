"""Any tampering with the access log after it was written is found, and nothing else is."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.store.audit.access_log import Access, AccessEntry, item_of
from cocm_bot.store.audit.audit_proof import ALTERED, MISSING, MOVED, TWICE, UNREADABLE, Fault, faults, sealed
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.audit.keyring import keyring
from cocm_bot.store.table.wire import Item
from tests.store.build import access_entry

KEY = "a key for the tests"
DAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TEXTS = st.text(max_size=40).map(lambda text: {"S": text})
NEXT_DAY = {"S": "access-log:r1:2026-03-11"}
Log = list[dict[str, Any]]


def access(patient_id: str = "patient-1") -> Access:
    return Access(
        registry_id="r1",
        user_id="user-1",
        slack_user_id="U1",
        action="view_patient",
        surface="modal",
        patient_ids=(patient_id,),
        outcome="allowed",
    )


class Clock:
    moment = NOON

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def write(trail: AuditTrail, log: list[AccessEntry], name: str = "patient-1") -> None:
    with trail.next(access(name)) as entry:
        log.append(entry)


def written() -> Log:
    """Six entries of two writers of one process, then one of another: A1 A2 B1 A3 A4 A5, C1."""
    trail, other = (AuditTrail(KEY, 6, Clock()) for _ in range(2))
    log: list[AccessEntry] = []
    write(trail, log, "p1")
    with trail.next(access("p2")) as entry:
        log.append(entry)
        write(trail, log, "p3")
    for name in ("p4", "p5", "p6"):
        write(trail, log, name)
    write(other, log, "p7")
    return [dict(item_of(entry)) for entry in log]


def found(log: list[Item] | Log, since: date = DAY, key: str = KEY) -> Sequence[Fault]:
    return faults(log, keyring(key), since)


def test_a_log_as_it_was_written_has_no_fault() -> None:
    log = written()
    assert [item["sequence"]["N"] for item in log] == ["1", "2", "1", "3", "4", "5", "1"]
    assert len({item["writer"]["S"] for item in log}) == 3
    assert found(log) == []
    assert found(log[::-1]) == []


def forged(log: Log) -> None:
    """Somebody without the key adds an entry after the last of a writer."""
    last = log[5]
    entry = access_entry(
        "f", 1_773_144_400.0, writer=last["writer"]["S"], sequence=6, previous=last["mac"]["S"]
    )
    log.append(dict(item_of(sealed(entry, keyring("another key")))))


def swapped(log: Log) -> None:
    """Two entries change places: each has the other's key."""
    for name in ("PK", "SK"):
        log[3][name], log[4][name] = log[4][name], log[3][name]


def exchanged(log: Log) -> None:
    """Two entries keep place, number and seal, and exchange whom they showed."""
    log[3]["patient_ids"], log[4]["patient_ids"] = log[4]["patient_ids"], log[3]["patient_ids"]


def renumbered(log: Log) -> None:
    log[3]["sequence"], log[4]["sequence"] = log[4]["sequence"], log[3]["sequence"]


def copied(log: Log) -> None:
    log.append(log[3] | {"SK": {"S": log[3]["SK"]["S"] + "x"}})


TAMPERINGS: list[tuple[str, Callable[[Log], object], list[tuple[int, str, int, int]]]] = [
    # what was done, how, and the faults: the entry whose writer it is, what, first and last number
    ("the first deleted", lambda log: log.pop(0), [(0, MISSING, 1, 1)]),
    ("one in the middle deleted", lambda log: log.pop(3), [(0, MISSING, 3, 3)]),
    ("a run deleted", lambda log: log.__delitem__(slice(3, 5)), [(0, MISSING, 3, 4)]),
    ("a whole writer's deleted", lambda log: log.pop(2), [(2, MISSING, 1, 1)]),
    ("edited", lambda log: log[3].update(user_id={"S": "user-2"}), [(0, ALTERED, 3, 3)]),
    ("a reason added", lambda log: log[3].update(reason={"S": "x"}), [(0, ALTERED, 3, 3)]),
    ("an attribute added", lambda log: log[3].update(note={"S": "x"}), [(0, ALTERED, 3, 3)]),
    ("an attribute removed", lambda log: log[3].pop("surface"), [(0, MISSING, 3, 3), (-1, UNREADABLE, 0, 0)]),
    ("sooner expired", lambda log: log[3].update(expires_at={"N": "1"}), [(0, MOVED, 3, 3)]),
    (
        "moved to another day",
        lambda log: log[3].update(PK={"S": "access-log:r1:2026-03-11"}),
        [(0, MOVED, 3, 3)],
    ),
    ("inserted", forged, [(0, ALTERED, 6, 6)]),
    ("copied", copied, [(0, MOVED, 3, 3), (0, TWICE, 3, 3)]),
    ("two swapped", swapped, [(0, MOVED, 3, 3), (0, MOVED, 4, 4)]),
    ("what two say swapped", exchanged, [(0, ALTERED, 3, 3), (0, ALTERED, 4, 4)]),
    ("the numbers of two swapped", renumbered, [(0, ALTERED, 3, 3), (0, ALTERED, 4, 4)]),
]


@pytest.mark.parametrize(("case", "tamper", "expected"), TAMPERINGS, ids=[case for case, _, _ in TAMPERINGS])
def test_each_tampering_is_found_where_it_was_done(
    case: str, tamper: Callable[[Log], object], expected: list[tuple[int, str, int, int]]
) -> None:
    log = written()
    writers = [item["writer"]["S"] for item in log] + ["-"]
    tamper(log)
    told = {(fault.writer, fault.what, fault.first, fault.last) for fault in found(log)}
    assert told == {(writers[index], what, first, last) for index, what, first, last in expected}, case


def test_without_the_key_nothing_fits() -> None:
    assert {fault.what for fault in found(written(), key="another key")} == {ALTERED}


def test_the_end_of_the_log_is_what_it_can_not_hold() -> None:
    log = written()
    assert found(log[:-1]) == []  # the only entry of its process
    assert found(log[:5] + log[6:]) == []  # the last of its process
    assert found(log[:2] + log[6:]) == []  # all that a process wrote from a moment on


@given(data=st.data())
def test_any_change_of_any_attribute_is_found(data: st.DataObject) -> None:
    log = written()
    item = data.draw(st.sampled_from(log))
    name = data.draw(st.sampled_from(sorted(item)))
    before = item[name]
    item[name] = data.draw(
        st.one_of(
            TEXTS,
            st.integers(-(10**20), 10**20).map(lambda number: {"N": str(number)}),
            st.lists(TEXTS, max_size=3).map(lambda each: {"L": each}),
        ).filter(lambda value: value != before)
    )
    if name == "PK":
        item[name] = NEXT_DAY  # the day it is found under is always a day
    elif name == "SK":
        item[name] = {"S": str(item[name])}
    assert found(log)


@given(st.sets(st.integers(0, 4), min_size=1))
def test_any_deletion_before_the_last_is_found(indexes: set[int]) -> None:
    log = written()
    assert found([item for index, item in enumerate(log) if index not in indexes])


def test_a_writer_that_began_before_may_begin_anywhere() -> None:
    late = written()[3:]
    assert found(late, since=DAY + timedelta(days=1)) == []
    assert {fault.what for fault in found(late)} == {MISSING}


def test_no_value_of_an_entry_makes_the_proof_fail() -> None:
    log = written()
    for name, value in {"at": "1e125", "sequence": "-5", "kept_until": "9" * 38}.items():
        log[3][name] = {"N": value}
        assert found(log)
