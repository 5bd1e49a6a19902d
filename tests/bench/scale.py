"""Write the tables of docs/scale.md: sizes by counting, costs by arithmetic, figures from a bench.

Run as `python -m tests.bench.scale`, or `make scale`. The text between two marks of a name is replaced;
the sentences around it are written by hand.
"""

import json
import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from cocm_bot.domain.patients.packed_history import packed
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.store.patients import history
from cocm_bot.store.patients.patient_items import directory_item, patient_item
from cocm_bot.store.table import administration
from cocm_bot.store.table.wire import Item
from tests.bench.goals import KEPT
from tests.bench.lines import Line
from tests.bench.stage.instant_table import UNIT, size
from tests.domain import build

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
NOW = datetime(2031, 3, 3, 14, tzinfo=UTC)
PATIENTS = 300
REGISTRIES = (200, 1_000, 5_000, 20_000)
NONE_YET = "No bench was kept where this page was made: `make bench scale`."


class Sizes(NamedTuple):
    """The bytes of each kind of item, for some hundred synthetic patients."""

    patient: list[int]
    row: list[int]
    contact: list[int]
    audit: list[int]
    entry: list[int]


def main() -> None:
    """Write the page again."""
    page = counted(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(
        replaced(page, "figures", figures_table() if KEPT.exists() else NONE_YET), encoding="utf-8"
    )


def counted(page: str) -> str:
    """The page with what needs no bench as it is now."""
    found = sizes()
    return replaced(replaced(page, "sizes", sizes_table(found)), "reads", reads_table(found))


def replaced(page: str, name: str, table: str) -> str:
    """The page with another text between the marks of a name."""
    begin, end = f"<!-- {name}: made by `make scale` -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    assert pattern.search(page), f"docs/scale.md has no marks for {name}"
    return pattern.sub(lambda _: f"{begin}\n\n{table}\n\n{end}", page)


def sizes() -> Sizes:
    """Count the items of synthetic patients as DynamoDB does."""
    projected = {*administration.PROJECTED, *administration.TABLE_KEYS, *administration.INDEX_KEYS}
    found = Sizes([], [], [], [], [])
    for patient, logs, audits in caseload(PATIENTS, build.policy(), NOW, 1, ["user-1"], "user-2"):
        item = patient_item("registry-1", patient, packed(logs, patient.version))
        found.patient.append(_bytes(item))
        if "GSI1PK" in item:
            found.row.append(_bytes({name: item[name] for name in item if name in projected}))
        found.contact.extend(_bytes(each) for each in _items(history.added(patient.id, logs, ())))
        found.audit.extend(_bytes(each) for each in _items(history.added(patient.id, (), audits)))
        found.entry.append(_bytes(directory_item("registry-1", patient)))
    return found


def sizes_table(found: Sizes) -> str:
    """The sizes, mean and largest."""
    names = {
        "patient, with the tail of its history, and the history packed": found.patient,
        "the same in the index `caseload`": found.row,
        "a contact in the history": found.contact,
        "an audit entry": found.audit,
        "a directory entry, which a search reads": found.entry,
    }
    rows = [f"| {name} | {_kb(mean(each))} | {_kb(max(each))} |" for name, each in names.items()]
    return "\n".join(["| Item | Mean | Largest |", "|---|---|---|", *rows])


def reads_table(found: Sizes) -> str:
    """The read units of what grows with a registry, by arithmetic from the mean sizes."""
    rows = []
    for count in REGISTRIES:
        index = _units(count * mean(found.row), 0.5)
        directory = _units(count * mean(found.entry), 1)
        records = count * math.ceil(mean(found.patient) / UNIT)
        rows.append(f"| {count:,} | {index:,.0f} | {directory:,.0f} | {records:,} |")
    head = "| Patients | all rows of the index | the whole directory | every record, one by one |"
    return "\n".join([head, "|---|---|---|---|", *rows])


def figures_table() -> str:
    """The figures of the last bench."""
    kept = [Line(**each) for each in json.loads(KEPT.read_text(encoding="utf-8"))]
    rows = [f"| {' | '.join(line.cells())} |" for line in kept]
    return "\n".join(
        ["| Figure | Now | Alternative | Ratio | Goal | Met |", "|---|---|---|---|---|---|", *rows]
    )


def _items(writes: Iterable[object]) -> list[Item]:
    return [write.parameters["Item"] for write in writes]  # type: ignore[attr-defined]  # Write


def _bytes(item: Item) -> int:
    return size({"M": dict(item)})


def _units(size_read: float, each: float) -> float:
    return each * math.ceil(size_read / UNIT)


def _kb(size_counted: float) -> str:
    return f"{size_counted / 1024:.1f} KB"


if __name__ == "__main__":
    main()
