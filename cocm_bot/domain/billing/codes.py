"""Which billing codes the minutes of a month would give: the bot proposes and shows why, a person bills.

Codes and thresholds: CPT 99492–99494 with the midpoint rule, and HCPCS G2214, for the United States in 2026.
"""

from dataclasses import dataclass

from cocm_bot.domain.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy

LEAST = 16
"""Below this many minutes nothing can be billed."""
ADD_ON_STEP = 30


@dataclass(frozen=True)
class Base:
    """A month's base code: the minutes it stands for, and those from which it counts as reached."""

    code: str
    minutes: int
    midpoint: int


INITIAL = Base("99492", 70, 36)
LATER = Base("99493", 60, 31)
BRIEF = "G2214"
ADD_ON = "99494"


@dataclass(frozen=True)
class Proposal:
    """The codes for a month's minutes; no code below the least."""

    minutes: int
    initial: bool
    code: str | None
    add_ons: int
    over_cap: bool
    """More add-on units than the registry's payers are expected to take."""

    @property
    def codes(self) -> str:
        """The codes in short, like `99492 + 2 × 99494`."""
        if self.code is None:
            return "no code yet"
        return f"{self.code} + {self.add_ons} × {ADD_ON}" if self.add_ons else self.code

    @property
    def arithmetic(self) -> str:
        """Why, like `45 min in the initial month: 36–85 give 99492`."""
        if self.code is None:
            return f"{self.minutes} min: below {LEAST} nothing is billed"
        month = "the initial month" if self.initial else "a later month"
        low, high = self._span
        return f"{self.minutes} min in {month}: {low}–{high} give {self.codes}"

    @property
    def to_next(self) -> tuple[int, str]:
        """Return how many minutes are missing to the next code or unit, and which."""
        base = INITIAL if self.initial else LATER
        if self.code is None:
            return LEAST - self.minutes, BRIEF
        following = base.code if self.code == BRIEF else ADD_ON
        return self._span[1] + 1 - self.minutes, following

    @property
    def _span(self) -> tuple[int, int]:
        """The first and last minute that give the same codes."""
        base = INITIAL if self.initial else LATER
        if self.code == BRIEF:
            return LEAST, base.midpoint - 1
        first_add_on = base.minutes + LEAST
        start = base.midpoint if not self.add_ons else first_add_on + (self.add_ons - 1) * ADD_ON_STEP
        return start, first_add_on + self.add_ons * ADD_ON_STEP - 1


def propose(minutes: int, *, initial: bool, most_add_ons: int = 2) -> Proposal:
    """The codes that a month's care-manager minutes give, in the initial or a later month of an episode."""
    base = INITIAL if initial else LATER
    if minutes < LEAST:
        return Proposal(minutes, initial, None, 0, over_cap=False)
    if minutes < base.midpoint:
        return Proposal(minutes, initial, BRIEF, 0, over_cap=False)
    beyond = minutes - base.minutes - LEAST
    add_ons = beyond // ADD_ON_STEP + 1 if beyond >= 0 else 0
    return Proposal(minutes, initial, base.code, add_ons, over_cap=add_ons > most_add_ons)


def proposed(patient: PatientSummary, policy: CarePolicy) -> Proposal:
    """Return what the minutes of the month a patient's record is true for would give."""
    return propose(
        patient.minutes_this_month or 0,
        initial=patient.course.initial_month == patient.minutes_month,
        most_add_ons=policy.billing.most_add_ons,
    )
