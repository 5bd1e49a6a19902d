"""A month that was closed: what it came to then, and what is otherwise since. Times in seconds UTC."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from cocm_bot.domain.billing.claims import Claim
from cocm_bot.domain.records.billing_month import LedgerEntry
from cocm_bot.domain.records.record import Record


class ClosedClaim(Record):
    """One patient's claim, as it was or is."""

    patient_id: str
    handle: str
    patient_mrn: str
    payer: str | None = None
    minutes: int
    codes: str
    """Like `99492 + 1 × 99494`, or why there is none."""
    ready: bool


class Totals(Record):
    """The sums of a month's list."""

    patients: int
    coded: int
    """Those whose month gives a code."""
    ready: int
    minutes: int
    units: dict[str, int] = Field(default_factory=dict)
    """By code."""


class Closing(Record):
    """The closing of a month: its closer, its time (seconds UTC) and its totals."""

    month: str
    by: str
    at: float
    totals: Totals
    parts: int
    """The number of items that hold its claims."""
    told: str = ""
    """A mark of the changes that Finance was last notified of, so that each is sent once."""


class ClosedPart(Record):
    """Some of the claims of a closed month: an item holds a few hundred."""

    claims: tuple[ClosedClaim, ...] = Field(strict=False)


@dataclass(frozen=True)
class Change:
    """A claim that is another since its month was closed; None before it was there, or after it went."""

    before: ClosedClaim | None
    after: ClosedClaim | None

    @property
    def handle(self) -> str:
        """The patient's handle."""
        told = self.after or self.before
        return told.handle if told else ""


def closed_claim(entry: LedgerEntry, claim: Claim) -> ClosedClaim:
    """A claim as it is kept when its month is closed."""
    return ClosedClaim(
        patient_id=entry.patient_id,
        handle=entry.handle,
        patient_mrn=entry.patient_mrn,
        payer=entry.payer,
        minutes=claim.facts.minutes,
        codes=claim.codes,
        ready=claim.ready,
    )


def changes(then: Iterable[ClosedClaim], now: Iterable[ClosedClaim]) -> Mapping[str, Change]:
    """Return which claims are others than when their month was closed, by patient id."""
    before, after = ({each.patient_id: each for each in claims} for claims in (then, now))
    return {
        patient_id: Change(before.get(patient_id), after.get(patient_id))
        for patient_id in {**before, **after}
        if before.get(patient_id) != after.get(patient_id)
    }


def totals(claims: Sequence[Claim]) -> Totals:
    """Add up a list."""
    units: Counter[str] = Counter()
    for claim in claims:
        units.update(dict(claim.proposal.units))
    return Totals(
        patients=len(claims),
        coded=sum(claim.proposal.code is not None for claim in claims),
        ready=sum(claim.ready for claim in claims),
        minutes=sum(claim.facts.minutes for claim in claims),
        units=dict(sorted(units.items())),
    )
