"""FHIR R4 resources, in a bundle or one a line, as patients; what is not understood is noted."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.fhir.care import practitioners, with_care_team, with_conditions
from cocm_bot.domain.exchange.fhir.measures import Found, Measured, MeasureReader
from cocm_bot.domain.exchange.fhir.patients import (
    FhirNotes,
    Moment,
    Resource,
    concept_text,
    mapping_in,
    mappings_in,
    patient_of,
    place_of,
    replaced_by,
    with_episodes,
    with_flags,
)
from cocm_bot.domain.exchange.intake import ContactIn, PatientIn
from cocm_bot.domain.exchange.notes import NoteKind, Place
from cocm_bot.domain.exchange.trackers.values import minutes
from cocm_bot.domain.exchange.trackers.words import contact_type
from cocm_bot.domain.measures.scoring import check_self_harm, total
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, EntryType, VisitType

_VISITS: Mapping[str, VisitType] = {
    "VR": VisitType.TELEHEALTH,
    "AMB": VisitType.CLINIC,
    "HH": VisitType.HOME_VISIT,
}
"""The visit type by the class of an encounter (HL7 v3 ActCode)."""
_MEASURING = frozenset({"Observation", "QuestionnaireResponse"})
_READ = _MEASURING | {"Patient", "Encounter", "EpisodeOfCare", "Flag", "Condition", "CareTeam"}
_OUTLINED: Mapping[str, str] = {
    "Consent": "the kind of consent is not given: record the consent to Collaborative Care by hand",
    "Practitioner": "read for the names in care teams: invite the members",
}


def resources(documents: Iterable[Any]) -> Iterator[tuple[str, Resource]]:
    """Return the address (or nothing) and each resource, those inside bundles too; raises InvalidInput."""
    for document in documents:
        if not isinstance(document, Mapping) or "resourceType" not in document:
            raise InvalidInput("The file is FHIR, but holds something that is not a resource.")
        if document["resourceType"] != "Bundle":
            yield "", document
            continue
        for entry in mappings_in(document, "entry"):
            resource = mapping_in(entry, "resource")
            if "resourceType" in resource:
                yield str(entry.get("fullUrl") or ""), resource


def read_fhir(
    found: Iterable[tuple[str, Resource]], policy: CarePolicy, today: date, told: FhirNotes
) -> tuple[list[PatientIn], int]:
    """Return the patients of resources, and how many resources there were; `today` is the local day."""
    listed = list(found)
    people, known = _people(listed, policy, today, told)
    numbers = {each.mrn: each for each in people.values()}
    theirs: defaultdict[int, defaultdict[str, list[Resource]]] = defaultdict(lambda: defaultdict(list))
    ignored: Counter[str] = Counter()
    for _, resource in listed:
        kind = str(resource["resourceType"])
        if kind == "Patient":
            continue
        if kind not in _READ:
            ignored[kind] += 1
            continue
        reference, mrn = _subject(resource)
        owner = people.get(reference) or people.get("/".join(reference.split("/")[-2:]))
        owner = owner or (numbers.get(mrn) if mrn else None)
        if owner is not None:
            theirs[id(owner)][kind].append(resource)
        elif reference not in known:
            why = "no such patient in the file: not taken"
            told.add(NoteKind.ASKED, resource, "subject", reference or mrn, why)
    for kind, number in sorted(ignored.items()):
        why = _OUTLINED.get(kind, "no resource the bot reads: not taken")
        noted = NoteKind.ASKED if kind == "Consent" else NoteKind.LEFT
        told.add(noted, {"resourceType": kind}, "resource", number, why)
    called = practitioners(listed)
    distinct = {id(each): each for each in people.values()}
    return [_whole(each, theirs[key], called, policy, told) for key, each in distinct.items()], len(listed)


def _people(
    listed: Iterable[tuple[str, Resource]], policy: CarePolicy, today: date, told: FhirNotes
) -> tuple[dict[str, PatientIn], set[str]]:
    """Return the patients by each name they are referred to by, and the names of all Patient resources."""
    people: dict[str, PatientIn] = {}
    known: set[str] = set()
    replaced: dict[str, str] = {}
    for address, resource in listed:
        if resource["resourceType"] != "Patient":
            continue
        names = {address, f"Patient/{resource.get('id')}", str(resource.get("id"))} - {""}
        known |= names
        if other := replaced_by(resource):
            told.add(NoteKind.ASKED, resource, "link", other, "replaced by this record: taken as part of it")
            replaced |= dict.fromkeys(names, other)
        elif patient := patient_of(resource, policy, today, told):
            people |= dict.fromkeys(names, patient)
    for name, other in replaced.items():
        if patient := people.get(other) or people.get("/".join(other.split("/")[-2:])):
            people[name] = patient
        else:
            known.discard(name)
    return people, known


def _subject(resource: Resource) -> tuple[str, str]:
    """Return whom a resource is about: a reference without its version, or else a record number.

    A search for a number, and an identifier alone, are references too.
    """
    for name in ("subject", "patient"):
        subject = mapping_in(resource, name)
        reference = str(subject.get("reference") or "").partition("/_history/")[0]
        if searched := re.fullmatch(r"(?:.*/)?Patient\?identifier=(?:[^|]*\|)?(.+)", reference):
            return "", searched[1]
        if reference:
            return reference, ""
        if number := str(mapping_in(subject, "identifier").get("value") or "").strip():
            return "", number
    return "", ""


def _whole(
    patient: PatientIn,
    theirs: Mapping[str, Sequence[Resource]],
    names: Mapping[str, str],
    policy: CarePolicy,
    told: FhirNotes,
) -> PatientIn:
    patient = with_episodes(patient, theirs.get("EpisodeOfCare", ()), policy, told)
    patient = with_flags(patient, theirs.get("Flag", ()), policy, told)
    patient = with_conditions(patient, theirs.get("Condition", ()), told)
    patient = with_care_team(patient, theirs.get("CareTeam", ()), names, told)
    measured: Found = {}
    reader = MeasureReader(policy, told)
    for kind in sorted(_MEASURING):
        for resource in theirs.get(kind, ()):
            reader.read(resource, measured)
    contacts = list(_encounters(theirs.get("Encounter", ()), policy, told))
    contacts = _with_measures(patient, contacts, measured, told)
    contacts.sort(key=lambda each: each.day)
    return replace(patient, contacts=tuple(_assessed(contacts, told)))


def _encounters(found: Iterable[Resource], policy: CarePolicy, told: FhirNotes) -> Iterator[ContactIn]:
    for each in found:
        period = mapping_in(each, "period")
        start, end = (Moment(period.get(name), policy) for name in ("start", "end"))
        if each.get("status") != "finished":
            told.add(NoteKind.LEFT, each, "status", each.get("status"), "an encounter that is not finished")
            continue
        if start.day is None:
            told.add(NoteKind.ASKED, each, "period", None, "no day: not taken")
            continue
        spent = _length(each)
        if (
            spent is None
            and start.at is not None
            and end.at is not None
            and 0 <= end.at - start.at <= 8 * 3600
        ):
            spent = (end.at - start.at) / 60
            told.add(NoteKind.ASSUMED, each, "period", f"{spent:g}", "its length taken as the minutes")
        code = str(mapping_in(each, "class").get("code"))
        kind = _encounter_type(each)
        yield ContactIn(
            place=place_of(each),
            day=start.day,
            at=start.at,
            contact_type=kind,
            visit_type=None if kind is ContactType.CONSULTATION else _VISITS.get(code),
            minutes=spent or 0,
            provider=_provider(each),
        )


def _length(resource: Resource) -> float | None:
    """Return an encounter's own length in minutes, where it tells one that can be true."""
    held = mapping_in(resource, "length")
    value = held.get("value")
    return minutes(value).value if held.get("code") == "min" and isinstance(value, int | float) else None


