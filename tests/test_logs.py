"""What is logged of a failure: types and places, never what an exception says."""

import io
import logging
import re
import sys
from collections.abc import Callable

import pytest

from cocm_bot import logs

NAME = "Ana Muñoz"
HERE = r"tests/test_logs\.py:\d+"


@pytest.fixture
def written(restored_logging: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What the configured logging has written to standard error."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure("INFO")
    return stream.getvalue


def plain() -> None:
    raise ValueError(NAME)


def caused() -> None:
    try:
        plain()
    except ValueError as error:
        raise RuntimeError(f"no such patient: {NAME}") from error


def during() -> None:
    try:
        plain()
    finally:
        raise KeyError(NAME)


def hidden() -> None:
    try:
        plain()
    except ValueError:
        raise LookupError(NAME) from None


FAILURES: list[tuple[Callable[[], None], list[str]]] = [
    (plain, [rf"builtins\.ValueError at {HERE} plain"]),
    (caused, [rf"builtins\.RuntimeError at {HERE} caused", rf"builtins\.ValueError at {HERE} plain"]),
    (during, [rf"builtins\.KeyError at {HERE} during", rf"builtins\.ValueError at {HERE} plain"]),
    (hidden, [rf"builtins\.LookupError at {HERE} hidden", rf"builtins\.ValueError at {HERE} plain"]),
]


@pytest.mark.parametrize(("fail", "lines"), FAILURES, ids=[fail.__name__ for fail, _ in FAILURES])
def test_a_traceback_is_types_and_places(
    written: Callable[[], str], fail: Callable[[], None], lines: list[str]
) -> None:
    try:
        fail()
    except Exception:
        logging.getLogger("cocm_bot.test").exception("failed ref=%s", "7F00A1")
    first, *rest = written().splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ERROR cocm_bot\.test failed ref=7F00A1", first)
    assert len(rest) == len(lines)
    assert all(re.fullmatch(wanted, line) for wanted, line in zip(lines, rest, strict=True))
    assert NAME not in written()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("one\ntwo", "one\\ntwo"),
        ("one\r\ntwo", "one\\r\\ntwo"),
        ("a\x00b\x1b[31m", "a\\x00b\\x1b[31m"),
        ("a\u2028b\u2029\x85c", "a\\u2028b\\u2029\\x85c"),
        ("a\u202eb", "a\\u202eb"),
        (NAME, NAME),
    ],
)
def test_a_value_makes_no_line_of_its_own(written: Callable[[], str], value: str, shown: str) -> None:
    logging.getLogger("cocm_bot.test").info("kind=%s", value)
    [line] = written().splitlines()
    assert line.endswith(f" INFO cocm_bot.test kind={shown}")


def test_a_stack_is_left_out(written: Callable[[], str]) -> None:
    logging.getLogger("cocm_bot.test").info("here", stack_info=True)
    assert len(written().split("\n")) == len(["the record", "an empty line for the stack", ""])
    assert "File" not in written()


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert logs.where(ValueError(NAME)) == "unknown place"


@pytest.mark.parametrize(
    "name",
    [
        "slack_bolt.App",
        "slack_sdk.web.base_client",
        "slack_sdk.socket_mode.builtin",
        "botocore.endpoint",
        "urllib3.connectionpool",
        "uvicorn.access",
    ],
)
@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
def test_libraries_that_log_bodies_are_silent_below_warning(
    restored_logging: None, monkeypatch: pytest.MonkeyPatch, name: str, level: str
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(level)
    for quiet in (logging.DEBUG, logging.INFO):
        logging.getLogger(name).log(quiet, "body: %s", NAME)
    assert stream.getvalue() == ""


def test_our_own_records_follow_the_level(restored_logging: None, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure("WARNING")
    logging.getLogger("cocm_bot.test").info("not this")
    logging.getLogger("cocm_bot.test").warning("but this")
    assert stream.getvalue().rstrip().endswith("WARNING cocm_bot.test but this")
    assert "not this" not in stream.getvalue()
