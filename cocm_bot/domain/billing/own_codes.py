"""A registry's own tables of codes and payers: what may be defined, and in which words it is refused.

Errors name the field they are about.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import Line
from cocm_bot.domain.settings.code_sets import (
    SHIPPED,
    BillingCode,
    BillingRules,
    CodeSet,
    MonthKind,
    Payer,
    bases,
    named,
    payer_key,
)

LONGEST_NAME = 40
LONGEST_NOTE = 200
MOST_SETS, MOST_CODES, MOST_PAYERS = 20, 30, 200
MOST_MINUTES, MOST_UNITS = 1440, 20
_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")


def _check_name(text: str) -> str:
    if not 1 <= len(text) <= LONGEST_NAME:
        raise ValueError(f"give a name of at most {LONGEST_NAME} characters")
    return text


Name = Annotated[Line, AfterValidator(_check_name)]
_PLAIN = {"extra_forbidden": "there is no such field", "missing": "this must be given"}
"""Some of pydantic's kinds of error, in words for the person who writes the file."""
Whole = Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES)]
Units = Annotated[int, Field(strict=True, ge=0, le=MOST_UNITS)]


class CodeEntry(BaseModel):
    """A code as entered; without a midpoint it is reached at the whole of its minutes."""

    model_config = ConfigDict(extra="forbid")

    code: str
    month: MonthKind = MonthKind.ANY
    minutes: Whole
    midpoint: Whole | None = None
    add_on_to: list[str] = []
    cap: Units | None = None
    payers: list[Name] = []

    @field_validator("code", mode="before")
    @classmethod
    def _well_formed(cls, given: object) -> str:
        # A file's 99492 is a number.
        code = str(given).strip().upper()
        if not _CODE.fullmatch(code):
            raise ValueError("write a CPT or HCPCS code of five characters, like 99492 or G2214")
        return code

    @field_validator("add_on_to", mode="before")
    @classmethod
    def _texts(cls, given: object) -> object:
        return [str(each).strip().upper() for each in given] if isinstance(given, list) else given


class SetEntry(BaseModel):
    """A set of codes as entered."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    codes: Annotated[list[CodeEntry], Field(min_length=1, max_length=MOST_CODES)]
    needs_review: bool = True
    note: Annotated[Line, Field(max_length=LONGEST_NOTE)] = ""


class PayerEntry(BaseModel):
    """A payer as entered; without a set it has the registry's usual one."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    code_set: str | None = None
    cap: Units | None = None


class Tables(BaseModel):
    """The contents of a file of codes and payers."""

    model_config = ConfigDict(extra="forbid")

    usual: str | None = None
    """The set for payers that name none."""
    sets: Annotated[list[SetEntry], Field(max_length=MOST_SETS)] = []
    payers: Annotated[list[PayerEntry], Field(max_length=MOST_PAYERS)] = []


def with_tables(billing: BillingRules, entered: Mapping[str, Any]) -> BillingRules:
    """A registry's billing rules with the tables of a file in the place of those it had.

    Raises InvalidInput that says where in the file, like `sets 1, codes 2, midpoint`, and what is wrong.
    """
    try:
        tables = Tables.model_validate(entered)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = _place(first["loc"])
        message = _PLAIN.get(first["type"]) or str(first.get("ctx", {}).get("error", first["msg"]))
        raise InvalidInput(f"{place}: {message[:1].lower()}{message[1:]}.", place) from None
    own = tuple(_set(number, each) for number, each in enumerate(tables.sets, 1))
    _check_names("sets", [*(each.name for each in SHIPPED), *(each.name for each in own)])
    _check_names("payers", [payer_key(each.name) for each in tables.payers])
    usual = tables.usual or SHIPPED[0].name
    known = [*SHIPPED, *own]
    _check_known("usual", usual, known)
    payers = []
    for number, each in enumerate(tables.payers, 1):
        wanted = each.code_set or usual
        _check_known(f"payers {number}, code_set", wanted, known)
        payers.append(Payer(name=each.name, code_set=wanted, cap=each.cap))
    return billing.model_copy(update={"code_set": usual, "own_sets": own, "payers": tuple(payers)})


def _set(number: int, entry: SetEntry) -> CodeSet:
    codes = tuple(
        BillingCode(
            code=each.code,
            month=each.month,
            minutes=each.minutes,
            midpoint=each.minutes if each.midpoint is None else each.midpoint,
            add_on_to=tuple(each.add_on_to),
            cap=each.cap,
            payers=tuple(each.payers),
        )
        for each in entry.codes
    )
    for field, complaint in _complaints(codes):
        place = f"sets {number}, {field}"
        raise InvalidInput(f"{place}: {complaint}", place)
    return CodeSet(name=entry.name, codes=codes, needs_review=entry.needs_review, note=entry.note)


def _complaints(codes: Sequence[BillingCode]) -> Iterator[tuple[str, str]]:
    """Yield the faults that keep codes from giving one answer for any minutes."""
    standing = list(bases(codes))
    if not standing:
        yield "codes", "every code is an add-on; give at least one it can be added to."
    for number, code in enumerate(codes, 1):
        if code.midpoint > code.minutes:
            yield f"codes {number}, midpoint", f"{code.midpoint} is more than its {code.minutes} minutes."
        for base in code.add_on_to:
            if base not in {each.code for each in standing}:
                yield f"codes {number}, add_on_to", f"{base} is not a code of this set that is billed alone."
    yield from _clashes(codes)


def _clashes(codes: Sequence[BillingCode]) -> Iterator[tuple[str, str]]:
    """Codes of which the minutes can't tell which is meant; payers may tell them apart."""
    for number, code in enumerate(codes, 1):
        for other in codes[: number - 1]:
            apart = code.payers and other.payers and not set(code.payers) & set(other.payers)
            if apart or not _meet(code.month, other.month):
                continue
            if code.code == other.code:
                yield f"codes {number}, code", f"{code.code} is there twice for the same months."
            if not code.add_on_to and not other.add_on_to and code.midpoint == other.midpoint:
                yield f"codes {number}, midpoint", f"{other.code} is reached at {code.midpoint} minutes too."
            if shared := set(code.add_on_to) & set(other.add_on_to):
                yield f"codes {number}, add_on_to", f"{other.code} is added to {min(shared)} already."


def _meet(one: MonthKind, other: MonthKind) -> bool:
    return one is other or MonthKind.ANY in (one, other)


def _check_names(field: str, names: Sequence[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InvalidInput(f"{field}: “{twice[0]}” is there twice, or is one the bot ships.", field)


def _check_known(field: str, name: str, known: Sequence[CodeSet]) -> None:
    if named(known, name) is None:
        there = ", ".join(each.name for each in known)
        raise InvalidInput(f"{field}: there is no set “{name}”. There are: {there}.", field)


def _place(loc: tuple[int | str, ...]) -> str:
    """Return the place in the file: `sets 1, codes 2, midpoint`."""
    words: list[str] = []
    for part in loc:
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        elif not isinstance(part, int):
            words.append(part)
    return ", ".join(words) or "the file"
