"""Return what is due for a patient, since when and why: one rule per reason, in local calendar days.

Each rule names the day from which its reason holds if nothing else happens; a day in the future means
not yet. So the earliest day of all rules is the day the patient next needs somebody.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType

from cocm_bot.domain.due import consults, contacts, plans
from cocm_bot.domain.due.cause import Cause
from cocm_bot.domain.due.self_harm import self_harm_open
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status


class Reason(StrEnum):
    """A reason why a patient needs attention, gravest first."""

    SAFETY_RISK = "Safety risk"
    SELF_HARM_OPEN = "Self-harm item open"
    RELAPSE = "Relapse signs"
    WORSENING = "Consult due: worsening"
    NOT_IMPROVING = "Consult due: not improving"
    FLAGGED = "Consult due: flagged"
    NEVER_REVIEWED = "Consult due: never reviewed"
    STALE_CONSULT = "Consult due: stale"
    APPOINTMENT = "Appointment"
    FOLLOW_UP = "Follow-up due"
    MEASURE = "Measure due"
    ASSESSMENT = "Assessment due"
    PLAN = "Plan due"
    PLAN_CHECK = "Plan check"
    RECOMMENDATION = "Recommendation unanswered"
    TO_DISCUSS = "To discuss"
    LOST = "Lost to contact"

    @property
    def gravity(self) -> int:
        """The place in the order of gravity; 0 is the gravest."""
        return _GRAVITY[self]


_GRAVITY: Mapping[Reason, int] = MappingProxyType({reason: place for place, reason in enumerate(Reason)})


@dataclass(frozen=True)
class Due:
    """One reason, the local day it has held since, and the facts behind it, worded as of today."""

    reason: Reason
    since: date
    why: str


def due(summary: PatientSummary, policy: CarePolicy, now: datetime) -> list[Due]:
    """Return what is due at `now`, gravest first."""
    today = policy.local_date(now.timestamp())
    return [
        Due(reason, cause.since, cause.told(today))
        for reason, cause in _causes(summary, policy)
        if cause.since <= today
    ]


def next_due(summary: PatientSummary, policy: CarePolicy) -> date | None:
    """Return the local day of the earliest reason, past or to come; None when nothing ever falls due."""
    return min((cause.since for _, cause in _causes(summary, policy)), default=None)


def _causes(summary: PatientSummary, policy: CarePolicy) -> Iterator[tuple[Reason, Cause]]:
    if summary.status is Status.DEACTIVATED:
        return
    for reason in Reason:
        if cause := _RULES[reason](summary, policy):
            yield reason, cause


_RULES: Mapping[Reason, Callable[[PatientSummary, CarePolicy], Cause | None]] = MappingProxyType(
    {
        Reason.SAFETY_RISK: partial(plans.open_flag, Flag.SAFETY_RISK),
        Reason.SELF_HARM_OPEN: self_harm_open,
        Reason.RELAPSE: consults.relapse_signs,
        Reason.WORSENING: consults.worsening,
        Reason.NOT_IMPROVING: consults.not_improving,
        Reason.FLAGGED: consults.flagged,
        Reason.NEVER_REVIEWED: consults.never_reviewed,
        Reason.STALE_CONSULT: consults.stale_consult,
        Reason.APPOINTMENT: contacts.appointment,
        Reason.FOLLOW_UP: contacts.follow_up,
        Reason.MEASURE: contacts.measure,
        Reason.ASSESSMENT: contacts.assessment,
        Reason.PLAN: plans.plan,
        Reason.PLAN_CHECK: plans.plan_check,
        Reason.RECOMMENDATION: plans.recommendation,
        Reason.TO_DISCUSS: partial(plans.open_flag, Flag.NEEDS_DISCUSSION),
        Reason.LOST: contacts.lost,
    }
)
