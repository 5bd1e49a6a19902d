"""The figures as tables: what a file holds, in the order of its sheets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.figures.caseload import Caseload
from cocm_bot.domain.figures.outcome import ESTABLISHED_DAYS, SCORE_DAYS
from cocm_bot.domain.figures.process import CONTACT_DAYS, Waits
from cocm_bot.domain.figures.program import ProgramFigures
from cocm_bot.domain.figures.shares import Tally
from cocm_bot.domain.figures.small_counts import ALL_TOLD, HIDDEN, SmallCounts
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.figures.report import RECALCULATING, Report

Cell = str | int | float | None
FORMER = "a former member"
NOBODY = "nobody"

_JUDGED = (
    f"Of those in the program {ESTABLISHED_DAYS} days or more with a first score at the line or above, on "
    f"the period's last day or the day they left, by the latest score of the {SCORE_DAYS} days before."
)
_STUCK = f"Of those judged so and not improved on day {ESTABLISHED_DAYS}, by the end of the period."
DEFINITIONS: Mapping[str, str] = {
    "Enrolled": "In the program at the end of the last day and not assessed yet.",
    "Treatment": "In the program at the end of the last day, in treatment.",
    "Relapse Prevention Plan": "In the program at the end of the last day, in relapse prevention.",
    "Served": "In the program on any day, the day of leaving included; an episode counts once.",
    "New": "Episodes that began, those of patients who had been here before included.",
    "Reopened": "Those of them of patients who had been here before.",
    "Back in the same episode": "Episodes that went on after the patient had left.",
    "Left": "Patients who left, for whatever reason.",
    "Per full-time care manager": "Patients with a care manager at the end, over those care managers.",
    "Two contacts or more": "Of the patients of each month, with two attended contacts in it.",
    "Measured": "Of the patients of each month, with a score of a deciding measure in it.",
    f"Contacted within {CONTACT_DAYS} days": (
        f"Of those whose day {CONTACT_DAYS} after enrollment fell into the period, with a contact by then."
    ),
    "Referral to assessment, days": "Median of the initial assessments of the period.",
    "Enrollment to assessment, days": "Median of the initial assessments of the period.",
    "Assessment to follow-up, days": "Median of the first follow-ups of the period.",
    "Consult since day 70": f"{_STUCK} A consult on day {ESTABLISHED_DAYS} or later.",
    "Treatment changed since day 70": (
        f"{_STUCK} A recommendation of medication, psychotherapy or referral was done since."
    ),
    "Graduated with a plan": "Of those who graduated, with a relapse prevention plan of the episode.",
    "Improved": f"{_JUDGED} Below the line now, or at least 50 % better than the first.",
    "Response": f"{_JUDGED} At least 50 % better than the first.",
    "Remission": f"{_JUDGED} In remission by the measure's line.",
    "Contacts": "Attended contacts with patients.",
    "Consults": "Psychiatric consultations.",
    "Minutes": "Care-manager minutes, each patient's month rounded down once.",
    "Months with a code": "Of the months of patients with minutes, those that give a code after the consent.",
}
"""Each figure, and who is counted, in the order of the tables."""


@dataclass(frozen=True)
class Sheet:
    """One table of the file."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def _doubts(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what keeps the figures from being whole: a file is read long after it was made."""
    if report.recalculating:
        yield "Made during a recalculation", RECALCULATING
    if report.unread:
        yield "Not counted", f"Patients whose record can't be read: {report.unread}."


def sheets(report: Report, names: Mapping[str, str]) -> Sequence[Sheet]:
    """Return the definitions, the months, each care manager and the published measures."""
    by_manager = [
        (names.get(manager, FORMER) if manager else NOBODY, figures)
        for manager, figures in report.by_care_manager.items()
    ]
    rows = [
        (name, *row)
        for name, figures in sorted(by_manager, key=_by_name)
        for row in _rows(figures, report.small)
    ]
    columns = ("Figure", "Count", "Of", "Value", "Not measured")
    return [
        Sheet("Definitions", ("Figure", "Who is counted"), [*_doubts(report), *DEFINITIONS.items()]),
        Sheet(
            "Monthly figures",
            ("Month", *columns),
            [
                (f"{month.period.first:%Y-%m}", *row)
                for month in report.months
                for row in _rows(month, report.small)
            ],
        ),
        Sheet("Per care manager", ("Care manager", *columns), list(_apart(rows))),
        Sheet("Published measures", _PUBLISHED, list(_published(report))),
    ]


