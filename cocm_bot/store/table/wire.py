"""DynamoDB's own form of keys and values: {type: value}.

boto3 has this too; to import it there loads a seventh of all the modules the bot needs, most of them for S3.
"""

from collections.abc import Callable, Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from types import MappingProxyType
from typing import Any, TypeAlias

from cocm_bot.store.table.keys import Key

Item: TypeAlias = Mapping[str, Any]
"""An item in DynamoDB's form: attribute name → {type: value}."""


_NUMBERS = Context(Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])
"""The numbers that DynamoDB keeps exactly."""
_ALL_INTEGERS_BELOW = 2**53
"""Below this a float holds every integer exactly."""


def wire_key(key: Key) -> dict[str, dict[str, str]]:
    """A key in DynamoDB's form."""
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


def key_of(item: Item) -> Key:
    """The key of an item."""
    return Key(item["PK"]["S"], item["SK"]["S"])


def to_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values in DynamoDB's form; floats are written exactly."""
    return {name: _written(value) for name, value in values.items()}


def from_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's form as plain values; numbers are int or float, Decimal only where neither is exact."""
    return {name: _read(value) for name, value in values.items()}


def readable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that can be read at all, of an item that another hand may have written."""
    plain: dict[str, Any] = {}
    for name, value in values.items():
        try:
            plain[name] = _read(value)
        except (TypeError, ValueError, ArithmeticError, AttributeError):
            continue
    return plain


def _written(value: Any) -> dict[str, Any]:
    """One value in DynamoDB's form; raises TypeError for what it has none for."""
    kind, held = _kind_of(value)
    return {kind: held}


def _kind_of(value: Any) -> tuple[str, Any]:  # noqa: PLR0911 - one for each type of DynamoDB's
    match value:
        case None:
            return "NULL", True
        case bool():
            return "BOOL", value
        case str():
            return "S", value
        case int() | float() | Decimal():
            return "N", _digits(value)
        case bytes() | bytearray():
            return "B", bytes(value)
        case Mapping():
            return "M", to_wire(value)
        case list() | tuple():
            return "L", [_written(each) for each in value]
        case set() | frozenset() if value:
            return _kind_of_set(list(value))
    raise TypeError(f"DynamoDB has no form for {type(value).__name__}")


def _kind_of_set(values: list[Any]) -> tuple[str, Any]:
    kinds = {_kind_of(each)[0] for each in values}
    if len(kinds) == 1 and kinds <= {"S", "N", "B"}:
        return f"{kinds.pop()}S", [_kind_of(each)[1] for each in values]
    raise TypeError("a set holds values of one kind: texts, numbers or bytes")


def _read(value: Mapping[str, Any]) -> Any:
    """One value of DynamoDB's form as a plain one."""
    # Most values are texts.
    if "S" in value:
        return value["S"]
    [(kind, held)] = value.items()
    return _READERS[kind](held)


def _digits(number: float | Decimal) -> str:
    """A number as DynamoDB keeps it; raises ArithmeticError or TypeError for one it would change."""
    exact = _NUMBERS.create_decimal(_exact(number) if isinstance(number, float) else number)
    if not exact.is_finite():
        raise TypeError("DynamoDB holds finite numbers only")
    return str(exact)


def _exact(number: float) -> int | Decimal:
    """The shortest decimal that means this float, in the form DynamoDB keeps it: 20, not 20.0."""
    if number.is_integer() and abs(number) < _ALL_INTEGERS_BELOW:
        return int(number)
    return Decimal(repr(number))


def _number(text: str) -> int | float | Decimal:
    if text.isdecimal():
        return int(text)
    exact = Decimal(text)
    if exact == exact.to_integral_value():
        return int(exact)
    nearest = float(exact)
    return nearest if Decimal(repr(nearest)) == exact else exact


_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "N": _number,
        "M": from_wire,
        "L": lambda held: [_read(each) for each in held],
        "NULL": lambda _: None,
        "BOOL": bool,
        "B": bytes,
        "SS": set,
        "BS": set,
        "NS": lambda held: {_number(each) for each in held},
    }
)
