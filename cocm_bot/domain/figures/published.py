"""Published quality measures, as far as a registry's record carries what they need.

Each result belongs to the period in which its window closed, so it does not change later.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cocm_bot.domain.fields import age
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord, Scored
from cocm_bot.domain.figures.periods import Period, add_months
from cocm_bot.domain.figures.published_texts import CBE, DMS_E, DRR_E, Definition, Goal
from cocm_bot.domain.figures.shares import Tally, tally
from cocm_bot.domain.records.agreements import DeactivationReason

PHQ_9 = "PHQ-9"
ELEVATED = 10
REMISSION_BELOW = 5
YOUNGEST = 12
MARGIN = timedelta(days=60)
FOLLOW_UP_FROM, FOLLOW_UP_TO = timedelta(days=120), timedelta(days=240)
DEPRESSION = ("F32", "F33", "F34.1")
"""ICD-10-CM: major depression and dysthymia."""
EXCLUDED = ("F30", "F31", "F20", "F21", "F22", "F23", "F24", "F25", "F28", "F29", "F60.3", "F84")
"""ICD-10-CM: bipolar, psychotic, emotionally unstable personality and pervasive developmental disorders."""
EXCLUDING = frozenset({DeactivationReason.DIED, DeactivationReason.HOSPICE, DeactivationReason.NURSING_HOME})
"""Reasons for leaving before the end of a measure's window that take a patient out of it."""
REASONS_TOLD = (
    "Death, hospice or palliative care, and a permanent nursing home exclude those who left for that reason; "
    "whatever else the record does not say excludes nobody."
)


@dataclass(frozen=True)
class Result:
    """A measure's result for a period, and what the record lacks for it."""

    definition: Definition
    tally: Tally
    """`unmeasured` are those without a score in the window; they are in the whole."""
    missing: Sequence[str]


def published_measures(records: Iterable[OutcomeRecord], period: Period) -> Sequence[Result]:
    """Return each measure's result for the windows that closed in a period.

    The records must hold all episodes of their patients. Outcome checks of those who left count as follow-up.
    """
    patients: defaultdict[str, list[OutcomeRecord]] = defaultdict(list)
    for record in records:
        if record.started <= period.last:
            patients[record.patient_id].append(record)
    everyone = [_Course(sorted(each, key=lambda record: record.number)) for each in patients.values()]
    counted = [each for each in everyone if each.counts]
    missing = _missing(everyone)
    return [
        *(
            Result(definition, _at_anniversary(counted, months, goal, period), missing)
            for definition, (months, goal) in CBE.items()
        ),
        *(
            Result(definition, _followed(counted, goal, period), missing)
            for definition, goal in DRR_E.items()
        ),
        Result(DMS_E, _used(counted, period), missing),
    ]


@dataclass(frozen=True)
class _Course:
    """The PHQ-9 scores of a patient over all episodes."""

    records: Sequence[OutcomeRecord]

    @property
    def handle(self) -> str:
        return self.records[0].handle

    @property
    def diagnoses(self) -> Sequence[str]:
        return [code for record in self.records for code in record.diagnoses]

    @property
    def counts(self) -> bool:
        """Of whom no diagnosis is recorded counts: the result says how many those are."""
        codes = self.diagnoses
        if not codes:
            return True
        return any(map(_depression, codes)) and not any(code.startswith(EXCLUDED) for code in codes)

    @property
    def scores(self) -> Sequence[Scored]:
        return [each for record in self.records for each in record.scores if each.measure == PHQ_9]

    def elevated(self) -> Iterator[Scored]:
        """Yield the scores of 10 or more in the program at 12 years or older."""
        for each in self.scores:
            if each.score >= ELEVATED and not each.check and self.old_enough(each.day):
                yield each

    def old_enough(self, day: date) -> bool:
        born = self.records[0].born
        return born is None or age(born, day) >= YOUNGEST

    def excluded(self, until: date) -> bool:
        """Return whether the patient left by a day for a reason that excludes: what comes later does not."""
        stays = [stay for record in self.records for stay in record.stays]
        return any(
            stay.reason in EXCLUDING and stay.left is not None and stay.left <= until for stay in stays
        )

    def latest(self, first: date, last: date) -> Scored | None:
        """Return the latest score of some days."""
        found = [each for each in self.scores if first <= each.day <= last]
        return found[-1] if found else None


def _depression(code: str) -> bool:
    return code.startswith(DEPRESSION)


def _indexes(course: _Course) -> Iterator[Scored]:
    """Yield the index scores: none within the 14 months of the one before."""
    closed = date.min
    for each in course.elevated():
        if each.day > closed:
            yield each
            closed = add_months(each.day, 12) + MARGIN


def _intakes(course: _Course) -> Iterator[Scored]:
    """Yield the first elevated score of each intake year, which begins with May."""
    taken: set[int] = set()
    for each in course.elevated():
        year = each.day.year if each.day.month >= 5 else each.day.year - 1
        if year not in taken:
            taken.add(year)
            yield each


def _at_anniversary(courses: Iterable[_Course], months: int, goal: Goal, period: Period) -> Tally:
    windows = []
    for course in courses:
        for index in _indexes(course):
            middle = add_months(index.day, months)
            windows.append((course, index, middle - MARGIN, middle + MARGIN))
    return _judged(windows, goal, period)


def _followed(courses: Iterable[_Course], goal: Goal, period: Period) -> Tally:
    windows = [
        (course, index, index.day + FOLLOW_UP_FROM, index.day + FOLLOW_UP_TO)
        for course in courses
        for index in _intakes(course)
    ]
    return _judged(windows, goal, period)


def _judged(windows: Iterable[tuple[_Course, Scored, date, date]], goal: Goal, period: Period) -> Tally:
    answers, unmeasured = [], []
    for course, index, first, last in windows:
        if last not in period or course.excluded(last):
            continue
        latest = course.latest(first, last)
        answers.append((course.handle, latest is not None and _met(goal, index.score, latest.score)))
        if latest is None:
            unmeasured.append(course.handle)
    return tally(answers, unmeasured)


def _met(goal: Goal, index: float, latest: float) -> bool:
    match goal:
        case Goal.REMISSION:
            return latest < REMISSION_BELOW
        case Goal.RESPONSE:
            return latest <= index / 2
        case Goal.FOLLOW_UP:
            return True


def _used(courses: Sequence[_Course], period: Period) -> Tally:
    answers, unmeasured = [], []
    for third in _thirds(period):
        for course in courses:
            seen = [day for record in course.records for day in record.contacts if day in third]
            if not seen or not course.old_enough(seen[-1]) or course.excluded(third.last):
                continue
            used = course.latest(third.first, third.last) is not None
            answers.append((course.handle, used))
            if not used:
                unmeasured.append(course.handle)
    return tally(answers, unmeasured)


def _thirds(period: Period) -> Iterator[Period]:
    """Yield the four-month periods that end in a period."""
    for year in range(period.first.year, period.last.year + 1):
        for month in (1, 5, 9):
            first = date(year, month, 1)
            third = Period(first, add_months(first, 4) - timedelta(days=1))
            if third.last in period:
                yield third


def _missing(courses: Sequence[_Course]) -> Sequence[str]:
    bare = sum(not course.diagnoses for course in courses)
    told = (
        f"No diagnosis is recorded of {bare:,} of {len(courses):,} patients: they count as having depression."
    )
    unborn = sum(course.records[0].born is None for course in courses)
    age_told = (
        f"The birth date of {unborn:,} of {len(courses):,} patients can't be read: they count as 12 or older."
    )
    return [*([told] if bare else []), *([age_told] if unborn else []), REASONS_TOLD]
