"""The chart: what is in the figure, and what is not in the file."""

import threading

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image

from cocm_bot.domain.measures.catalogue import Band, Measure
from cocm_bot.domain.patients.trend import Trend, trend
from cocm_bot.slack.patients.chart import DPI, WIDTH, draw, picture
from tests.domain import build

pytestmark = pytest.mark.slow

LOGS = [
    build.assessment("2026-01-05", PHQ9=18, GAD7=14),
    build.follow_up("2026-01-12", no_show=True),
    build.consult("2026-02-02"),
    build.follow_up("2026-03-02", PHQ9=4, GAD7=16),
]


@pytest.fixture
def course() -> Trend:
    return trend(build.patient(), LOGS, build.policy())


def texts(figure: Figure) -> list[str]:
    found = [text.get_text() for panel in figure.axes for text in (*panel.texts, panel.title)]
    found += [panel.get_title(loc="left") for panel in figure.axes]
    return [text for text in (*found, *(each.get_text() for each in figure.legends[0].get_texts())) if text]


def heights(line: Line2D) -> list[float]:
    return [float(height) for height in np.asarray(line.get_ydata())]


def scores(panel: Axes) -> list[list[float]]:
    return [heights(line) for line in panel.lines if line.get_marker() == "o"]


def lightness(band: Rectangle) -> float:
    return sum(to_rgb(band.get_facecolor()))


def test_each_measure_has_a_panel_with_its_scores_bands_and_lines(course: Trend) -> None:
    figure = draw(course)
    phq, gad = figure.axes
    assert scores(phq) == [[18, 4]]
    assert scores(gad) == [[14, 16]]
    bands = [patch for patch in phq.patches if isinstance(patch, Rectangle)]
    assert [(band.get_y(), band.get_height()) for band in bands] == [
        (0, 5),
        (5, 5),
        (10, 5),
        (15, 5),
        (20, 7),
    ]
    shades = [lightness(band) for band in bands]
    assert shades == sorted(shades, reverse=True)
    flat = {line.get_linestyle(): heights(line)[0] for line in phq.lines if len({*heights(line)}) == 1}
    assert flat["--"] == 10
    assert flat["-"] == 5


def test_contacts_no_shows_and_consults_are_marked_and_explained(course: Trend) -> None:
    figure = draw(course)
    marks = {line.get_marker(): len(heights(line)) for line in figure.axes[0].lines}
    assert (marks["|"], marks["x"]) == (2, 1)
    assert {"improved below", "remission below", "consult", "contact", "no-show"} <= set(texts(figure))


def test_the_words_are_the_bands_the_scores_and_the_handle(course: Trend) -> None:
    found = texts(draw(course))
    assert {"PHQ-9 of K7Q4", "GAD-7 of K7Q4", "18", "4", "14", "16", "severe", "minimal"} <= set(found)


def test_nothing_in_the_file_names_the_patient(course: Trend) -> None:
    patient = build.patient()
    names = {patient.first_name, patient.last_name, patient.patient_mrn, patient.email, patient.date_of_birth}
    png = picture(course)
    assert not any(name.encode() in png for name in names)
    assert not any(name in text for name in names for text in texts(draw(course)))
    chunks = {
        png[at - 4 : at]
        for at in range(4, len(png))
        if png[at - 4 : at] in {b"tEXt", b"iTXt", b"zTXt", b"eXIf"}
    }
    assert chunks == set()


def test_the_picture_is_as_wide_as_a_modal_needs(
    course: Trend, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("chart") / "trend.png"
    file.write_bytes(picture(course))
    with Image.open(file) as image:
        assert (image.format, image.width) == ("PNG", int(WIDTH * DPI))
        assert image.info.keys() <= {"dpi"}


def test_a_measure_of_the_clinics_own_is_drawn_as_it_is_defined() -> None:
    wellbeing = Measure(
        name="Well-being $a$",
        items=5,
        maximum=25,
        bands=(Band(start=0, word="low"), Band(start=13, word="good")),
        higher_is_worse=False,
        remission_below=12,
    )
    policy = build.policy()
    asked = type(policy)(policy.zone, policy.cadence, (wellbeing,))
    figure = draw(trend(build.patient(), [build.contact("2026-01-05", scores={wellbeing.name: 8})], asked))
    low, good = (patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle))
    assert lightness(low) < lightness(good)
    assert "Well-being $a$ of K7Q4" in texts(figure)
    assert "remission beyond" in texts(figure)


def test_without_scores_there_is_no_picture() -> None:
    with pytest.raises(ValueError, match="no score"):
        draw(trend(build.patient(), LOGS[2:3], build.policy()))


def test_threads_may_draw_at_the_same_time(course: Trend) -> None:
    drawn: list[bytes] = []
    threads = [threading.Thread(target=lambda: drawn.append(picture(course))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(drawn)) == 1
    assert len(drawn) == 4
