"""The patient of a registry, with contacts, flags and audit entries. All times are seconds UTC."""

from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field

from cocm_bot.domain.records.agreements import Consent, Recommendation, RelapsePlan, StoredDeactivationReason
from cocm_bot.domain.records.billing_month import BillingMonth
from cocm_bot.domain.records.care_details import (
    AppointmentChange,
    Clinician,
    Diagnosis,
    Medication,
    MedicationChange,
    SexAtBirth,
)
from cocm_bot.domain.records.record import CompactRecord, Instant, LocalDay, Record, WholeInstant
from cocm_bot.domain.records.risk_screen import RiskScreen
from cocm_bot.domain.records.safety_plan import SafetyPlan
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, Status, VisitType, WorkKind

# Stored enumerations arrive as plain strings, which strict mode would refuse.
StoredFlag = Annotated[Flag, Field(strict=False)]
StoredStatus = Annotated[Status, Field(strict=False)]
StoredEntryType = Annotated[ContactType, Field(strict=False)] | Annotated[WorkKind, Field(strict=False)]
StoredVisitType = Annotated[VisitType, Field(strict=False)]
StoredRole = Annotated[Role, Field(strict=False)]

SCHEMA_VERSION = "1"
LONGEST_REASON_LISTED = 120
"""Characters of a flag's reason that lists can show: the index carries them."""
TAIL = 5
"""The number of latest contacts and audit entries kept on the patient; all are items of their own."""


class Score(Record):
    """The total of one measure."""

    score_name: str
    score_value: float


class Voided(Record):
    """The reason why an entry no longer counts; the entry itself is never changed."""

    log_id: str
    """The id of the entry."""
    by: str
    at: float
    reason: str
    replaced_by: str | None = None
    """The id of the entry that corrects it."""


class TreatmentLog(Record):
    """One contact, attended or not, or work for the patient that is no contact."""

    id: str
    patient_mrn: str
    provider: str
    no_show: bool
    flag: StoredFlag | None
    weeks_in_treatment: int
    contact_type: StoredEntryType
    visit_type: StoredVisitType | None
    scores: tuple[Score, ...] = Field(strict=False)
    minutes: float
    date: Instant
    provider_role: StoredRole | None = None
    note: str = ""
    recorded_at: Instant
    answers: dict[str, Annotated[tuple[int, ...], Field(strict=False)]] = Field(default_factory=dict)
    """Item by item answers by measure, where they were entered."""
    difficulty: str | None = None
    """The answer to the functional-difficulty question of PHQ-9 and GAD-7."""
    self_harm: dict[str, int] = Field(default_factory=dict)
    """The answer to the self-harm item by measure, where it is known."""
    safety_action: str = ""
    """The action taken after a self-harm item above 0."""
    provider_name: str = ""
    """The source's name for the provider of an imported entry, where that is no member."""
    history: bool = False
    """Typed in or imported from the past, and marked so: what it says of self-harm pages nobody."""
    recommendation: Recommendation | None = None
    """The recommendation of a consultation, as it was given."""
    plan: RelapsePlan | None = None
    medication_changes: tuple[MedicationChange, ...] = Field(default=(), strict=False)
    next_appointment: LocalDay | None = None
    """The local day (`YYYY-MM-DD`) agreed for the next contact."""
    next_consult: LocalDay | None = None
    """The local day a consultation names for the next one."""
    corrects: str | None = None
    """The id of the entry this one takes the place of."""
    first_recorded: float | None = None
    """The time at which the first entry it replaces was recorded; None where it corrects none."""
    first_id: str | None = None
    """The id of that first entry."""
    voided: Voided | None = None
    """Filled in on reading; a voided entry counts for nothing."""

    @property
    def counts(self) -> bool:
        """Return whether the entry counts."""
        return self.voided is None

    @property
    def is_contact(self) -> bool:
        """Return whether it is one of the four types of contact, and no other work."""
        return isinstance(self.contact_type, ContactType)

    @property
    def with_patient(self) -> bool:
        """Return whether it is a contact with the patient; a consultation is between clinicians."""
        return self.is_contact and self.contact_type is not ContactType.CONSULTATION


class Change(Record):
    """One attribute an edit changed, in words: `minutes`, `30`, `45`."""

    attribute: str
    before: str
    after: str


class AuditLog(Record):
    """One change: the user, the action and the time."""

    id: str
    object_name: str
    action: str
    user_id: str
    created_date: float
    changes: tuple[Change, ...] = Field(default=(), strict=False)
    version: int | None = None
    """The patient's version that this change made; None where it was not counted."""


