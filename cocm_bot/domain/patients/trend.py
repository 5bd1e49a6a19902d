"""The patient's scores over the current episode: the points of a chart, and the same in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.outcomes.progress import moved, word
from cocm_bot.domain.patients.derive import current_contacts
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType

LONGEST_LINE = 8
"""Scores named in a line; of more, the first and the latest."""


@dataclass(frozen=True)
class Point:
    """One score on the registry's local day it was taken."""

    day: date
    score: float


@dataclass(frozen=True)
class Curve:
    """The scores of one measure, oldest first; there is at least one."""

    measure: Measure
    points: tuple[Point, ...]

    @property
    def weeks(self) -> int:
        """Whole weeks from the first score to the latest."""
        return (self.points[-1].day - self.points[0].day).days // 7

    @property
    def line(self) -> str:
        """The scores, like `PHQ-9 18 → 12 → 9 over 8 weeks`."""
        shown: Sequence[Point | None] = self.points
        if len(self.points) > LONGEST_LINE:
            shown = (self.points[0], None, *self.points[1 - LONGEST_LINE :])
        line = " → ".join("…" if point is None else f"{point.score:g}" for point in shown)
        return f"{self.measure.name} {line}{_span(self.weeks, ' over ')}"

    @property
    def sentence(self) -> str:
        """The course in words, for who does not see the picture."""
        first, latest = self.points[0], self.points[-1]
        name = self.measure.name
        if len(self.points) == 1:
            return f"{name} was scored once, {self._worded(first)}."
        found = moved(first.score, latest.score, self.measure)
        way = "unchanged"
        if found.change:
            way = f"{'up' if found.change > 0 else 'down'} {abs(found.change):g}"
        reading = word(found)
        return (
            f"{name} went from {self._worded(first)} to {self._worded(latest)}: {way}"
            f"{f', {reading}' if reading else ''}, {len(self.points)} scores{_span(self.weeks, ' in ')}."
        )

    def _worded(self, point: Point) -> str:
        band = self.measure.band(point.score)
        return f"{point.score:g}{f' ({band})' if band else ''} on {point.day.day} {point.day:%b %Y}"


@dataclass(frozen=True)
class Trend:
    """The data of the chart of a patient's current episode; it names nobody but by handle."""

    handle: str
    curves: tuple[Curve, ...]
    sessions: tuple[date, ...]
    """Attended contacts with the patient."""
    no_shows: tuple[date, ...]
    consults: tuple[date, ...]

    @property
    def words(self) -> str:
        """The whole chart in words."""
        counts = [
            _counted(len(self.sessions), "contact"),
            _counted(len(self.no_shows), "no-show"),
            _counted(len(self.consults), "psychiatric consult"),
        ]
        courses = " ".join(curve.sentence for curve in self.curves) or "No scores yet."
        return f"Scores of {self.handle}. {courses} {', '.join(counts)} in this episode."


def trend(patient: Patient, logs: Iterable[TreatmentLog], policy: CarePolicy) -> Trend:
    """The trend of the current episode from the full history, in any order; voided entries count for nothing.

    A measure the registry no longer asks for is shown while it is in the catalogue.
    """
    standing = [log for log in current_contacts(patient, logs, policy) if log.counts]
    days = [(policy.local_date(log.date), log) for log in in_order(standing, policy)]
    consults = tuple(day for day, log in days if log.contact_type is ContactType.CONSULTATION)
    with_patient = [(day, log) for day, log in days if log.with_patient]
    return Trend(
        handle=patient.handle,
        curves=tuple(_curves([(day, log) for day, log in days if not log.no_show], policy)),
        sessions=tuple(day for day, log in with_patient if not log.no_show),
        no_shows=tuple(day for day, log in with_patient if log.no_show),
        consults=consults,
    )


def _curves(days: Sequence[tuple[date, TreatmentLog]], policy: CarePolicy) -> Iterable[Curve]:
    asked = {measure.name: measure for measure in policy.measures}
    for name, measure in {
        **asked,
        **{name: CATALOGUE[name] for name in CATALOGUE if name not in asked},
    }.items():
        points = tuple(
            Point(day, score.score_value)
            for day, log in days
            for score in log.scores
            if score.score_name == name
        )
        if points:
            yield Curve(measure, points)


def _span(weeks: int, before: str) -> str:
    return f"{before}{_counted(weeks, 'week')}" if weeks else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
