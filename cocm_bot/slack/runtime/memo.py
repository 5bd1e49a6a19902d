"""What modals remember while they are open: opaque ids only, nothing that identifies a patient.

An area adds what its own modals need. A modal that an older version drew is refused as out of date.
"""

import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Opaque = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,64}$")]
"""A handle or an id of our own making."""


class Memo(BaseModel):
    """What every modal remembers: where it was drawn, and for whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    registry: Opaque | None = None
    """The registry the modal was drawn for: handles mean other patients elsewhere."""
    under: str | None = None
    """Whom the modal was drawn for, as `Reader.code`."""

    def packed(self) -> str:
        """The memo as private_metadata."""
        kept = self.model_dump(exclude_none=True, exclude_defaults=True)
        return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)


class OnceMemo(Memo):
    """What is submitted and applied at most once, however often."""

    request_id: Opaque


class DraftMemo(Memo):
    """What keeping the draft of any form needs to know of it, whatever else its modal remembers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    request_id: Opaque | None = None
    """None where nothing of the form is kept."""
    handle: Opaque | None = None
    """The patient it is about."""


class PatientMemo(Memo):
    """What shows a patient."""

    handle: Opaque


class ChangeMemo(PatientMemo, OnceMemo):
    """What changes a patient."""


class VersionMemo(ChangeMemo):
    """What changes a patient as they were when the modal was drawn."""

    version: int
    """The patient's version then."""
    shown: int | None = None
    """The version up to which the modal has told what others changed; None before it told anything."""

    @property
    def seen(self) -> int:
        """The latest version of which the person knows."""
        return max(self.version, self.shown or 0)


class ListMemo(Memo):
    """What was opened from a message with a list, to be redrawn after."""

    answer_url: str | None = None
    """Where that message can be redrawn."""
    behind: str | None = None
    """The list it shows, by its name."""
