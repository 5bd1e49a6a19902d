"""docs/figures.md says of each figure and published measure what the code and its files say."""

from datetime import date
from pathlib import Path

from cocm_bot.domain.figures.listable import listable
from cocm_bot.domain.figures.periods import month_of
from cocm_bot.domain.figures.program import program_figures
from cocm_bot.domain.figures.published import published_measures
from cocm_bot.domain.figures.published_texts import CBE, DMS_E, DRR_E
from cocm_bot.operations.figures.sheets import DEFINITIONS
from tests.domain import build
from tests.domain.figures.clinic_table import records

RECORDS = records()
DOCUMENT = (Path(__file__).parents[3] / "docs" / "figures.md").read_text(encoding="utf-8")


def rows(header: str) -> list[list[str]]:
    """The cells of the table under a header."""
    lines = DOCUMENT.partition(f"| {header} |")[2].splitlines()[2:]
    table = lines[: lines.index("")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_each_figure_is_told_as_its_file_tells_it() -> None:
    assert rows("Figure") == [list(pair) for pair in DEFINITIONS.items()]


def test_each_published_measure_is_told_as_its_file_tells_it() -> None:
    assert rows("Measure") == [
        [each.name, each.title, each.population, each.window] for each in (*CBE, *DRR_E, DMS_E)
    ]


def test_each_figure_that_can_be_listed_has_its_definition() -> None:
    period = month_of(date(2026, 1, 1))
    published = published_measures(RECORDS, period)
    names = set(listable(program_figures(RECORDS, build.policy(), period), published))
    assert names - {each.definition.name for each in published} <= set(DEFINITIONS)
