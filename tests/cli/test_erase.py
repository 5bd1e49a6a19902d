"""`cocm-bot merge`, `hold` and `erase`: what they print and end with, by whom, dry run first."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest import mock

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.store.table.table import Table
from tests.operations.conftest import AUDIT_KEY, Office
from tests.store import engines
from tests.store.build import REGISTRY

pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def office(table: Table, endpoint: str) -> Iterator[Office]:
    """A registry, and the environment of the commands."""
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": AUDIT_KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        yield Office(table, datetime.now(UTC))


def run(account: str, *words: str) -> Result:
    with mock.patch.dict(os.environ, {"LOGNAME": account}):
        return CliRunner().invoke(app, words)


def test_a_merge_is_shown_first_done_then_and_undone(office: Office) -> None:
    kept, other = office.enrolled(), office.enrolled(first_name="Adah")
    merge = ["merge", "--registry", REGISTRY, other, "--into", kept]
    shown = run("ana", *merge)
    assert (shown.exit_code, office.patient(other).handle) == (0, other)
    assert f"First name: {kept} Ada | {other} Adah | afterwards Ada" in shown.output
    assert "Nothing was written" in shown.output
    done = run("ana", *merge, "--apply")
    assert (done.exit_code, office.patient(other).handle) == (0, kept)
    undone = run("ana", "merge", "--registry", REGISTRY, other, "--undo")
    assert (undone.exit_code, office.patient(other).handle) == (0, other)
    assert run("ana", "merge", "--registry", REGISTRY, other).exit_code == 1


def test_two_people_erase_and_a_hold_keeps_them_from_it(office: Office) -> None:
    handle = office.enrolled()
    asking = ["erase", "ask", "--registry", REGISTRY, handle, "--reason", "entered by mistake"]
    confirming = ["erase", "confirm", "--registry", REGISTRY, handle]
    assert run("ana", "hold", "--registry", REGISTRY, handle, "--reason", "Case 12").exit_code == 0
    refused = run("ana", *asking)
    assert (refused.exit_code, "legal hold" in str(refused.exception)) == (1, True)
    assert run("ana", "hold", "--registry", REGISTRY, handle, "--lift").exit_code == 0
    assert "erase confirm" in run("ana", *asking).output
    own = run("ana", *confirming)
    assert (own.exit_code, "second person" in str(own.exception)) == (1, True)
    assert "erase run" in run("ben", *confirming).output
    assert f"{handle}: confirmed" in run("ben", "erase", "list", "--registry", REGISTRY).output
    done = run("eve", "erase", "run", "--registry", REGISTRY, handle)
    assert (done.exit_code, "are gone from the table" in done.output) == (0, True)
    listed = run("ben", "erase", "list", "--registry", REGISTRY).output
    assert "asked by account ana, confirmed by account ben" in listed
    assert handle not in listed
    assert "no retention period" in run("ana", "erase", "due", "--registry", REGISTRY).output
