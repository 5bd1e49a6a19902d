"""Patients whose month lacks a few minutes to the next billing code, while there is time to work them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cocm_bot.domain.billing.codes import ADD_ON, proposed
from cocm_bot.domain.patient import PatientSummary
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.settings.registry_settings import Rhythm

NEAR_MINUTES = 10
"""A short call."""


@dataclass(frozen=True)
class Near:
    """A patient, the minutes of their month, and how many are missing to which code."""

    summary: PatientSummary
    minutes: int
    missing: int
    code: str


def near_codes(summaries: Iterable[PatientSummary], policy: CarePolicy, now: datetime) -> list[Near]:
    """Return whose minutes are near the next code, nearest first; none for units that payers hardly take."""
    found = []
    for summary in summaries:
        proposal = proposed(as_of(summary, policy, now), policy)
        missing, code = proposal.to_next
        capped = code == ADD_ON and proposal.add_ons >= policy.billing.most_add_ons
        if proposal.minutes and missing <= NEAR_MINUTES and not capped:
            found.append(Near(summary, proposal.minutes, missing, code))
    return sorted(found, key=lambda near: (near.missing, near.summary.handle))


def working_days_left(rhythm: Rhythm, day: date) -> int:
    """The working days from a local day, included, to the end of its month."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return sum(rhythm.works_on(day + timedelta(days=ahead)) for ahead in range((following - day).days))
