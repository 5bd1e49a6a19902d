"""The base of every stored record."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """An immutable record with strictly typed attributes.

    Attributes it does not know are kept and written back unchanged, so that an older replica
    never drops what a newer one (or another writer of the table) has added.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")
