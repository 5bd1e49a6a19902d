"""Another index for a table in use: beside the old one, filled, compared; then the old one is dropped."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from cocm_bot.cli.main import app
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.patients.patient_items import patient_item
from cocm_bot.store.table import administration, items, keys, packed_rows
from cocm_bot.store.table.administration import check_table, create_table
from cocm_bot.store.table.index import check_index
from cocm_bot.store.table.keys import INDEX, PACKED_INDEX, ROW
from cocm_bot.store.table.migration import NotWhole, Step, migrate
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from tests.rig import crowd
from tests.rig.killing import deaths, dying
from tests.store import engines, faults
from tests.store.build import REGISTRY, enrol

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PEOPLE = 7
LEFT = (
    "Readers use caseload until it is dropped. Once every process runs this version: "
    "`cocm-bot table migrate --drop`."
)


@pytest.fixture
def filled(concurrent_table: Table) -> Table:
    """A table of a registry with some patients, the rows of which no version has packed."""
    for number in range(PEOPLE):
        enrol(concurrent_table, number)
    crowd.put(concurrent_table, [bare(each) for each in stored_patients(concurrent_table)])
    return concurrent_table


def bare(item: Item) -> Item:
    return {name: value for name, value in item.items() if name != ROW}


def stored_patients(table: Table) -> list[Item]:
    return [item for item in crowd.stored(table) if item["PK"]["S"] == keys.patients(REGISTRY)]


def listed(table: Table) -> list[PatientSummary]:
    """The caseload as a process reads it that knows nothing yet."""
    return lists.caseload(Table(table.client, table.name), REGISTRY).records


def indexes(table: Table) -> set[str]:
    described = administration.describe(table.client, table.name)
    assert described is not None
    return set(administration.indexes(described))


def test_the_index_is_made_filled_compared_and_the_old_one_dropped(filled: Table) -> None:
    before = listed(filled)
    steps = dict(migrate(filled, drop=True))
    assert steps == {
        Step.FILL: PEOPLE,
        Step.CREATE: 1,
        # The registry's own two jobs are in the queue.
        Step.COMPARE: PEOPLE + queued(filled),
        Step.DROP: 1,
    }
    assert indexes(filled) == {PACKED_INDEX}
    assert len(before) == PEOPLE
    assert listed(filled) == before


def queued(table: Table) -> int:
    return sum("GSI1PK" in item for item in crowd.stored(table)) - len(stored_patients(table))


def test_without_drop_both_stay_until_it_is_run_again(filled: Table) -> None:
    assert list(dict(migrate(filled, drop=False))) == [Step.FILL, Step.CREATE, Step.COMPARE]
    assert indexes(filled) == {INDEX, PACKED_INDEX}
    assert dict(migrate(filled, drop=True))[Step.FILL] == 0
    assert indexes(filled) == {PACKED_INDEX}
    assert list(migrate(filled, drop=True)) == [(Step.FILL, 0), (Step.CREATE, 1)]


def test_what_the_table_has_is_what_it_should_have_at_each_step(concurrent_table: Table) -> None:
    create_table(concurrent_table.client, concurrent_table.name)
    for _ in migrate(concurrent_table, drop=True):
        assert check_table(concurrent_table.client, concurrent_table.name) == []
        assert check_index(Table(concurrent_table.client, concurrent_table.name)) is None
    create_table(concurrent_table.client, concurrent_table.name)
    assert indexes(concurrent_table) == {PACKED_INDEX}


def test_killed_at_each_request_it_goes_on_and_nobody_is_missed(
    concurrent_client: "DynamoDBClient", founded: list[Item]
) -> None:
    def run(at: int) -> Any:
        with engines.fresh_table(concurrent_client) as table:
            crowd.put(table, founded)
            for number in range(2):
                enrol(table, number)
            crowd.put(table, [bare(each) for each in stored_patients(table)])
            with dying(table.client, at, done=True) as death:
                list(migrate(table, drop=True))
            assert len(listed(table)) == 2
            list(migrate(table, drop=True))
            assert indexes(table) == {PACKED_INDEX}
            assert len(listed(table)) == 2
            assert all(packed_rows.is_current(each) for each in stored_patients(table))
        return death

    assert deaths(run) > 10


def test_readers_and_writers_go_on_through_every_step(filled: Table) -> None:
    ended = threading.Event()

    def read() -> set[int]:
        reader = Table(filled.client, filled.name)
        seen = set()
        while not ended.is_set():
            seen.add(len(lists.caseload(reader, REGISTRY).records))
        return seen

    def write() -> int:
        written = 0
        while not ended.is_set():
            for number in range(PEOPLE):
                rename(filled, number, f"Written {written}")
                written += 1
        return written

    with ThreadPoolExecutor(3) as threads:
        readers, writer = [threads.submit(read) for _ in range(2)], threads.submit(write)
        steps = [step for step, _ in migrate(filled, drop=True)]
        ended.set()
        assert steps[-1] is Step.DROP
        assert [each.result() for each in readers] == [{PEOPLE}, {PEOPLE}]
        assert writer.result() > 0
    now = {each.id: each.last_name for each in chain.from_iterable(lists.record_pages(filled, REGISTRY))}
    assert {each.id: each.last_name for each in listed(filled)} == now


def rename(table: Table, number: int, last_name: str) -> None:
    """Write a patient as every change does."""
    before = patients.get(table, REGISTRY, f"MRN-{number}")
    assert before is not None
    after = before.model_copy(update={"last_name": last_name, "version": before.version + 1})
    crowd.put(table, [patient_item(REGISTRY, after)])


def as_the_previous_version_writes(item: Item, **changed: Any) -> Item:
    """A patient whom a version wrote that knows no rows: it keeps what it does not know as it was."""
    version = {"N": str(int(item["version"]["N"]) + 1)}
    return {**item, **changed, "version": version}


def test_what_a_version_writes_that_knows_no_rows_is_listed_as_it_is(filled: Table) -> None:
    list(migrate(filled, drop=True))
    first, second, *_ = stored_patients(filled)
    stale = as_the_previous_version_writes(first, last_name={"S": "Newer"})
    assert ROW in stale
    crowd.put(filled, [stale, bare(as_the_previous_version_writes(second, last_name={"S": "Rowless"}))])
    names = {each.id: each.last_name for each in listed(filled)}
    assert names[first["id"]["S"]] == "Newer"
    assert names[second["id"]["S"]] == "Rowless"
    assert len(names) == PEOPLE


def test_stale_rows_cost_one_read_together_and_current_ones_none(filled: Table) -> None:
    list(migrate(filled, drop=True))
    listed(filled)
    with faults.on(filled.client, "BatchGetItem", faults.none) as read:
        listed(filled)
        assert read == []
        crowd.put(filled, [as_the_previous_version_writes(each) for each in stored_patients(filled)])
        listed(filled)
    [asked] = read
    assert len(asked["RequestItems"][filled.name]["Keys"]) == PEOPLE


def test_a_patient_that_left_the_caseload_since_is_not_listed(filled: Table) -> None:
    list(migrate(filled, drop=True))
    gone = bare(stored_patients(filled)[0])
    left = {name: value for name, value in gone.items() if name not in {"GSI1PK", "GSI1SK"}}
    rows = packed_rows.unpacked([gone], lambda wanted: dict.fromkeys(wanted, left))
    assert rows == []


def test_another_column_needs_no_other_index(filled: Table) -> None:
    list(migrate(filled, drop=True))

    class Wider(PatientSummary):
        next_visit_room: str = "none yet"

    item = {**bare(stored_patients(filled)[0]), "next_visit_room": {"S": "4b"}}
    crowd.put(filled, [packed_rows.with_row(item, (*packed_rows.COLUMNS, "next_visit_room"))])
    found = filled.query(lists.CASELOAD, {"patients": keys.patients(REGISTRY)}, index=True)
    rooms = sorted(each.next_visit_room for each in items.read_all(Wider, found))
    assert rooms == ["4b", *["none yet"] * (PEOPLE - 1)]
    # The version that does not know the column reads the same rows.
    assert len(listed(filled)) == PEOPLE


def test_pages_go_on_in_the_other_index_where_the_one_they_began_in_is_dropped(
    filled: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(migrate(filled, drop=False))
    real = filled.client.query
    monkeypatch.setattr(filled.client, "query", lambda **asked: real(**{**asked, "Limit": 3}))
    reader = Table(filled.client, filled.name)
    pages = reader.pages(lists.CASELOAD, {"patients": keys.patients(REGISTRY)}, index=True)
    found = [*next(pages)]
    list(migrate(filled, drop=True))
    found += [item for page in pages for item in page]
    assert sorted(item["SK"]["S"] for item in found) == [f"MRN-{number}" for number in range(PEOPLE)]
    assert reader.reading.name == PACKED_INDEX


def test_the_clocks_queue_is_read_from_either(filled: Table) -> None:
    before = [jobs.queue(filled, shard) for shard in range(jobs.SHARDS)]
    list(migrate(filled, drop=True))
    after = [jobs.queue(Table(filled.client, filled.name), shard) for shard in range(jobs.SHARDS)]
    assert after == before
    assert sum(len(part.jobs) for part in after) == queued(filled)
    assert jobs.waiting(filled, JobKind.DIGEST, REGISTRY) == [REGISTRY]


def test_a_damaged_or_foreign_item_is_counted_as_before(filled: Table) -> None:
    damaged = {**bare(stored_patients(filled)[0]), "course": {"S": "none"}}
    foreign: Any = {
        "PK": {"S": "order:1"},
        "SK": {"S": "line"},
        "GSI1PK": {"S": keys.patients(REGISTRY)},
        "GSI1SK": {"S": "2020-01-01#x"},
        "blob": {"B": b"\x00"},
    }
    crowd.put(filled, [damaged, foreign])
    before = lists.caseload(filled, REGISTRY)
    list(migrate(filled, drop=True))
    after = lists.caseload(filled, REGISTRY)
    assert (len(after), after.broken) == (len(before), before.broken) == (PEOPLE - 1, 2)
    assert after.records == before.records


def test_an_index_that_lacks_something_keeps_the_old_one(filled: Table) -> None:
    list(migrate(filled, drop=False))
    few = faults.answer({"Items": [], "Count": 0, "ScannedCount": 0})

    def lacking(request: Any) -> Any:
        return few(request) if PACKED_INDEX in json.loads(request.body).get("IndexName", "") else None

    with (
        faults.on(filled.client, "Scan", lacking),
        pytest.raises(NotWhole, match=f"lacks {PEOPLE + queued(filled)} of the items"),
    ):
        list(migrate(filled, drop=True))
    assert indexes(filled) == {INDEX, PACKED_INDEX}


def test_a_row_of_a_patient_somebody_writes_meanwhile_is_left_to_them(filled: Table) -> None:
    def overtaken(_request: Any) -> None:
        rename(filled, 0, "Overtaken")

    with faults.on(filled.client, "UpdateItem", faults.times(1, overtaken)):
        steps = dict(migrate(filled, drop=True))
    assert steps[Step.FILL] in {PEOPLE - 1, PEOPLE}
    assert "Overtaken" in {each.last_name for each in listed(filled)}


def test_the_command_says_what_is_left_to_do(
    filled: Table, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**engines.reaching(endpoint), "COCM_TABLE": filled.name}.items():
        monkeypatch.setenv(name, value)
    said = CliRunner().invoke(app, ["table", "migrate"])
    assert said.exit_code == 0
    total = PEOPLE + queued(filled)
    assert said.output.splitlines() == [
        f"Rows written: {PEOPLE}.",
        "The index caseload-2 is there and filled.",
        f"caseload-2 has all that caseload has: {total} items.",
        LEFT,
    ]
    said = CliRunner().invoke(app, ["table", "migrate", "--drop"])
    assert said.output.splitlines()[-2:] == [
        "caseload is gone.",
        f"The table {filled.name} has caseload-2 alone.",
    ]
