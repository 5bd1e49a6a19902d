"""Measures from a file: what is read, and where the line is that is refused."""

from pathlib import Path

import pytest

from cocm_bot.cli.measures_file import read_measures
from cocm_bot.domain.errors import InvalidInput

GOOD = """\
# own measures
measures:
  - name: Well-being
    items: 5
    maximum: 25
    higher_is_worse: false
    bands:
      - 0 low
      - {start: 13, word: good}
    improved: 10
    remission: 13
  - name: Pain today
    items: 1
    minimum: 0
    maximum: 10
"""


def test_a_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(GOOD)
    wellbeing, pain = read_measures(file)
    assert [(band.start, band.word) for band in wellbeing.bands] == [(0, "low"), (13, "good")]
    assert (wellbeing.improved_below, wellbeing.remission_below, wellbeing.higher_is_worse) == (10, 13, False)
    assert (pain.name, pain.minimum, pain.maximum, pain.bands) == ("Pain today", 0, 10, ())


def test_an_item_that_asks_about_self_harm_is_read_and_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    phq_a = "measures:\n  - name: PHQ-A\n    items: 9\n    maximum: 27\n    self_harm_item: {}\n"
    phq_a += "    self_harm_top: 3\n"
    file.write_text(phq_a.format(9))
    [measure] = read_measures(file)
    assert (measure.self_harm_item, measure.most_self_harm, measure.most_without_self_harm) == (9, 3, 24)
    file.write_text(phq_a.format(10))
    with pytest.raises(InvalidInput, match="line 5, self_harm_item: There are only 9 items"):
        read_measures(file)


WRONG = [
    ("    items: 5\n", "    items: none\n", "line 4, items: "),
    (
        "    maximum: 25\n",
        "    maximum: 0\n",
        "line 5, maximum: The highest score must be above the lowest, 0.",
    ),
    ("      - 0 low\n", "      - low\n", "line 7, bands: Band 1: begin with a whole number"),
    ("start: 13", "start: 0", "line 7, bands: Band 2: 0 must be above the band before it."),
    ("start: 13", "start: 26", "line 7, bands: Band 2: 26 is not within 0 to 25."),
    ("    remission: 13\n", "    remission: 9\n", "line 11, remission: Remission asks for at least as much"),
    ("    items: 1\n", "    item: 1\n", "line 12, items: "),
    ("name: Pain today", "name: phq 9", "line 12, name: PHQ-9 is in the catalogue as it is"),
    ("name: Pain today", "name: Well-being", "line 12, name: “Well-being” is defined twice."),
    (
        "    improved: 10\n",
        "    improved_below: 10\n",
        "line 10, improved_below: Extra inputs are not permitted.",
    ),
    ("measures:\n", "own:\n", "line 1: begin with “measures:”"),
    (
        "  - name: Pain today\n    items: 1\n    minimum: 0\n    maximum: 10\n",
        "  - Pain\n",
        "line 12: a measure is",
    ),
    ("maximum: 25", "maximum: [25", "line 6: this is not YAML"),
]


@pytest.mark.parametrize(("good", "wrong", "sentence"), WRONG)
def test_what_is_wrong_is_named_by_its_line(tmp_path: Path, good: str, wrong: str, sentence: str) -> None:
    file = tmp_path / "own.yaml"
    assert good in GOOD
    file.write_text(GOOD.replace(good, wrong))
    with pytest.raises(InvalidInput) as refused:
        read_measures(file)
    assert str(refused.value).startswith(f"{file}, {sentence}")


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="can't be read"):
        read_measures(tmp_path / "none.yaml")
