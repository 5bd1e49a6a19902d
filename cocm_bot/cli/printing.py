"""Print in one way: sentences and progress for people through rich, data as it is."""

import sys
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


@cache
def console() -> "Console":
    """Return where results are printed; the server, which prints none, loads no rich."""
    return _console(to_errors=False)


@cache
def errors() -> "Console":
    """Return where that is printed which is not the result: errors, and progress."""
    return _console(to_errors=True)


def _console(*, to_errors: bool) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - the server prints nothing

    return Console(stderr=to_errors, highlight=False)


def say(line: str) -> None:
    """Print a line of the result, on one line however long."""
    console().print(_shown(line), markup=False, soft_wrap=True)


def complain(line: str) -> None:
    """Print a line to standard error."""
    errors().print(_shown(line), markup=False, soft_wrap=True)


def write_data(lines: Iterable[str]) -> None:
    """Write lines that a program reads, unchanged."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 patient`, `1,200 patients`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _shown(line: str) -> str:
    # What was typed into a record must not steer the terminal.
    return "".join(character if character.isprintable() else "�" for character in line)
