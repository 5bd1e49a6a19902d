"""An entry of a patient's history in a line, as the card and the review show it. Modals only."""

from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.records.history import Score, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.self_harm import answer_in_short
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType
from cocm_bot.slack.kit import clip, escape
from cocm_bot.slack.shared_views.lines.formatting import day_of

NOTE_SHOWN = 200


def contact_line(log: TreatmentLog, policy: CarePolicy) -> str:
    """Return an entry with its date, type, minutes, scores and note."""
    what = f"{log.contact_type}, no-show" if log.no_show else str(log.contact_type)
    parts = [day_of(log.date, policy), what]
    if log.visit_type and not log.no_show:
        parts.append(log.visit_type)
    if log.minutes or not (log.no_show or log.contact_type is ContactType.CONSULTATION):
        # Nobody is asked for the minutes of a no-show, nor a psychiatrist for theirs.
        parts.append(f"{log.minutes:g} min")
    parts += [_scored(score, log, policy) for score in log.scores]
    if log.medication_changes:
        parts.append(escape(clip("; ".join(map(str, log.medication_changes)), NOTE_SHOWN)))
    note = f"\n      _{escape(clip(' '.join(log.note.split()), NOTE_SHOWN))}_" if log.note else ""
    return f"• {' · '.join(parts)}{note}"


def _scored(score: Score, log: TreatmentLog, policy: CarePolicy) -> str:
    """A total, with the answer to its self-harm item where it has one: `PHQ-9 17 (item 9: 2)`."""
    measure = next((each for each in policy.about_self_harm if each.name == score.score_name), None)
    answer = answer_in_short(log, measure) if measure else ""
    asked = f" (item {measure.self_harm_item}: {answer})" if measure and answer else ""
    return f"{escape(score.score_name)} {score.score_value:g}{asked}"


def latest_notes(patient: Patient, policy: CarePolicy, most: int) -> list[str]:
    """Return the latest entries with a note, a line each, the last first."""
    entries = in_order((*patient.treatment_logs, *patient.work_logs), policy)
    noted = [log for log in reversed(entries) if log.note.strip()]
    return [contact_line(log, policy) for log in noted[:most]]
