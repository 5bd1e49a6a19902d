"""The picture of the program's figures: small panels below each other, which name no patient."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from xml.etree.ElementTree import Element

from cocm_bot.domain.figures.courses import Course
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.figures.report import Report
from cocm_bot.slack.figures.panels import (
    GRID,
    HEIGHT,
    LARGE,
    LEFT,
    RIGHT,
    SMALL,
    TONES,
    WIDTH,
    Draw,
    Months,
    Panel,
)
from cocm_bot.slack.shared_views.lines.formatting import who
from cocm_bot.slack.shared_views.list_lines import counted
from cocm_bot.slack.shared_views.svg import (
    CURVE,
    INK,
    LETTER,
    column,
    dot,
    line,
    path,
    png,
    sheet,
    text,
    written,
)

STATUSES = (Status.RELAPSE_PREVENTION, Status.TREATMENT, Status.ENROLLED)
STATUS_TONES = {Status.ENROLLED: TONES[0], Status.TREATMENT: TONES[1], Status.RELAPSE_PREVENTION: TONES[2]}
OUTCOMES = (("improved", INK, ""), ("response", "#b3530a", "7 3"), ("remission", "#5f8f3a", "2 2.5"))
WAIT = "#8aa4c0"
RISING = "#b3530a"
MOST_MANAGERS = 3
"""Care managers with a tone of their own: so many names fit above the panel."""
MOST_COURSES = 60
KEPT = 4
"""The latest pictures are kept, some 50 KB each: a month's goes to several people, one after the other."""
IN_A_ROW = 12
CELL, CELL_HEIGHT = (RIGHT - 4) / IN_A_ROW, 34


def picture(report: Report, names: Mapping[str, str]) -> bytes:
    """Return the picture as PNG."""
    return _pixels(drawing(report, names))


@lru_cache(KEPT)
def _pixels(svg: str) -> bytes:
    # No patient is named in it: the trend of one is drawn each time, and not kept.
    return png(svg)


def drawing(report: Report, names: Mapping[str, str]) -> str:
    """Return the picture as SVG."""
    months = Months([each.period for each in report.months])
    panels: list[tuple[float, Draw]] = [
        (HEIGHT, partial(_caseload, report, months)),
        (HEIGHT, partial(_outcomes, report, months)),
        (HEIGHT, partial(_waits, report, months)),
        (HEIGHT, partial(_consults, report, months)),
        (HEIGHT, partial(_minutes, report, months, names)),
        (_courses_height(report), partial(_courses, report)),
    ]
    svg = sheet(WIDTH, sum(height for height, _ in panels))
    top = 0.0
    for height, draw in panels:
        draw(svg, top)
        top += height
    return written(svg)


def words(report: Report) -> str:
    """Return what the picture shows, for who does not see it."""
    first, last = report.months[0], report.months[-1]
    count = len(report.months)
    span = f"{first.period.first:%B %Y}"
    if count > 1:
        span = f"{count} months, {span} to {last.period.last:%B %Y}"
    rising = sum(course.rising for course in report.courses)
    latest, small = last.outcomes, report.small
    outcome = (
        f"In the last month improved {small.share(latest.improved.share)}, response "
        f"{small.share(latest.response.share)}, remission {small.share(latest.remission.share)}."
    )
    work = (
        f"{counted(sum(month.process.consults for month in report.months), 'consult')} and "
        f"{sum(month.work.minutes for month in report.months):,} minutes in all."
    )
    several = small.parts_told([rising, len(report.courses) - rising])[0] if report.courses else "0"
    shown = small.told(len(report.courses))
    patients = "patient" if shown == "1" else "patients"
    courses = f"Courses of {shown} {patients} of the period, {several} of them rising."
    return f"{span}. {_caseload_words(report)} {outcome} {work} {courses}"


def _caseload_words(report: Report) -> str:
    months, small = report.months, report.small
    low = min(months, key=lambda month: month.caseload.at_end)
    high = max(months, key=lambda month: month.caseload.at_end)
    begin, end, least, most = (
        small.told(each.caseload.at_end) for each in (months[0], months[-1], low, high)
    )
    if least == most:
        return f"Caseload {least} {'patient' if least == '1' else 'patients'} throughout."
    return (
        f"Caseload {begin} to {end} patients, lowest {least} ({low.period.first:%b %Y}), "
        f"highest {most} ({high.period.first:%b %Y})."
    )


def _caseload(report: Report, months: Months, svg: Element, top: float) -> None:
    panel = Panel(svg, top, months, max(month.caseload.at_end for month in report.months))
    key = [(str(status), STATUS_TONES[status], "") for status in reversed(STATUSES)]
    panel.title("Caseload at the end of the month", key)
    for place, month in enumerate(report.months):
        counts = report.small.parts([len(month.caseload.by_status.get(status, ())) for status in STATUSES])
        tones = [STATUS_TONES[status] for status in STATUSES]
        panel.stack(place, [(count or 0, tone) for count, tone in zip(counts, tones, strict=True)])


def _outcomes(report: Report, months: Months, svg: Element, top: float) -> None:
    panel = Panel(svg, top, months, 100, " %")
    panel.title("Share improved, in response and in remission", OUTCOMES)
    found = [month.outcomes for month in report.months]
    for values, (_, color, dashes) in zip(
        (
            [report.small.percent(each.improved.share) for each in found],
            [report.small.percent(each.response.share) for each in found],
            [report.small.percent(each.remission.share) for each in found],
        ),
        OUTCOMES,
        strict=True,
    ):
        panel.curve(values, color, 2, dashes)


