"""The log of a failure: types and places, never what an exception says."""

import asyncio
import gc
import io
import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from pydantic import BaseModel, ValidationError

from cocm_bot import logs
from tests.rig.servers.served import run_here

NAME = "Ana Muñoz"
HERE = r"tests/test_logs\.py:\d+"


@pytest.fixture
def written(restored_logging: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Return what the configured logging has written to standard error."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure("INFO", logs.Style.TEXT)
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


LIBRARIES = (
    "slack_bolt.App",
    "slack_sdk.web.base_client",
    "slack_sdk.socket_mode.builtin",
    "botocore.endpoint",
    "boto3.resources",
    "urllib3.connectionpool",
    "websocket",
    "uvicorn.error",
    "uvicorn.access",
    "starlette",
    "asyncio",
    "apscheduler.executors.default",
    "concurrent.futures",
    "pydantic",
    "py.warnings",
    "cocm_botany",
    "cocm",
    "root",
    "",
)
"""Loggers of others, whose records may quote a body; the last few only look like ours."""


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_no_word_of_a_librarys_record_is_kept(
    restored_logging: None, monkeypatch: pytest.MonkeyPatch, name: str, level: str
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(level, logs.Style.TEXT)
    library = logging.getLogger(name)
    if library is not logging.getLogger():
        # A server started before in this process may have kept the logger's records to itself, or fewer.
        monkeypatch.setattr(library, "handlers", [])
        monkeypatch.setattr(library, "propagate", True)
        each: logging.Logger | None = library
        while each is not None and each.parent is not None:
            each.setLevel(logging.NOTSET)
            each = each.parent
    for number in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        library.log(number, "body: %s", NAME)
        library.log(number, f"body: {NAME}")
        library.log(number, "%s", {"value": NAME}, stack_info=True, extra={"body": NAME})
        library.log(number, "%d", NAME)
        try:
            caused()
        except RuntimeError:
            library.log(number, NAME, exc_info=True)
    written = stream.getvalue()
    assert "Muñoz" not in written
    kept = {"DEBUG": 3, "INFO": 3, "WARNING": 3, "ERROR": 2}[level]
    lines = [line for line in written.splitlines() if "withheld at=" in line]
    assert len(lines) == 5 * kept
    assert all(re.search(rf"{library.name} withheld at={HERE} test_no_word", line) for line in lines)
    assert written.count("builtins.RuntimeError at") == kept


def test_a_library_that_speaks_below_warning_by_itself_is_not_heard(written: Callable[[], str]) -> None:
    talkative = logging.getLogger("slack_sdk.web.base_client")
    before = talkative.level
    talkative.setLevel(logging.DEBUG)
    try:
        talkative.debug("body: %s", NAME)
    finally:
        talkative.setLevel(before)
    assert written() == ""


def test_warnings_keep_their_kind_and_place(
    restored_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.configure("INFO", logs.Style.TEXT)
        warnings.warn(f"input_value={NAME}", UserWarning, stacklevel=1)
    written = capsys.readouterr().err
    assert re.search(rf"WARNING cocm_bot.logs warned category=UserWarning at={HERE}$", written.rstrip())
    assert NAME not in written


def uncaught() -> None:
    try:
        caused()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def uncaught_in_a_thread() -> None:
    thread = threading.Thread(target=caused)
    thread.start()
    thread.join()


class Grudging:
    """Fails when it is thrown away."""

    def __del__(self) -> None:
        caused()

    def __repr__(self) -> str:
        return NAME


def unraisable() -> None:
    Grudging()
    gc.collect()


def of_a_future() -> None:
    future: Future[None] = Future()
    future.add_done_callback(lambda _: caused())
    future.set_result(None)


def of_a_task() -> None:
    async def fail() -> None:
        task = asyncio.create_task(asyncio.to_thread(caused))
        await asyncio.sleep(0)
        await asyncio.wait([task])

    with ThreadPoolExecutor(1) as thread:  # in this one a browser's loop may be running
        thread.submit(asyncio.run, fail()).result()
    gc.collect()


def of_several() -> None:
    group = ExceptionGroup(NAME, [ValueError(NAME), KeyError(NAME)])
    logging.getLogger("cocm_bot.test").error("failed", exc_info=group)


def of_validation() -> None:
    class Named(BaseModel):
        age: int

    try:
        Named.model_validate({"age": NAME})
    except ValidationError:
        logging.getLogger("cocm_bot.test").exception("failed")


WAYS_OUT = (
    (uncaught, "RuntimeError"),
    (uncaught_in_a_thread, "RuntimeError"),
    (unraisable, "RuntimeError"),
    (of_a_future, "RuntimeError"),
    (of_a_task, "RuntimeError"),
    (of_several, "KeyError"),
    (of_validation, "ValidationError"),
)


@pytest.mark.parametrize(("fail", "kind"), WAYS_OUT, ids=[fail.__name__ for fail, _ in WAYS_OUT])
def test_what_nobody_caught_is_types_and_places(
    written: Callable[[], str], fail: Callable[[], None], kind: str
) -> None:
    fail()
    assert kind in written()
    assert "Muñoz" not in written()
    assert "Traceback" not in written()


def test_a_record_that_cannot_be_written_names_its_place_alone(written: Callable[[], str]) -> None:
    record = logging.LogRecord("cocm_bot.test", logging.INFO, __file__, 7, "count=%d", (NAME,), None)
    ours = next(each for each in logging.getLogger().handlers if isinstance(each, logs.SilentHandler))
    ours.handle(record)
    assert re.fullmatch(rf"unwritable record of cocm_bot\.test at {HERE}\n", written())


@pytest.mark.parametrize("arguments", [["--no-such-option"], ["no-such-command"], ["status"]])
def test_a_command_that_fails_prints_no_traceback(arguments: list[str]) -> None:
    environment = {"PATH": "", "COCM_AUDIT_KEY": "k" * 40, "COCM_TABLE": "a/b"}
    ended = run_here(environment, *arguments)
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr


def test_our_own_records_follow_the_level(restored_logging: None, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure("WARNING", logs.Style.TEXT)
    logging.getLogger("cocm_bot.test").info("not this")
    logging.getLogger("cocm_bot.test").warning("but this")
    assert stream.getvalue().rstrip().endswith("WARNING cocm_bot.test but this")
    assert "not this" not in stream.getvalue()
