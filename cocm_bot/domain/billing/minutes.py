"""The minutes of a calendar month that count towards Collaborative Care billing."""

import math
from collections.abc import Iterable
from datetime import date

from cocm_bot.domain.patient import TreatmentLog
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Role


def billable(log: TreatmentLog) -> bool:
    """Return whether a contact stands and its minutes are care-manager work; one that names no role
    counts as it.
    """
    return log.counts and log.provider_role in (Role.CARE_MANAGER, None)


def minutes_in_month(logs: Iterable[TreatmentLog], policy: CarePolicy, month: str) -> int:
    """Billable minutes in the registry's local calendar month (`YYYY-MM`), rounded once, halves up."""
    # fsum is exact, so the order of the contacts cannot move a half.
    minutes = math.fsum(log.minutes for log in logs if billable(log) and policy.month(log.date) == month)
    return math.floor(minutes + 0.5)


def initial_month(logs: Iterable[TreatmentLog], policy: CarePolicy, since: date | None) -> str | None:
    """The local month (`YYYY-MM`) that is billed as the initial one of the episode that began on a day.

    It is the episode's first with billable minutes; None before that, and where the gap since earlier
    billable work is too short to bill an initial month again. `since` is None for the first episode.
    """
    worked = [log for log in logs if billable(log) and log.minutes > 0]
    current = [log for log in worked if since is None or policy.local_date(log.date) >= since]
    if not current:
        return None
    first = min(policy.month(log.date) for log in current)
    earlier = [month for log in worked if (month := policy.month(log.date)) < first]
    if earlier and _months(max(earlier), first) - 1 < policy.billing.gap_months:
        return None
    return first


def _months(earlier: str, later: str) -> int:
    """Calendar months from one `YYYY-MM` to another."""
    (year, month), (later_year, later_month) = (map(int, text.split("-")) for text in (earlier, later))
    return (later_year - year) * 12 + later_month - month
