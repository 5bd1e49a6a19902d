"""Small checks that combine into the shape a payload must have; complaints are worded as Slack words them."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]
"""Takes a value and its JSON pointer; yields a complaint for each thing wrong with it."""


def complaint(what: str, pointer: str) -> str:
    """One line of `response_metadata.messages`."""
    return f"[ERROR] {what} [json-pointer:{pointer or '/'}]"


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters (code points)."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield complaint("must provide a string", pointer)
        elif len(value) < least:
            yield complaint(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            yield complaint(f"must be less than {most + 1} characters", pointer)

    return check


def matching(pattern: str, what: str) -> Check:
    """A string that the pattern matches as a whole."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield complaint(f"must be {what}", pointer)

    return check


def whole_number(least: int, most: int) -> Check:
    """An integer within the bounds, both included."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield complaint("must provide an integer", pointer)
        elif not least <= value <= most:
            yield complaint(f"must be between {least} and {most}", pointer)

    return check


def a_number(value: Any, pointer: str) -> Iterator[str]:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield complaint("must provide a number", pointer)


def flag(value: Any, pointer: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield complaint("must provide a boolean", pointer)


def anything(_value: Any, _pointer: str) -> Iterator[str]:
    """No demand at all."""
    return iter(())


def an_object(value: Any, pointer: str) -> Iterator[str]:
    """An object, whatever it holds."""
    if not isinstance(value, dict):
        yield complaint("must provide an object", pointer)


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in allowed:
            yield complaint("must be a valid enum value", pointer)

    return check


def items(each: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items, each of which passes a check."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield complaint("must provide an array", pointer)
            return
        if len(value) > most:
            yield complaint(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield complaint(f"no fewer than {least} items allowed", pointer)
        for index, item in enumerate(value):
            yield from each(item, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Check) -> Check:
    """An object with these fields and no others; `rules` then look at the object as a whole."""
    known = {**required, **optional}

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must provide an object", pointer)
            return
        for name in required:
            if name not in value:
                yield complaint(f"missing required field: {name}", pointer)
        for name, inner in value.items():
            if name in known:
                yield from known[name](inner, f"{pointer}/{name}")
            elif name != "type":
                yield complaint(f"invalid additional property: {name}", pointer)
        for rule in rules:
            yield from rule(value, pointer)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which check it must pass; any other type has no place here."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must provide an object", pointer)
        elif "type" not in value:
            yield complaint("missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield complaint(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from kinds[value["type"]](value, pointer)

    return check


def exactly_one(*names: str) -> Check:
    """A rule: exactly one of these fields is there."""

    def rule(value: Any, pointer: str) -> Iterator[str]:
        if sum(name in value for name in names) != 1:
            yield complaint(f"must provide exactly one of: {', '.join(names)}", pointer)

    return rule
