"""Patients whose month lacks a few minutes to the next billing code, or one thing to a claim, in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cocm_bot.domain.billing.claims import Claim, Line, Requirement, current_claim
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.settings.registry_settings import Rhythm

NEAR_MINUTES = 10
"""A short call."""
DAYS_BEFORE_END = (10, 3)
"""Working days left in the month, the day included, on which missing items are listed."""


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


@dataclass(frozen=True)
class Unready:
    """A patient whose month's claim misses one thing."""

    summary: PatientSummary
    claim: Claim
    line: Line
    """The requirement that is missing."""


def unready(summaries: Iterable[PatientSummary], policy: CarePolicy, now: datetime) -> list[Unready]:
    """Return whose claim of this month misses one thing that can still be done, by handle.

    Only patients with work this month; missing minutes count where a short call would do.
    """
    found = []
    for summary in summaries:
        claim = current_claim(as_of(summary, policy, now), policy)
        if claim.facts.minutes_worked and (line := _one_thing(claim)):
            found.append(Unready(summary, claim, line))
    return sorted(found, key=lambda each: each.summary.handle)


def _one_thing(claim: Claim) -> Line | None:
    missing = claim.missing
    if claim.facts.consented is None:
        # Without a consent no minutes count yet: those are no second thing to do.
        missing = [line for line in missing if line.requirement is not Requirement.MINUTES]
    if len(missing) != 1:
        return None
    [line] = missing
    return line if line.requirement is not Requirement.MINUTES or near(claim) else None


def working_days_left(rhythm: Rhythm, day: date) -> int:
    """The working days from a local day, included, to the end of its month."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return sum(rhythm.works_on(day + timedelta(days=ahead)) for ahead in range((following - day).days))