def _apart(rows: Sequence[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """Yield the rows of all care managers, and hide a figure of each where it is hidden of one.

    Else the registry's figure without the others' would tell it.
    """
    hidden = {row[1] for row in rows if any(isinstance(cell, str) for cell in row[2:])}
    for manager, figure, count, *others in rows:
        if figure in hidden and count and not isinstance(count, str):
            yield (manager, figure, HIDDEN, None, None, None)
        else:
            yield (manager, figure, count, *others)


def _by_name(pair: tuple[str, ProgramFigures]) -> str:
    return pair[0].casefold()


def _rows(figures: ProgramFigures, small: SmallCounts) -> Iterator[Sequence[Cell]]:
    """Yield a row for each definition, then one for each reason of leaving and each code."""
    caseload, process, outcomes, work = figures.caseload, figures.process, figures.outcomes, figures.work
    by_status = [len(caseload.by_status.get(status, ())) for status in Status if status.value in DEFINITIONS]
    counts: list[Sequence[Cell]] = [
        *((count, None, None, None) for count in _parts(by_status, small)),
        _count(len(caseload.served), small),
        _count(len(caseload.enrolled), small),
        _count(len(caseload.reopened), small),
        _count(len(caseload.resumed), small),
        _count(sum(map(len, caseload.left.values())), small),
        _per_full_time(caseload, small),
        _share(process.contacted_twice, small),
        _share(process.measured, small),
        _share(process.contacted_early, small),
        _wait(process.referral_to_assessment, small),
        _wait(process.enrollment_to_assessment, small),
        _wait(process.assessment_to_follow_up, small),
        _share(process.consulted, small),
        _share(process.changed, small),
        _share(process.planned, small),
        _share(outcomes.improved, small),
        _share(outcomes.response, small),
        _share(outcomes.remission, small),
        _count(process.contacts, ALL_TOLD),
        _count(process.consults, ALL_TOLD),
        _count(work.minutes, ALL_TOLD),
        _share(work.coded, small),
    ]
    yield from ((name, *row) for name, row in zip(DEFINITIONS, counts, strict=True))
    left = sorted(caseload.left.items(), key=lambda pair: str(pair[0]))
    for (reason, _), count in zip(left, _parts([len(each) for _, each in left], small), strict=True):
        yield (f"Left: {reason or 'no reason given'}", count, None, None, None)
    for code, units in work.codes.items():
        yield (f"Code {code}, units", *_count(units, small))


def _parts(counts: Sequence[int], small: SmallCounts) -> Sequence[Cell]:
    """Return the parts of a total, those hidden in words."""
    shown = zip(small.parts(counts), small.parts_told(counts), strict=True)
    return [told if count is None else count for count, told in shown]


def _count(number: int, small: SmallCounts) -> Sequence[Cell]:
    return small.told(number) if small.hides(number) else number, None, None, None


def _share(tally: Tally, small: SmallCounts) -> Sequence[Cell]:
    share, unmeasured = tally.share, _count(len(tally.unmeasured), small)[0] or None
    percent = small.percent(share)
    if percent is None and share.whole:
        return small.share(share), None, None, unmeasured
    return share.part, share.whole, _rounded(percent), unmeasured


def _wait(waits: Waits, small: SmallCounts) -> Sequence[Cell]:
    if small.hides(len(waits.days)):
        return small.few, None, None, None
    return len(waits.days), None, _rounded(waits.median), None


def _per_full_time(caseload: Caseload, small: SmallCounts) -> Sequence[Cell]:
    if small.hides(caseload.assigned):
        return small.few, caseload.full_time, None, None
    return caseload.assigned, caseload.full_time, _rounded(caseload.per_full_time), None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


_PUBLISHED = (
    "Measure",
    "Title",
    "Met",
    "Of",
    "%",
    "Without a score in the window",
    "Population",
    "Window",
    "Exclusions",
    "What is missing",
)


def _published(report: Report) -> Iterator[Sequence[Cell]]:
    for result in report.published:
        part, whole, percent, unmeasured = _share(result.tally, report.small)
        text = result.definition
        missing = " ".join(result.missing)
        yield (
            text.name,
            text.title,
            part,
            whole,
            percent,
            unmeasured,
            text.population,
            text.window,
            text.exclusions,
            missing,
        )
