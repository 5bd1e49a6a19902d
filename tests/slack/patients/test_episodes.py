"""Leaving and coming back at the screens: asked once, undone, the same episode or a new one."""

import pytest

from cocm_bot.store.patients import history
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees, with_item


@pytest.fixture
def handle(clinic: Clinic) -> str:
    """Ana, assessed with a PHQ-9 of 18, with a review flag."""
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Review with Psychiatrist"], "Why": "No better"})
    assert maya.submit() is None
    sees(maya, "Raised: Review with Psychiatrist.")
    maya.close(everything=True)
    return handle


def leave(clinic: Clinic, handle: str) -> None:
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Moved away", "In words": "To Ohio"})
    assert maya.submit() is None
    sees(
        maya,
        "Before this patient leaves:",
        "PHQ-9 is 18, at or above 10",
        "there is no relapse prevention plan",
        "the flag Review with Psychiatrist is open",
        "Press Deactivate again to continue.",
        "To Ohio",
    )
    [ana] = clinic.patients()
    assert ana.status == "Treatment"
    assert maya.submit() is None
    sees(maya, "Deactivated: Moved away.")
    maya.close(everything=True)


def test_a_deactivation_by_mistake_is_undone(clinic: Clinic, handle: str) -> None:
    [before] = clinic.patients()
    leave(clinic, handle)
    clinic.clock.forward(minutes=1)
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    maya.press("Undo the deactivation")
    sees(maya, "Status is Treatment again, since 3 Mar 2031")
    assert maya.submit() is None
    sees(maya, "Deactivation undone: status is Treatment again.", "Review with Psychiatrist since")
    [after] = clinic.patients()
    same = {"version", "date_modified", "audit_logs", "turns"}
    assert after.model_dump(exclude=same) == before.model_dump(exclude=same)
    assert clinic.registry.active_patients == 1
    trail = history.audit_trail(clinic.ctx.table, after.id).records
    assert {"deactivated", "deactivation undone"} <= {each.action for each in trail}
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_later_it_is_too_late_and_the_same_episode_is_proposed(clinic: Clinic, handle: str) -> None:
    leave(clinic, handle)
    clinic.clock.forward(days=14)
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    maya.press("Undo the deactivation")
    sees(maya, "can no longer be undone")
    maya.close(everything=True)
    maya.command(f"/cocm patient {handle}")
    maya.press("Reopen")
    sees(maya, "Episode 1: 3 Mar 2031 to 3 Mar 2031 (Moved away: To Ohio)")
    maya.fill({"Why": "Stays after all"})
    assert maya.submit() is None
    sees(maya, "Reopened: the same episode goes on.", "Treatment, week 2, since 17 Mar 2031", "PHQ-9 18")
    [ana] = clinic.patients()
    assert (len(ana.episodes), ana.course.scores["PHQ-9"].first) == (1, 18)


def test_a_new_episode_can_be_chosen_instead(clinic: Clinic, handle: str) -> None:
    leave(clinic, handle)
    clinic.clock.forward(days=1)
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    maya.press("Reopen")
    sees(maya, "Deactivated by mistake?")
    maya.fill({"Why": "Another illness", "Episode": "A new episode begins"})
    assert maya.submit() is None
    sees(maya, "Reopened: a new episode begins.", "Enrolled", "No scores yet.")


def test_an_outcome_check_reopens_nothing(clinic: Clinic, handle: str) -> None:
    leave(clinic, handle)
    clinic.clock.forward(weeks=26)
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Outcome check")
    modal = sees(maya, "Outcome Check", "PHQ-9 total", "GAD-7 total")
    assert "Visit type" not in modal
    maya.fill({"Minutes": "10"})
    assert maya.submit() == {"Contact type": "An outcome check needs at least one score."}
    maya.fill(with_item({"PHQ-9 total": "6"}))
    assert maya.submit() is None
    sees(maya, "Saved.", "Deactivated", "Outcome Check · 10 min · PHQ-9 6 (item 9: 0)")
    [ana] = clinic.patients()
    assert (ana.status, ana.course.scores["PHQ-9"].latest, ana.total_sessions) == ("Deactivated", 18, 1)
    assert clinic.registry.active_patients == 0
