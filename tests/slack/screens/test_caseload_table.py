"""The caseload's table: what each cell says, what sorts by number, and that the longest rows fit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.due.rules import Due, Reason, due
from cocm_bot.domain.fields import initials
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.derive import as_of, derive, weeks_at
from cocm_bot.domain.records.course import Course, MeasureCourse
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.registry_settings import Disclosure, Shown
from cocm_bot.domain.vocabulary import Flag, Role, Status
from cocm_bot.operations.caseload.caseload import MOST_MEASURED
from cocm_bot.operations.caseload.rows import Row
from cocm_bot.slack.kit.text import length
from cocm_bot.slack.shared_views.caseload_table import (
    ALWAYS_FIT,
    COLUMNS,
    ROOM,
    caseload_table,
    patient_options,
    rows_per_page,
)
from tests.domain import build
from tests.slack.screens.test_sizes import actor

NOW = build.moment("2026-03-16")


def row(patient: Patient, logs: list[TreatmentLog]) -> Row:
    policy = actor("", Role.CARE_MANAGER, 1).registry.policy
    made = derive(patient, logs, policy, NOW)
    return Row(as_of(made, policy, NOW), weeks_at(made, policy, NOW), due(made, policy, NOW))


def cells(shown: Row, who: Actor | None = None) -> dict[str, str | tuple[float, str]]:
    """The row by column: words, or the number it sorts by with its words."""
    table = caseload_table(who or actor("", Role.CARE_MANAGER, 1), [shown], NOW)
    _, [*made] = table["rows"]
    return {
        name: (cell["value"], cell["text"]) if cell["type"] == "raw_number" else cell["text"]
        for name, cell in zip(COLUMNS, made, strict=True)
    }


def test_a_row_says_who_how_and_what_first() -> None:
    """Assessed 5 Jan, ten weeks ago: 16, then 15 a week ago; no consult; the last contact 7 days ago."""
    ed = build.patient(flags=[build.flag(Flag.REVIEW, "2026-03-15")])
    found = cells(row(ed, [build.assessment("2026-01-05", PHQ9=16), build.follow_up("2026-03-09", PHQ9=15)]))
    assert list(found)[:3] == ["Patient", "Course", "Due"]
    assert ed.birth_year
    # Never reviewed is the longest due: since 4 weeks after the assessment, 2 Feb, 42 days ago.
    assert found == {
        "Patient": f"{ed.handle} · {initials(ed.first_name, ed.last_name)} · b. {ed.birth_year}",
        "Course": "Not improved",
        "Due": "Not improving +2",
        "Score": (15, "15"),
        "Scored": (7, "7 d"),
        "Change": (-1, "−1"),
        "Weeks": (10, "10"),
        "Contact": (7, "7 d"),
        "Consult": "–",
        "Next": (-42, "42 d late"),
        "Min": (20, "20"),
        "Flag": "🟠 Review",
    }


def test_what_is_not_known_is_a_dash_and_sorts_as_no_number() -> None:
    found = cells(row(build.patient(Status.ENROLLED, enrolled="2026-03-15"), []))
    blank = {name for name, cell in found.items() if cell == "–"}
    assert blank == {"Due", "Score", "Scored", "Change", "Weeks", "Contact", "Consult", "Flag"}
    assert found["Course"] == "Enrolled"
    # 7 days from the 15th without an assessment: due on the 22nd, in 6 days.
    assert found["Next"] == (6, "22 Mar")


def test_a_score_of_another_measure_names_it() -> None:
    found = cells(row(build.patient(), [build.assessment("2026-03-10", GAD7=14)]))
    assert (found["Score"], found["Course"], found["Change"]) == ((14, "GAD-7 14"), "Treatment", "–")


@pytest.mark.parametrize(
    ("shown", "patient"),
    [(Shown.COUNTS, "handle"), (Shown.HANDLE, "handle"), (Shown.INITIALS, "year"), (Shown.NAME, "year")],
)
def test_a_registry_that_shows_no_initials_shows_no_year_either(shown: Shown, patient: str) -> None:
    who = actor("", Role.CARE_MANAGER, 1)
    tight = replace(who, registry=who.registry.model_copy(update={"disclosure": Disclosure(direct=shown)}))
    told = str(cells(row(build.patient(), []), tight)["Patient"])
    assert ("b. " in told) is (patient == "year")


def longest(registry: Registry) -> Row:
    """Everything as long as it gets, in characters of two units each where somebody writes them."""
    policy = registry.policy
    made = row(build.patient(), [])
    name = policy.measures[0].name
    ages = 3650.0 * 86_400
    at = NOW.timestamp() - ages
    course = Course(
        episode_started=at,
        last_contact=at,
        born=1984,
        scores={name: MeasureCourse(first=199.5, first_date=at, latest=-199.5, latest_date=at, count=9)},
    )
    summary = made.summary.model_copy(
        update={
            "first_name": "𐀀" * 200,
            "last_name": "𐀀" * 200,
            "status": Status.RELAPSE_PREVENTION,
            "patient_flag": Flag.REVIEW,
            "course": course,
            "last_psychiatric_consult": int(at),
            "minutes_this_month": 44_640,
        }
    )
    overdue = Due(Reason.RECOMMENDATION, (NOW - timedelta(days=9999)).date(), "")
    return Row(summary, 1500, [overdue] * 12)


def test_the_longest_rows_fit_at_the_smallest_size() -> None:
    who = actor("", Role.CARE_MANAGER, 1)
    named = who.registry.model_copy(update={"disclosure": Disclosure(direct=Shown.NAME)})
    who = replace(who, registry=named)
    rows = [longest(named)] * MOST_MEASURED
    size = rows_per_page(who, rows, NOW)
    assert size == ALWAYS_FIT
    table = caseload_table(who, rows[:size], NOW)  # ValueError where it does not fit
    written = sum(length(cell["text"]) for made in table["rows"] for cell in made)
    menu = sum(length(each["text"]["text"]) for each in patient_options(who, rows[:size], ""))
    assert written + menu <= ROOM


def test_usual_rows_come_a_hundred_at_a_time() -> None:
    who = actor("", Role.CARE_MANAGER, 1)
    made = row(build.patient(), [build.assessment("2026-01-05", PHQ9=16)])
    assert [rows_per_page(who, [made] * count, NOW) for count in (0, 1, 57, 100)] == [100] * 4
