"""The bot's own export: a line of JSON for the registry, then one for each patient with the whole history.

docs/export.md describes it. What follows from the history is left out: whoever reads it computes that again.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.arrivals import Arrival, Landing
from cocm_bot.domain.exchange.notes import Place
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.course import Course
from cocm_bot.domain.records.history import AuditLog, TreatmentLog, Voided
from cocm_bot.domain.records.patient import TAIL, Patient

FORMAT, VERSION = "cocm-bot", 1
DERIVED = frozenset(
    {
        *("patient_flag", "initial_assessment", "last_follow_up", "last_psychiatric_consult"),
        *("relapse_prevention_plan", "total_sessions", "weeks_since_initial_assessment", "plan"),
        *("minutes_this_month", "minutes_month", "treatment_logs", "audit_logs", "work_logs"),
        *("course", "next_due"),
    }
)
"""The attributes of a patient that follow from the history."""
_UNDERIVED: Mapping[str, Any] = {
    "patient_flag": None,
    "initial_assessment": None,
    "last_follow_up": None,
    "last_psychiatric_consult": None,
    "relapse_prevention_plan": None,
    "total_sessions": 0,
    "weeks_since_initial_assessment": None,
    "minutes_this_month": 0,
    "minutes_month": "",
    "treatment_logs": (),
    "audit_logs": (),
}


def head(registry: Registry) -> str:
    """Return the first line: the form, its version, and which registry it is of."""
    told = {"id": registry.id, "name": registry.name, "timezone": registry.timezone}
    return _line({"format": FORMAT, "version": VERSION, "registry": told})


def line_of(each: Arrival) -> str:
    """Return the line of one patient."""
    patient = {name: value for name, value in each.patient.model_dump().items() if name not in DERIVED}
    contacts = [log.model_dump(exclude={"voided"}) for log in each.logs]
    return _line(
        {
            "kind": "patient",
            "patient": patient,
            "contacts": contacts,
            "voids": [void.model_dump() for void in each.voids],
            "audits": [audit.model_dump() for audit in each.audits],
        }
    )


def _line(held: Mapping[str, Any]) -> str:
    return json.dumps(held, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def origin(document: Mapping[str, Any]) -> str:
    """Return the id of the registry that an export is of, from its first line; raises InvalidInput."""
    if document.get("version") != VERSION:
        raise InvalidInput("The export is of another version of the bot: update the bot, then import it.")
    registry = document.get("registry")
    return str(registry.get("id", "")) if isinstance(registry, Mapping) else ""


def arrival_of(document: Mapping[str, Any], number: int, came_from: str, landing: Landing) -> Arrival:
    """Return the record of one line, counted from 1; raises InvalidInput naming the line and its fault.

    Into the registry it came from it keeps its id; into another it gets one of its own, since both may be in
    one table.
    """
    place = Place("export", f"line {number}")
    try:
        held = dict(document["patient"])
        logs = [TreatmentLog.model_validate(each) for each in document["contacts"]]
        voids = [Voided.model_validate(each) for each in document["voids"]]
        audits = [AuditLog.model_validate(each) for each in document["audits"]]
        started = _started(held)
        blank = {**_UNDERIVED, "course": Course(episode_started=started)}
        patient = Patient.model_validate({**held, **blank})
    except ValidationError as invalid:
        at = ".".join(map(str, invalid.errors(include_url=False, include_input=False)[0]["loc"]))
        raise InvalidInput(f"Line {number} of the export can't be read: {at}.") from None
    except (KeyError, TypeError, ValueError, IndexError):
        raise InvalidInput(f"Line {number} of the export is not a patient.") from None
    if came_from != landing.registry_id:
        patient = patient.model_copy(update={"id": landing.id_for("patient", patient.id)})
    return _derived(place, patient, logs, voids, audits, landing)


def _started(held: Mapping[str, Any]) -> float:
    episodes = held["episodes"]
    return float(episodes[-1]["started"] if episodes else held["date_created"])


def _derived(
    place: Place,
    patient: Patient,
    logs: list[TreatmentLog],
    voids: list[Voided],
    audits: list[AuditLog],
    landing: Landing,
) -> Arrival:
    if not audits:
        audits = [_imported(patient, landing)]
    latest = sorted(audits, key=lambda each: (each.created_date, each.id))[-TAIL:]
    patient = patient.model_copy(update={"audit_logs": tuple(latest)})
    voided = {each.log_id for each in voids}
    counting = [log for log in logs if log.id not in voided]
    return Arrival(place, derive(patient, counting, landing.policy, landing.at), logs, audits, voids)


def _imported(patient: Patient, landing: Landing) -> AuditLog:
    """Return the audit entry of a record that has none, from before there were any."""
    return AuditLog(
        id=landing.id_for("audit", patient.id),
        object_name=AuditAction.IMPORTED.object_name,
        action=AuditAction.IMPORTED,
        user_id=landing.by,
        created_date=landing.at.timestamp(),
        version=patient.version,
    )
