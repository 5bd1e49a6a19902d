"""Trying again: a random, growing pause between tries, so that writers that met don't meet again."""

import random
import time
from collections.abc import Iterator

_FIRST_SECONDS = 0.05
_LONGEST_SECONDS = 1.0


def tries(count: int) -> Iterator[int]:
    """Count the tries from 0, pausing before each but the first."""
    for number in range(count):
        if number:
            time.sleep(random.uniform(0, min(_LONGEST_SECONDS, _FIRST_SECONDS * 2**number)))
        yield number
