"""The answers about self-harm in a patient's contacts, and those that are still missing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.measures.scoring import item_unknown, self_harm
from cocm_bot.domain.records.course import Alert
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.risk_screen import RiskScreen
from cocm_bot.domain.safety.alerts import is_open, is_paging
from cocm_bot.domain.settings.policy import CarePolicy

PAGED_LATELY = timedelta(days=1).total_seconds()
"""Seconds after a page in which nobody is paged again for what is typed in from the past."""


def score_of(log: TreatmentLog, measure: Measure) -> float | None:
    """Return a measure's total in a contact; None where it was not scored."""
    return next((each.score_value for each in log.scores if each.score_name == measure.name), None)


def answer_of(log: TreatmentLog, measure: Measure) -> int | None:
    """Return the answer to a measure's self-harm item in a contact; None where it is not known."""
    item, given = measure.self_harm_item, log.answers.get(measure.name, ())
    if item is None:
        return None
    return given[item - 1] if len(given) >= item else log.self_harm.get(measure.name)


def open_items(
    logs: Sequence[TreatmentLog], screens: Iterable[RiskScreen], policy: CarePolicy
) -> dict[str, float]:
    """Return the date of each measure's latest score whose self-harm answer is not known.

    `logs` are attended contacts in their order. A later score of the same measure that tells it, the answer
    alone, or a risk screen of that day or later, answers it.
    """
    screened = max((policy.local_date(each.at) for each in screens), default=date.min)
    found = {}
    for measure in policy.about_self_harm:
        told = [
            log for log in logs if score_of(log, measure) is not None or answer_of(log, measure) is not None
        ]
        if not told:
            continue
        latest = told[-1]
        unknown = item_unknown(measure, score_of(latest, measure), answer_of(latest, measure))
        if unknown and screened < policy.local_date(latest.date):
            found[measure.name] = latest.date
    return found


def told_none(log: TreatmentLog, policy: CarePolicy) -> bool:
    """Return whether a contact tells of an answer 0 to a self-harm item, and of none above it."""
    given = [(each, score_of(log, each), answer_of(log, each)) for each in policy.about_self_harm]
    if any(self_harm(measure, score, answer) for measure, score, answer in given):
        return False
    return any(answer == 0 or score == 0 for _, score, answer in given)


def calls_for_page(
    log: TreatmentLog,
    others: Iterable[TreatmentLog],
    alerts: Iterable[Alert],
    policy: CarePolicy,
    history_days: int,
    now: float,
) -> bool:
    """Return whether a contact with a self-harm answer pages the team at an instant (seconds UTC).

    One marked as history does not. Nor does one older than the setting (days) that a later answer of 0
    followed, or whose patient the team was paged about within a day or is paged about now: several old
    entries typed in make one page.
    """
    if log.history:
        return False
    day = policy.local_date(log.date)
    if (policy.local_date(now) - day).days <= history_days:
        return True
    later = (each for each in others if each.counts and policy.local_date(each.date) > day)
    if any(told_none(each, policy) for each in later):
        return False
    paged = (each for each in alerts if not each.quiet)
    return not any(is_paging(each) or now - each.at < PAGED_LATELY for each in paged)


def quiet_alerts(alerts: Iterable[Alert]) -> list[Alert]:
    """Return the alerts that nobody was paged about and nobody has taken yet."""
    return [each for each in alerts if each.quiet and is_open(each)]


def answer_in_short(log: TreatmentLog, measure: Measure) -> str:
    """Return a measure's self-harm answer as its number, or what else is known; empty for nothing."""
    score, answer = score_of(log, measure), answer_of(log, measure)
    if answer is not None:
        return str(answer)
    if item_unknown(measure, score, answer):
        return "not known"
    return "above 0" if self_harm(measure, score, answer) else ""


def answer_lines(log: TreatmentLog, policy: CarePolicy, *, total: bool = True) -> list[str]:
    """Return what a contact says of each self-harm item, like `PHQ-9 17, item 9: 1 · several days`.

    The answer is "not known" where a total leaves it open, and read off the total where that settles it.
    Without `total` that is left out, for where it is shown beside.
    """
    return [each for measure in policy.about_self_harm for each in _answer_lines(log, measure, total=total)]


def _answer_lines(log: TreatmentLog, measure: Measure, *, total: bool) -> Iterator[str]:
    score, answer = score_of(log, measure), answer_of(log, measure)
    if score is None and answer is None:
        return
    scored = f"{measure.name} {score:g}," if total and score is not None else measure.name
    if answer is not None:
        words = measure.answer_words(answer)
    elif item_unknown(measure, score, answer):
        words = "not known"
    else:
        words = (
            "above 0, as the total tells" if self_harm(measure, score, answer) else "0, as the total tells"
        )
    yield f"{scored} item {measure.self_harm_item}: {words}"
