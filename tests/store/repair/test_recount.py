"""A count is put right by what is there, whoever comes and goes meanwhile."""

from collections.abc import Callable

import pytest

from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.store.repair import recount
from cocm_bot.store.repair.recount import Count, Counted, counted, put_right
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.errors import RegistryChanged, RegistryMissing
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import people
from tests.store.build import REGISTRY, counts, enrol, user

pytestmark = pytest.mark.slow


def miscount(table: Table, **changes: int) -> None:
    for name, value in changes.items():
        write = writes.update(
            keys.registry(REGISTRY),
            f"SET {name} = :value",
            writes.STORED,
            {"value": value},
            lambda _: RegistryMissing(),
        )
        table.transact([write])


def join(table: Table, number: int) -> None:
    people.add_member(table, REGISTRY, user(number), Role.PCP, is_admin=False, at=number)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("count", ["members", "active_patients"])
def test_a_count_is_put_right(table: Table, count: Count) -> None:
    enrol(table, 1)
    enrol(table, 2)
    enrol(table, 3, status=Status.DEACTIVATED)
    join(table, 2)
    miscount(table, **{count: -4})
    now = counted(table, REGISTRY, count)
    assert now == Counted(-4, 2)
    put_right(table, REGISTRY, count, now)
    assert counts(table) == (2, 2)


@pytest.mark.usefixtures("no_pauses")
def test_who_comes_while_it_is_counted_is_counted_once(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    miscount(table, members=9)
    coming = iter(range(2, 5))
    look = recount._LOOKS["members"]

    def disturbed(of: Table, registry_id: str) -> object:
        seen = look(of, registry_id)
        for number in coming:
            join(of, number)
            break
        return seen

    monkeypatch.setitem(recount._LOOKS, "members", disturbed)
    now = counted(table, REGISTRY, "members")
    assert now == Counted(12, 4)


@pytest.mark.usefixtures("no_pauses")
def test_a_count_that_changed_since_is_left_alone(table: Table) -> None:
    miscount(table, members=9)
    now = counted(table, REGISTRY, "members")
    join(table, 2)
    with pytest.raises(RegistryChanged):
        put_right(table, REGISTRY, "members", now)
    assert counts(table)[0] == 10


@pytest.mark.usefixtures("no_pauses")
def test_a_registry_that_never_rests_is_not_counted(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(range(2, 1000))
    look: Callable[[Table, str], object] = recount._LOOKS["members"]

    def restless(of: Table, registry_id: str) -> object:
        join(of, next(numbers))
        return look(of, registry_id)

    monkeypatch.setitem(recount._LOOKS, "members", restless)
    with pytest.raises(RegistryChanged):
        counted(table, REGISTRY, "members")
