"""Changes of many patients at once: what was asked, how far it came, and what came of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.records.record import Record

Handles = Annotated[tuple[str, ...], Field(strict=False)]


class BulkKind(StrEnum):
    """Kinds of changes of many patients; stored, so that a value is never reworded."""

    HANDOVER = "handover"
    """All patients of one care manager go to another."""
    ASSIGNMENT = "assignment"
    """Some patients go to a care manager."""
    FLAG = "flag"
    """Some patients are flagged for discussion."""


class BulkRun(Record):
    """One way through the patients, forth or back."""

    asked_at: float
    """The time it was confirmed (seconds UTC)."""
    looked: int = 0
    """The patients it came through, in the order of the change's handles."""
    done: Handles = ()
    failed: Mapping[str, Handles] = Field(default_factory=dict)
    """The sentence that says why → the handles that were left as they are."""
    finished_at: float | None = None

    @property
    def left(self) -> int:
        """Return how many patients were left as they are."""
        return sum(map(len, self.failed.values()))

    def after(self, handle: str, why_not: str | None) -> "BulkRun":
        """Return the run after one more patient."""
        if why_not is None:
            return self.model_copy(update={"looked": self.looked + 1, "done": (*self.done, handle)})
        failed = {**self.failed, why_not: (*self.failed.get(why_not, ()), handle)}
        return self.model_copy(update={"looked": self.looked + 1, "failed": failed})


class BulkChange(Record):
    """One change of many patients."""

    id: str
    registry_id: str
    kind: Annotated[BulkKind, Field(strict=False)]
    by: str
    """The user id of who asked for it."""
    asked_at: float
    """The time it was first asked for (seconds UTC)."""
    handles: Handles
    """The patients whose number the person confirms."""
    giver: str | None = None
    """The user id of whose patients they were; None where they had no care manager, or several."""
    receiver: str | None = None
    """The user id of whose patients they become."""
    reason: str = ""
    """The reason of a flag."""
    forth: BulkRun | None = None
    """None until it is confirmed."""
    back: BulkRun | None = None
    """Undoing it."""
    version: int = 0
    """0 until it is confirmed."""

    @property
    def run(self) -> BulkRun | None:
        """Return the latest run; None before it is confirmed."""
        return self.back or self.forth

    @property
    def total(self) -> int:
        """Return how many patients the latest run goes through."""
        return len(self.forth.done) if self.back and self.forth else len(self.handles)
