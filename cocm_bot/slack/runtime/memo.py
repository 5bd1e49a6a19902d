"""The state of modals while they are open: opaque ids only, nothing that identifies a patient.

An area adds what its own modals need. A modal that an older version drew is refused as out of date.
"""

import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Opaque = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,64}$")]
"""A handle or an id of our own making."""


class Memo(BaseModel):
    """The state of every modal: where it was drawn, and for whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    registry: Opaque | None = None
    """The registry the modal was drawn for: handles mean other patients elsewhere."""
    under: str | None = None
    """The reader the modal was drawn for, as `Reader.code`."""

    def packed(self) -> str:
        """The memo as private_metadata."""
        kept = self.model_dump(exclude_none=True, exclude_defaults=True)
        return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)


class OnceMemo(Memo):
    """The state of a modal that is submitted and applied at most once, however often."""

    request_id: Opaque


class DraftMemo(Memo):
    """The state that keeping a draft needs of any form, whatever else its modal remembers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    request_id: Opaque | None = None
    """None where nothing of the form is kept."""
    handle: Opaque | None = None
    """The patient it is about."""


class PatientMemo(Memo):
    """The state of a modal that shows a patient."""

    handle: Opaque


class ChangeMemo(PatientMemo, OnceMemo):
    """The state of a modal that changes a patient."""


class VersionMemo(ChangeMemo):
    """The state of a modal that changes a patient as they were when it was drawn."""

    version: int
    """The patient's version then."""
    shown: int | None = None
    """The version up to which the modal has shown what others changed; None before it showed anything."""

    @property
    def seen(self) -> int:
        """The latest version of which the person knows."""
        return max(self.version, self.shown or 0)


class ListMemo(Memo):
    """The state of a modal opened from a message with a list, to be redrawn after."""

    answer_url: str | None = None
    """The address at which that message can be redrawn."""
    behind: str | None = None
    """The list it shows, by its name."""
