"""A registry's own measures as a YAML file: read, checked, and refused with the line that is wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from cocm_bot.cli.yaml_file import read_yaml
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.measures.definition import own_measure

TOP = "measures"


def read_measures(file: Path) -> list[Measure]:
    """The measures a file defines; raises InvalidInput that names file, line and field."""
    return read_yaml(file, lambda text: list(_measures(text)))


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
