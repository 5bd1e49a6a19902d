"""A patient's care besides contacts and scores: the clinician, diagnoses, medication and the like.

All of it is optional. Days are local days (`YYYY-MM-DD`), times seconds UTC.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.records.record import Instant, LocalDay, Record


class SexAtBirth(StrEnum):
    """The sex a patient was registered with at birth, where it was given."""

    FEMALE = "Female"
    MALE = "Male"
    INTERSEX = "Intersex"


class MedicationStep(StrEnum):
    """A step of a medication, noted at a contact; as typed, the first word of a line."""

    TAKING = "taking"
    """Taken already when it was noted: no change of the treatment."""
    STARTED = "started"
    CHANGED = "changed"
    STOPPED = "stopped"


MEMBER = "user:"
"""Begins a clinician's text where it is a member: whoever shows it puts the name in its place."""


class Clinician(Record):
    """A treating clinician: a member of the team by user id, or somebody outside it by name alone."""

    name: str
    """The name when it was chosen or typed: shown where the member has left since."""
    user_id: str | None = None

    def __str__(self) -> str:
        return f"{MEMBER}{self.user_id}" if self.user_id else self.name


class Diagnosis(Record):
    """An ICD-10-CM code (upper case, with its dot) and a short label in the team's own words."""

    code: str
    label: str

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class MedicationChange(Record):
    """One line of what became of the patient's medication at a contact."""

    step: Annotated[MedicationStep, Field(strict=False)]
    name: str
    dose: str = ""
    """Dose and schedule in words."""
    since: LocalDay | None = None
    """Since when it is taken, where that is not the contact's day."""

    @property
    def changes_treatment(self) -> bool:
        """Return whether the treatment is another one by it."""
        return self.step is not MedicationStep.TAKING

    def __str__(self) -> str:
        since = f"since {self.since}" if self.since else ""
        return f"{self.step} {', '.join(filter(None, (self.name, self.dose, since)))}"


class Medication(Record):
    """A medication the patient takes now, as the entry says that touched it last."""

    name: str
    dose: str
    since: LocalDay
    log_id: str
    """The id of that entry."""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.name, self.dose, f"since {self.since}")))


class AppointmentChange(Record):
    """The next appointment as it was agreed, moved or canceled apart from a contact."""

    day: LocalDay | None
    """None where it was canceled."""
    by: str
    at: Instant

    def __str__(self) -> str:
        return self.day or "none"
