"""The base of every stored record."""

from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


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
