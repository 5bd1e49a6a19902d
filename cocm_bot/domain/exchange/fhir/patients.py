"""FHIR R4's Patient, with the resources that speak of the whole patient, as a patient's details."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from cocm_bot.domain.exchange.intake import FlagIn, PatientIn
from cocm_bot.domain.exchange.notes import Note, NoteKind, Place
from cocm_bot.domain.exchange.trackers import words
from cocm_bot.domain.exchange.trackers.dates import EARLIEST, LATEST
from cocm_bot.domain.fields import Email
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Status

Resource = Mapping[str, Any]

_OTHER_NAMES = ("nickname", "old", "maiden")
NO_MRN = frozenset({"SS", "SB", "DL", "PPN", "TAX", "MB", "MC", "MA", "NI", "NPI", "PLAC", "FILL"})
"""Types of identifiers (HL7 table 0203) that are no medical record number."""
_NO_MRN_SYSTEM = re.compile(
    r"ssn|passport|npi\b|us-mbi|usdl|2\.16\.840\.1\.113883\.4\.(?:1|3\.\d+|6|330|572|927)$", re.IGNORECASE
)
"""Systems of the same by HL7's names: Social Security, driver's license, NPI, passport, Medicare."""
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)


class Moment:
    """A FHIR date or time: its local day and, where it has one, its instant in seconds UTC."""

    def __init__(self, text: object, policy: CarePolicy) -> None:
        self.day: date | None = None
        self.at: float | None = None
        if not isinstance(text, str):
            return
        try:
            if "T" in text:
                when = datetime.fromisoformat(text)
                when = when if when.tzinfo else when.replace(tzinfo=policy.zone)
                at, day = when.timestamp(), policy.local_date(when.timestamp())
            else:
                at, day = None, date.fromisoformat(text)
        except (ValueError, OverflowError):
            return
        if EARLIEST <= day < LATEST:
            self.at, self.day = at, day


@dataclass(frozen=True)
class FhirNotes:
    """Notes on resources: each place is a resource, and an element of it."""

    notes: list[Note] = field(default_factory=list)

    def add(self, kind: NoteKind, resource: Resource, element: str, value: object, why: str) -> None:
        """Note what became of an element of a resource."""
        place = place_of(resource)
        self.notes.append(Note(kind, place, element, "" if value is None else str(value), why))


def place_of(resource: Resource) -> Place:
    """Return the place of a resource: its type, and its id."""
    return Place(str(resource.get("resourceType", "resource")), str(resource.get("id", "")))


def patient_of(resource: Resource, policy: CarePolicy, today: date, told: FhirNotes) -> PatientIn | None:
    """Return the patient of a Patient resource; None, noted, for one without a number or a name."""
    mrn = _mrn(resource, told)
    first, last = _name(resource, told)
    if not mrn or not (first or last):
        what = "medical record number" if not mrn else "name"
        told.add(NoteKind.ASKED, resource, "identifier" if not mrn else "name", None, f"no {what}: not taken")
        return None
    reason, note, left_on = _left(resource, policy)
    return PatientIn(
        place=place_of(resource),
        mrn=mrn,
        first_name=first,
        last_name=last,
        born=_born(resource, policy, today, told),
        phone_number=_telecom(resource, "phone", told),
        email=_email(resource, told),
        status=Status.DEACTIVATED if reason else None,
        reason=reason,
        reason_note=note,
        left_on=left_on,
    )


def _mrn(resource: Resource, told: FhirNotes) -> str:
    """Return the identifier of type MR that is in use; of several the first, the others are noted.

    Without one the only identifier that may be a record number, as an assumption.
    """
    identifiers = sorted(mappings_in(resource, "identifier"), key=_is_old)
    known = [value for each in identifiers if "MR" in _types(each) and (value := _value(each))]
    possible = [value for each in identifiers if _may_be_mrn(each) and (value := _value(each))]
    if known:
        for other in known[1:]:
            told.add(NoteKind.LEFT, resource, "identifier", other, f"another record number beside {known[0]}")
        return known[0]
    if len(possible) == 1:
        why = "an identifier of no stated type: taken as the medical record number"
        told.add(NoteKind.ASSUMED, resource, "identifier", possible[0], why)
        return possible[0]
    return ""


def _is_old(identifier: Resource) -> bool:
    return identifier.get("use") == "old" or bool(mapping_in(identifier, "period").get("end"))


def _value(identifier: Resource) -> str:
    return str(identifier.get("value") or "").strip()


def _may_be_mrn(identifier: Resource) -> bool:
    """Return whether an identifier is not known to be a number of another kind."""
    if _types(identifier) & NO_MRN or _NO_MRN_SYSTEM.search(str(identifier.get("system") or "")):
        return False
    return not _SSN.fullmatch(_value(identifier))


def replaced_by(resource: Resource) -> str:
    """Return the reference of the record that took the place of this one; empty where none did."""
    links = [each for each in mappings_in(resource, "link") if each.get("type") == "replaced-by"]
    return next((str(mapping_in(each, "other").get("reference") or "") for each in links), "")


def _types(identifier: Resource) -> set[str]:
    return {str(coding.get("code")) for coding in mappings_in(mapping_in(identifier, "type"), "coding")}


def _name(resource: Resource, told: FhirNotes) -> tuple[str, str]:
    names = [each for each in mappings_in(resource, "name") if each.get("use") not in _OTHER_NAMES]
    ranked = sorted(names, key=lambda each: {"official": 0, "usual": 1}.get(str(each.get("use")), 2))
    for each in ranked:
        given = each.get("given")
        first = " ".join(map(str, given)) if isinstance(given, list) else ""
        last = str(each.get("family") or "")
        if first or last:
            return first, last
        if text := " ".join(str(each.get("text") or "").split()):
            first, _, last = text.rpartition(" ")
            why = "only a whole name: its last word taken as the last name"
            told.add(NoteKind.ASSUMED, resource, "name.text", text, why)
            return first, last
    return "", ""


def _born(resource: Resource, policy: CarePolicy, today: date, told: FhirNotes) -> date | None:
    text = resource.get("birthDate")
    born = Moment(text, policy).day
    if born is None:
        told.add(NoteKind.ASKED, resource, "birthDate", text, "no whole birth date: taken without one")
    elif born > today:
        told.add(NoteKind.REFUSED, resource, "birthDate", text, "a day in the future: taken without one")
        return None
    return born


def _email(resource: Resource, told: FhirNotes) -> str:
    email = _telecom(resource, "email", told).strip()
    try:
        return _EMAIL.validate_python(email)
    except ValueError:
        told.add(NoteKind.REFUSED, resource, "telecom", email, "no e-mail address: not taken")
        return ""


def _telecom(resource: Resource, system: str, told: FhirNotes) -> str:
    found = [each for each in mappings_in(resource, "telecom") if each.get("system") == system]
    values = [str(each["value"]) for each in found if each.get("value") and each.get("use") != "old"]
    for other in values[1:]:
        told.add(NoteKind.LEFT, resource, "telecom", other, "one more than a patient has room for")
    return values[0] if values else ""


def _left(resource: Resource, policy: CarePolicy) -> tuple[DeactivationReason | None, str, date | None]:
    """Return why the patient left, if so, in which words and when."""
    died = Moment(resource.get("deceasedDateTime"), policy).day
    if died is not None or resource.get("deceasedBoolean") is True:
        return DeactivationReason.DIED, "Deceased", died
    if resource.get("active") is False:
        return DeactivationReason.OTHER, "Inactive", None
    return None, "", None


def with_episodes(
    patient: PatientIn, episodes: Iterable[Resource], policy: CarePolicy, told: FhirNotes
) -> PatientIn:
    """Return the patient with the enrollment, and the end, that EpisodeOfCare resources tell of."""
    for each in episodes:
        period = mapping_in(each, "period")
        start, end = Moment(period.get("start"), policy).day, Moment(period.get("end"), policy).day
        if start and (patient.enrolled is None or start < patient.enrolled):
            patient = replace(patient, enrolled=start)
        if each.get("status") in ("finished", "cancelled") and patient.status is None:
            patient = replace(
                patient,
                status=Status.DEACTIVATED,
                reason=DeactivationReason.OTHER,
                reason_note="Episode of care ended",
                left_on=end,
            )
            told.add(NoteKind.ASSUMED, each, "status", each.get("status"), "taken as deactivated")
    return patient


def with_flags(
    patient: PatientIn, found: Iterable[Resource], policy: CarePolicy, told: FhirNotes
) -> PatientIn:
    """Return the patient with the flags of Flag resources that are active."""
    flags: list[FlagIn] = []
    for each in found:
        text = concept_text(each.get("code"))
        if each.get("status") != "active":
            told.add(NoteKind.LEFT, each, "status", each.get("status"), "a flag that is not active")
            continue
        read = words.flags(text)
        if not read.value:
            told.add(NoteKind.ASKED, each, "code", text, "an unknown flag: not taken")
            continue
        raised = Moment(mapping_in(each, "period").get("start"), policy)
        at = raised.at if raised.at is not None or raised.day is None else policy_noon(raised.day, policy)
        flags += [FlagIn(flag, at, reason=text) for flag in read.value]
    return replace(patient, flags=(*patient.flags, *flags))


def policy_noon(day: date, policy: CarePolicy) -> float:
    """Return the local noon of a day, in seconds UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=policy.zone).timestamp()


def concept_text(concept: object) -> str:
    """Return the words of a CodeableConcept."""
    if not isinstance(concept, Mapping):
        return ""
    displays = [str(each.get("display") or each.get("code") or "") for each in mappings_in(concept, "coding")]
    return str(concept.get("text") or next(filter(None, displays), ""))


def codings(concept: object) -> Sequence[Resource]:
    """Return the codings of a CodeableConcept."""
    return mappings_in(concept, "coding") if isinstance(concept, Mapping) else []


def mappings_in(resource: Mapping[str, Any], name: str) -> list[Resource]:
    """Return the elements of a list that are elements of FHIR; none where there is no list."""
    found = resource.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def mapping_in(resource: Mapping[str, Any], name: str) -> Resource:
    """Return an element; an empty one where there is none."""
    found = resource.get(name)
    return found if isinstance(found, Mapping) else {}
