from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from cocm_bot.store.digests import live_digests
from cocm_bot.store.digests.live_digests import LiveDigest
from cocm_bot.store.table.errors import NotHeld
from cocm_bot.store.table.table import Table
from tests.store.build import NOON, REGISTRY

DAY = date(2026, 1, 1)
HANDLES = ("H001", "H002", "H003", "H004", "H005")


def sent(user_id: str = "user-1", ts: str = "1.1") -> LiveDigest:
    return LiveDigest(
        user_id=user_id,
        day=DAY.isoformat(),
        channel="D1",
        ts=ts,
        at=NOON,
        handles=HANDLES,
        message='{"text": "", "blocks": []}',
    )


def kept(table: Table, user_id: str = "user-1") -> LiveDigest:
    found = live_digests.get(table, REGISTRY, DAY, user_id)
    assert found is not None
    return found


def test_the_digests_of_a_day_stand_together(table: Table) -> None:
    for user_id in ("user-1", "user-2"):
        live_digests.record(table, REGISTRY, sent(user_id))
    assert live_digests.of_day(table, REGISTRY, DAY).records == [sent("user-1"), sent("user-2")]
    assert live_digests.of_day(table, REGISTRY, date(2026, 1, 2)).records == []


def test_a_row_is_settled_and_stands_again(table: Table) -> None:
    live_digests.record(table, REGISTRY, sent())
    after = live_digests.settle(table, REGISTRY, sent(), {"H001": "Logged"})
    assert after == kept(table)
    assert kept(table).done == {"H001": "Logged"}
    assert live_digests.settle(table, REGISTRY, kept(table), {"H001": "Logged"}) is None
    live_digests.settle(table, REGISTRY, kept(table), {"H001": None})
    assert kept(table).done == {}


def test_what_was_read_a_while_ago_is_read_anew(table: Table) -> None:
    live_digests.record(table, REGISTRY, sent())
    live_digests.settle(table, REGISTRY, sent(), {"H001": "Logged"})
    live_digests.settle(table, REGISTRY, sent(), {"H002": "Snoozed"})
    assert kept(table).done == {"H001": "Logged", "H002": "Snoozed"}


def test_rows_that_are_settled_at_once_are_all_settled(concurrent_table: Table) -> None:
    live_digests.record(concurrent_table, REGISTRY, sent())
    with ThreadPoolExecutor(len(HANDLES)) as pool:
        list(
            pool.map(
                lambda each: live_digests.settle(concurrent_table, REGISTRY, sent(), {each: "Logged"}),
                HANDLES,
            )
        )
    assert kept(concurrent_table).done == dict.fromkeys(HANDLES, "Logged")


def test_a_digest_is_known_before_it_stands_somewhere(table: Table) -> None:
    under_way = sent(ts="").model_copy(update={"channel": ""})
    live_digests.record(table, REGISTRY, under_way)
    live_digests.settle(table, REGISTRY, under_way, {"H001": "Logged"})
    placed = live_digests.place(table, REGISTRY, under_way, "D1", "1.1")
    assert placed == kept(table)
    assert (placed.ts, placed.done) == ("1.1", {"H001": "Logged"})
    assert live_digests.place(table, REGISTRY, under_way, "D1", "1.1") == placed


def test_only_what_did_not_arrive_is_drawn_anew_and_only_from_what_was_read_later(table: Table) -> None:
    under_way = sent(ts="").model_copy(update={"channel": ""})
    live_digests.record(table, REGISTRY, under_way)
    with pytest.raises(NotHeld):
        live_digests.record(table, REGISTRY, under_way.model_copy(update={"at": NOON - 1}))
    later = under_way.model_copy(update={"at": NOON + 1})
    live_digests.record(table, REGISTRY, later)
    assert kept(table) == later
    placed = live_digests.place(table, REGISTRY, later, "D1", "1.1")
    with pytest.raises(NotHeld):
        live_digests.record(table, REGISTRY, under_way.model_copy(update={"at": NOON + 2}))
    assert kept(table) == placed


def test_several_rows_are_settled_in_one_write(table: Table) -> None:
    live_digests.record(table, REGISTRY, sent())
    after = live_digests.settle(table, REGISTRY, sent(), {"H001": "Logged", "H002": "Snoozed", "H003": None})
    assert after == kept(table)
    assert (kept(table).done, kept(table).version) == ({"H001": "Logged", "H002": "Snoozed"}, 2)


def test_a_digest_that_is_gone_is_left_alone(table: Table) -> None:
    assert live_digests.settle(table, REGISTRY, sent(), {"H001": "Logged"}) is None
