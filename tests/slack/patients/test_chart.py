"""The chart: what is drawn, and what is not in the file."""

import io
import re
import threading
from datetime import date, timedelta
from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from cocm_bot.domain.measures.catalogue import Band, Measure
from cocm_bot.domain.patients.trend import Curve, Point, Trend, trend
from cocm_bot.slack.patients.course.chart import CONSULT, WIDTH, drawing, picture
from cocm_bot.slack.shared_views.svg import ZOOM
from tests.domain import build

LOGS = [
    build.assessment("2026-01-05", PHQ9=18, GAD7=14),
    build.follow_up("2026-01-12", no_show=True),
    build.consult("2026-02-02"),
    build.follow_up("2026-03-02", PHQ9=4, GAD7=16),
]


@pytest.fixture
def course() -> Trend:
    return trend(build.patient(), LOGS, build.policy())


def drawn(course: Trend, kind: str) -> list[Element]:
    # Our own output, of our own making.
    return list(fromstring(drawing(course)).iter(f"{{http://www.w3.org/2000/svg}}{kind}"))  # noqa: S314


def texts(course: Trend) -> list[str]:
    return [each.text or "" for each in drawn(course, "text")]


def heights(line: Element) -> list[float]:
    return [float(point.split(",")[1]) for point in line.attrib["points"].split()]


def shade(band: Element) -> int:
    return int(band.attrib["fill"].removeprefix("rgb(").split(",")[0])


def test_each_measure_has_a_panel_with_its_scores_bands_and_lines(course: Trend) -> None:
    phq, gad = drawn(course, "polyline")
    # 18 of 27, then 4 of 27, over the 122 pixels of the range: fourteen points of the scale lower
    assert heights(phq)[1] - heights(phq)[0] == pytest.approx(14 / 27 * 122, abs=0.02)
    assert heights(gad)[1] - heights(gad)[0] == pytest.approx(-2 / 21 * 122, abs=0.02)
    bands = drawn(course, "rect")[:5]
    assert [round(float(band.attrib["height"]) / 122 * 27, 1) for band in bands] == [5, 5, 5, 5, 7]
    assert [shade(band) for band in bands] == sorted((shade(band) for band in bands), reverse=True)
    bottom = float(bands[0].attrib["y"]) + float(bands[0].attrib["height"])
    flat = [line for line in drawn(course, "line") if line.attrib["y1"] == line.attrib["y2"]]
    improved = next(line for line in flat if line.get("stroke-dasharray") == "6 4")
    assert bottom - float(improved.attrib["y1"]) == pytest.approx(10 / 27 * 122, abs=0.02)


def test_contacts_no_shows_and_consults_are_marked_and_explained(course: Trend) -> None:
    consults = [line for line in drawn(course, "line") if line.attrib["stroke"] == CONSULT]
    assert len(consults) == 2 + 1, "one in each panel, one in the key"
    assert {"improved below", "remission below", "consult", "contact", "no-show"} <= set(texts(course))


def test_the_words_are_the_bands_the_scores_and_the_handle(course: Trend) -> None:
    found = texts(course)
    assert {"PHQ-9 of K7Q4", "GAD-7 of K7Q4", "18", "4", "14", "16", "severe", "minimal"} <= set(found)


def test_nothing_in_the_file_names_the_patient(course: Trend) -> None:
    patient = build.patient()
    names = {patient.first_name, patient.last_name, patient.patient_mrn, patient.email, patient.date_of_birth}
    png = picture(course)
    assert not any(name.encode() in png for name in names)
    assert not any(name in drawing(course) for name in names)
    assert not any(kind in png for kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"))


def test_the_picture_is_as_wide_as_a_modal_needs(course: Trend) -> None:
    with Image.open(io.BytesIO(picture(course))) as image:
        assert (image.format, image.width) == ("PNG", WIDTH * ZOOM)
        # ink on paper: neither a black nor an empty picture
        shades = image.convert("L").histogram()
        assert sum(shades[:60])
        assert shades[255]


def test_a_measure_of_the_clinics_own_is_drawn_as_it_is_defined() -> None:
    wellbeing = Measure(
        name="Well-being <a> & $b$",
        items=5,
        maximum=25,
        bands=(Band(start=0, word="low"), Band(start=13, word="good")),
        higher_is_worse=False,
        remission_below=12,
    )
    policy = build.policy()
    asked = type(policy)(policy.zone, policy.cadence, (wellbeing,))
    course = trend(build.patient(), [build.contact("2026-01-05", scores={wellbeing.name: 8})], asked)
    low, good = drawn(course, "rect")
    assert shade(low) < shade(good)
    assert {"Well-being <a> & $b$ of K7Q4", "remission beyond"} <= set(texts(course))


def test_without_scores_there_is_no_picture() -> None:
    with pytest.raises(ValueError, match="no score"):
        picture(trend(build.patient(), LOGS[2:3], build.policy()))


def test_threads_may_draw_at_the_same_time(course: Trend) -> None:
    pictures: list[bytes] = []
    threads = [threading.Thread(target=lambda: pictures.append(picture(course))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pictures)) == 1
    assert len(pictures) == 4


DAY = re.compile(r"(\d{1,2} )?[A-Z][a-z]{2}( \d{4})?")
LONG = Measure(name="Own", items=5, maximum=25, bands=(Band(start=0, word="x" * 80), Band(start=9, word="y")))


@settings(max_examples=60, deadline=None)
@example(first=date(2000, 2, 8), spans=[32, 1774], long=True)
@given(
    first=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    spans=st.lists(st.integers(0, 2500), min_size=1, max_size=30),
    long=st.booleans(),
)
def test_no_label_leaves_the_picture_nor_meets_its_neighbor(
    first: date, spans: list[int], *, long: bool
) -> None:
    measure = LONG if long else next(iter(build.policy().measures))
    points = tuple(Point(first + timedelta(days=days), 5) for days in sorted(spans))
    course = Trend("K7Q4", (Curve(measure, points),), (), (), ())
    labels = drawn(course, "text")
    assert all(start >= 0 and end <= WIDTH for start, end in map(extent, labels))
    days = sorted(extent(each) for each in labels if DAY.fullmatch(each.text or ""))
    assert days
    assert all(left[1] <= right[0] for left, right in pairwise(days))


def extent(text: Element) -> tuple[float, float]:
    """The pixels a text takes at most, by letters of half their size."""
    width = len(text.text or "") * float(text.attrib["font-size"]) * 0.5
    x = float(text.attrib["x"])
    return {"start": (x, x + width), "middle": (x - width / 2, x + width / 2), "end": (x - width, x)}[
        text.attrib["text-anchor"]
    ]
