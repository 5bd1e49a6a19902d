"""The table's answers when DynamoDB does not answer: on a real engine, with the client's own retries."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store import registries, requests
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.client import connect
from cocm_bot.store.table.errors import AlreadyApplied, MrnTaken, NotConfigured, TooLarge
from cocm_bot.store.table.table import TRIES, Table
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.store import engines, faults
from tests.store.build import NOON, REGISTRY, audit, counts, enrol, patient
from tests.store.faults import Fault

INTERACTIVE_TRIES = 3

ASK: dict[str, Callable[[Table], object]] = {
    "GetItem": lambda table: registries.get(table, REGISTRY),
    "Query": lambda table: lists.caseload(table, REGISTRY),
    "BatchGetItem": lambda table: table.batch_get([keys.registry(REGISTRY)]),
    "TransactWriteItems": enrol,
}
pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.refuse("ProvisionedThroughputExceededException"), id="throughput exceeded"),
        pytest.param(faults.refuse("ThrottlingException"), id="throttled"),
        pytest.param(faults.refuse("RequestLimitExceeded"), id="request limit"),
        pytest.param(faults.refuse("InternalServerError", 500), id="server error"),
        pytest.param(faults.refuse("ServiceUnavailable", 503), id="service unavailable"),
        pytest.param(faults.time_out, id="time-out"),
    ],
)
@pytest.mark.parametrize("operation", ASK)
def test_a_table_that_does_not_answer_is_unavailable_after_the_clients_tries(
    concurrent_table: Table, operation: str, fault: Fault
) -> None:
    table = concurrent_table
    with faults.on(table.client, operation, fault) as asked, pytest.raises(Unavailable) as unavailable:
        ASK[operation](table)
    assert len(asked) == INTERACTIVE_TRIES
    assert str(unavailable.value) == "The registry does not answer right now. Please try again in a moment."
    assert isinstance(unavailable.value.__cause__, ClientError | ReadTimeoutError)


@pytest.mark.parametrize(
    "fault",
    [faults.refuse("ThrottlingException"), faults.time_out, faults.refuse("InternalServerError", 500)],
)
def test_a_passing_fault_is_not_noticed(concurrent_table: Table, fault: Fault) -> None:
    table = concurrent_table
    with faults.on(table.client, "*", faults.times(2, fault)) as asked:
        assert counts(table) == (1, 0)
    assert len(asked) == INTERACTIVE_TRIES


def test_nothing_listening_is_unavailable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        client = engines.client_of(f"http://127.0.0.1:{probe.getsockname()[1]}")
        with pytest.raises(Unavailable):
            registries.get(Table(client, "cocm-registry"), REGISTRY)


@pytest.mark.parametrize(
    "code", ["ResourceNotFoundException", "AccessDeniedException", "ExpiredTokenException"]
)
def test_a_table_that_may_not_be_read_is_unavailable_at_once(concurrent_table: Table, code: str) -> None:
    fault = faults.on(concurrent_table.client, "GetItem", faults.refuse(code))
    with fault as asked, pytest.raises(Unavailable):
        registries.get(concurrent_table, REGISTRY)
    assert len(asked) == 1


def test_a_mistake_of_our_own_is_not_called_unavailable(table: Table) -> None:
    with pytest.raises(ClientError):
        table.query("no condition", {})


@pytest.mark.parametrize("key", [("", ""), ("x", ""), ("x" * 2049, "x"), ("x", "é" * 513)])
def test_under_a_key_that_can_not_be_there_is_nothing(table: Table, key: tuple[str, str]) -> None:
    assert table.get(keys.Key(*key)) is None


def cancelled(*codes: str) -> Fault:
    return faults.refuse(
        "TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes]
    )


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_met_another_is_tried_again(concurrent_table: Table, code: str) -> None:
    table = concurrent_table
    fault = faults.times(TRIES - 1, cancelled("None", code, *["None"] * 5))
    with faults.on(table.client, "TransactWriteItems", fault) as asked:
        enrol(table)
    assert len(asked) == TRIES + 1  # the last one counts the patient
    assert counts(table) == (1, 1)


def test_a_transaction_that_always_meets_another_is_unavailable(concurrent_table: Table) -> None:
    table = concurrent_table
    fault = cancelled("TransactionConflict", *["None"] * 6)
    with faults.on(table.client, "TransactWriteItems", fault) as asked, pytest.raises(Unavailable):
        enrol(table)
    assert len(asked) == TRIES
    assert counts(table) == (1, 0)


def test_a_refusal_is_believed_even_beside_a_conflict(concurrent_table: Table) -> None:
    table = concurrent_table
    fault = cancelled("TransactionConflict", "None", "ConditionalCheckFailed", *["None"] * 4)
    with faults.on(table.client, "TransactWriteItems", fault) as asked, pytest.raises(MrnTaken):
        enrol(table)
    assert len(asked) == 1


def test_another_reason_to_cancel_is_a_mistake_of_our_own(concurrent_table: Table) -> None:
    fault = faults.on(concurrent_table.client, "TransactWriteItems", cancelled(*["ValidationError"] * 6))
    with fault, pytest.raises(ClientError):
        enrol(concurrent_table)


def test_keys_left_unread_are_asked_for_again(concurrent_table: Table) -> None:
    table = concurrent_table
    enrol(table)
    wanted = [keys.registry(REGISTRY), keys.patient(REGISTRY, "MRN-1"), keys.patient(REGISTRY, "MRN-2")]
    left = {table.name: {"Keys": [wire_key(key) for key in wanted]}}
    unread = faults.answer({"Responses": {}, "UnprocessedKeys": left})
    with faults.on(table.client, "BatchGetItem", faults.times(2, unread)) as asked:
        assert table.batch_get(wanted).keys() == set(wanted[:2])
    assert len(asked) == 3


def test_keys_left_unread_for_good_are_unavailable(concurrent_table: Table) -> None:
    table = concurrent_table
    left = {table.name: {"Keys": [wire_key(keys.registry(REGISTRY))]}}
    unread = faults.answer({"Responses": {}, "UnprocessedKeys": left})
    with faults.on(table.client, "BatchGetItem", unread) as asked, pytest.raises(Unavailable):
        table.batch_get([keys.registry(REGISTRY)])
    assert len(asked) == TRIES


def test_a_partition_larger_than_a_page_is_read_whole(concurrent_table: Table) -> None:
    table = concurrent_table
    stored: Any = [{**wire_key(keys.Key("large", name)), **to_wire({"text": name})} for name in "abcd"]
    for item in stored:
        table.client.put_item(TableName=table.name, Item=item)
    place = wire_key(keys.Key("large", "b"))
    first_page = faults.answer({"Items": stored[:2], "Count": 2, "LastEvaluatedKey": place})
    with faults.on(table.client, "Query", faults.times(1, first_page)) as asked:
        assert table.query("PK = :partition", {"partition": "large"}) == stored
    assert [request.get("ExclusiveStartKey") for request in asked] == [None, place]
    assert all(request["ConsistentRead"] for request in asked)


def test_a_record_past_the_size_of_an_item_is_too_large(table: Table) -> None:
    with pytest.raises(TooLarge):
        enrol(table, payer="x" * 410_000)
    assert counts(table) == (1, 0)


def test_the_first_refused_write_speaks_for_the_transaction(table: Table) -> None:
    enrol(table)
    with pytest.raises(AlreadyApplied):
        patients.create(table, REGISTRY, patient(1), audit(), request_id="enrol-1")


def test_a_single_put_is_refused_with_its_own_error(table: Table) -> None:
    mark = requests.mark("q1", "K7Q4", NOON)
    table.put(mark)
    with pytest.raises(AlreadyApplied) as applied:
        table.put(requests.mark("q1", "OTHR", NOON))
    assert applied.value.result == "K7Q4"
    assert mark.parameters["ConditionExpression"] == writes.NOT_STORED


def test_a_missing_region_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with pytest.raises(NotConfigured, match="AWS_DEFAULT_REGION is missing"):
        connect(max_connections=1)
