"""The minutes of a calendar month that count towards Collaborative Care billing."""

import math
from collections.abc import Iterable

from cocm_bot.registry.patient import TreatmentLog
from cocm_bot.registry.policy import CarePolicy
from cocm_bot.registry.vocabulary import Role


def billable(log: TreatmentLog) -> bool:
    """Whether a contact stands and its minutes are care-manager work; one that names no role counts as it."""
    return log.counts and log.provider_role in (Role.CARE_MANAGER, None)


def minutes_in_month(logs: Iterable[TreatmentLog], policy: CarePolicy, month: str) -> int:
    """Billable minutes in the registry's local calendar month (`YYYY-MM`), rounded once, halves up."""
    # fsum is exact, so the order of the contacts cannot move a half.
    minutes = math.fsum(log.minutes for log in logs if billable(log) and policy.month(log.date) == month)
    return math.floor(minutes + 0.5)
