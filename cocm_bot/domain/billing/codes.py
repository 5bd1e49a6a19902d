"""Propose the codes that the minutes of a month give under a payer's rules, with the reason; a person bills.

The sets of codes are data: `settings.code_sets`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cocm_bot.domain.settings.code_sets import BillingCode, BillingRules, CodeSet, bases


@dataclass(frozen=True)
class PayerRules:
    """The codes that apply to a payer, and how many units of an add-on it takes."""

    code_set: CodeSet
    cap: int | None
    """The payer's own figure; None where it is not known."""
    warn_above: int
    """Units above which to warn where it is not."""
    payer: str | None = None

    def codes(self, *, initial: bool) -> Sequence[BillingCode]:
        """The codes for an initial or a later month."""
        return [code for code in self.code_set.codes if code.serves(self.payer, initial=initial)]


def rules_for(payer: str | None, billing: BillingRules) -> PayerRules:
    """Return what applies to a payer in a registry."""
    found = billing.payer(payer)
    return PayerRules(billing.set_for(payer), found.cap if found else None, billing.most_add_ons, payer)


@dataclass(frozen=True)
class Proposal:
    """The codes for a month's minutes; no code below the least."""

    minutes: int
    initial: bool
    code: str | None
    add_on: str | None = None
    """The add-on code, where there are units of it."""
    add_ons: int = 0
    cut: int = 0
    """Units the minutes would give beyond what the payer takes."""
    over_cap: bool = False
    """More units than payers are expected to take, where this one's cap is not known."""
    low: int = 0
    """The first minute that gives the same codes."""
    high: int | None = None
    """The last one; None where no more minutes change them."""
    next_code: str | None = None

    @property
    def codes(self) -> str:
        """The codes in short, like `99492 + 2 × 99494`."""
        if self.code is None:
            return "no code yet"
        return f"{self.code} + {self.add_ons} × {self.add_on}" if self.add_ons else self.code

    @property
    def units(self) -> Sequence[tuple[str, int]]:
        """Each code with its units."""
        base = [(self.code, 1)] if self.code else []
        return [*base, (self.add_on, self.add_ons)] if self.add_on and self.add_ons else base

    @property
    def arithmetic(self) -> str:
        """Return the reason, like `45 min in the initial month: 36–85 give 99492`."""
        if self.code is None:
            least = "" if self.high is None else f": below {self.high + 1} nothing is billed"
            return f"{self.minutes} min{least}"
        month = "the initial month" if self.initial else "a later month"
        span = f"{self.low} and more" if self.high is None else f"{self.low}–{self.high}"
        cut = f" ({self.cut} more than the payer takes)" if self.cut else ""
        return f"{self.minutes} min in {month}: {span} give {self.codes}{cut}"

    @property
    def to_next(self) -> tuple[int, str] | None:
        """Return how many minutes are missing to the next code or unit, and which; None for none."""
        if self.high is None or self.next_code is None:
            return None
        return self.high + 1 - self.minutes, self.next_code


def propose(minutes: int, *, initial: bool, rules: PayerRules) -> Proposal:
    """Return the codes that a month's whole minutes give, in an initial or a later month."""
    codes = rules.codes(initial=initial)
    ladder = sorted(bases(codes), key=lambda code: code.midpoint)
    base = next((code for code in reversed(ladder) if code.midpoint <= minutes), None)
    following = next((code for code in ladder if code.midpoint > minutes), None)
    steps = [(following.midpoint, following.code)] if following else []
    if base is None:
        return _with_next(Proposal(minutes, initial, None), steps)
    add_on = next((code for code in codes if base.code in code.add_on_to), None)
    proposal = Proposal(minutes, initial, base.code, low=base.midpoint)
    if add_on is not None:
        proposal, more = _with_units(proposal, base, add_on, rules)
        steps += more
    return _with_next(proposal, steps)


def _with_units(
    proposal: Proposal, base: BillingCode, add_on: BillingCode, rules: PayerRules
) -> tuple[Proposal, list[tuple[int, str]]]:
    """The proposal with its units of an add-on, and the minute of the next one."""
    first = base.minutes + add_on.midpoint
    earned = max(0, (proposal.minutes - first) // add_on.minutes + 1)
    caps = [cap for cap in (add_on.cap, rules.cap) if cap is not None]
    units = min([earned, *caps])
    found = Proposal(
        proposal.minutes,
        proposal.initial,
        proposal.code,
        add_on=add_on.code if units else None,
        add_ons=units,
        cut=earned - units,
        over_cap=not caps and units > rules.warn_above,
        low=first + (units - 1) * add_on.minutes if units else proposal.low,
    )
    capped = bool(caps) and units >= min(caps)
    return found, [] if capped else [(first + units * add_on.minutes, add_on.code)]


def _with_next(proposal: Proposal, steps: Sequence[tuple[int, str]]) -> Proposal:
    if not steps:
        return proposal
    minute, code = min(steps)
    return replace(proposal, high=minute - 1, next_code=code)
