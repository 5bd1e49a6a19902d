"""The care around a patient in FHIR: diagnoses from Condition, and who treats from CareTeam."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from cocm_bot.domain.care.diagnoses import LONGEST_LABEL, MOST_DIAGNOSES, icd10_code
from cocm_bot.domain.exchange.fhir.patients import (
    FhirNotes,
    Resource,
    codings,
    concept_text,
    mapping_in,
    mappings_in,
)
from cocm_bot.domain.exchange.intake import PatientIn
from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.records.care_details import Diagnosis

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
_PRESENT = frozenset({"", "active", "recurrence", "relapse"})
"""The clinical states of a diagnosis that the patient has now; one without a state counts as such."""
_NEVER = frozenset({"entered-in-error", "refuted"})
_UNSURE = frozenset({"differential", "unconfirmed"})
_MANAGERS = re.compile(r"\b(?:care|case) (?:manager|coordinator)\b", re.IGNORECASE)
_TREATING = re.compile(
    r"\b(?:primary care|treating|attending|general practi\w+|family medicine|pcp|gp|physician)\b",
    re.IGNORECASE,
)


def with_conditions(patient: PatientIn, found: Iterable[Resource], told: FhirNotes) -> PatientIn:
    """Return the patient with the diagnoses of Condition resources, in the order of the file."""
    kept: dict[str, Diagnosis] = {}
    for each in found:
        diagnosis = _diagnosis(each, told)
        if diagnosis is None or diagnosis.code in kept:
            continue
        if len(kept) == MOST_DIAGNOSES:
            why = f"more than the {MOST_DIAGNOSES} diagnoses a patient has room for: not taken"
            told.add(NoteKind.ASKED, each, "code", diagnosis.code, why)
            continue
        kept[diagnosis.code] = diagnosis
    return replace(patient, diagnoses=(*patient.diagnoses, *kept.values()))


def _diagnosis(resource: Resource, told: FhirNotes) -> Diagnosis | None:
    text = concept_text(resource.get("code"))
    clinical, verified = _state(resource, "clinicalStatus"), _state(resource, "verificationStatus")
    if verified in _NEVER or clinical not in _PRESENT:
        told.add(
            NoteKind.LEFT, resource, "status", text, "a diagnosis the patient does not have now: not taken"
        )
        return None
    if verified in _UNSURE:
        told.add(NoteKind.ASKED, resource, "verificationStatus", text, "a diagnosis not confirmed: not taken")
        return None
    code, label = _icd10(resource.get("code"))
    if code is None:
        why = "no ICD-10-CM code: not taken, enter it among the care details"
        told.add(NoteKind.ASKED, resource, "code", text, why)
        return None
    if verified == "provisional":
        told.add(NoteKind.ASSUMED, resource, "verificationStatus", text, "a provisional diagnosis: taken")
    return Diagnosis(code=code, label=" ".join((text or label or code).split())[:LONGEST_LABEL])


def _icd10(concept: object) -> tuple[str | None, str]:
    for coding in codings(concept):
        code = icd10_code(str(coding.get("code") or "").strip())
        if code and "icd-10" in str(coding.get("system") or "").lower():
            return code, str(coding.get("display") or "")
    return None, ""


def _state(resource: Resource, name: str) -> str:
    """Return a state as R4 codes it, or as older releases write it."""
    held = resource.get(name)
    if isinstance(held, str):
        return held
    return next((str(coding.get("code") or "") for coding in codings(held)), "")


def with_care_team(
    patient: PatientIn, found: Iterable[Resource], people: Mapping[str, str], told: FhirNotes
) -> PatientIn:
    """Return the patient with care manager and treating clinician; `people` are names by reference."""
    for each in found:
        if each.get("status") in ("inactive", "entered-in-error", "proposed", "suspended"):
            told.add(NoteKind.LEFT, each, "status", each.get("status"), "a care team that is not active")
            continue
        for roles, name in _participants(each, people):
            if not name:
                told.add(NoteKind.ASKED, each, "participant", roles, "somebody without a name: not taken")
            elif _MANAGERS.search(roles) and not patient.care_manager:
                patient = replace(patient, care_manager=name)
            elif _TREATING.search(roles) and not patient.treating_clinician:
                patient = replace(patient, treating_clinician=name)
            else:
                why = "a member of the care team that the record has no place for: not taken"
                told.add(NoteKind.LEFT, each, "participant", f"{name}: {roles}", why)
    return patient


def _participants(resource: Resource, people: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for each in mappings_in(resource, "participant"):
        member = mapping_in(each, "member")
        reference = str(member.get("reference") or "")
        if reference.startswith("Patient/"):
            continue
        concepts = each.get("role")
        listed = concepts if isinstance(concepts, list) else [concepts]
        roles = ", ".join(filter(None, map(concept_text, listed)))
        yield roles, str(member.get("display") or people.get(reference) or "").strip()


def practitioners(found: Iterable[tuple[str, Resource]]) -> dict[str, str]:
    """Return the names of Practitioner resources by every reference to them."""
    names: dict[str, str] = {}
    for address, resource in found:
        if resource.get("resourceType") != "Practitioner":
            continue
        for each in mappings_in(resource, "name")[:1]:
            given = each.get("given")
            first = " ".join(map(str, given)) if isinstance(given, list) else ""
            whole = str(each.get("text") or "") or f"{first} {each.get('family') or ''}"
            names |= dict.fromkeys((address, f"Practitioner/{resource.get('id')}"), " ".join(whole.split()))
    return names
