"""A registry's own lines of a measure, at the screens: set by an admin, and what follows for the patients."""

from cocm_bot.domain.measures.catalogue import CATALOGUE, MeasureRules
from cocm_bot.operations.registries import measures
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, log_contact, sees

ASSESSED = {"Contact type": "Initial Assessment", "PHQ-9 total": "8"}


def test_an_admin_sets_the_lines_of_a_measure(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.close()
    maya.command("/cocm measures")
    maya.choose("Lines of a measure…", "PHQ-9")
    sees(maya, "PHQ-9 0–27, lower is better", "Meaningful change")
    maya.fill({"Line": "8", "Remission line": "9"})
    assert maya.submit() == {"Remission line": "Remission asks for at least as much as improvement, 8."}
    maya.fill({"Remission line": "4", "Meaningful change": "28"})
    assert maya.submit() == {"Meaningful change": "Enter 1 to 27, or nothing."}
    maya.fill({"Meaningful change": "6"})
    assert maya.submit() is None
    sees(maya, "improved below 8 · remission below 4 · item 9 asks about self-harm (0–3) · worse by 6")
    [phq, *_] = clinic.registry.policy.measures
    assert (phq.improved_below, phq.remission_below, phq.meaningful_change) == (8, 4, 6)
    clinic.workspace.settled()
    [ana] = clinic.patients()
    # 8 is at the line now, and every patient was worked out again.
    assert ana.course.scores["PHQ-9"].not_improved_since is not None
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_a_measure_can_be_made_to_screen_only(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm measures")
    maya.choose("Lines of a measure…", "GAD-7")
    maya.fill({"This measure": "Only screens"})
    assert maya.submit() is None
    sees(maya, "GAD-7 0–21", "only screens")
    assert [each.name for each in clinic.registry.policy.measures if each.outcome] == ["PHQ-9"]


def test_the_measures_own_lines_are_the_same_as_none_set(clinic: Clinic) -> None:
    admin = clinic.actor()
    other = MeasureRules(improved_below=12, remission_below=5, meaningful_change=5)
    assert measures.set_rules(clinic.ctx, admin, "PHQ-9", other).measure_rules == {"PHQ-9": other}
    phq = CATALOGUE["PHQ-9"]
    own = MeasureRules(improved_below=phq.improved_below, remission_below=5, meaningful_change=5)
    again = clinic.actor()
    assert measures.set_rules(clinic.ctx, again, "PHQ-9", own).measure_rules == {}
