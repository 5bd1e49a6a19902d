"""A registry's own measure: what may be defined, and in which words it is refused.

Two ways lead here: the lines of a modal and the entries of a file. Errors name the field they are about.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import Line
from cocm_bot.domain.measures.catalogue import CATALOGUE, Band, Measure, MeasureRules

LONGEST_NAME = 40
LONGEST_WORD = 40
MOST_BANDS = 12
MOST_ITEMS = 100
HIGHEST = 1000
MOST_ANSWER = 20
"""The highest answer of one item that can be entered from a menu."""
ITEM, TOP = "self_harm_item", "self_harm_top"
_BAND = re.compile(r"\s*(-?\d+)[\s:–-]+(\S.*)")


def _band(given: object) -> object:
    """A band written as `10 moderate`, or as a mapping of start and word."""
    if not isinstance(given, str):
        return given
    found = _BAND.fullmatch(given)
    if not found:
        raise ValueError("begin with a whole number, then the word, like “10 moderate”")
    return {"start": int(found[1]), "word": found[2].strip()}


class BandEntry(BaseModel):
    """A band as entered."""

    model_config = ConfigDict(extra="forbid")

    start: int
    word: Annotated[Line, Field(min_length=1, max_length=LONGEST_WORD)]


class Definition(BaseModel):
    """A measure as entered. `improved` and `remission` are the lines a better score is beyond.

    `change` is the meaningful change; `outcome` whether it can decide how a patient does, or only screens.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(max_length=LONGEST_NAME)]
    items: Annotated[int, Field(ge=1, le=MOST_ITEMS)]
    minimum: Annotated[int, Field(ge=-HIGHEST, le=HIGHEST)] = 0
    maximum: Annotated[int, Field(ge=-HIGHEST, le=HIGHEST)]
    bands: Annotated[list[Annotated[BandEntry, BeforeValidator(_band)]], Field(max_length=MOST_BANDS)] = []
    higher_is_worse: bool = True
    improved: int | None = None
    remission: int | None = None
    self_harm_item: Annotated[int, Field(ge=1, le=MOST_ITEMS)] | None = None
    """The item that asks about self-harm, counted from 1."""
    self_harm_top: Annotated[int, Field(ge=1, le=MOST_ANSWER)] | None = None
    """The highest answer of that item; 0 is its lowest."""
    change: Annotated[int, Field(ge=1, le=2 * HIGHEST)] | None = None
    outcome: bool = True

    @field_validator("name")
    @classmethod
    def _sayable(cls, name: str) -> str:
        if not measure_key(name).strip("_"):
            raise ValueError("use letters or digits")
        return name


def measure_key(name: str) -> str:
    """Return the letters and digits of a measure's name, case ignored: no two measures may share them."""
    return re.sub(r"\W", "_", name.casefold())


def own_measure(entered: Mapping[str, Any]) -> Measure:
    """The measure that was entered; raises InvalidInput with the field, and for bands which of them."""
    try:
        definition = Definition.model_validate(dict(entered))
    except ValidationError as invalid:
        refusal = _refusal(invalid)
    else:
        _check(definition)
        return Measure(
            name=definition.name,
            items=definition.items,
            minimum=definition.minimum,
            maximum=definition.maximum,
            bands=tuple(Band(start=band.start, word=band.word) for band in definition.bands),
            higher_is_worse=definition.higher_is_worse,
            improved_below=definition.improved,
            remission_below=definition.remission,
            self_harm_item=definition.self_harm_item,
            self_harm_top=definition.self_harm_top,
            meaningful_change=definition.change,
            outcome=definition.outcome,
        )
    raise refusal


def band_lines(text: str) -> list[str]:
    """The bands of a modal: a line each, empty ones left out."""
    return [line for line in text.splitlines() if line.strip()]


