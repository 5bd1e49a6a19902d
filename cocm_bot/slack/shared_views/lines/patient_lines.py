"""Lines about a patient that several screens show: care manager, flags, safety alerts, snooze."""

from collections.abc import Mapping
from datetime import date

from cocm_bot.domain.records.course import PatientFlag
from cocm_bot.domain.records.patient import Patient, Snooze
from cocm_bot.domain.safety.alerts import is_paging
from cocm_bot.domain.safety.self_harm import quiet_alerts
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import clip, escape
from cocm_bot.slack.shared_views.lines.formatting import FLAG_MARKS, day, day_of, moment_of, who

REASON_SHOWN = 200


def care_manager_line(patient: Patient, names: Mapping[str, str]) -> str:
    """The care manager the patient is assigned to."""
    return f"Care manager: {who(patient.care_manager, names) if patient.care_manager else 'nobody yet'}"


def flag_line(flag: PatientFlag, names: Mapping[str, str], policy: CarePolicy) -> str:
    """A flag with who raised it, when and why, and how it was resolved."""
    raised, mark = day_of(flag.created_date, policy), FLAG_MARKS[flag.flag_type]
    by = f"{who(flag.created_by_provider_id, names)}{_why(flag.reason)}"
    if flag.resolved_date is None or flag.resolved_by_provider_id is None:
        return f"{mark} *{flag.flag_type}* since {raised} · {by}{_taken(flag, names, policy)}"
    settled = f"{who(flag.resolved_by_provider_id, names)}{_why(flag.resolved_reason)}"
    until = day_of(flag.resolved_date, policy)
    return f"{mark} {flag.flag_type}, {raised} to {until} · {by} · resolved by {settled}"


def alert_lines(patient: Patient, policy: CarePolicy) -> list[str]:
    """Return the safety alerts that nobody has taken yet, those included that page nobody."""
    paged = [
        f"⏰ *Safety alert* since {moment_of(each.at, policy)}: nobody has taken it yet."
        for each in patient.alerts
        if is_paging(each)
    ]
    quiet = [
        f"🔴 *Self-harm item of {escape(' and '.join(each.measures))} above 0* "
        f"on {day_of(each.contact_date, policy)}, typed in {day_of(each.at, policy)}: nobody was paged."
        for each in quiet_alerts(patient.alerts)
    ]
    return [*paged, *quiet]


def snooze_line(snooze: Snooze, names: Mapping[str, str]) -> str:
    """Like `Snoozed until 3 Dec 2026 by Cora Manager: on holiday`."""
    until = day(date.fromisoformat(snooze.until))
    why = escape(clip(" ".join(snooze.reason.split()), REASON_SHOWN))
    return f"💤 Snoozed until {until} by {who(snooze.by, names)}: {why}"


def _taken(flag: PatientFlag, names: Mapping[str, str], policy: CarePolicy) -> str:
    if flag.taken_by_provider_id is None or flag.taken_date is None:
        return ""
    return f"\n      Taken by {who(flag.taken_by_provider_id, names)}, {moment_of(flag.taken_date, policy)}"


def _why(reason: str) -> str:
    return f": {escape(clip(' '.join(reason.split()), REASON_SHOWN))}" if reason else ""
