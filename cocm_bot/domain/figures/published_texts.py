"""The published quality measures in words of our own, and what each asks of the latest score in its window.

CBE 0710, 0711, 1884 and 1885: MN Community Measurement (CMS159 for 0710). DRR-E and DMS-E: NCQA's HEDIS.
CMS160 asks the same as DMS-E.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

EXCLUSIONS = (
    "Bipolar, psychotic, emotionally unstable personality and pervasive developmental disorders; death; "
    "hospice or palliative care; permanent nursing home residents."
)


class Goal(StrEnum):
    """The condition on the latest score in the window."""

    REMISSION = "remission"
    RESPONSE = "response"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True)
class Definition:
    """A published measure in our words."""

    name: str
    title: str
    population: str
    window: str
    exclusions: str = EXCLUSIONS


_INDEX = (
    "Patients of 12 years or older with major depression or dysthymia, at their index score: the first PHQ-9 "
    "above 9, or the first such after an earlier one's 14 months are over."
)
_ELEVATED = (
    "Patients of 12 years or older with depression, at their first PHQ-9 of 10 or more of an intake year "
    "(May to April)."
)
_FOLLOWED = "The latest PHQ-9 from 120 to 240 days after that score."


def _anniversary(months: int) -> str:
    return f"The latest PHQ-9 within 60 days of the day {months} months after the index score."


CBE: Mapping[Definition, tuple[int, Goal]] = {
    Definition("CBE 0711", "Depression remission at six months", _INDEX, _anniversary(6)): (
        6,
        Goal.REMISSION,
    ),
    Definition("CBE 0710 (CMS159)", "Depression remission at twelve months", _INDEX, _anniversary(12)): (
        12,
        Goal.REMISSION,
    ),
    Definition("CBE 1884", "Depression response at six months", _INDEX, _anniversary(6)): (6, Goal.RESPONSE),
    Definition("CBE 1885", "Depression response at twelve months", _INDEX, _anniversary(12)): (
        12,
        Goal.RESPONSE,
    ),
}
DRR_E: Mapping[Definition, Goal] = {
    Definition(f"DRR-E {goal}", f"Depression {goal} after 4 to 8 months", _ELEVATED, _FOLLOWED): goal
    for goal in (Goal.FOLLOW_UP, Goal.REMISSION, Goal.RESPONSE)
}
DMS_E = Definition(
    "DMS-E (CMS160)",
    "PHQ-9 used in each four-month period",
    "Patients of 12 years or older with major depression or dysthymia and an attended contact in a period of "
    "January to April, May to August, or September to December.",
    "A PHQ-9 in the same period.",
)
