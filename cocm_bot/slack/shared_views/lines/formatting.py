"""Format patients, days, scores and minutes for every screen."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from cocm_bot.domain.fields import initials
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.members import Registry
from cocm_bot.domain.outcomes.progress import progress, word
from cocm_bot.domain.people import full_name
from cocm_bot.domain.records.patient import MeasureCourse, PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.settings.registry_settings import Shown
from cocm_bot.domain.vocabulary import Flag, Status
from cocm_bot.slack.kit import clip, escape

LONGEST_NAME = 55
"""Characters of a name in an entry of a menu, which holds 75."""
RIGHT_TO_LEFT = frozenset({"R", "AL"})
"""Unicode's classes of letters that are written right to left."""
LEFT_TO_RIGHT_MARK = "\N{LEFT-TO-RIGHT MARK}"

FLAG_MARKS = {Flag.SAFETY_RISK: "🔴", Flag.REVIEW: "🟠", Flag.NEEDS_DISCUSSION: "🟡"}


def discreet(patient: PatientSummary, registry: Registry) -> str:
    """Return what the registry lets private messages show of a patient; as entered, not escaped."""
    match registry.disclosure.direct:
        case Shown.NAME:
            return f"{patient.handle} · {full_name(patient)}"
        case Shown.INITIALS:
            return f"{patient.handle} · {initials(patient.first_name, patient.last_name)}"
    return patient.handle


def told_apart(patient: PatientSummary, registry: Registry) -> str:
    """Return as `discreet`, with the year of birth where more than the handle is shown; not escaped.

    Two patients may share a name and initials, and nobody may be taken for another.
    """
    shown, year = discreet(patient, registry), patient.birth_year
    return f"{shown} · b. {year}" if year and shown != patient.handle else shown


def named_option(patient: PatientSummary) -> str:
    """Return a patient as an entry of a modal's menu, with the year of birth; as entered, not escaped."""
    year = f" · b. {patient.birth_year}" if patient.birth_year else ""
    return f"{patient.handle} · {clip(full_name(patient), LONGEST_NAME)}{year}"


def named_first(patient: PatientSummary) -> str:
    """Return a name and handle, as entered, not escaped.

    After a name that is written right to left a mark keeps the digits of the handle in their order.
    """
    name = full_name(patient)
    right_to_left = any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in name)
    return f"{name}{LEFT_TO_RIGHT_MARK if right_to_left else ''} · {patient.handle}"


def subject(patient: PatientSummary) -> str:
    """Return a modal's first line: the patient, the year of birth and the status."""
    name, separator, handle = named_first(patient).rpartition(" · ")
    year = f" · b. {patient.birth_year}" if patient.birth_year else ""
    return f"*{escape(name)}*{separator}{handle}{year} · {patient.status}"


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