def check_names(measures: Iterable[Measure]) -> None:
    """Raise InvalidInput when two measures' names are too similar."""
    seen: dict[str, str] = {}
    for measure in measures:
        other = seen.setdefault(measure_key(measure.name), measure.name)
        if other != measure.name:
            raise InvalidInput(
                f"“{measure.name}” and “{other}” are too similar. Choose another name.", "name"
            )


def _check(definition: Definition) -> None:
    taken = {measure_key(name): name for name in CATALOGUE}.get(measure_key(definition.name))
    if taken:
        raise InvalidInput(
            f"{taken} is in the catalogue as it is: choose it there, or use another name.", "name"
        )
    least, most = definition.minimum, definition.maximum
    if most <= least:
        raise InvalidInput(f"The highest score must be above the lowest, {least}.", "maximum")
    _check_bands(definition.bands, least, most)
    worse = definition.higher_is_worse
    _check_lines((least, most), definition.improved, definition.remission, higher_is_worse=worse)
    _check_change(definition.change, most - least)
    _check_self_harm(definition)


def check_rules(measure: Measure, rules: MeasureRules) -> None:
    """Raise InvalidInput naming the field unless a measure can be read by these lines."""
    bounds = (measure.minimum, measure.maximum)
    _check_lines(bounds, rules.improved_below, rules.remission_below, higher_is_worse=measure.higher_is_worse)
    _check_change(rules.meaningful_change, measure.maximum - measure.minimum)


def _check_change(change: float | None, widest: float) -> None:
    if change is not None and not 0 < change <= widest:
        raise InvalidInput(f"Enter 1 to {widest:g}, or nothing.", "change")


def _check_lines(
    bounds: tuple[float, float], improved: float | None, remission: float | None, *, higher_is_worse: bool
) -> None:
    least, most = bounds
    for field, line in (("improved", improved), ("remission", remission)):
        if line is not None and not least <= line <= most:
            raise InvalidInput(f"This must lie within the range, {least:g} to {most:g}.", field)
    if improved is None or remission is None:
        return
    if (remission > improved) if higher_is_worse else (remission < improved):
        raise InvalidInput(f"Remission asks for at least as much as improvement, {improved:g}.", "remission")


def _check_self_harm(definition: Definition) -> None:
    """Raise InvalidInput unless the item and its top answer are both given, or neither, and can be true."""
    item, top = definition.self_harm_item, definition.self_harm_top
    if item is None and top is None:
        return
    if item is None:
        raise InvalidInput("Say which item asks about self-harm, or leave its top answer empty.", ITEM)
    if item > definition.items:
        raise InvalidInput(f"There are only {definition.items} items.", ITEM)
    if top is None:
        raise InvalidInput("Say the highest answer of the self-harm item.", TOP)
    if definition.minimum != 0 or not definition.higher_is_worse:
        raise InvalidInput(
            "A measure that asks about self-harm starts at 0, and higher is worse.",
            ITEM,
        )
    if top > definition.maximum:
        raise InvalidInput(f"This can't be more than the highest score, {definition.maximum}.", TOP)


def _check_bands(bands: Sequence[BandEntry], least: int, most: int) -> None:
    for number, band in enumerate(bands, 1):
        if not least <= band.start <= most:
            raise InvalidInput(f"Band {number}: {band.start} is not within {least} to {most}.", "bands")
        if number > 1 and band.start <= bands[number - 2].start:
            raise InvalidInput(f"Band {number}: {band.start} must be above the band before it.", "bands")


def _refusal(invalid: ValidationError) -> InvalidInput:
    first = invalid.errors(include_url=False, include_input=False)[0]
    field, *inside = first["loc"]
    what = str(first.get("ctx", {}).get("error") or first["msg"])
    numbers = [each for each in inside if isinstance(each, int)]
    place = f"Band {numbers[0] + 1}: " if field == "bands" and numbers else ""
    sentence = f"{place}{what}".rstrip(".") + "."
    return InvalidInput(sentence[0].upper() + sentence[1:], str(field))
