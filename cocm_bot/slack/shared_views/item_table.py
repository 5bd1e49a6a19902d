"""The answers of the last measures, a line for each day and a column for each item.

A modal takes no table: the columns are those of fixed-width text, narrow enough for a phone.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.self_harm import score_of
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import Block, clip, context, escape, section

MOST_ITEMS = 10
"""Columns that fit on a phone; a longer form's answers are in the history."""
MOST_TABLES = 2
LONGEST_NAME = 8
UNKNOWN = "·"
RISK = "🔴"


def item_tables(patient: Patient, policy: CarePolicy) -> list[Block]:
    """Return a table for each measure that was entered item by item lately, the topics of its items below."""
    found: list[Block] = []
    for measure in policy.measures:
        lines = list(_lines(measure, in_order(patient.treatment_logs, policy), policy))
        if measure.topics and measure.items <= MOST_ITEMS and lines and len(found) < 2 * MOST_TABLES:
            table = "\n".join([_head(measure), *lines])
            found += [section(f"```{escape(table)}```"), context(_topics(measure))]
    return found


def _lines(measure: Measure, logs: Sequence[TreatmentLog], policy: CarePolicy) -> Iterator[str]:
    """Yield a line for each score, the latest first; none where no item was ever answered."""
    if not any(measure.name in log.answers for log in logs):
        return
    for log in reversed(logs):
        total = score_of(log, measure)
        if total is not None:
            yield _line(measure, log, total, policy.local_date(log.date))


def _head(measure: Measure) -> str:
    numbers = (_marked(measure, number, str(number)) for number in range(1, measure.items + 1))
    return f"{clip(measure.name, LONGEST_NAME):<8}{'':>3}{''.join(numbers)}"


def _line(measure: Measure, log: TreatmentLog, total: float, day: date) -> str:
    answers = log.answers.get(measure.name, ())
    known = log.self_harm.get(measure.name)
    cells = []
    for number in range(1, measure.items + 1):
        answer = answers[number - 1] if number <= len(answers) else None
        if answer is None and number == measure.self_harm_item:
            answer = known
        cells.append(_marked(measure, number, UNKNOWN if answer is None else str(answer)))
    risk = f" {RISK}" if known else ""
    return f"{f'{day.day} {day:%b}':<8}{total:>3g}{''.join(cells)}{risk}"


def _marked(measure: Measure, number: int, text: str) -> str:
    """Return a cell; that of the self-harm item is in brackets."""
    return f"[{text}]" if number == measure.self_harm_item else f" {text}"


def _topics(measure: Measure) -> str:
    return " · ".join(
        f"*{number} {escape(topic)}*" if number == measure.self_harm_item else f"{number} {escape(topic)}"
        for number, topic in enumerate(measure.topics, start=1)
    )
