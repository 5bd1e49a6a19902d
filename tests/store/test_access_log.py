from datetime import UTC, date, datetime

import pytest

from cocm_bot.store import access_log, keys
from cocm_bot.store.access_log import AccessEntry
from cocm_bot.store.errors import AlreadyStored
from cocm_bot.store.table import Table

MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC).timestamp()


def entry(name: str, at: float, registry_id: str = "r1") -> AccessEntry:
    return AccessEntry(
        id=name,
        at=at,
        registry_id=registry_id,
        user_id="user-1",
        slack_user_id="U1",
        action="view_patient",
        surface="modal",
        patient_ids=("patient-1", "patient-2"),
        outcome="allowed",
    )


def test_a_days_entries_stand_in_order_of_time(table: Table) -> None:
    late, early = entry("a", MIDNIGHT + 7200.25), entry("b", MIDNIGHT)
    for one in (late, early, entry("c", MIDNIGHT - 0.5), entry("d", MIDNIGHT + 1, "r2")):
        access_log.record(table, one)
    assert access_log.entries(table, "r1", date(2026, 3, 10)).records == [early, late]
    assert [one.id for one in access_log.entries(table, "r1", date(2026, 3, 9))] == ["c"]
    assert [one.id for one in access_log.entries(table, "r2", date(2026, 3, 10))] == ["d"]


def test_an_entry_is_never_written_over(table: Table) -> None:
    access_log.record(table, entry("a", MIDNIGHT))
    with pytest.raises(AlreadyStored):
        access_log.record(table, entry("a", MIDNIGHT).model_copy(update={"user_id": "user-2"}))
    assert [one.user_id for one in access_log.entries(table, "r1", date(2026, 3, 10))] == ["user-1"]


def test_an_entry_is_kept_for_six_years(table: Table) -> None:
    access_log.record(table, entry("a", MIDNIGHT))
    item = table.get(keys.access("r1", MIDNIGHT, "a"))
    assert item is not None
    assert float(item["expires_at"]["N"]) >= datetime(2032, 3, 10, tzinfo=UTC).timestamp()
