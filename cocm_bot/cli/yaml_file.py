"""YAML that an operator writes: read within bounds, and refused with the line that is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import yaml

from cocm_bot.domain.errors import InvalidInput

LARGEST = 100_000
"""Bytes; a file of measures, codes or payers has a few thousand."""
DEEPEST = 10

T = TypeVar("T")


def read_yaml(file: Path, take: Callable[[str], T]) -> T:
    """Return what `take` makes of a file's text; raises InvalidInput that names the file, and the line."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        text = content.decode("utf-8")
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{file}: can't be read ({type(error).__name__}).") from None
    if len(content) > LARGEST:
        raise InvalidInput(f"{file}: this is larger than {LARGEST:,} bytes.")
    try:
        _check_shape(text)
        return take(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(f"{file}, line {line}: this is not YAML: {error.problem}.") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InvalidInput(f"{file}, line {line}: YAML does not allow a character used here.") from None
    except InvalidInput as wrong:
        raise InvalidInput(f"{file}, {wrong}") from None


def _check_shape(text: str) -> None:
    """Refuse what would grow or sink while it is read: aliases, and lists within lists without end."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise InvalidInput(f"line {line}: write it out, aliases (*name) are not read.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise InvalidInput(f"line {line}: this is nested too deeply.")
