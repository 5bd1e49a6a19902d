"""The entries of a history: contacts, other work, corrections and audit. All times are seconds UTC."""

from typing import Annotated

from pydantic import Field

from cocm_bot.domain.records.agreements import Recommendation, RelapsePlan
from cocm_bot.domain.records.care_details import MedicationChange
from cocm_bot.domain.records.record import Instant, LocalDay, Record
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType, WorkKind

# Stored enumerations arrive as plain strings, which strict mode would refuse.
StoredFlag = Annotated[Flag, Field(strict=False)]
StoredEntryType = Annotated[ContactType, Field(strict=False)] | Annotated[WorkKind, Field(strict=False)]
StoredVisitType = Annotated[VisitType, Field(strict=False)]
StoredRole = Annotated[Role, Field(strict=False)]


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
