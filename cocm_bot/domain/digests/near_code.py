"""Patients whose month lacks a few minutes to the next billing code, while there is time to work them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cocm_bot.domain.billing.claims import Claim, current_claim
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
    """Return whose minutes are near the next code, nearest first.

    None without a consent, whose minutes would count for nothing, nor for units that payers hardly take.
    """
    found = []
    for summary in summaries:
        claim = current_claim(as_of(summary, policy, now), policy)
        following = near(claim)
        if following is not None:
            found.append(Near(summary, claim.proposal.minutes, *following))
    return sorted(found, key=lambda each: (each.missing, each.summary.handle))


def near(claim: Claim) -> tuple[int, str] | None:
    """Return the few minutes a claim lacks to the next code, and which; None where a call gains nothing."""
    following, proposal = claim.proposal.to_next, claim.proposal
    if following is None or not proposal.minutes or claim.facts.consented is None:
        return None
    missing, code = following
    add_on = any(each.code == code and each.add_on_to for each in claim.rules.code_set.codes)
    unusual = add_on and claim.rules.cap is None and proposal.add_ons >= claim.rules.warn_above
    return following if missing <= NEAR_MINUTES and not unusual else None


def working_days_left(rhythm: Rhythm, day: date) -> int:
    """The working days from a local day, included, to the end of its month."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return sum(rhythm.works_on(day + timedelta(days=ahead)) for ahead in range((following - day).days))
