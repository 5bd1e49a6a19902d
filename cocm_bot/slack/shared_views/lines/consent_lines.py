"""A patient's agreements, in a line each: consent, and the relapse prevention plan."""

from collections.abc import Iterator
from datetime import date

from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.patients.card import Card
from cocm_bot.slack.shared_views.lines.formatting import day, day_of, who


def agreed_lines(card: Card, policy: CarePolicy) -> Iterator[str]:
    """The consent, or that it is missing, and the plan if there is one."""
    consent, plan = card.patient.consent, card.patient.plan
    if consent is None:
        yield "⚠️ No consent on record: needed before billable time."
    else:
        yield f"Consent: {consent.kind}, {day_of(consent.date, policy)}"
    if plan is not None:
        written = f"{day_of(plan.written_at, policy)} by {who(plan.written_by, card.names)}"
        whose = "Plan of an earlier episode" if earlier(card.patient, plan.written_at) else "Plan"
        yield f"{whose} written {written}, next check {day(date.fromisoformat(plan.next_check))}"


def earlier(patient: Patient, at: float) -> bool:
    """Return whether something of an instant (seconds UTC) belongs to an episode before the current one."""
    return len(patient.episodes) > 1 and at < patient.course.episode_started
