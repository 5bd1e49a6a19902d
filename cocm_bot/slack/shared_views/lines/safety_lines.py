"""Lines about a patient's safety on the card: the latest risk screen and the safety plan."""

from collections.abc import Mapping

from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.risk_screen import TOPICS, Behavior, RiskScreen, Triage
from cocm_bot.domain.records.safety_plan import SafetyPlan
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import Block, clip, escape, section
from cocm_bot.slack.shared_views.lines.formatting import day_of, moment_of, who

NOTE_SHOWN = 200
_MARKS = {Triage.HIGH: "🔴", Triage.MODERATE: "🟠", Triage.LOW: "🟡", Triage.NOTHING: "⚪"}


def plan_line(plan: SafetyPlan, names: Mapping[str, str], policy: CarePolicy) -> str:
    """Return when and by whom it was written, and when it was last gone through."""
    written = f"Safety plan written {day_of(plan.written_at, policy)} by {who(plan.written_by, names)}"
    reviewed = f"last reviewed {day_of(plan.reviewed_at, policy)} by {who(plan.reviewed_by, names)}"
    return f"{written}, {reviewed}"


def screen_lines(patient: Patient, names: Mapping[str, str], policy: CarePolicy) -> list[Block]:
    """The latest risk screen: its result, what was answered, what was done and by whom."""
    if not patient.risk_screens:
        return []
    latest = patient.risk_screens[-1]
    mark, triage = _MARKS[latest.triage], latest.triage
    head = f"{mark} *Risk screen: {triage}* · {moment_of(latest.at, policy)} · {who(latest.by, names)}"
    done = f"Done: {', '.join(latest.done)}" if latest.done else "Nothing is recorded as done."
    note = f"\n_{escape(clip(' '.join(latest.note.split()), NOTE_SHOWN))}_" if latest.note else ""
    return [section(f"{head}\n{_answered(latest)}\n{done}{note}")]


def _answered(screen: RiskScreen) -> str:
    """Return what was said yes to, by topic."""
    yes = [TOPICS[name] for name in TOPICS if name != "behavior" and getattr(screen, name)]
    if screen.behavior is not Behavior.NEVER:
        yes.append(f"{TOPICS['behavior']}: {screen.behavior.lower()}")
    return "; ".join(yes) or "No question was answered with yes."
