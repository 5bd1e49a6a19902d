"""The patient of a registry, as stored, as listed and as found by a handle. All times are seconds UTC."""

from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field

from cocm_bot.domain.records.agreements import Consent, Recommendation, RelapsePlan
from cocm_bot.domain.records.care_details import (
    AppointmentChange,
    Clinician,
    Diagnosis,
    Medication,
    SexAtBirth,
)
from cocm_bot.domain.records.course import Alert, Course, Episode, PatientFlag
from cocm_bot.domain.records.history import AuditLog, StoredFlag, TreatmentLog, Turn
from cocm_bot.domain.records.record import Instant, LocalDay, Record, WholeInstant
from cocm_bot.domain.records.risk_screen import RiskScreen
from cocm_bot.domain.records.safety_plan import SafetyPlan
from cocm_bot.domain.vocabulary import Status

# Stored enumerations arrive as plain strings, which strict mode would refuse.
StoredStatus = Annotated[Status, Field(strict=False)]

SCHEMA_VERSION = "1"
TAIL = 5
"""The number of latest contacts and audit entries kept on the patient; all are items of their own."""


class Snooze(Record):
    """A patient whom the care managers' lists leave out for a while."""

    until: LocalDay
    """The local day they are back on the lists."""
    by: str
    at: float
    reason: str

    def __str__(self) -> str:
        return f"until {self.until}: {self.reason}"


class Departure(Record):
    """A record's state before its deactivation, so that this can be undone. Times in seconds UTC."""

    at: float
    status: StoredStatus
    status_since: float
    date_graduated: float | None = None
    snoozed: Snooze | None = None


class LegalHold(Record):
    """An order to keep a record: it is neither erased nor merged away. Time in seconds UTC."""

    by: str
    at: float
    reason: str


class PatientSummary(Record):
    """The fields a list shows of a patient: exactly the attributes the index carries."""

    id: str
    handle: str
    patient_mrn: str
    first_name: str
    last_name: str
    payer: str | None
    status: StoredStatus
    status_since: Instant
    patient_flag: StoredFlag | None
    date_created: Instant
    initial_assessment: WholeInstant | None
    last_follow_up: WholeInstant | None
    last_psychiatric_consult: WholeInstant | None
    relapse_prevention_plan: WholeInstant | None
    total_sessions: int | None
    minutes_this_month: int | None
    minutes_month: str
    """The local calendar month (`YYYY-MM`) that `minutes_this_month` counts."""
    course: Course
    care_manager: str | None = None
    """The user id of the care manager the patient is assigned to."""
    snoozed: Snooze | None = None

    @property
    def birth_year(self) -> int | None:
        """Return the year of birth; None where none is known, or the record was last written before lists
        showed it.
        """
        return self.course.born


class DirectoryEntry(NamedTuple):
    """The fields that find a patient by handle, MRN or name, deactivated ones included.

    A search reads those of thousands at once: a tuple costs it half of what a record would.
    """

    handle: str
    patient_id: str
    patient_mrn: str
    first_name: str
    last_name: str
    deactivated: bool = False
    date_of_birth: str = ""
    phone_end: str = ""
    """The last four digits of the phone number."""
    email: str = ""
    """This and the two before are empty in entries from before they were kept."""
    same_as: str = ""
    """The handle of the record that this one was merged into; empty for a record of its own."""


class Patient(PatientSummary):
    """A registry patient with everything the schema holds."""

    date_graduated: float | None
    date_modified: float
    phone_number: str
    email: str
    date_of_birth: str
    treatment_logs: tuple[TreatmentLog, ...] = Field(strict=False)
    audit_logs: tuple[AuditLog, ...] = Field(strict=False)
    flags: tuple[PatientFlag, ...] = Field(strict=False)
    weeks_since_initial_assessment: int | None
    schema_version: str | None
    episodes: tuple[Episode, ...] = Field(strict=False)
    recommendations: tuple[Recommendation, ...] = Field(default=(), strict=False)
    """Those still open and the latest closed ones, oldest first; all are in the history."""
    alerts: tuple[Alert, ...] = Field(default=(), strict=False)
    """Those nobody has taken and the latest others, oldest first."""
    plan: RelapsePlan | None = None
    risk_screens: tuple[RiskScreen, ...] = Field(default=(), strict=False)
    """The latest, oldest first; all are in the history."""
    safety_plan: SafetyPlan | None = None
    consent: Consent | None = None
    work_logs: tuple[TreatmentLog, ...] = Field(default=(), strict=False)
    """The latest work that is not a contact; all of it is in the history."""
    follow_up_days: int | None = None
    """The patient's own interval between follow-ups, in place of the registry's."""
    treating_clinician: Clinician | None = None
    diagnoses: tuple[Diagnosis, ...] = Field(default=(), strict=False)
    """The principal one first."""
    date_referred: LocalDay | None = None
    sex_at_birth: Annotated[SexAtBirth, Field(strict=False)] | None = None
    medications: tuple[Medication, ...] = Field(default=(), strict=False)
    """The current medications, by name; they follow from the entries' `medication_changes`."""
    appointment_change: AppointmentChange | None = None
    """The next appointment as it was last set apart from a contact."""
    ehr_id: str = ""
    """The patient's id in the registry's link to its health record system."""
    departure: Departure | None = None
    """The state of the record before its last deactivation; None once it was reopened."""
    imported: str | None = None
    """The id of the import that made the record; None where it was enrolled here."""
    joined: tuple[str, ...] = Field(default=(), strict=False)
    """The ids of the records that were merged into this one: their histories are this patient's too."""
    legal_hold: LegalHold | None = None
    next_due: str | None = None
    """The local day (`YYYY-MM-DD`) the earliest reason falls due; None when nothing ever will."""
    turns: Annotated[tuple[Turn, ...], Field(strict=False)] | None = None
    """The audit entries the outcome records follow, cut short, oldest first; None until first made."""
    version: int

    @property
    def histories(self) -> tuple[str, ...]:
        """The ids whose histories together are the patient's, the record's own first."""
        return (self.id, *self.joined)

    @property
    def next_appointment(self) -> str | None:
        """The local day agreed for the next contact, wherever it was agreed."""
        return self.course.appointment

    @property
    def birth_year(self) -> int | None:
        """Return the year of birth; None where none is known."""
        return self.born.year if self.born else None

    @property
    def born(self) -> date | None:
        """Return the birth date; None where none is known, or an older system wrote it in another form."""
        try:
            return date.fromisoformat(self.date_of_birth)
        except ValueError:
            return None
