"""Last month's figures as a part of a message: counts in words, and charts that Slack draws.

Where Slack's own chart can't say it, or Slack does not know the block, a picture takes its place.
"""

from collections.abc import Sequence

from cocm_bot.domain.figures.program import ProgramFigures
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.figures.report import Report
from cocm_bot.slack.figures.charts import words
from cocm_bot.slack.figures.figures_view import IN_PROGRAM, doubts, headlines
from cocm_bot.slack.kit import Block, chart, context, section

SHOWN_MONTHS = 12
SHORT = {Status.RELAPSE_PREVENTION: "Relapse prevention"}
"""Names that have no room in a chart's key."""
FEWEST_POINTS = 2
"""A chart of one point says no more than its number."""


def month_blocks(report: Report, illustration: Sequence[Block]) -> list[Block]:
    """The month's counts, the charts or the picture, and what they show in words."""
    lines = "\n".join(headlines(report))
    return [
        section(f"*{report.figures.period.told}*\n{lines}"),
        *illustration,
        context(words(report)),
        *doubts(report),
    ]


def charts(report: Report) -> list[Block]:
    """The charts Slack can draw of the last twelve months: caseload, and outcome in percent."""
    months = report.months[-SHOWN_MONTHS:]
    return [*_caseload(report, months), *_outcomes(report, months)]


def _caseload(report: Report, months: Sequence[ProgramFigures]) -> list[Block]:
    """Return the caseload by status, or in all where a status is hidden; nothing where that is hidden too."""
    if len(months) < FEWEST_POINTS:
        return []
    by_status = [
        report.small.parts([len(month.caseload.by_status.get(status, ())) for status in IN_PROGRAM])
        for month in months
    ]
    series = {
        SHORT.get(status, status.value): [month[place] for month in by_status]
        for place, status in enumerate(IN_PROGRAM)
    }
    if any(None in counts for counts in series.values()):
        if any(report.small.hides(month.caseload.at_end) for month in months):
            return []
        series = {"Patients": [month.caseload.at_end for month in months]}
    told = {name: [float(count or 0) for count in counts] for name, counts in series.items()}
    return [chart("bar", "Caseload at the end of the month", _labels(months), told)]


def _outcomes(report: Report, months: Sequence[ProgramFigures]) -> list[Block]:
    """Return the shares of the latest months without a gap: each series needs a value for each month."""
    rows: list[tuple[ProgramFigures, list[float]]] = []
    for month in reversed(months):
        found = month.outcomes
        values = [
            report.small.percent(each.share) for each in (found.improved, found.response, found.remission)
        ]
        told = [round(value, 1) for value in values if value is not None]
        if len(told) < len(values):
            break
        rows.insert(0, (month, told))
    if len(rows) < FEWEST_POINTS:
        return []
    names = ("Improved", "Response", "Remission")
    series = {name: [told[place] for _, told in rows] for place, name in enumerate(names)}
    return [chart("line", "Improved, response, remission in percent", _labels([m for m, _ in rows]), series)]


def _labels(months: Sequence[ProgramFigures]) -> list[str]:
    return [f"{month.period.first:%b %Y}" for month in months]
