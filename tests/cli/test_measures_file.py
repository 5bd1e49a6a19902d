"""Measures from a file: what is read, and where the line is that is refused."""

import contextlib
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.cli.registries.measures_file import read_measures
from cocm_bot.cli.yaml_file import LARGEST
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


HOSTILE: list[tuple[str, bytes, str]] = [
    ("a NUL", GOOD.encode().replace(b"good", b"go\0od"), ", line 9: YAML does not allow a character"),
    (
        "an escape character",
        GOOD.encode().replace(b"low", b"l\x1b[31mow"),
        ", line 8: YAML does not",
    ),
    ("not UTF-8", b"measures:\n  - name: Caf\xe9\n", ": can't be read (UnicodeDecodeError)"),
    ("UTF-16", GOOD.encode("utf-16"), ": can't be read"),
    ("too large", GOOD.encode() + b"#" * LARGEST, ": this is larger than 100,000 bytes."),
    ("lists without end", b"[" * 50_000, ", line 1: this is nested too deeply"),
    ("mappings without end", b"{a: " * 20_000, ", line 1: this is nested too deeply"),
    (
        "a billion laughs",
        b"a: &a [x, x]\nb: &b [*a, *a]\nmeasures: [*b]\n",
        ", line 2: write it out, aliases",
    ),
    ("a list within itself", b"measures: &a [*a]\n", ", line 1: write it out, aliases"),
    ("a date for a number", GOOD.encode().replace(b"items: 5", b"items: 2026-01-02"), ", line 4, items: "),
    ("a date for a name", GOOD.encode().replace(b"Well-being", b"2026-01-02"), ", line 3, name: "),
    (
        "a date that is none",
        GOOD.encode().replace(b"Well-being", b"2026-13-45"),
        ", line 3: a date or number",
    ),
    ("an endless number", GOOD.encode().replace(b"items: 5", b"items: " + b"9" * 5000), ", line "),
    ("no number", GOOD.encode().replace(b"items: 5", b"items: .nan"), ", line 4, items: "),
    ("an object", GOOD.encode().replace(b"items: 5", b"items: !!python/object:os.x {}"), ", line 4: this is"),
    ("a list for a key", GOOD.encode().replace(b"items: 5", b"[items]: 5"), ", line 4: this is not YAML"),
    ("a number for a key", GOOD.encode().replace(b"items: 5", b"7: 5"), ", line "),
    ("a date for a key", GOOD.encode().replace(b"items: 5", b"2026-01-02: 5"), ", line "),
    ("a list at the top", b"- measures\n", ", line 1: begin with"),
    ("a list as its first key", b"[measures]: [x]\n", ", line 1: begin with"),
    ("nothing", b"", ", line 1: begin with"),
    ("two documents", GOOD.encode() + b"---\n" + GOOD.encode(), ", line "),
]


@pytest.mark.parametrize(("case", "content", "sentence"), HOSTILE, ids=[case for case, _, _ in HOSTILE])
def test_what_no_file_of_measures_is_gets_one_line(
    tmp_path: Path, case: str, content: bytes, sentence: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        read_measures(file)
    assert str(refused.value).startswith(f"{file}{sentence}")
    assert str(refused.value).isprintable()


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    with NamedTemporaryFile() as file:
        file.write(b"measures:\n" + content)
        file.flush()
        with contextlib.suppress(InvalidInput):
            read_measures(Path(file.name))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="can't be read"):
        read_measures(tmp_path)
