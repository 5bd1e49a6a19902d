"""Files that hold patients' data: only their owner can read them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cocm_bot.domain.errors import InvalidInput

PRIVATE = 0o600


def write_private(where: Path, data: bytes) -> None:
    """Write a file, in the place of an earlier one; raises InvalidInput."""
    try:
        descriptor = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    except OSError as error:
        raise InvalidInput(f"{where} can't be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def write_or_show(where: Path | None, data: bytes) -> bool:
    """Write a new file, or show it on the screen without one; returns whether a file was written.

    Raises InvalidInput for a file that is there already.
    """
    if where is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return False
    with opened_private(where) as opened:
        opened.write(data)
    return True


@contextmanager
def opened_private(where: Path) -> Iterator[BinaryIO]:
    """Open a new file; one that is not written to its end is removed. Raises InvalidInput."""
    try:
        descriptor = os.open(where, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        raise InvalidInput(f"{where} is there already: name another file.") from None
    except OSError as error:
        raise InvalidInput(f"{where} can't be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
    except BaseException:
        where.unlink(missing_ok=True)
        raise
