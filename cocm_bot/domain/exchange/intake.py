"""The neutral form that every source is read into: patients with contacts, before anything is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from cocm_bot.domain.exchange.notes import Place
from cocm_bot.domain.exchange.packing import packed, unpacked
from cocm_bot.domain.records.agreements import ConsentKind, DeactivationReason
from cocm_bot.domain.records.care_details import Diagnosis
from cocm_bot.domain.vocabulary import EntryType, Flag, Status, VisitType


@dataclass(frozen=True)
class ContactIn:
    """One contact, or other work, as far as the source tells of it."""

    place: Place
    day: date
    contact_type: EntryType
    at: float | None = None
    """The instant (seconds UTC), where the source has one; else the local noon of the day."""
    visit_type: VisitType | None = None
    no_show: bool = False
    minutes: float = 0
    scores: Mapping[str, float] = field(default_factory=dict)
    answers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    self_harm: Mapping[str, int] = field(default_factory=dict)
    note: str = ""
    provider: str = ""
    """The provider, as the source calls them."""


@dataclass(frozen=True)
class FlagIn:
    """A flag; its times in seconds UTC, where the source has them."""

    flag_type: Flag
    raised: float | None = None
    resolved: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class PatientIn:
    """One patient as far as the source tells of them."""

    place: Place
    mrn: str
    first_name: str
    last_name: str
    born: date | None = None
    phone_number: str = ""
    email: str = ""
    payer: str = ""
    status: Status | None = None
    """None where the source says no more than that the patient is in the program."""
    reason: DeactivationReason | None = None
    reason_note: str = ""
    left_on: date | None = None
    enrolled: date | None = None
    consent: tuple[ConsentKind, date] | None = None
    flags: tuple[FlagIn, ...] = ()
    contacts: tuple[ContactIn, ...] = ()
    waiting: bytes = b""
    """The contacts packed, where many patients wait for each other; see `whole`."""
    care_manager: str = ""
    """As the source calls them."""
    treating_clinician: str = ""
    """As the source calls them."""
    diagnoses: tuple[Diagnosis, ...] = ()

    @property
    def lightened(self) -> "PatientIn":
        """Return the patient with the contacts packed."""
        return replace(self, contacts=(), waiting=packed(self.contacts))

    @property
    def whole(self) -> "PatientIn":
        """Return the patient with the contacts as they were."""
        return replace(self, contacts=unpacked(self.waiting), waiting=b"") if self.waiting else self

    @property
    def person(self) -> tuple[str, str, date | None]:
        """Return what tells two people apart."""
        return self.first_name.casefold(), self.last_name.casefold(), self.born
