"""Values that wait in memory while the whole of a source is looked through: packed, a tenth of their size."""

import pickle
import zlib
from typing import Any


def packed(value: object) -> bytes:
    """Return a value in few bytes, for this process alone."""
    return zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), 1)


def unpacked(waiting: bytes) -> Any:
    """Return the value that `packed` was given."""
    return pickle.loads(zlib.decompress(waiting))  # noqa: S301 - never written anywhere, nor read from anywhere
