"""The safety plan of a patient at risk, in the six steps of Stanley and Brown.

Their paper: 10.1016/j.cbpra.2011.01.001.
"""

from cocm_bot.domain.records.record import Record

LONGEST_STEP = 1000
STEPS = {
    "warning_signs": "Warning signs",
    "alone": "What helps me when I am alone",
    "distraction": "People and places that distract me",
    "people": "People I can ask for help",
    "professionals": "Professionals and crisis line",
    "surroundings": "Making my surroundings safe",
}
"""The steps in their order, as the patient reads them."""


class SafetyPlan(Record):
    """The patient's own steps, one by one, when thoughts of suicide come."""

    warning_signs: str
    alone: str
    distraction: str
    people: str
    professionals: str
    surroundings: str
    written_by: str
    written_at: float
    """The time its words were last changed (seconds UTC)."""
    reviewed_by: str
    reviewed_at: float
    """The time it was last gone through, changed or not (seconds UTC)."""
