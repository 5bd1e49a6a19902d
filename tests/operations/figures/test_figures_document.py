"""docs/figures.md says of each figure and published measure what the code and its files say."""

from pathlib import Path

from cocm_bot.domain.figures.published_texts import CBE, DMS_E, DRR_E
from cocm_bot.operations.figures.sheets import DEFINITIONS

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
