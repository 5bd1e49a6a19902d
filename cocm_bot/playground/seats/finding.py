"""Finding what a person means on a screen, by the words they see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cocm_bot.playground.elements import Placed, placed
from cocm_bot.playground.state import Message, View

Surface = View | Message


@dataclass(frozen=True)
class Spot:
    """One thing to press or fill, and its place; `option` is the one chosen from a menu."""

    surface: Surface
    found: Placed
    option: Any = None


def pressable(surfaces: list[Surface], words: str, near: str | None = None) -> Spot:
    """The button or overflow option that these words (or an action_id) name; LookupError unless just one."""

    def exact(spot: Spot) -> bool:
        return words in (_said(spot), spot.found.element["action_id"])

    def loose(spot: Spot) -> bool:
        return words.lower() in _said(spot).lower()

    return _pick(surfaces, near, words, (exact, loose), _pressables)


def menu(surfaces: list[Surface], words: str, near: str | None = None) -> Spot:
    """The menu or picker outside an input that a placeholder, the text beside it or an action_id names."""

    def exact(spot: Spot) -> bool:
        return words in (spot.found.label, spot.found.element["action_id"])

    def loose(spot: Spot) -> bool:
        beside = text_of(spot.found.block)
        return words.lower() in f"{spot.found.label}\n{beside}".lower()

    return _pick(surfaces, near, words, (exact, loose), _menus)


def input_of(surface: Surface, words: str) -> Spot:
    """The input with this label, block_id or action_id; LookupError when none or several have."""

    def exact(spot: Spot) -> bool:
        return words in (spot.found.label, *spot.found.key)

    def loose(spot: Spot) -> bool:
        return words.lower() in spot.found.label.lower()

    return _pick([surface], None, words, (exact, loose), inputs)


def text_of(value: Any) -> str:
    """All the words in a block, in order."""
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return "\n".join(filter(None, own + [text_of(v) for v in value.values() if not isinstance(v, str)]))
    if isinstance(value, list):
        return "\n".join(filter(None, map(text_of, value)))
    return ""


def _pick(
    surfaces: list[Surface],
    near: str | None,
    words: str,
    tests: tuple[Callable[[Spot], bool], ...],
    candidates: Callable[[Surface], Iterator[Spot]],
) -> Spot:
    for surface in surfaces:
        spots = [s for s in candidates(surface) if near is None or near in _around(surface, s.found)]
        for test in tests:
            hits = [spot for spot in spots if test(spot)]
            if len(hits) > 1:
                raise LookupError(f"{len(hits)} things say “{words}”: narrow it with near=…")
            if hits:
                return hits[0]
    there = [_said(spot) or spot.found.label for surface in surfaces[:3] for spot in candidates(surface)]
    words_there = " ".join(text_of(surfaces[0].blocks).split()) if surfaces else ""
    offers = ", ".join(there[:40]) or words_there
    raise LookupError(f"nothing here says “{words}”; there is: {offers or 'nothing'}")


def _around(surface: Surface, found: Placed) -> str:
    """The words of a block, and for a row of buttons also those of the blocks it belongs under."""
    index = next(i for i, block in enumerate(surface.blocks) if block is found.block)
    words = [text_of(found.block)]
    if found.block["type"] == "actions":
        for block in reversed(surface.blocks[:index]):
            if block["type"] in {"actions", "divider", "input"}:
                break
            words.append(text_of(block))
    return "\n".join(words)


def _said(spot: Spot) -> str:
    return str(spot.option["text"]["text"]) if spot.option else spot.found.label


def _pressables(surface: Surface) -> Iterator[Spot]:
    for found in placed(surface.blocks):
        if found.kind == "button":
            yield Spot(surface, found)
        elif found.kind == "overflow":
            for option in found.element["options"]:
                yield Spot(surface, found, option)


def _menus(surface: Surface) -> Iterator[Spot]:
    for found in placed(surface.blocks):
        if found.kind not in {"button", "overflow"} and not found.is_input:
            yield Spot(surface, found)


def inputs(surface: Surface) -> Iterator[Spot]:
    """Every input of a surface, top to bottom."""
    for found in placed(surface.blocks):
        if found.is_input:
            yield Spot(surface, found)
