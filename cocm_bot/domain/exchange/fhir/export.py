"""A patient as FHIR R4 resources, a line of NDJSON each. docs/export.md has the mapping."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.exchange.fhir.care import ICD10
from cocm_bot.domain.exchange.fhir.codes import ANSWERS, ITEMS, LOINC, PANELS, TOTALS
from cocm_bot.domain.records.agreements import Answer, Recommendation
from cocm_bot.domain.records.care_details import Diagnosis
from cocm_bot.domain.records.course import PatientFlag
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status, VisitType

Resource = dict[str, Any]

_TERMS = "http://terminology.hl7.org/CodeSystem"
_TOTAL_CODES: Mapping[str, str] = {name: code for code, name in TOTALS.items()}
_ANSWER_CODES: Mapping[int, str] = {points: code for code, points in ANSWERS.items()}
_CLASSES: Mapping[VisitType, str] = {
    VisitType.CLINIC: "AMB",
    VisitType.IN_PERSON: "AMB",
    VisitType.GROUP: "AMB",
    VisitType.HOME_VISIT: "HH",
}
_TASKS: Mapping[Answer | None, str] = {
    None: "requested",
    Answer.ACCEPTED: "accepted",
    Answer.DECLINED: "rejected",
    Answer.DONE: "completed",
}


def resources_of(each: Arrival, names: Mapping[str, str]) -> Iterator[Resource]:
    """Return the resources of one patient; `names` are the members' by user id.

    A voided entry is marked `entered-in-error`.
    """
    patient, voided = each.patient, {void.log_id for void in each.voids}
    yield _patient(patient)
    yield from _episodes(patient)
    for number, diagnosis in enumerate(patient.diagnoses):
        yield _condition(patient, diagnosis, number)
    yield from _care_team(patient, names)
    for number, flag in enumerate(patient.flags):
        yield _flag(patient, flag, number)
    for log in each.logs:
        gone = log.id in voided
        yield _encounter(patient, log, names, gone=gone)
        yield from _measures(patient, log, gone=gone)
        if log.recommendation:
            given = next((one for one in patient.recommendations if one.id == log.id), log.recommendation)
            yield _task(patient, given, gone=gone)
    if patient.plan:
        yield _care_plan(patient)


def _patient(patient: Patient) -> Resource:
    mrn = {"coding": [{"system": f"{_TERMS}/v2-0203", "code": "MR"}]}
    telecom = [
        {"system": system, "value": value}
        for system, value in (("phone", patient.phone_number), ("email", patient.email))
        if value
    ]
    name = {"use": "official", "family": patient.last_name, "given": [patient.first_name]}
    found: Resource = {
        "resourceType": "Patient",
        "id": patient.id,
        "identifier": [{"type": mrn, "value": patient.patient_mrn}],
        "active": patient.status is not Status.DEACTIVATED,
        "name": [{key: value for key, value in name.items() if value not in ("", [""])}],
    }
    if telecom:
        found["telecom"] = telecom
    if patient.date_of_birth:
        found["birthDate"] = patient.date_of_birth
    return found


def _episodes(patient: Patient) -> Iterator[Resource]:
    for number, episode in enumerate(patient.episodes):
        period = {"start": _time(episode.started)}
        if episode.ended is not None:
            period["end"] = _time(episode.ended)
        yield {
            "resourceType": "EpisodeOfCare",
            "id": f"{patient.id}-e{number}",
            "status": "active" if episode.ended is None else "finished",
            "patient": _reference(patient),
            "period": period,
        }


def _condition(patient: Patient, diagnosis: Diagnosis, number: int) -> Resource:
    active = {"system": f"{_TERMS}/condition-clinical", "code": "active"}
    problem = {"system": f"{_TERMS}/condition-category", "code": "problem-list-item"}
    return {
        "resourceType": "Condition",
        "id": f"{patient.id}-d{number}",
        "clinicalStatus": {"coding": [active]},
        "category": [{"coding": [problem]}],
        "code": {"coding": [{"system": ICD10, "code": diagnosis.code}], "text": diagnosis.label},
        "subject": _reference(patient),
    }


def _care_team(patient: Patient, names: Mapping[str, str]) -> Iterator[Resource]:
    """Return who treats the patient by name; nothing where nobody is named."""
    treating = patient.treating_clinician
    roles = {
        "Care manager": names.get(patient.care_manager or "", ""),
        "Treating physician": names.get(treating.user_id or "", treating.name) if treating else "",
    }
    named = [{"role": [{"text": role}], "member": {"display": name}} for role, name in roles.items() if name]
    if named:
        yield {
            "resourceType": "CareTeam",
            "id": f"{patient.id}-team",
            "status": "active",
            "subject": _reference(patient),
            "participant": named,
        }


def _flag(patient: Patient, flag: PatientFlag, number: int) -> Resource:
    period = {"start": _time(flag.created_date)}
    if flag.resolved_date is not None:
        period["end"] = _time(flag.resolved_date)
    return {
        "resourceType": "Flag",
        "id": f"{patient.id}-f{number}",
        "status": "active" if flag.resolved_date is None else "inactive",
        "code": {"text": str(flag.flag_type)},
        "subject": _reference(patient),
        "period": period,
    }


def _encounter(patient: Patient, log: TreatmentLog, names: Mapping[str, str], *, gone: bool) -> Resource:
    status = "entered-in-error" if gone else "cancelled" if log.no_show else "finished"
    code = _CLASSES.get(log.visit_type, "VR") if log.visit_type else "VR"
    found: Resource = {
        "resourceType": "Encounter",
        "id": log.id,
        "status": status,
        "class": {"system": f"{_TERMS}/v3-ActCode", "code": code},
        "type": [{"text": str(log.contact_type)}],
        "subject": _reference(patient),
        "period": {"start": _time(log.date)},
        "length": {
            "value": log.minutes,
            "unit": "min",
            "system": "http://unitsofmeasure.org",
            "code": "min",
        },
    }
    if name := names.get(log.provider, log.provider_name):
        found["participant"] = [{"individual": {"display": name}}]
    return found


def _measures(patient: Patient, log: TreatmentLog, *, gone: bool) -> Iterator[Resource]:
    for score in log.scores:
        value = {"value": score.score_value, "system": "http://unitsofmeasure.org", "code": "{score}"}
        yield {
            **_observation(patient, log, f"{log.id}-{_slug(score.score_name)}", gone=gone),
            "code": _code(_TOTAL_CODES.get(score.score_name), score.score_name),
            "valueQuantity": value,
        }
    for name, answers in log.answers.items():
        if name in ITEMS and len(answers) == len(ITEMS[name]):
            yield _response(patient, log, name, answers, gone=gone)
    for name, answer in log.self_harm.items():
        if name not in log.answers and name in ITEMS and answer in _ANSWER_CODES:
            yield {
                **_observation(patient, log, f"{log.id}-{_slug(name)}-item", gone=gone),
                "code": _code(ITEMS[name][-1], f"{name}, item {len(ITEMS[name])}"),
                "valueCodeableConcept": {"coding": [{"system": LOINC, "code": _ANSWER_CODES[answer]}]},
            }


def _observation(patient: Patient, log: TreatmentLog, resource_id: str, *, gone: bool) -> Resource:
    survey = {"system": f"{_TERMS}/observation-category", "code": "survey"}
    return {
        "resourceType": "Observation",
        "id": resource_id,
        "status": "entered-in-error" if gone else "final",
        "category": [{"coding": [survey]}],
        "subject": _reference(patient),
        "encounter": {"reference": f"Encounter/{log.id}"},
        "effectiveDateTime": _time(log.date),
    }


def _response(
    patient: Patient, log: TreatmentLog, name: str, answers: Sequence[int], *, gone: bool
) -> Resource:
    items = [
        {
            "linkId": f"/{code}",
            "answer": [{"valueCoding": {"system": LOINC, "code": _ANSWER_CODES[points]}}],
        }
        for code, points in zip(ITEMS[name], answers, strict=True)
    ]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"{log.id}-{_slug(name)}-items",
        "questionnaire": f"{LOINC}/q/{PANELS[name]}",
        "status": "entered-in-error" if gone else "completed",
        "subject": _reference(patient),
        "encounter": {"reference": f"Encounter/{log.id}"},
        "authored": _time(log.date),
        "item": items,
    }


def _task(patient: Patient, given: Recommendation, *, gone: bool) -> Resource:
    latest = given.latest.answer if given.latest else None
    words = ": ".join(filter(None, (", ".join(map(str, given.kinds)), given.text)))
    return {
        "resourceType": "Task",
        "id": f"{given.id}-task",
        "status": "entered-in-error" if gone else _TASKS[latest],
        "intent": "proposal",
        "description": words,
        "for": _reference(patient),
        "authoredOn": _time(given.at),
    }


def _care_plan(patient: Patient) -> Resource:
    plan = patient.plan
    lines = (
        (
            f"Warning signs: {plan.warning_signs}",
            f"What helps: {plan.what_helps}",
            f"Medication: {plan.medication}",
            f"Whom to call: {plan.whom_to_call}",
            f"Next check: {plan.next_check}",
        )
        if plan
        else ()
    )
    return {
        "resourceType": "CarePlan",
        "id": f"{patient.id}-plan",
        "status": "active",
        "intent": "plan",
        "title": "Relapse prevention plan",
        "subject": _reference(patient),
        "note": [{"text": line} for line in lines],
    }


def _reference(patient: Patient) -> Resource:
    return {"reference": f"Patient/{patient.id}"}


def _code(code: str | None, text: str) -> Resource:
    return {"coding": [{"system": LOINC, "code": code}], "text": text} if code else {"text": text}


def _slug(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isascii() and character.isalnum())


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
