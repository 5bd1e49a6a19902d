"""The figures' screen and picture for no, few and many patients: within Slack's limits, and naming nobody."""

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

import pytest
from PIL import Image

from cocm_bot.domain.access import Actor
from cocm_bot.domain.figures.episodes.histories import outcome_records
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.periods import Period, add_months, month_of, quarter_of
from cocm_bot.domain.figures.shares import Tally
from cocm_bot.domain.figures.small_counts import SmallCounts
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.figures.report import Report, composed
from cocm_bot.operations.figures.sheets import sheets
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.playground.blocks.limits import problems
from cocm_bot.slack.figures.charts import RISING, drawing, picture, words
from cocm_bot.slack.figures.figures_view import NOT_TAKEN, figures_view
from cocm_bot.slack.figures.panels import SMALL, WIDTH, nice
from cocm_bot.slack.shared_views.svg import ZOOM
from tests.domain import build
from tests.domain.figures import clinic_table
from tests.store.build import registry

END = date(2026, 6, 30)
NAMES = {"noor": "Noor Rahimi", "ines": "Ines Duarte"}
ACTOR = Actor("user-1", "Lena", "Novak", Role.CLINICAL_OPS, is_admin=False, registry=registry())
TABLE = clinic_table.records()
SECOND_QUARTER = quarter_of(END)


@cache
def invented(count: int) -> tuple[OutcomeRecord, ...]:
    managers = [f"user-{number}" for number in range(25)]
    policy, now = build.policy(), datetime(2026, 6, 30, 20, tzinfo=UTC)
    made = caseload(count, policy, now, 7, managers, "user-99") if count else ()
    return tuple(
        record for patient, logs, audits in made for record in outcome_records(patient, logs, audits, policy)
    )


def report(records: Iterable[OutcomeRecord], period: Period = SECOND_QUARTER) -> Report:
    return composed(list(records), build.policy(), period)


def texts(report: Report) -> str:
    blocks = figures_view(ACTOR, report, NAMES)["blocks"]
    return "\n".join(each["text"]["text"] for each in blocks if each["type"] == "section")


def last_months(count: int) -> Period:
    return Period(add_months(month_of(END).first, 1 - count), END)


@pytest.mark.parametrize("months", [1, 12, 36])
@pytest.mark.parametrize("count", [0, 1, 60, pytest.param(1000, marks=pytest.mark.slow)])
def test_slack_takes_any_period_of_any_registry(count: int, months: int) -> None:
    found = report(invented(count), last_months(months))
    names = {f"user-{number}": "N" * 200 for number in range(25)}
    view = figures_view(ACTOR, found, names, picture=("F1", words(found)), note=NOT_TAKEN)
    assert problems("modal", view) == []
    svg = fromstring(drawing(found, names))  # noqa: S314 - drawn above
    handles = {record.handle for record in found.records}
    assert not handles & set(" ".join(svg.itertext()).split())
    assert all(0 <= x <= WIDTH for x in _right_edges(svg))
    assert len(words(found)) < 1_000


def _right_edges(svg: Element) -> Iterable[float]:
    for each in svg.iter():
        if each.tag.endswith("rect"):
            yield float(each.get("x", 0)) + float(each.get("width", 0))
        if each.tag.endswith("circle"):
            yield float(each.get("cx", 0))


@pytest.mark.parametrize("months", [12, 36])
def test_no_words_of_the_picture_overlap_or_are_cut(months: int) -> None:
    """Over three years with three digits above each month there would be no room: then none is written."""
    back = [shifted(record, days) for days in (0, 270, 540) for record in TABLE]
    found = report(back, last_months(months))
    coded = Tally(("X",) * 640, ("X",) * 640)
    many = [replace(month, work=replace(month.work, coded=coded)) for month in found.months]
    assert len(many) == months
    for shown in (found, replace(found, months=many)):
        svg = fromstring(drawing(shown, NAMES))  # noqa: S314 - drawn above
        boxes = sorted(map(box, svg.iter("{http://www.w3.org/2000/svg}text")))
        assert all(left >= 0 and right <= WIDTH for _, left, right, _ in boxes)
        for (top, left, right, words_), (other, begins, ends, more) in combinations(boxes, 2):
            beside = abs(top - other) < SMALL - 2
            assert not (beside and begins < right and left < ends), (words_, more)


def box(each: Element) -> tuple[float, float, float, str]:
    """The baseline of a text, and about where it begins and ends."""
    words_ = "".join(each.itertext())
    wide = len(words_) * float(each.get("font-size", SMALL)) * 0.5
    x = float(each.get("x", 0)) - {"middle": wide / 2, "end": wide}.get(each.get("text-anchor", ""), 0)
    return float(each.get("y", 0)), x, x + wide, words_


def shifted(record: OutcomeRecord, days: int) -> OutcomeRecord:
    """The same episode, so many days earlier, of another patient."""
    earlier = timedelta(days=days)

    def day(found: re.Match[str]) -> str:
        return f'"{date.fromisoformat(found[1]) - earlier}"'

    def month(found: re.Match[str]) -> str:
        return f'"{date.fromisoformat(f"{found[1]}-15") - earlier:%Y-%m}":'

    text = re.sub(r'"(\d{4}-\d\d-\d\d)"', day, record.model_dump_json())
    moved = OutcomeRecord.model_validate_json(re.sub(r'"(\d{4}-\d\d)":', month, text))
    ids = {"handle": f"{record.handle}-{days}", "patient_id": f"{record.patient_id}-{days}"}
    return moved.model_copy(update=ids)


