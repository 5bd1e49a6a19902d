"""The trend at the screens: the lines at once, the picture when Slack has it, a note when it does not."""

from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from cocm_bot.slack.runtime.client import gateway
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees
from tests.store import faults


def scored(clinic: Clinic) -> str:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.close()
    clinic.clock.forward(weeks=4)
    assert log_contact(maya, handle, **{"PHQ-9 total": "9", "GAD-7 total": "9"}) is None
    sees(maya, "Saved.")
    return handle


def test_lines_and_picture(clinic: Clinic) -> None:
    handle = scored(clinic)
    maya = clinic.seat()
    maya.press("Trend")
    words = (
        f"Scores of {handle}. PHQ-9 went from 18 (moderately severe) on 3 Mar 2031 to 9 (mild) on 31 Mar 2031"
    )
    sees(maya, "PHQ-9 18 → 9 over 4 weeks", "GAD-7 14 → 9 over 4 weeks", words)
    [upload] = clinic.workspace.uploads.values()
    assert (upload.name, upload.title, upload.shared) == ("trend.png", "trend.png", True)
    assert upload.content is not None
    assert upload.content.startswith(b"\x89PNG")
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_a_picture_that_slack_still_looks_into_is_shown_when_it_is_ready(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "PICTURE_PAUSES", (0.0, 0.0, 0.0))
    scored(clinic)
    maya = clinic.seat()
    clinic.workspace.fail("files.completeUploadExternal", hang=0.5)
    maya.press("Trend")
    sees(maya, "PHQ-9 18 → 9 over 4 weeks", "Drawing the chart…")
    clinic.workspace.fail("views.update", times=2, error="invalid_arguments")
    assert "Drawing" not in sees(maya, "Scores of")


def pictured(clinic: Clinic) -> str:
    """A trend with its picture; returns the file's id."""
    scored(clinic)
    maya = clinic.seat()
    maya.press("Trend")
    sees(maya, "Scores of")
    clinic.workspace.settled()
    [file_id] = clinic.workspace.uploads
    return file_id


def test_the_picture_is_deleted_when_its_hours_are_over(clinic: Clinic) -> None:
    file_id = pictured(clinic)
    clinic.clock.forward(minutes=24 * 60 - 1)
    clinic.tick()
    assert list(clinic.workspace.uploads) == [file_id]
    assert clinic.calls("files.delete") == []
    clinic.clock.forward(minutes=1)
    clinic.tick()
    assert clinic.workspace.uploads == {}
    clinic.clock.forward(days=2)
    clinic.tick()
    assert len(clinic.calls("files.delete")) == 1


FAILURES: list[dict[str, Any]] = [
    {"error": "internal_error"},
    {"status": 503},
    {"retry_after": 30},
    {"error": "missing_scope"},
    {"error": "internal_error", "applied": True},
]


@pytest.mark.parametrize("failing", FAILURES, ids=str)
def test_a_picture_that_slack_does_not_delete_is_tried_again(clinic: Clinic, failing: dict[str, Any]) -> None:
    pictured(clinic)
    clinic.clock.forward(days=1)
    clinic.workspace.fail("files.delete", **failing)
    clinic.tick()
    assert len(clinic.calls("files.delete")) == 1
    clinic.clock.forward(minutes=10)
    clinic.tick()
    assert clinic.workspace.uploads == {}
    clinic.clock.forward(days=1)
    clinic.tick()
    assert len(clinic.calls("files.delete")) == 2


def test_a_picture_that_nobody_would_remember_to_delete_is_not_kept(clinic: Clinic) -> None:
    scored(clinic)
    maya = clinic.seat()
    refused = faults.refuse("AccessDeniedException")

    def unless_it_is_the_view(request: AWSPreparedRequest) -> AWSResponse | None:
        return refused(request) if b"work:file" in (request.body or b"") else None

    with faults.on(clinic.ctx.table.client, "*", unless_it_is_the_view):
        maya.press("Trend")
        sees(maya, "Slack did not take the chart's picture.")
    assert clinic.workspace.uploads == {}


def test_a_picture_that_slack_does_not_take_leaves_the_lines(clinic: Clinic) -> None:
    scored(clinic)
    maya = clinic.seat()
    clinic.workspace.fail("files.completeUploadExternal", error="internal_error")
    maya.press("Trend")
    sees(maya, "PHQ-9 18 → 9 over 4 weeks", "Slack did not take the chart's picture.")


def test_a_patient_without_scores_is_told_so(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.press("Trend")
    sees(maya, "No scores yet in this episode.")
    assert clinic.workspace.uploads == {}


@pytest.mark.parametrize("entry", ["Trend", "History", "Changes"])
def test_who_may_see_no_patient_sees_none_of_it(clinic: Clinic, entry: str) -> None:
    """One of them; tests/guards/test_roles.py tries everybody."""
    maya, other = clinic.seat(), clinic.seat("Lena Novak")
    add_patient(maya)
    other.command("/cocm add")
    sees(other, "you may not add a patient")
    if entry == "Trend":
        forgery.press(other, maya, entry)
    else:
        forgery.choose(other, maya, "More…", entry)
    assert "Muñoz" not in sees(other, "you may not see a patient")
    refused = {each.action for each in clinic.accesses() if each.outcome == "refused"}
    assert refused == {"enrol_patient", "view_patient"}