def _waits(report: Report, months: Months, svg: Element, top: float) -> None:
    waits = [month.process.assessment_to_follow_up for month in report.months]
    panel = Panel(svg, top, months, max((max(each.days, default=0) for each in waits), default=0), " d")
    key = (("a patient", WAIT, ""), ("median", INK, ""))
    panel.title("Days from the assessment to the first follow-up", key)
    for place, each in enumerate(waits):
        if report.small.hides(len(each.days)):
            continue
        for days in each.days:
            dot(svg, months.x(place), panel.y(days), 2.6, WAIT)
        if each.median is not None:
            x, y = months.x(place), panel.y(each.median)
            half = min(months.step * 0.4, 9)
            line(svg, (x - half, y), (x + half, y), INK, 2)


def _consults(report: Report, months: Months, svg: Element, top: float) -> None:
    first, last = months.months[0].first, months.months[-1].last
    weeks: dict[date, int] = {}
    for record in report.records:
        for day in record.consults:
            if first <= day <= last:
                monday = day - timedelta(days=day.weekday())
                weeks[monday] = weeks.get(monday, 0) + 1
    panel = Panel(svg, top, months, max(weeks.values(), default=0))
    panel.title("Consults per week")
    width = max((months.of(first + timedelta(days=7)) - LEFT) * 0.7, 1.5)
    for monday, count in weeks.items():
        y = panel.y(count)
        x = max(months.of(monday), LEFT)
        column(svg, x, y, min(width, RIGHT - x), panel.foot - y, CURVE)


def _minutes(report: Report, months: Months, names: Mapping[str, str], svg: Element, top: float) -> None:
    """Draw the minutes of each month by care manager; above them the months of patients with a code."""
    worked = _busiest(report)
    managers = worked[:MOST_MANAGERS]
    tones = dict(zip(managers, _shades(len(managers)), strict=True))
    totals = [month.work.minutes for month in report.months]
    panel = Panel(svg, top, months, max(totals, default=0) * 1.1)
    key = [(_short(who(each, names)) if each else "nobody", tones[each], "") for each in managers]
    key += [("others", GRID, "")] if len(worked) > MOST_MANAGERS else []
    coded = [len(month.work.coded.part) for month in report.months]
    room = max(len(str(count)) for count in coded) * SMALL * LETTER + 2 <= months.step
    above = ", and how many months of patients give a code" if room else ""
    panel.title(f"Care-manager minutes{above}", key)
    for place, by_manager in enumerate(report.minutes):
        shown = [(by_manager.get(each, 0), tones[each]) for each in managers]
        others = sum(by_manager.values()) - sum(minutes for minutes, _ in shown)
        panel.stack(place, [*shown, (others, GRID)])
        if room and coded[place] and not report.small.hides(coded[place]):
            y = panel.y(totals[place]) - 3
            text(svg, months.x(place), y, str(coded[place]), SMALL, anchor="middle")


def _busiest(report: Report) -> Sequence[str | None]:
    totals: dict[str | None, int] = {}
    for month in report.minutes:
        for manager, minutes in month.items():
            totals[manager] = totals.get(manager, 0) + minutes
    worked = [manager for manager, minutes in totals.items() if minutes]
    return sorted(worked, key=lambda manager: -totals[manager])


def _shades(count: int) -> Sequence[str]:
    """Return blues from dark to light, distinct by lightness."""
    steps = [round(60 + 140 * place / max(count - 1, 1)) for place in range(count)]
    return [f"rgb({max(step - 50, 0)},{step},{min(step + 60, 245)})" for step in steps]


def _courses_height(report: Report) -> float:
    rows = -(-min(len(report.courses), MOST_COURSES) // IN_A_ROW)
    return 34 + max(rows, 1) * CELL_HEIGHT


def _courses(report: Report, svg: Element, top: float) -> None:
    shown = () if report.small.hides(len(report.courses)) else report.courses[:MOST_COURSES]
    title = f"{report.measure.name}: each patient's course" if report.measure else "Courses"
    text(svg, 4, top + 14, title, LARGE, bold=True)
    rising = sum(course.rising for course in report.courses)
    several = report.small.parts_told([rising, len(report.courses) - rising])[0]
    told = f"{len(shown)} of {report.small.told(len(report.courses))} shown, "
    told += f"{several} rising (orange, first)" if rising else "none rising"
    text(svg, LEFT, top + 28, told, SMALL)
    for place, course in enumerate(shown):
        row, cell = divmod(place, IN_A_ROW)
        _cell(report, course, svg, 8 + cell * CELL, top + 34 + row * CELL_HEIGHT)


def _cell(report: Report, course: Course, svg: Element, left: float, top: float) -> None:
    measure = report.measure
    if measure is None:
        return
    wide, high = CELL - 8, CELL_HEIGHT - 10
    days = max(course.points[-1][0], 1)

    def y(score: float) -> float:
        return top + high - high * (score - measure.minimum) / (measure.maximum - measure.minimum)

    if measure.improved_below is not None:
        line(svg, (left, y(measure.improved_below)), (left + wide, y(measure.improved_below)), GRID, 1)
    points = [(left + wide * day / days, y(score)) for day, score in course.points]
    color = RISING if course.rising else CURVE
    if len(points) > 1:
        path(svg, points, color, 2.2 if course.rising else 1.4)
    dot(svg, *points[-1], 2, color)


def _short(name: str) -> str:
    return name if len(name) <= 16 else f"{name[:15]}…"
