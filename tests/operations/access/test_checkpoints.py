"""The chain of checkpoints: without a gap whatever fails, with one where the table lost some, and cheap."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from cocm_bot.domain.access import Action
from cocm_bot.domain.errors import Unavailable
from cocm_bot.operations.access.access_logging import record_view
from cocm_bot.operations.access.checkpoints import checkpoint, newest
from cocm_bot.operations.access.proving import prove
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import open_card
from cocm_bot.store.audit import checkpoints
from cocm_bot.store.audit.audit_proof import ALTERED, MISSING
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.audit.checkpoint_proof import read_chain
from cocm_bot.store.audit.checkpoints import MOST_HEADS, Checkpoint, head, head_of
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import SEAL
from cocm_bot.store.table.wire import wire_key
from tests.jobs.test_cost import size
from tests.operations.conftest import AUDIT_KEY, Office
from tests.operations.contacts.test_log_contact import contact
from tests.store import faults
from tests.store.build import REGISTRY

UNIT = 1024


def another(office: Office, ring: Keyring | str = AUDIT_KEY) -> Context:
    """Another process on the same table."""
    return Context(office.table, office.ctx.now, AuditTrail(ring, 6, office.ctx.now))


def write(office: Office, ctx: Context) -> None:
    record_view(ctx, office.actor(), Action.VIEW_TEAM, ["patient"])


def chain(office: Office, *days: date) -> list[int]:
    read = read_chain(
        [item for day in days or (office.moment.date(),) for item in checkpoints.stored(office.table, day)],
        office.ctx.trail.keyring,
    )
    assert read.faults == []
    return [each.number for each in read.read]


def told(office: Office) -> set[str]:
    return {fault.what for fault in prove(office.ctx, REGISTRY, office.moment.date(), None).faults}


def test_a_checkpoint_names_each_writer_that_wrote_since(office: Office) -> None:
    write(office, office.ctx)
    first = checkpoint(office.ctx)
    write(office, office.ctx)
    other = another(office)
    write(office, other)
    second, third = checkpoint(office.ctx), checkpoint(other)
    assert first
    assert second
    assert third
    assert [each.number for each in (first, second, third)] == [1, 2, 3]
    assert [head_of(text)[1] for each in (first, second, third) for text in each.heads] == [1, 2, 1]  # type: ignore[index]  # each is one
    assert third.since == first.at
    assert newest(office.ctx) == third
    assert told(office) == set()


def test_with_nothing_to_name_nothing_is_written(office: Office) -> None:
    assert checkpoint(office.ctx) is None
    write(office, office.ctx)
    first = checkpoint(office.ctx)
    with faults.on(office.table.client, "*", faults.none) as requests:
        assert checkpoint(office.ctx) == first
    assert len(requests) == 1
    assert chain(office) == [1]


def test_an_entry_names_the_checkpoint_that_its_process_knew(office: Office) -> None:
    for _ in range(2):
        write(office, office.ctx)
        checkpoint(office.ctx)
    write(office, office.ctx)
    log = [
        fault
        for fault in prove(office.ctx, REGISTRY, office.moment.date(), None).faults
        if fault.what == MISSING
    ]
    assert log == []
    known = office.ctx.trail.checkpoint
    assert known is not None
    assert known.number == 2


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("fault", [faults.lose_answer, faults.time_out], ids=["lost", "never arrived"])
def test_a_checkpoint_in_doubt_leaves_no_gap(office: Office, fault: faults.Fault) -> None:
    write(office, office.ctx)
    with faults.on(office.table.client, "TransactWriteItems", fault), pytest.raises(Unavailable):
        checkpoint(office.ctx)
    assert office.ctx.trail.unnamed()
    checkpoint(office.ctx)
    assert office.ctx.trail.unnamed() == []
    assert chain(office) == ([1, 2] if fault is faults.lose_answer else [1])
    assert told(office) == set()


def test_processes_that_meet_make_one_chain(office: Office) -> None:
    desks = [another(office) for _ in range(4)]
    for _ in range(3):
        for ctx in desks:
            write(office, ctx)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(checkpoint, desks))
    assert chain(office) == list(range(1, 13))
    assert told(office) == set()


def test_what_ends_at_once_leaves_at_most_what_no_checkpoint_named(office: Office) -> None:
    """A process is killed between two checkpoints: the log stays clean, and the others go on."""
    killed = another(office)
    write(office, killed)
    checkpoint(killed)
    write(office, killed)
    for _ in range(2):
        write(office, office.ctx)
        checkpoint(office.ctx)
    assert chain(office) == [1, 2, 3]
    assert told(office) == set()


def set_back(office: Office, to: Checkpoint) -> None:
    """The table forgets all checkpoints after one, and the copy of the latest with them."""
    for number in range(to.number + 1, 99):
        key = wire_key(keys.checkpoint(office.moment.date(), number))
        office.table.client.delete_item(TableName=office.table.name, Key=key)
    item = {**checkpoints.item_of(to), **wire_key(keys.latest_checkpoint())}
    office.table.client.put_item(TableName=office.table.name, Item=item)


def test_a_process_does_not_forget_what_the_table_lost(office: Office) -> None:
    made = []
    for _ in range(3):
        write(office, office.ctx)
        made.append(checkpoint(office.ctx))
    assert made[0]
    set_back(office, made[0])
    again = checkpoint(office.ctx)
    assert again
    assert again.number == 4
    assert told(office) == {MISSING}


LATEST: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("gone", lambda item: None),
    ("can't be read", lambda item: {**item, "number": {"S": "x"}}),
    ("far ahead", lambda item: {**item, "number": {"N": "999999"}}),
    ("of another key", lambda item: {**item, "mac": {"S": "0" * 64}}),
]


@pytest.mark.parametrize(("case", "alter"), LATEST, ids=[case for case, _ in LATEST])
def test_a_false_copy_of_the_latest_stops_nobody(
    office: Office, case: str, alter: Callable[[dict[str, Any]], Any]
) -> None:
    for _ in range(2):
        write(office, office.ctx)
        checkpoint(office.ctx)
    key = keys.latest_checkpoint()
    item = alter(dict(office.table.get(key) or {}))
    if item is None:
        office.table.client.delete_item(TableName=office.table.name, Key=wire_key(key))
    else:
        office.table.client.put_item(TableName=office.table.name, Item=item)
    newcomer = another(office)
    write(office, newcomer)
    made = checkpoint(newcomer)
    assert made, case
    assert made.number == 3
    assert chain(office) == [1, 2, 3]


def test_while_keys_are_changed_a_process_without_the_newer_one_goes_on(office: Office) -> None:
    newer = another(office, Keyring({"2": "the newer key", "": AUDIT_KEY}))
    for ctx in (office.ctx, newer, office.ctx, newer):
        write(office, ctx)
        checkpoint(ctx)
    proof = prove(newer, REGISTRY, office.moment.date(), None)
    assert (proof.faults, proof.checkpoints) == ([], 4)
    assert ALTERED not in told(office)


def test_more_heads_than_one_checkpoint_takes_are_named_by_several(office: Office) -> None:
    trail = office.ctx.trail
    trail._heads.update(  # the writers of a very busy process
        {f"w{number}": head(f"w{number}", 1, 0.0, "0" * 64, "r") for number in range(MOST_HEADS + 5)}
    )
    checkpoint(office.ctx)
    assert chain(office) == [1, 2]
    assert trail.unnamed() == []


def test_the_next_day_goes_on_with_the_numbers(office: Office) -> None:
    first_day = office.moment.date()
    write(office, office.ctx)
    checkpoint(office.ctx)
    office.moment += timedelta(days=2)
    newcomer = another(office)
    write(office, newcomer)
    checkpoint(newcomer)
    assert chain(office, first_day, office.moment.date()) == [1, 2]
    assert told(office) == set()
    key = wire_key(keys.checkpoint(first_day, 1))
    office.table.client.delete_item(TableName=office.table.name, Key=key)
    assert told(office) == {MISSING}


def test_a_write_costs_no_request_and_no_unit_more(office: Office) -> None:
    """Seals are on the items that are written anyway."""
    handle = office.enrolled()
    ctx, actor = office.ctx, office.actor()
    log_contact(ctx, actor, handle, contact(), "first")
    with faults.on(office.table.client, "*", faults.none) as requests:
        log_contact(ctx, actor, handle, contact(), "second")
    with faults.on(office.table.client, "*", faults.none) as views:
        open_card(ctx, actor, handle)
    [written] = [request for request in requests if "TransactItems" in request]
    items = [each["Put"]["Item"] for each in written["TransactItems"] if "Put" in each]
    sealed = [item for item in items if SEAL in item]
    bare = [{name: value for name, value in item.items() if name != SEAL} for item in sealed]
    assert len(sealed) == 2, "the contact and its audit entry"
    assert [units(item) for item in sealed] == [units(item) for item in bare] == [1, 1]
    assert not any("audit-" in json.dumps(request) for request in [*requests, *views])


def units(item: dict[str, Any]) -> int:
    """Write units of an item: one for each begun kilobyte, a map's own bytes aside."""
    return -(-(size({"M": item}) - 3) // UNIT)


def test_what_is_no_head_is_none() -> None:
    for text in ("", "a b", "w x 2031-03-03 mac r", "w 1 2031-03-03 mac"):
        assert head_of(text) is None
    assert head_of("w 1 2031-03-03 mac a registry") is not None
