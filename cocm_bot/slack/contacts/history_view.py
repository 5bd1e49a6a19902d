"""Every contact of a patient, and who changed what. Modals only: they show the name."""

from collections.abc import Iterator, Mapping

from cocm_bot.domain.members import Registry
from cocm_bot.domain.pages import page_of
from cocm_bot.domain.records.agreements import Recommendation, RelapsePlan
from cocm_bot.domain.records.history import AuditLog, Change, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.self_harm import answer_lines
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.contacts.history import History, Trail
from cocm_bot.slack import kit
from cocm_bot.slack.contacts.correction_view import PICK
from cocm_bot.slack.kit import (
    Block,
    Payload,
    button,
    clip,
    context,
    divider,
    escape,
    modal,
    section,
)
from cocm_bot.slack.shared_views.identity import subject, withheld
from cocm_bot.slack.shared_views.lines.care_lines import clinician_text
from cocm_bot.slack.shared_views.lines.formatting import day_of, moment_of, who
from cocm_bot.slack.shared_views.list_lines import unreadable

HISTORY_PAGE = "history-page"
CHANGES_PAGE = "changes-page"
CONTACTS_PER_PAGE = 8
CHANGES_PER_PAGE = 20
TEXT_SHOWN = 400
CHANGE_SHOWN = 150

_ATTRIBUTES = {
    "patient_mrn": "MRN",
    "patient_flag": "gravest flag",
    "total_sessions": "sessions",
    "follow_up_days": "own follow-up interval (days)",
    "ehr_id": "health record id",
}
"""The words for attributes whose names do not say it themselves."""


def history_view(history: History, registry: Registry, number: int) -> Payload:
    """A page of the contacts, latest first."""
    card, page = history.card, page_of(history.logs, number, CONTACTS_PER_PAGE)
    rows = [block for log in page.rows for block in (divider(), _entry(log, history, registry.policy))]
    return modal(
        "History",
        [
            context(subject(card.patient, registry)),
            *(rows or [section("No contact yet.")]),
            *kit.page_bar(page, HISTORY_PAGE, lambda number: f"{card.patient.handle} {number}"),
        ],
        "history",
    )


def changes_view(trail: Trail, registry: Registry, number: int) -> Payload:
    """A page of the audit trail, latest first."""
    card, page = trail.card, page_of(trail.entries, number, CHANGES_PER_PAGE)
    lines = [section(_change_line(entry, card.names, registry)) for entry in page.rows]
    return modal(
        "Changes",
        [
            context(subject(card.patient, registry)),
            *(lines or [section("No change is on record.")]),
            *kit.page_bar(page, CHANGES_PAGE, lambda number: f"{card.patient.handle} {number}"),
            *unreadable(trail.broken, "entries", ". Please tell your admin."),
        ],
        "changes",
    )


def _entry(log: TreatmentLog, history: History, policy: CarePolicy) -> Block:
    """One contact; one that was voided is struck out, with why."""
    patient, names = history.card.patient, history.card.names
    head = f"{day_of(log.date, policy)} · {log.contact_type}{', no-show' if log.no_show else ''}"
    details = list(_details(log, patient, names, policy))
    if log.voided is not None:
        void = log.voided
        why = f"⊘ Voided {day_of(void.at, policy)} · {who(void.by, names)}: {_short(void.reason)}"
        corrected = " Corrected by another entry." if void.replaced_by else ""
        return section("\n".join([*(f"~{line}~" for line in (head, *details)), f"{why}{corrected}"]))
    text = "\n".join([f"*{head}*", *details])
    if log.id not in history.correctable:
        return section(text)
    label = f"Correct the contact of {day_of(log.date, policy)}"
    correct = button("Correct", PICK, f"{patient.handle} {log.id}", accessibility_label=label)
    return section(text, accessory=correct)


def _details(
    log: TreatmentLog, patient: Patient, names: Mapping[str, str], policy: CarePolicy
) -> Iterator[str]:
    facts = [
        escape(log.provider_name) or who(log.provider, names),
        log.visit_type,
        f"{log.minutes:g} min",
        f"week {log.weeks_in_treatment}",
    ]
    yield " · ".join(filter(None, facts))
    if log.scores:
        scores = (f"{escape(score.score_name)} {score.score_value:g}" for score in log.scores)
        yield " · ".join(scores)
    yield from (escape(each) for each in answer_lines(log, policy, total=False))
    for name, answers in log.answers.items():
        yield f"{escape(name)} items: {', '.join(map(str, answers))}"
    if log.difficulty:
        yield f"Daily life: {escape(log.difficulty)}"
    yield from _agreed(log)
    if log.recommendation:
        current = (each for each in patient.recommendations if each.id == log.recommendation.id)
        yield from _recommendation(next(current, log.recommendation), names, policy)
    if log.plan:
        yield _plan(log.plan)
    if log.corrects:
        yield "Takes the place of an entry that was voided."


def _agreed(log: TreatmentLog) -> Iterator[str]:
    """Yield what was done, changed, agreed and noted."""
    if log.history:
        yield "Typed in from the past: nobody was paged."
    if log.safety_action:
        yield f"About self-harm: {_short(log.safety_action)}"
    if log.medication_changes:
        yield f"Medication: {_short('; '.join(map(str, log.medication_changes)))}"
    if log.next_appointment:
        yield f"Next appointment: {log.next_appointment}"
    if log.next_consult:
        yield f"Next consult: {log.next_consult}"
    if log.note:
        yield f"Note: {_short(log.note)}"


def _recommendation(given: Recommendation, names: Mapping[str, str], policy: CarePolicy) -> Iterator[str]:
    yield f"Recommended: {', '.join(given.kinds)}. {_short(given.text)}"
    for answer in given.answers:
        why = f": {_short(answer.reason)}" if answer.reason else ""
        yield f"{answer.answer} {day_of(answer.at, policy)} · {who(answer.user_id, names)}{why}"


def _plan(plan: RelapsePlan) -> str:
    parts = {
        "warning signs": plan.warning_signs,
        "what helps": plan.what_helps,
        "medication": plan.medication,
        "who to call": plan.whom_to_call,
        "next check": plan.next_check,
    }
    text = "; ".join(f"{name}: {_short(text)}" for name, text in parts.items() if text)
    return f"Relapse prevention plan: {text}"


def _change_line(entry: AuditLog, names: Mapping[str, str], registry: Registry) -> str:
    """One entry, like `12 Mar 2026 14:05 · Maya Okafor · contact logged · minutes this month 30 → 45`."""
    parts = [moment_of(entry.created_date, registry.policy), who(entry.user_id, names), escape(entry.action)]
    return " · ".join([*parts, *(_change(change, names, registry) for change in entry.changes)])


def _change(change: Change, names: Mapping[str, str], registry: Registry) -> str:
    name = _ATTRIBUTES.get(change.attribute, change.attribute.replace("_", " "))
    if withheld(change.attribute, registry):
        return f"{escape(name)} changed"
    before, after = (_value(change, text, names) for text in (change.before, change.after))
    if not change.before:
        return f"{escape(name)}: {after}"
    return f"{escape(name)} {before} → {after}"


def _value(change: Change, text: str, names: Mapping[str, str]) -> str:
    if not text:
        return "nothing"
    match change.attribute:
        case "care_manager":
            return who(text, names)
        case "treating_clinician":
            return clinician_text(text, names)
        case "diagnoses" | "medications":
            return _short(text)
    return _short(text, CHANGE_SHOWN)


def _short(text: str, longest: int = TEXT_SHOWN) -> str:
    return escape(clip(" ".join(text.split()), longest))
