from datetime import UTC, date, datetime

import pytest

from cocm_bot.store.audit import access_log
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import AlreadyStored
from cocm_bot.store.table.table import Table
from tests.store.build import access_entry

MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC).timestamp()


def test_a_days_entries_stand_in_order_of_time(table: Table) -> None:
    late, early = access_entry("a", MIDNIGHT + 7200.25), access_entry("b", MIDNIGHT)
    before, elsewhere = access_entry("c", MIDNIGHT - 0.5), access_entry("d", MIDNIGHT + 1, registry_id="r2")
    for one in (late, early, before, elsewhere):
        access_log.record(table, one)
    assert access_log.entries(table, "r1", date(2026, 3, 10)).records == [early, late]
    assert [one.id for one in access_log.entries(table, "r1", date(2026, 3, 9))] == ["c"]
    assert [one.id for one in access_log.entries(table, "r2", date(2026, 3, 10))] == ["d"]


def test_an_entry_is_never_written_over(table: Table) -> None:
    access_log.record(table, access_entry("a", MIDNIGHT))
    with pytest.raises(AlreadyStored):
        access_log.record(table, access_entry("a", MIDNIGHT, user_id="user-2"))
    assert [one.user_id for one in access_log.entries(table, "r1", date(2026, 3, 10))] == ["user-1"]


def test_an_entry_expires_when_it_says(table: Table) -> None:
    access_log.record(table, access_entry("a", MIDNIGHT, kept_until=1_900_000_000))
    item = table.get(keys.access("r1", MIDNIGHT, "a"))
    assert item is not None
    assert item["expires_at"]["N"] == item["kept_until"]["N"] == "1900000000"
