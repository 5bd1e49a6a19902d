"""The trend's picture on the card: after the numbers, given to Slack once, and never in the place of news."""

from cocm_bot.playground.seats.seat import Seat
from tests.rig.clinic import Clinic
from tests.rig.scenes import sees
from tests.slack.patients.test_trend import scored


def opened(clinic: Clinic, handle: str) -> Seat:
    maya = clinic.seat()
    if maya.view:
        maya.close(everything=True)
    maya.command(f"/cocm patient {handle}")
    return maya


def test_it_follows_the_numbers_and_is_given_to_slack_once(clinic: Clinic) -> None:
    handle = scored(clinic)
    for _ in range(2):
        maya = opened(clinic, handle)
        sees(maya, "18 → 9 (−9)", f"Scores of {handle}.", "PHQ-9 went from 18")
    [upload] = clinic.workspace.uploads.values()
    assert (upload.name, upload.shared) == ("trend.png", True)
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_what_was_done_meanwhile_stays_on_the_card(clinic: Clinic) -> None:
    handle = scored(clinic)
    maya = clinic.seat()
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Safety Risk"], "Why": "A plan and a date"})
    assert maya.submit() is None
    maya.expect("Safety alert")
    clinic.workspace.fail("files.completeUploadExternal", hang=1.0)
    maya = opened(clinic, handle)
    maya.expect("I have it", "nobody has taken it yet")
    maya.press("I have it")
    maya.expect("Taken by Maya Okafor")
    clinic.workspace.settled()
    sees(maya, "Taken by Maya Okafor")


def test_a_card_keeps_its_numbers_where_slack_takes_no_picture(clinic: Clinic) -> None:
    handle = scored(clinic)
    clinic.workspace.fail("files.completeUploadExternal", error="internal_error")
    maya = opened(clinic, handle)
    maya.expect("18 → 9 (−9)")
    clinic.workspace.settled()
    assert "Scores of" not in sees(maya, "18 → 9 (−9)")
    maya = opened(clinic, handle)
    sees(maya, "Scores of")
