"""The line and the counts that a piece of work leaves, and to whom a request to the table belongs."""

import io
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest

from cocm_bot import logs
from cocm_bot.domain.errors import NotFound, Unavailable
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import wire_key
from cocm_bot.telemetry.in_hand import current, in_hand
from tests.store import faults

NAME = "Ana Muñoz"


@pytest.fixture
def written(restored_logging: None, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A log that is no terminal."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure("INFO")
    return stream


@pytest.fixture
def lines(written: io.StringIO) -> Callable[[], list[dict[str, Any]]]:
    """Return the records written so far."""
    return lambda: [json.loads(line) for line in written.getvalue().split("\n")[:-1]]


def test_a_piece_of_work_leaves_one_line(table: Table, lines: Callable[[], list[dict[str, Any]]]) -> None:
    with in_hand("card", "7F00A1"):
        table.get(keys.registry("-"))
        table.query("PK = :partition", {"partition": "-"})
    [line] = lines()
    assert {name: line[name] for name in ("doing", "outcome", "requests", "ref", "level")} == {
        "doing": "card",
        "outcome": "done",
        "requests": 2,
        "ref": "7F00A1",
        "level": "INFO",
    }
    # A consistent read of nothing consumes a whole unit.
    assert line["units"] == 2.0


@pytest.mark.usefixtures("no_pauses")
def test_each_try_of_a_request_is_logged_by_aws_own_name_of_it_and_the_works(
    table: Table, written: io.StringIO, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    logging.getLogger("cocm_bot").setLevel("DEBUG")
    throttled = faults.times(2, faults.refuse("ThrottlingException", aws_request="THROTTLED"))
    with in_hand("card", "7F00A1"), faults.on(table.client, "GetItem", throttled):
        table.get(keys.registry("-"))
    first, second, third, ended = lines()
    for each in (first, second):
        assert (each["level"], each["operation"], each["outcome"]) == (
            "INFO",
            "GetItem",
            "ThrottlingException",
        )
        assert (each["aws_request"], each["ref"], each["doing"]) == ("THROTTLED", "7F00A1", "card")
    assert (third["level"], third["outcome"], third["ref"]) == ("DEBUG", "ok", "7F00A1")
    assert third["aws_request"] not in {"", "-"}
    assert ended["requests"] == 3
    assert NAME not in written.getvalue()


@pytest.mark.usefixtures("no_pauses")
def test_a_request_that_no_answer_came_to_has_a_line_too(
    table: Table, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    with (
        pytest.raises(Unavailable),
        in_hand("card", "7F00A1"),
        faults.on(table.client, "*", faults.time_out),
    ):
        table.get(keys.registry("-"))
    *tries, ended = lines()
    assert [(each["outcome"], each["aws_request"]) for each in tries] == [("ReadTimeoutError", "-")] * 3
    assert ended["requests"] == 3


@pytest.mark.usefixtures("no_pauses")
def test_a_transaction_that_met_another_one_is_told_from_one_whose_condition_did_not_hold(
    table: Table, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    logging.getLogger("cocm_bot").setLevel("DEBUG")
    write = writes.put(wire_key(keys.registry("-")))
    met: Any = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    meeting = faults.refuse("TransactionCanceledException", CancellationReasons=met)
    there = writes.add(wire_key(keys.registry("-")), lambda _: Unavailable("there", "already"))
    with in_hand("card", "7F00A1"):
        with faults.on(table.client, "TransactWriteItems", faults.times(1, meeting)):
            table.transact([write, writes.put(wire_key(keys.registry("--")))])
        with pytest.raises(Unavailable):
            table.transact([there])
    assert [(each["level"], each["outcome"]) for each in lines()] == [
        ("INFO", "TransactionConflict"),
        ("DEBUG", "ok"),
        ("DEBUG", "TransactionCanceledException"),
        ("INFO", "done"),
    ]


OUTCOMES = {"refused": NotFound("no"), "unavailable": Unavailable("later"), "failed": ValueError(NAME)}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_work_that_fails_is_counted_by_its_kind_and_goes_on_failing(
    lines: Callable[[], list[dict[str, Any]]], outcome: str
) -> None:
    with pytest.raises(type(OUTCOMES[outcome])), in_hand("card", "7F00A1"):
        raise OUTCOMES[outcome]
    assert [line["outcome"] for line in lines()] == [outcome]
    assert current() is None


def test_whatever_is_logged_meanwhile_belongs_to_it(lines: Callable[[], list[dict[str, Any]]]) -> None:
    with in_hand("card", "7F00A1"):
        logging.getLogger("cocm_bot.test").warning("slow kind=%s tries=%d", "read", 3)
        logging.getLogger("library").warning("body: %s", NAME)
    first, library, _ = lines()
    assert (first["ref"], first["doing"], first["kind"], first["tries"]) == ("7F00A1", "card", "read", 3)
    assert first["message"] == "slow kind=read tries=3"
    assert library["ref"] == "7F00A1"
    assert "Mu" not in json.dumps(library)


HOSTILE = ["two\nlines", 'quote " and {', "\u2028 \u202e turned", "\x1b[31mred", "Ωmega", "%s %d"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_record_is_one_line_of_ascii_whatever_it_holds(
    written: io.StringIO, lines: Callable[[], list[dict[str, Any]]], value: str
) -> None:
    logging.getLogger("cocm_bot.test").error("failed reason=%s at=%s", value, "here")
    assert written.getvalue().isascii()
    assert [line["reason"] for line in lines()] == [value]


def test_an_exception_is_types_and_places(lines: Callable[[], list[dict[str, Any]]]) -> None:
    try:
        int(NAME)
    except ValueError:
        logging.getLogger("cocm_bot.test").exception("failed ref=%s", "7F00A1")
    [line] = lines()
    [error] = line["errors"]
    assert error.startswith("builtins.ValueError at telemetry/test_in_hand.py:")
    assert "Mu" not in json.dumps(line)
