"""Derive the claim of a patient's month: the codes, and each requirement met or missing.

Everything that speaks of a month's code asks here: the card, the digest, the figures and the billing list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cocm_bot.domain.billing.codes import PayerRules, Proposal, propose, rules_for
from cocm_bot.domain.billing.minutes import month_start
from cocm_bot.domain.records.billing_month import BillingMonth, LedgerEntry
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.code_sets import BillingRules
from cocm_bot.domain.settings.policy import CarePolicy

MEASURE_DAYS = 30
"""Days before the month in which a measure still counts for it."""


class Requirement(StrEnum):
    """A requirement of a claim; the value is what people read."""

    CONSENT = "consent before the minutes"
    ASSESSMENT = "initial assessment with a rating scale"
    MEASURE = "a measure in the month or the 30 days before"
    REVIEW = "psychiatric review"
    CLINICIAN = "treating clinician named"
    DIAGNOSIS = "diagnosis named"
    MINUTES = "minutes at a code's midpoint"


@dataclass(frozen=True)
class Line:
    """One requirement, and the day or figure that shows whether it is met."""

    requirement: Requirement
    met: bool
    why: str = ""


@dataclass(frozen=True)
class Claim:
    """A month's codes with their requirements."""

    facts: BillingMonth
    rules: PayerRules
    proposal: Proposal
    lines: Sequence[Line]

    @property
    def ready(self) -> bool:
        """Return whether it gives a code and nothing is missing."""
        return all(line.met for line in self.lines)

    @property
    def missing(self) -> Sequence[Line]:
        """The requirements that are not met."""
        return [line for line in self.lines if not line.met]

    @property
    def codes(self) -> str:
        """The codes in short, or why there is none."""
        if self.facts.seconds == 0 and self.facts.unconsented:
            return "no code: consent is missing" if not self.facts.consented else "no code: before consent"
        return self.proposal.codes


def claim(facts: BillingMonth, payer: str | None, billing: BillingRules) -> Claim:
    """Return what a month's facts give under a payer's rules."""
    rules = rules_for(payer, billing)
    proposal = propose(facts.minutes, initial=facts.initial, rules=rules)
    return Claim(facts, rules, proposal, list(_lines(facts, rules, proposal, billing)))


def claim_of(entry: LedgerEntry, billing: BillingRules) -> Claim:
    """Return what a patient's month in the ledger gives."""
    return claim(entry.facts, entry.payer, billing)


def current_claim(summary: PatientSummary, policy: CarePolicy) -> Claim:
    """Return what the month gives that a patient's record is true for."""
    return claim(facts_of(summary), summary.payer, policy.billing)


def facts_of(summary: PatientSummary) -> BillingMonth:
    """Return the billing facts of a record's month; empty for a record derived before they were kept."""
    return summary.course.month or BillingMonth(month=summary.minutes_month)


def _lines(
    facts: BillingMonth, rules: PayerRules, proposal: Proposal, billing: BillingRules
) -> Iterator[Line]:
    start = month_start(facts.month)
    yield _consent(facts)
    yield Line(Requirement.ASSESSMENT, facts.assessed is not None, facts.assessed or "none")
    yield _since(Requirement.MEASURE, facts.measured, start - timedelta(days=MEASURE_DAYS))
    if rules.code_set.needs_review:
        yield _since(Requirement.REVIEW, facts.reviewed, start - timedelta(weeks=billing.review_weeks))
    yield Line(Requirement.CLINICIAN, facts.clinician)
    yield Line(Requirement.DIAGNOSIS, facts.diagnosed)
    yield Line(Requirement.MINUTES, proposal.code is not None, proposal.arithmetic)


def _consent(facts: BillingMonth) -> Line:
    """Minutes before the consent count for nothing; the requirement holds for those that do."""
    before = facts.minutes_before_consent
    if facts.consented is None:
        why = f"none on record: {before} min do not count without it" if before else "none on record"
    else:
        why = facts.consented + (f", {before} min before it do not count" if before else "")
    return Line(Requirement.CONSENT, facts.consented is not None and not _all_before(facts), why)


def _all_before(facts: BillingMonth) -> bool:
    return facts.seconds == 0 and facts.unconsented > 0


def _since(requirement: Requirement, day: str | None, earliest: date) -> Line:
    met = day is not None and date.fromisoformat(day) >= earliest
    return Line(requirement, met, f"last {day}" if day else "none")