def _encounter_type(resource: Resource) -> EntryType:
    """Return what an encounter was for, by the words of its type; a follow-up where it has none."""
    texts = [concept_text(each) for each in mappings_in(resource, "type")]
    known = [contact_type(text).value for text in texts if contact_type(text).kind is not NoteKind.ASKED]
    return next((each for each in known if each is not None), ContactType.FOLLOW_UP)


def _provider(resource: Resource) -> str:
    for each in mappings_in(resource, "participant"):
        if display := mapping_in(each, "individual").get("display"):
            return str(display)
    return ""


def _with_measures(
    patient: PatientIn, contacts: list[ContactIn], measured: Found, told: FhirNotes
) -> list[ContactIn]:
    """Return the contacts with the measures of their day; a day with measures alone makes a contact."""
    by_day: defaultdict[date, list[Measured]] = defaultdict(list)
    for (day, _), each in measured.items():
        if each.totals or each.items:
            by_day[day].append(each)
    for day, found in sorted(by_day.items()):
        consult = ContactType.CONSULTATION
        seen = [each for each in contacts if each.day == day and each.contact_type is not consult]
        place = Place(patient.place.sheet, patient.place.cell)
        if seen:
            contacts.remove(seen[0])
            contact = seen[0]
        else:
            at = next((each.at for each in found if each.at is not None), None)
            contact = ContactIn(place, day, ContactType.FOLLOW_UP, at=at)
            resource = {"resourceType": place.sheet, "id": place.cell}
            why = "measures of a day without an encounter: taken as a contact of 0 minutes"
            told.add(NoteKind.ASSUMED, resource, "contact", day, why)
        contacts.append(_scored(contact, found, told))
    return contacts


