"""Lines about who treats a patient, for what and with what: for modals, where names may be shown."""

from collections.abc import Mapping
from datetime import date

from cocm_bot.domain.records.care_details import MEMBER, Medication
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.registries.ehr_link import ehr_link
from cocm_bot.slack.kit import clip, escape
from cocm_bot.slack.shared_views.lines.formatting import day, who

SHOWN = 120


def clinician_line(patient: Patient, names: Mapping[str, str]) -> str:
    """Return who treats the patient, as `Treating clinician: Samuel Adeyemi`."""
    treating = patient.treating_clinician
    if treating is None:
        return "Treating clinician: not named"
    name = names.get(treating.user_id or "", treating.name)
    left = " (no longer a member)" if treating.user_id and treating.user_id not in names else ""
    return f"Treating clinician: {escape(name)}{left}"


def clinician_text(text: str, names: Mapping[str, str]) -> str:
    """Return what an audit entry calls a treating clinician, with a member's name in the place of the id."""
    return who(text.removeprefix(MEMBER), names) if text.startswith(MEMBER) else escape(clip(text, SHOWN))


def treated_lines(patient: Patient) -> list[str]:
    """Return the diagnoses and the medication, a line each; nothing where neither is known."""
    lines = []
    if patient.diagnoses:
        lines.append(f"*Diagnoses* {escape(' · '.join(map(str, patient.diagnoses)))}")
    return [*lines, *medication_lines(patient)]


def medication_lines(patient: Patient) -> list[str]:
    """Return the current medication in a line; nothing where none is known. It names nobody."""
    if not patient.medications:
        return []
    return [f"*Medication* {' · '.join(map(_medication, patient.medications))}"]


def ehr_line(template: str, patient: Patient) -> list[str]:
    """Return the link to the patient's record in the clinic's system; nothing where there is none."""
    address = ehr_link(template, patient.ehr_id)
    return [f"<{address.replace('&', '&amp;')}|Open in the health record>"] if address else []


def _medication(taken: Medication) -> str:
    since = f"since {day(date.fromisoformat(taken.since))}"
    return escape(" ".join(filter(None, (taken.name, taken.dose, f"({since})"))))
