"""Each job takes no more clicks and keys than docs/effort.md says, the common ones fewer than elsewhere."""

from collections.abc import Iterator

import pytest

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.conftest import OpenPage
from tests.browser.effort import DOCUMENT, JOBS, PATIENTS, START, actions, cells, counted
from tests.rig.demos import unhurried_demo

COMMONEST = (
    "Log a follow-up with two totals",
    "PHQ-9 by item",
    "Who is due for what",
    "Open and call a patient",
    "Consult in the review",
    "Answer a recommendation",
)
MORE_THAN_ELSEWHERE = {"The same in one line"}
"""The jobs of which the document says that they take more, and why."""
AGAIN = "run `.venv/bin/python -m tests.browser.effort --write` and look at what it wrote"


@pytest.fixture
def monday() -> Iterator[Demo]:
    with unhurried_demo(patients=PATIENTS, begins=START) as running:
        yield running


def test_the_document_has_every_job_and_keeps_its_promise() -> None:
    table = cells(DOCUMENT.read_text())
    assert set(table) == set(JOBS)
    for name, (here, _before, sheet, tracker) in table.items():
        if name in COMMONEST:
            assert actions(here) < min(actions(sheet), actions(tracker)), name
        elif name not in MORE_THAN_ELSEWHERE:
            assert actions(here) <= min(actions(sheet), actions(tracker)), name


@pytest.mark.long(40)
@pytest.mark.timeout(400)
def test_no_job_takes_more_than_the_document_says(monday: Demo, visit: OpenPage) -> None:
    written = {name: actions(row[0]) for name, row in cells(DOCUMENT.read_text()).items()}
    found = counted(visit(monday.url), monday.workspace)
    more = {name: effort.actions for name, effort in found.items() if effort.actions > written[name]}
    assert more == {}, AGAIN
