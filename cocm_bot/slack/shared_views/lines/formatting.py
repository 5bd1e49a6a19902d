"""Format patients, days, scores and minutes for every screen."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.outcomes.progress import progress, word
from cocm_bot.domain.records.course import MeasureCourse
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status
from cocm_bot.slack.kit import escape

FLAG_MARKS = {Flag.SAFETY_RISK: "🔴", Flag.REVIEW: "🟠", Flag.NEEDS_DISCUSSION: "🟡"}


def who(user_id: str, names: Mapping[str, str]) -> str:
    """A member by name; somebody who left the registry has none here."""
    return escape(names.get(user_id, "a former member"))


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, like `Ada, Bo and Cy`; as entered, not escaped."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def day(when: date) -> str:
    """A day, like `3 Mar 2026`."""
    return f"{when.day} {when:%b %Y}"


def day_of(seconds: float | None, policy: CarePolicy) -> str:
    """The registry's day of an instant (seconds UTC), or a dash."""
    return "–" if seconds is None else day(policy.local_date(seconds))


def moment_of(seconds: float, policy: CarePolicy) -> str:
    """The registry's day and time of an instant (seconds UTC), like `3 Mar 2026 09:05`."""
    return f"{day_of(seconds, policy)} {datetime.fromtimestamp(seconds, policy.zone):%H:%M}"


def signed(change: float) -> str:
    """A change with its sign, like `−9`."""
    return f"+{change:g}" if change > 0 else f"−{-change:g}" if change < 0 else "±0"


def score(course: MeasureCourse) -> str:
    """First and latest score with the change, like `18 → 9 (−9)`; one score comes alone."""
    if course.count == 1:
        return f"{course.latest:g}"
    return f"{course.first:g} → {course.latest:g} ({signed(course.latest - course.first)})"


def reading(course: MeasureCourse, measure: Measure) -> str:
    """Return what the scores mean, escaped: band, then remission, response or improvement."""
    words = [escape(measure.band(course.latest) or "")]
    if course.count > 1:
        words.append(word(progress(course, measure)))
    return ", ".join(filter(None, words))


def course_told(course: MeasureCourse, measure: Measure, policy: CarePolicy) -> str:
    """Return a course in a line, with the days it rests on: `18 → 16 (−2) since 5 Jan, mild · scored …`."""
    since = f" since {day_of(course.first_date, policy)}" if course.count > 1 else ""
    read = reading(course, measure)
    means = f", {read}" if read else ""
    return f"{score(course)}{since}{means} · scored {day_of(course.latest_date, policy)}"


def responder(patient: PatientSummary, weeks: int | None) -> str:
    """The status, with the week of treatment once there is one and until the patient leaves."""
    if weeks is None or patient.status is Status.DEACTIVATED:
        return f"{patient.status}"
    return f"{patient.status}, week {weeks}"


def flag_mark(patient: PatientSummary) -> str:
    """The gravest open flag as a mark and its words, or nothing."""
    flag = patient.patient_flag
    return "" if flag is None else f"{FLAG_MARKS[flag]} {escape(flag)}"