def test_the_figures_of_a_quarter_in_words() -> None:
    """April to June 2026 of the table of 24 patients, by its months.

    At the end 9 are there, on any day 12; 1 is new, 3 graduated, all with a plan. Judged on their last day
    in it: P09, P12, P13, P19 and P20 in remission, P11, P16 and P23 in response; P17 and P21 are not
    improved. Contacts 11 + 5 + 5, minutes 250 + 100 + 120, and of the months of patients 10 + 5 + 5 give a
    code.
    """
    told = texts(report(TABLE))
    for line in (
        "*April 2026 to June 2026*",
        "9 patients at the end ▼ from 11: 0 Enrolled · 7 Treatment · 2 Relapse Prevention Plan",
        "12 in the program on any day",
        "3 left: 3 Graduated",
        "Improved: 8 of 10 (80 %)",
        "Response: 8 of 10 (80 %)",
        "Remission: 5 of 10 (50 %)",
        "Not measured in the last 90 days: 0",
        "Graduated with a relapse prevention plan: 3 of 3 (100 %)",
        "470 min",
        "21 contacts · 3 consults",
        "Months of patients that give a code: 20 of 20 (100 %)",
        "Codes proposed: 1 × 99492 · 1 × 99493 · 18 × G2214",
        "Noor Rahimi: 6 at the end",
        "Ines Duarte: 3 at the end",
        "CBE 0711 · Depression remission at six months: 1 of 3 (33 %), 1 of them without a score",
    ):
        assert line in told


def test_nobody_at_all() -> None:
    told = texts(report([]))
    assert "0 patients at the end: 0 Enrolled" in told
    assert "Improved: –" in told


def test_the_words_of_the_picture() -> None:
    assert words(report(TABLE, Period(date(2025, 1, 1), END))) == (
        "18 months, January 2025 to June 2026. Caseload 2 to 9 patients, lowest 2 (Jan 2025), highest 11 "
        "(Mar 2026). In the last month improved 5 of 7 (71 %), response 5 of 7 (71 %), remission 2 of 7 "
        "(29 %). 8 consults and 3,295 minutes in all. Courses of 23 patients of the period, 0 of them rising."
    )


def test_who_is_rising_comes_first_and_in_another_color() -> None:
    """P13's 12 of November 2025 is 3 above its best, P16's 22 of December 1: no meaningful change (5)."""
    risen = [
        each.model_copy(update={"scores": (*each.scores, each.scores[-1].model_copy(update={"score": 20.0}))})
        if each.handle == "P23"
        else each
        for each in TABLE
    ]
    assert RISING not in {each.get("stroke") for each in _courses(report(TABLE))}
    assert [course.rising for course in report(risen).courses].count(True) == 1
    assert report(risen).courses[0].points[-1][1] == 20
    assert RISING in {each.get("stroke") for each in _courses(report(risen))}


def _courses(found: Report) -> list[Element]:
    drawn = fromstring(drawing(found, NAMES))  # noqa: S314 - drawn here
    lines = [each for each in drawn.iter() if each.tag.endswith("polyline")]
    return lines[-len(found.courses) :]


def test_the_picture_is_a_png_of_twice_the_width() -> None:
    with Image.open(io.BytesIO(picture(report(TABLE), NAMES))) as image:
        assert (image.format, image.width) == ("PNG", WIDTH * ZOOM)
        assert image.info == {}


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1), (1, 1), (2, 2), (3, 4), (9, 10), (11, 12), (13, 16), (61, 80), (100, 100), (920, 1000)],
)
def test_a_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert nice(value) == top


def test_counts_of_few_are_hidden_everywhere_where_the_registry_says_so() -> None:
    """The same quarter: of 9 at the end 7 are in treatment, 2 in relapse prevention; 3 graduated."""
    small = SmallCounts(5)
    found = composed(list(TABLE), build.policy(), SECOND_QUARTER, small=small)
    shown = texts(found)
    for line in (
        "9 patients at the end ▼ from 11: 0 Enrolled · hidden Treatment · < 5 Relapse Prevention Plan",
        "12 in the program on any day",
        "< 5 new",
        "< 5 left",
        "Improved: > 5 of 10",
        "Graduated with a relapse prevention plan: hidden (of < 5)",
    ):
        assert line in shown
    cells = [cell for sheet in sheets(found, NAMES) for row in sheet.rows for cell in row[1:]]
    counts = {
        (sheet.name, row[0], row[1]): row[2]
        for sheet in sheets(found, NAMES)[1:3]
        for row in sheet.rows
        if isinstance(row[2], int) and row[1] not in {"Contacts", "Consults", "Minutes"}
    }
    assert [place for place, count in counts.items() if 0 < int(str(count)) < 5] == []
    assert "< 5" in cells
    # Without the setting nothing is hidden.
    assert "3 left: 3 Graduated" in texts(report(TABLE))
    assert "Courses of 12 patients of the period, 0 of them rising." in words(found)
