"""A patient's calendar month as billing needs it: seconds of work, and the days that claims rest on."""

from pydantic import Field

from cocm_bot.domain.records.record import CompactRecord, LocalDay, Record


class Work(Record):
    """Minutes of one kind of work by one role in a month, in seconds."""

    kind: str
    """A type of contact, or other work, as it is stored."""
    role: str | None = None
    """The clinician's role; None where the entry names none."""
    seconds: int
    unconsented: int = 0
    """Those of them before the patient's consent."""
    counted: bool = True
    """True when this role's work counts toward a code."""


class BillingMonth(CompactRecord):
    """The billing facts of a patient's history for one local month (`YYYY-MM`). Days are local.

    Seconds are those of the roles that count; the days are the latest up to the month's end.
    """

    month: str
    seconds: int = 0
    """From the day of the consent on."""
    unconsented: int = 0
    """Before it, or all of them without a consent."""
    initial: bool = True
    """True when it is, or would be, an initial month."""
    last_worked: str | None = None
    """The latest month with billable work, this one included."""
    first_service: LocalDay | None = None
    last_service: LocalDay | None = None
    consented: LocalDay | None = None
    assessed: LocalDay | None = None
    """The initial assessment with a rating scale since billable work began, or began again."""
    measured: LocalDay | None = None
    reviewed: LocalDay | None = None
    """The psychiatric consultation."""
    clinician: bool = False
    """True when a treating clinician is named."""
    diagnosed: bool = False

    @property
    def minutes(self) -> int:
        """The whole minutes that count: seconds are added up and rounded down once."""
        return self.seconds // 60

    @property
    def minutes_before_consent(self) -> int:
        """The whole minutes that would count, had the patient agreed before."""
        return self.unconsented // 60

    @property
    def minutes_worked(self) -> int:
        """All whole minutes of the roles that count."""
        return (self.seconds + self.unconsented) // 60


class LedgerEntry(Record):
    """One patient's month in the ledger, with who it is a claim for."""

    patient_id: str
    handle: str
    patient_mrn: str
    first_name: str
    last_name: str
    date_of_birth: str
    payer: str | None = None
    clinician: str = ""
    diagnoses: tuple[str, ...] = Field(default=(), strict=False)
    consent_kind: str = ""
    work: tuple[Work, ...] = Field(default=(), strict=False)
    facts: BillingMonth
