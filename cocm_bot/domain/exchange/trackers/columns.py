"""Find the field of each column of a tracker, by the words of its header and of the heading above it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cocm_bot.domain.exchange.trackers.words import plain
from cocm_bot.domain.measures.catalogue import Measure


class Field(StrEnum):
    """A field that a column can hold; the value is its name in a mapping file."""

    MRN = "mrn"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    BORN = "date_of_birth"
    PHONE = "phone_number"
    EMAIL = "email"
    PAYER = "payer"
    STATUS = "status"
    ENROLLED = "enrolled"
    ASSESSED = "initial_assessment"
    LAST_SESSION = "last_session"
    LAST_REVIEW = "last_psychiatric_consult"
    LEFT_ON = "left_on"
    FLAGS = "flags"
    CONSENT = "consent"
    MANAGER = "care_manager"
    DATE = "contact_date"
    TYPE = "contact_type"
    VISIT = "visit_type"
    NO_SHOW = "no_show"
    MINUTES = "minutes"
    NOTE = "note"
    PROVIDER = "provider"
    SCORE = "score"
    FIRST_SCORE = "first score"
    FIRST_DATE = "first date"
    LAST_SCORE = "last score"
    LAST_DATE = "last date"
    ITEM = "item"
    DERIVED = "computed"
    """Follows from the contacts: the bot computes it itself."""
    IGNORED = "ignore"


OF_MEASURES = frozenset(
    {Field.SCORE, Field.FIRST_SCORE, Field.FIRST_DATE, Field.LAST_SCORE, Field.LAST_DATE, Field.ITEM}
)
DAYS = frozenset(
    {
        Field.BORN,
        Field.ENROLLED,
        Field.ASSESSED,
        Field.LAST_SESSION,
        Field.LAST_REVIEW,
        Field.LEFT_ON,
        Field.CONSENT,
        Field.DATE,
        Field.FIRST_DATE,
        Field.LAST_DATE,
    }
)
"""The fields whose cells are days."""


@dataclass(frozen=True)
class Column:
    """A column's field; with the measure, and the item counted from 1, where it is about one."""

    field: Field
    measure: str = ""
    item: int = 0

    def __str__(self) -> str:
        if not self.measure:
            return str(self.field)
        return f"{self.measure}: {self.field}{f' {self.item}' if self.item else ''}"


UNKNOWN = Column(Field.IGNORED)

_KNOWN: Mapping[Field, str] = MappingProxyType(
    {
        Field.MRN: "mrn|medical record|medical record number|patient mrn|mrn number|mrn no|chart|chart number"
        "|chart no|patient id|pt id|pt mrn|client id|patient no|patient number|expediente|no de expediente"
        "|historia clinica|patienten nr|patientennummer|numero de dossier|record number|emr id|ehr id"
        "|emr mrn|id",
        Field.NAME: "name|patient|patient name|full name|client|client name|pt name|pt|nombre completo"
        "|paciente",
        Field.FIRST_NAME: "first name|first|given name|firstname|forename|given|fname|pt first name|nombre"
        "|nombres|vorname|prenom",
        Field.LAST_NAME: "last name|last|surname|family name|lastname|family|lname|pt last name|apellido"
        "|apellidos|nachname|familienname|nom",
        Field.BORN: "dob|date of birth|birth date|birthdate|birthday|born|d o b|bday|birth"
        "|fecha de nacimiento|geburtsdatum|date de naissance",
        Field.PHONE: "phone|phone number|telephone|mobile|cell|cell phone|phone no|contact number|tel|ph"
        "|ph no|telefono|celular|telefon",
        Field.EMAIL: "e mail|email|email address|e mail address|correo|correo electronico|courriel",
        Field.PAYER: "payer|insurance|payor|insurer|health plan|insurance plan|primary insurance|prim ins"
        "|ins|insurance carrier|carrier|seguro|aseguradora|assurance",
        Field.STATUS: "treatment status|tx status|status|patient status|program status|enrollment status"
        "|tx stat|pt status|estado|statut",
        Field.ENROLLED: "enrollment date|enrolment date|date of referral|referral date|date enrolled|enrolled"
        "|date referred|referred|date created|enrolled on|start date|date of enrollment|enr date|enr dt"
        "|enroll date|ref date|fecha de ingreso|fecha de inscripcion|aufnahme|aufnahmedatum",
        Field.ASSESSED: "initial assessment|initial session|initial assessment date|first session"
        "|initial visit|intake date|date of initial assessment|initial contact|initial date"
        "|intake|initial session date|ia|ia date|ia dt|initial eval|initial evaluation|evaluacion inicial",
        Field.LAST_SESSION: "last session|last contact|last follow up|last visit|last seen|last f u|last fu"
        "|last follow up date|most recent contact|last contact date|last session date|most recent session"
        "|last fu date|last appt|last appointment|last encounter|ultima visita|ultimo contacto",
        Field.LAST_REVIEW: "last case review|last psychiatric consult|last psychiatric consultation"
        "|last consult|last psych consult|last review|psychiatric consultation date|most recent case review",
        Field.LEFT_ON: "discharge date|date graduated|graduation date|deactivation date|d c date|end date"
        "|deathdate|date of discharge|date closed|disenrollment date",
        Field.FLAGS: "flags|flag|patient flag|safety flag",
        Field.CONSENT: "consent date|consent|verbal consent|date of consent|consent obtained|consented",
        Field.MANAGER: "care manager|cm|bhcm|assigned to|bh care manager|behavioral health care manager",
        Field.DATE: "date|contact date|session date|visit date|date of service|dos|date of contact"
        "|encounter date|date of session|appointment date",
        Field.TYPE: "contact type|type|encounter type|session type|type of contact|contact|visit reason",
        Field.VISIT: "visit type|mode|modality|how|type of visit|method|setting|contact mode|delivery",
        Field.NO_SHOW: "no show|noshow|missed|dna|no show y n|attended",
        Field.MINUTES: "minutes|min|mins|time spent|duration|time min|time minutes|total minutes|length",
        Field.NOTE: "notes|note|comment|comments|session notes|remarks|narrative",
        Field.PROVIDER: "provider|clinician|by|staff|seen by|therapist|recorded by|treating provider",
        Field.DERIVED: "follow up due|total sess|total sessions|sessions|wks in tx|weeks in tx|weeks"
        "|weeks in treatment|minutes this month|next follow up due|wks|change|sess|weeks since initial"
        "|weeks since initial assessment|number of sessions|handle|age",
    }
)
_BY_WORDS: Mapping[str, Field] = MappingProxyType(
    {words: known for known, listed in _KNOWN.items() for words in listed.split("|")}
)
_FIRST, _LAST = (
    r"\b(?:first|initial|baseline|intake|start|pre)\b",
    r"\b(?:last|latest|current|recent|post|now)\b",
)


