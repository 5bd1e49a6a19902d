"""Count the requests and units of lists and searches once a process knows the registry, never their time."""

from collections.abc import Callable

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.caseload.caseload import Whose, caseload
from cocm_bot.operations.caseload.rows import Show, Sort
from cocm_bot.operations.caseload.worklist import worklist
from cocm_bot.operations.digests import overview
from cocm_bot.operations.patients.card import MOST_SHOWN, find
from cocm_bot.store.patients import changing, lists
from tests.operations.conftest import Office
from tests.rig import crowd
from tests.store.build import REGISTRY, audit
from tests.store.spent import counting

PATIENTS = 240


@pytest.fixture
def full(office: Office) -> Office:
    """A registry whose lists and directory this process knows."""
    crowd.load(office.table, REGISTRY, crowd.synthetic(PATIENTS, office.moment))
    caseload(office.ctx, office.actor(), Show.ALL, Sort.URGENCY)
    find(office.ctx, office.actor(), "a")
    return office


def change(office: Office, name: str, **changes: object) -> None:
    entries = lists.directory(office.table, REGISTRY)
    before = office.patient(entries[0].handle)
    after = before.model_copy(update=changes)
    changing.save(office.table, REGISTRY, before, after, audit(name), request_id=name)


LISTS: dict[str, Callable[[Office], object]] = {
    "caseload": lambda office: caseload(office.ctx, office.actor(), Show.ALL, Sort.NAME, 2, Whose.ALL),
    "a part of it": lambda office: caseload(
        office.ctx, office.actor(), Show.NOT_IMPROVING, Sort.SCORE, 1, Whose.ALL
    ),
    "today": lambda office: worklist(office.ctx, office.actor(), 1, Whose.ALL),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_a_page(full: Office, name: str) -> None:
    with counting(full.table) as whole:
        lists.caseload(full.table, REGISTRY)
    with counting(full.table) as nothing_new:
        LISTS[name](full)
    assert whole.read_units > 10
    assert nothing_new.read_units <= 3
    assert nothing_new.write_units == 1

    change(full, "one", last_name="Changed")
    with counting(full.table) as one_new:
        LISTS[name](full)
    assert one_new.read_units <= 5
    assert one_new.requests <= nothing_new.requests + 1


def test_a_search_costs_two_units_and_its_entry_one(full: Office) -> None:
    with counting(full.table) as whole:
        lists.directory(full.table, REGISTRY)
    assert whole.read_units > 5
    for words in ("a", "an", "1980", "zzzz", "X00F", "SYN-000017"):
        with counting(full.table) as spent:
            found = find(full.ctx, full.actor(), words)  # with the actor's registry
        assert len(found.shown) <= MOST_SHOWN
        assert spent.read_units <= 2, words
        assert spent.write_units == 1, words


@pytest.mark.parametrize("words", ["X00F", "x00f", "SYN-000017"])
def test_a_handle_or_mrn_is_read_by_key_while_nothing_is_known(office: Office, words: str) -> None:
    crowd.load(office.table, REGISTRY, crowd.synthetic(PATIENTS, office.moment))
    actor = office.actor()
    with counting(office.table) as spent:
        [found] = find(office.ctx, actor, words).shown
    assert words.upper() in (found.handle, found.patient_mrn)
    assert "Query" not in [operation for operation, _ in spent.reads]
    assert spent.read_units <= 4


def test_a_home_drawn_again_reads_no_patient_again(full: Office) -> None:
    actor = full.actor(Role.PCP)
    shown = overview.day(full.ctx, actor)
    with counting(full.table) as spent:
        assert overview.day(full.ctx, actor) == shown
    assert "BatchGetItem" not in [operation for operation, _ in spent.reads]
    assert spent.read_units <= 4
    assert spent.write_units <= 1


def test_many_recommendations_are_read_ten_at_a_time(full: Office) -> None:
    waiting = [each for each in crowd.synthetic(PATIENTS, full.moment) if each.course.recommended is not None]
    assert len(waiting) > 5
    fresh = Office(full.table, full.moment)
    with counting(full.table) as spent:
        overview.day(fresh.ctx, fresh.actor(Role.PCP))
    reads = [operation for operation, _ in spent.reads]
    assert reads.count("BatchGetItem") <= -(-len(waiting) // 10) + 1
    assert reads.count("GetItem") <= 2