class Turn(Record):
    """The part of an audit entry that figures follow: leaving, coming back, a status, an assignment."""

    at: float
    action: str
    changes: tuple[Change, ...] = Field(default=(), strict=False)


class PatientFlag(Record):
    """A flag that was raised, and perhaps resolved."""

    flag_type: StoredFlag
    created_by_provider_id: str
    created_date: Instant
    resolved_by_provider_id: str | None = None
    resolved_date: float | None = None
    reason: str = ""
    resolved_reason: str = ""
    raised_with: str | None = None
    """The id of its part in a bulk change; None for a flag that was raised on its own."""
    taken_by_provider_id: str | None = None
    """The member who last took the risk on; a safety risk's only."""
    taken_date: float | None = None


class Alert(Record):
    """A safety risk the team is notified of until somebody takes it, or it is over."""

    id: str
    raised_by: str
    at: float
    measures: tuple[str, ...] = Field(default=(), strict=False)
    """The measures whose self-harm item is above 0; none when a flag was raised by hand."""
    log_id: str | None = None
    """The contact that says so."""
    taken_by: str | None = None
    taken_at: float | None = None
    over_at: float | None = None
    """The time at which the risk was resolved, or the contact corrected, before anybody took it."""
    quiet: bool = False
    """Shown on the card alone: it is of a contact long ago, and nobody is paged."""
    contact_date: float | None = None
    """The date of the contact that says so; None for one from before this was kept, or without a contact."""


class MeasureCourse(CompactRecord):
    """One measure over the current episode."""

    first: float
    first_date: Instant
    latest: float
    latest_date: Instant
    count: int
    not_improved_since: Instant | None = None
    """Date of the first score of the current run of not improved scores; None when improved or undefined."""
    remission_since: Instant | None = None
    """Date of the first score of the current run of scores in remission; None when not in remission."""
    remission_confirmed: Instant | None = None
    """Date of the score of that run that confirms it, usually the second; None before it."""
    best: float | None = None
    """The best score of the episode."""
    worse_since: Instant | None = None
    """Date of the first score, of the current run of worse ones, that no consult has followed."""
    relapse_since: Instant | None = None
    """The same of scores that show a relapse in somebody who was well."""


class Course(CompactRecord):
    """The part of a patient's history that lists and due rules need; derived, and projected by the index."""

    episode_started: Instant
    last_contact: Instant | None = None
    last_no_show: Instant | None = None
    open_flags: dict[str, Instant] = Field(default_factory=dict)
    """Open flag type → when the oldest open one of that type was raised."""
    flag_reasons: dict[str, str] = Field(default_factory=dict)
    """Open flag type → why that one was raised, in the team's words, cut to `LONGEST_REASON_LISTED`."""
    review_flagged: Instant | None = None
    """The time of the oldest open review flag that no consult has followed."""
    recommended: Instant | None = None
    """The time of the oldest unanswered recommendation."""
    self_harm_open: dict[str, float] = Field(default_factory=dict)
    """Measure → date of its latest score, where that leaves open what the self-harm item's answer was."""
    month: BillingMonth | None = None
    """Billing facts of the month the record was last true for."""
    scores: dict[str, MeasureCourse] = Field(default_factory=dict)
    attempts: int = 0
    """Outreach attempts since the last attended contact."""
    appointment: LocalDay | None = None
    """The local day agreed for the next contact, until an attended contact on it or later."""
    appointment_agreed: float | None = None
    """Date of the contact it was agreed at."""
    plan_check: LocalDay | None = None
    """The local day the plan names as its next check, until an attended contact on it or later."""
    relapsed: float | None = None
    """Date of the last score that showed a relapse after the patient was well."""
    planned: bool = False
    """True if a relapse prevention plan was written since the episode's last relapse signs."""
    remitted: float | None = None
    """Date of the score that first confirmed remission in this episode."""
    follow_up_days: int | None = None
    """The patient's own interval between follow-ups."""
    resumed: float | None = None
    """The time at which the episode went on after the patient had left."""
    born: int | None = None
    """The year of birth, which tells two of one name apart."""
    next_consult: LocalDay | None = None
    """The local day that the latest consultation names for the next one."""


class Episode(Record):
    """One stay in the program; a patient who is reopened starts another, or goes on with the last."""

    started: Instant
    resumed: Instant | None = None
    """The time at which it last went on after the patient had left (seconds UTC)."""
    ended: Instant | None = None
    reason: StoredDeactivationReason | None = None
    note: str = ""
    """The reason in words, where one was given."""


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