def column_of(header: str, heading: str, measures: Iterable[Measure]) -> Column:
    """Return what a column holds; a heading counts only where it names a measure, which the header does not.

    A measure's column under no better words is its score.
    """
    words = _unaccented(plain(header))
    for text in (words, f"{plain(heading)} {words}" if words else ""):
        found = _of_measure(text, measures)
        if found:
            return found
    return Column(_BY_WORDS[words]) if words in _BY_WORDS else UNKNOWN


def _unaccented(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(each for each in parts if not unicodedata.combining(each))


def _of_measure(text: str, measures: Iterable[Measure]) -> Column | None:
    squeezed = text.replace(" ", "")
    for measure in sorted(measures, key=lambda each: -len(each.name)):
        name = plain(measure.name).replace(" ", "")
        if not squeezed.startswith(name) and name not in squeezed:
            continue
        before, _, after = squeezed.partition(name)
        # "PHQ-9" is no part of "PHQ-90", and PHQ-2 none of "PHQ-2024".
        if before[-1:].isalpha() and not _whole(before, text):
            continue
        rest = _rest(text, name)
        if item := re.fullmatch(r"(?:q|item|question|i|no)?\s*(\d{1,2})(?: .*)?", rest):
            number = int(item[1])
            return Column(Field.ITEM, measure.name, number) if 1 <= number <= measure.items else None
        if measure.self_harm_item and re.search(r"\bsi\b|suicid|self ?harm", rest):
            return Column(Field.ITEM, measure.name, measure.self_harm_item)
        if after[:1].isdigit() and not rest:
            return None
        kind = _kind(rest)
        return Column(kind, measure.name) if kind in OF_MEASURES else Column(kind)
    return None


def _whole(before: str, text: str) -> bool:
    """Return whether the text before a measure's name ends with a word of the text."""
    words = text.split()
    return any("".join(words[:count]) == before for count in range(1, len(words)))


def _rest(text: str, name: str) -> str:
    """Return a header's words without the measure's name, which may be written apart (`phq 9`)."""
    pattern = r"\s?".join(map(re.escape, name))
    return " ".join(re.sub(pattern, " ", text, count=1).split())


def _kind(rest: str) -> Field:
    if re.search(r"change|diff|delta|improve|response|remission|severity|band", rest):
        return Field.DERIVED
    dated = re.search(r"\bdates?\b|\bon\b|\bwhen\b", rest)
    if re.search(_FIRST, rest):
        return Field.FIRST_DATE if dated else Field.FIRST_SCORE
    if re.search(_LAST, rest):
        return Field.LAST_DATE if dated else Field.LAST_SCORE
    return Field.LAST_DATE if dated else Field.SCORE
