import pytest

from cocm_bot.store import requests
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import AlreadyApplied
from cocm_bot.store.table.table import Table

WEEK = 7 * 24 * 3600


def test_an_applied_request_is_remembered_with_its_result_for_a_week(table: Table) -> None:
    assert requests.applied(table, "q1") is None
    table.transact([requests.mark("q1", "K7Q4", 1000.9)])
    assert requests.applied(table, "q1") == "K7Q4"
    item = table.get(keys.request("q1"))
    assert item is not None
    assert item["expires_at"] == {"N": str(1000 + WEEK)}


def test_a_request_is_applied_once(table: Table) -> None:
    table.transact([requests.mark("q1", "K7Q4", 1000)])
    with pytest.raises(AlreadyApplied) as applied:
        table.transact([requests.mark("q1", "OTHR", 2000)])
    assert applied.value.result == requests.applied(table, "q1") == "K7Q4"