def _scored(contact: ContactIn, found: Iterable[Measured], told: FhirNotes) -> ContactIn:
    scores, answers, harm = dict(contact.scores), dict(contact.answers), dict(contact.self_harm)
    where = {"resourceType": contact.place.sheet, "id": contact.place.cell}
    for each in found:
        measure, name = each.measure, each.measure.name
        totals = set(each.totals)
        item = measure.self_harm_item
        if item is not None and item in each.items:
            harm[name] = each.items[item]
        if len(each.items) == measure.items:
            answers[name] = tuple(each.items[number] for number in range(1, measure.items + 1))
            totals.add(float(total(measure, answers[name])))
        elif each.items and set(each.items) != {item} and not totals:
            missing = [str(one) for one in range(1, measure.items + 1) if one not in each.items]
            why = f"item {' and '.join(missing)} missing: {name} has no total"
            told.add(NoteKind.ASKED, where, name, contact.day, why)
        if len(totals) > 1:
            why = "several totals of one day that differ: none is taken, nor the items"
            told.add(NoteKind.ASKED, where, name, ", ".join(f"{one:g}" for one in sorted(totals)), why)
            answers.pop(name, None)
        elif totals:
            [scores[name]] = totals
        try:
            check_self_harm(measure, scores.get(name), harm.get(name))
        except InvalidInput:
            impossible = f"{scores.pop(name):g}"
            told.add(NoteKind.ASKED, where, name, impossible, "not possible with its self-harm answer")
    return replace(contact, scores=scores, answers=answers, self_harm=harm)


def _assessed(contacts: Sequence[ContactIn], told: FhirNotes) -> Sequence[ContactIn]:
    """Return the contacts, the first follow-up taken for the initial assessment where there is none."""
    if any(each.contact_type is ContactType.INITIAL_ASSESSMENT for each in contacts):
        return contacts
    first = next((each for each in contacts if each.contact_type is ContactType.FOLLOW_UP), None)
    if first is None:
        return contacts
    where = {"resourceType": first.place.sheet, "id": first.place.cell}
    why = "no initial assessment is given: the first contact is taken for it"
    told.add(NoteKind.ASSUMED, where, "contact_type", first.day, why)
    assessed = replace(first, contact_type=ContactType.INITIAL_ASSESSMENT)
    return [assessed if each is first else each for each in contacts]
