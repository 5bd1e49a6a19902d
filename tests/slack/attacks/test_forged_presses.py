"""Presses that no screen offers, signed as Slack signs: each is answered in words, and is no failure."""

import io

import pytest

from tests.rig import forged
from tests.rig.clinic import Clinic

PRESSES = [
    # A form of file that there is none of.
    ("figures-file:exe", "2031-02"),
    ("figures-file:", ""),
    ("billing-file:exe", '["2031-02","ALL",null,2]'),
    # What belongs to a modal, as from a message.
    ("bulk-show", "x"),
    ("team-remove", "x"),
    ("team-admin", "yes"),
    ("team-forget-account", ""),
    ("figures-counted-figure", "Improved"),
    ("settings-section", "billing"),
    ("contact-type", "Follow Up"),
    ("contact-no-show", "x"),
    ("contact-item", "1"),
    ("contact-by-item:1", "PHQ-9"),
    # A menu that sends no option, and a button.
    ("card-more", ""),
    # Ids longer than any key, and none.
    ("bulk-undo", "x" * 2000),
    ("bulk-undo", ""),
    ("import-undo", "x" * 2000),
    ("import-drop", "é" * 2000),
    ("import-apply", ""),
    ("figures-counted", "9" * 400),
    ("figures-counted", "2031-02 payer:<!channel>"),
    ("patient-menu", "open " + "K" * 1900 + " today"),
]


def test_no_forged_press_is_a_failure(
    clinic: Clinic, log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    maya = clinic.seat().person.id
    held = []
    for action, value in PRESSES:
        mark = len(log.getvalue())
        assert forged.click(clinic, maya, action, value).status in {200, 404}, action
        clinic.workspace.settled()
        if " ERROR " not in log.getvalue()[mark:]:
            held.append((action, value))
    assert held == PRESSES
    assert "<!channel>" not in str([each.arguments for each in clinic.workspace.calls if each.to == "slack"])
    with capsys.disabled():
        print(f"\nforged presses: {len(PRESSES)} tried, {len(held)} held")
