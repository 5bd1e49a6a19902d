"""A registry's own measures as a YAML file: read, checked, and refused with the line that is wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.measures.definition import own_measure

TOP = "measures"
LARGEST = 100_000
"""Bytes; a file of measures has a few hundred."""
DEEPEST = 10


def read_measures(file: Path) -> list[Measure]:
    """The measures a file defines; raises InvalidInput that names file, line and field."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        text = content.decode("utf-8")
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{file}: can't be read ({type(error).__name__}).") from None
    if len(content) > LARGEST:
        raise InvalidInput(f"{file}: this is larger than {LARGEST:,} bytes. Split it into several files.")
    try:
        _check_shape(text)
        return list(_measures(text))
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
            raise InvalidInput(f"line {line}: this is nested deeper than measures are.")


def _measures(text: str) -> Iterator[Measure]:
    entries = _entries(yaml.compose(text, Loader=yaml.SafeLoader))
    seen: set[str] = set()
    for node in entries:
        entry = _plain(node)
        if not isinstance(node, yaml.MappingNode):
            raise InvalidInput(f"line {_line(node)}: a measure is a mapping with name, items, maximum, ….")
        try:
            measure = own_measure(entry)
        except InvalidInput as wrong:
            raise InvalidInput(f"line {_line(_at(node, wrong.field))}, {wrong.field}: {wrong}") from None
        if measure.name in seen:
            raise InvalidInput(f"line {_line(node)}, name: “{measure.name}” is defined twice.")
        seen.add(measure.name)
        yield measure


def _entries(document: yaml.Node | None) -> list[yaml.Node]:
    """The nodes of the measures, under `measures:`."""
    if isinstance(document, yaml.MappingNode):
        for key, value in document.value:
            if (
                isinstance(key, yaml.ScalarNode)
                and key.value == TOP
                and isinstance(value, yaml.SequenceNode)
                and value.value
            ):
                return list(value.value)
    raise InvalidInput(f"line 1: begin with “{TOP}:” and list the measures under it.")


def _plain(node: yaml.Node) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    except (ValueError, OverflowError):
        # A date that is none, a number too long: what looks like a value and can't be one.
        raise InvalidInput(f"line {_line(node)}: a date or number here can't be read.") from None


def _at(node: yaml.MappingNode, field: str | None) -> yaml.Node:
    """The node of a field, or of the whole measure where the field is missing."""
    return next((key for key, _ in node.value if key.value == field), node)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
