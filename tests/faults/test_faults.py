"""Each fault is produced, and what is seen of it compared with the table: in the log, the figures, the
commands and Slack. docs/faults.md is that table.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.faults.between import refusing
from tests.faults.producing import table_answers
from tests.faults.rig import NOBODY, REFERENCE, Rig, Seen, observed, running_rig, typed
from tests.faults.table import FAULTS

pytestmark = [pytest.mark.slow, pytest.mark.long(60), pytest.mark.timeout(300)]

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "faults.md"
EXPECTED: Mapping[str, Mapping[str, Any]] = yaml.safe_load((HERE / "expected.yaml").read_text())
WELL = "nothing is wrong"
INTRODUCTION = """# Faults

What is seen of each fault. The test run produces every one of them, on a DynamoDB engine and a stand-in for
Slack, and compares all that is written here (`tests/faults/`). Where `serve` ends with a line at the start,
nothing answers in Slack. A person's sentence has a reference beside it where something did not answer: the
log has it in each line of that request, with AWS's own name of every request to the table
([metrics.md](metrics.md#logs)).

*Log* are the warnings and errors of a bot that runs, *figures* what moves in [metrics.md](metrics.md) and
should not; the numbers are the commands' exit codes. "—" is nothing at all.
"""
HEADINGS = ("Fault", "`serve` at the start", "Log", "Figures", "`status`", "`doctor`", "In Slack")


@pytest.fixture(scope="module")
def rig(endpoint: str) -> Iterator[Rig]:
    assert endpoint, "the faults are put before an engine of this machine"
    with running_rig(endpoint) as running:
        yield running


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen_as_the_table_says(rig: Rig, name: str) -> None:
    fault, expected = FAULTS[name], EXPECTED[name]
    with fault.produced(rig) as environment:
        seen = observed(rig, fault.act, environment, kept_from_starting=fault.at_start)
    assert seen == Seen(
        start=expected["start"],
        log=tuple(expected["log"]),
        metric=tuple(expected["metric"]),
        status=expected["status"],
        doctor=tuple(expected["doctor"]),
        person=expected["person"],
    )


def test_the_table_has_forty_faults_and_more_and_none_is_silent() -> None:
    assert EXPECTED.keys() == FAULTS.keys()
    assert len(FAULTS) > 40
    for name in FAULTS.keys() - {WELL}:
        seen = EXPECTED[name]
        told = (seen["start"], seen["log"], seen["metric"], seen["status"] != "0", seen["doctor"] != ["0"])
        assert any(told), name
        # A fault that is there at the start has nobody to see it in Slack.
        assert not FAULTS[name].at_start or (seen["start"] and seen["person"] == NOBODY), name


def test_the_page_is_the_table(request: pytest.FixtureRequest) -> None:
    page = written()
    if request.config.getoption("--write-goldens"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "run this with --write-goldens"


def written() -> str:
    groups: dict[str, list[str]] = {}
    for name, seen in EXPECTED.items():
        if name == WELL:
            continue
        code, *findings = seen["doctor"]
        cells = (
            name,
            seen["start"],
            "<br>".join(seen["log"]),
            "<br>".join(seen["metric"]),
            seen["status"],
            "<br>".join([code, *findings]),
            seen["person"],
        )
        row = " | ".join(re.sub(r"\s+", " ", cell).replace("|", "\\|") or "—" for cell in cells)
        groups.setdefault(seen["group"], []).append(f"| {row} |")
    head = f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}"
    parts = [f"## {group}\n\n{head}\n" + "\n".join(rows) for group, rows in groups.items()]
    return "\n".join([INTRODUCTION, "\n\n".join(parts)]) + "\n"


def test_the_reference_a_person_is_shown_leads_to_each_answer_of_the_table(rig: Rig) -> None:
    throttled = table_answers(refusing("ThrottlingException", aws_request="THROTTLED-1"))
    began = rig.log.tell()
    with throttled(rig) as environment:
        observed(rig, typed(), environment)
    shown = [each for each in rig.workspace.calls if each.name == "response_url"][-1]
    found = REFERENCE.search(str(shown.arguments))
    assert found
    rig.log.seek(began)
    lines = [json.loads(line) for line in rig.log.read().splitlines()]
    mine = [line for line in lines if line.get("ref") == found[1]]
    asked = [(line["outcome"], line["aws_request"]) for line in mine if "aws_request" in line]
    assert asked == [("ThrottlingException", "THROTTLED-1")] * len(asked)
    assert len(asked) >= 3
    assert [line["outcome"] for line in mine if line["message"].startswith("ended ")] == ["unavailable"]
