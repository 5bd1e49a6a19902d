"""The base of every stored record."""

from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)


def _a_day(written: str) -> str:
    date.fromisoformat(written)
    return written


LocalDay = Annotated[str, AfterValidator(_a_day)]
"""A day of the calendar, `YYYY-MM-DD`."""

_FROM, _UNTIL = -2_208_988_800, 32_503_680_000

Instant = Annotated[float, Field(ge=_FROM, lt=_UNTIL)]
"""Seconds UTC, of the years 1900 to 2999: a time that calendars can show and count from."""

WholeInstant = Annotated[int, Field(ge=_FROM, lt=_UNTIL)]
"""The same where whole seconds are stored."""


class Record(BaseModel):
    """An immutable record with strictly typed attributes.

    Attributes it does not know are kept and written back unchanged, so that an older replica
    never drops what a newer one (or another writer of the table) has added.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")


class CompactRecord(Record):
    """A record that is written without what is None: for what the index carries of every patient."""

    @model_serializer(mode="wrap")
    def _without_none(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}
