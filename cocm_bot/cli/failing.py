"""Fail in one way: a line on standard error that says what to do, an exit code, never a traceback."""

from enum import IntEnum
from typing import NoReturn

from cocm_bot import logs
from cocm_bot.cli.printing import complain
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.operator_errors import SettingsError, explained


class ExitCode(IntEnum):
    """The end of a command, for a shell or a monitor."""

    PROBLEM = 1
    """It failed, or it found something that needs somebody."""
    NOT_RUN = 2
    """It did not run, or not to its end: a wrong command line or setting; for `check`, also the table."""
    QUESTIONS = 3
    """It did what it could, and left questions for a person: `import`."""


def fail(line: str, code: ExitCode) -> NoReturn:
    """Print the line to standard error and end the process with the code."""
    complain(line)
    raise SystemExit(code)


def fail_with(error: Exception) -> NoReturn:
    """End the process for an error that a command let pass."""
    match error:
        case SettingsError():
            fail(str(error), ExitCode.NOT_RUN)
        case Unavailable():
            fail(explained(error), ExitCode.PROBLEM)
        case CocmError():
            fail(str(error), ExitCode.PROBLEM)
        case OSError(strerror=str(why)):
            # Of the machine's own words, which quote nothing; its text may name a file.
            fail(f"{why} ({type(error).__name__} at {logs.where(error)})", ExitCode.PROBLEM)
        case _:
            # Its text may quote a record: only the kind and the place are shown.
            fail(f"{type(error).__name__} at {logs.where(error)}", ExitCode.PROBLEM)
