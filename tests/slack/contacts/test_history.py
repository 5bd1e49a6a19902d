"""History and changes at the screens."""

from datetime import timedelta

from cocm_bot.domain.records.agreements import Answer, RecommendationKind
from cocm_bot.domain.records.history import AuditLog, Change, Voided
from cocm_bot.operations.contacts.history import History, Trail
from cocm_bot.operations.patients.card import Card
from cocm_bot.playground.blocks import limits
from cocm_bot.slack.contacts.history_view import changes_view, history_view
from tests.domain import build
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees
from tests.store.build import registry

REGISTRY = registry()

NAMES = {"user-1": "Maya Okafor", "user-2": "Iris Lindqvist", "user-3": "Samuel Adeyemi"}


def test_every_contact_page_by_page_latest_first(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED, Note="Sleeps badly") is None
    maya.close()
    for _ in range(9):
        clinic.clock.forward(days=7)
        assert log_contact(maya, handle) is None
        maya.close()
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "History")
    first = sees(
        maya, "Ana Muñoz", "5 May 2031 · Follow Up", "Maya Okafor · Phone · 20 min · week 9", "1–8 of 10"
    )
    assert "Initial Assessment" not in first
    maya.press("Next")
    sees(maya, "3 Mar 2031 · Initial Assessment", "PHQ-9 18 · GAD-7 14", "Note: Sleeps badly", "9–10 of 10")
    maya.press("Previous")
    sees(maya, "1–8 of 10")
    assert [each for each in clinic.workspace.refusals if not each.race] == []
    assert {"view_patient"} <= {entry.action for entry in clinic.accesses()}


def test_an_entry_is_corrected_from_the_history(clinic: Clinic) -> None:
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.choose("More…", "History")
    maya.press("Correct")
    maya.fill({"Minutes": "40", "Why is the old entry wrong?": "Typed the wrong time"})
    assert maya.submit() is None
    sees(maya, "Ana Muñoz")
    maya.choose("More…", "History")
    sees(maya, "Maya Okafor · Clinic · 40 min", "⊘ Voided 3 Mar 2031 · Maya Okafor: Typed the wrong time")
    samuel.command(f"/cocm patient {handle}")
    samuel.choose("More…", "History")
    assert "[ Correct ]" not in sees(samuel, "Maya Okafor · Clinic · 40 min")


def test_who_changed_what(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    clinic.clock.forward(minutes=35)
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.choose("More…", "Changes")
    sees(
        maya,
        "3 Mar 2031 09:35 · Maya Okafor · contact logged · status Enrolled → Treatment",
        "sessions 0 → 1 · minutes this month 0 → 45",
        "3 Mar 2031 09:00 · Maya Okafor · enrolled",
    )


def test_a_voided_contact_is_struck_out_with_why() -> None:
    log = build.follow_up("2026-03-09", PHQ9=14)
    void = Voided(log_id=log.id, by="user-1", at=build.at("2026-03-10"), reason="*Other* patient")
    drawn = _text_of_history(log.model_copy(update={"voided": void, "note": "Sleeps badly"}))
    assert drawn == (
        "~9 Mar 2026 · Follow Up~\n~Maya Okafor · 20 min · week 0~\n~PHQ-9 14~\n"
        "~PHQ-9 item 9: 0 · not at all~\n~Note: Sleeps badly~\n"
        "⊘ Voided 10 Mar 2026 · Maya Okafor: ∗Other∗ patient"
    )


def test_a_consultation_says_what_became_of_its_recommendation() -> None:
    given = build.recommendation("2026-03-09", Answer.DONE)
    log = build.consult("2026-03-09").model_copy(
        update={
            "id": given.id,
            "provider": "user-2",
            "recommendation": given.model_copy(update={"answers": ()}),
        }
    )
    assert _text_of_history(log, recommendations=(given,)) == (
        "*9 Mar 2026 · Psychiatric Consultation*\nIris Lindqvist · 20 min · week 0\n"
        f"Recommended: {RecommendationKind.MEDICATION}. Raise the dose.\n"
        "Done 10 Mar 2026 · Samuel Adeyemi"
    )


def test_a_change_of_the_care_manager_is_told_by_name() -> None:
    changes = (
        Change(attribute="care_manager", before="user-1", after="user-9"),
        Change(attribute="patient_mrn", before="M-1", after="M-2"),
        Change(attribute="payer", before="Acme", after=""),
        Change(attribute="flag", before="", after="Safety Risk: <!here>"),
    )
    entry = AuditLog(
        id="a",
        object_name="patient",
        action="edited",
        user_id="user-1",
        created_date=build.at("2026-03-09"),
        changes=changes,
    )
    view = changes_view(Trail(_card(), [entry], broken=2), REGISTRY, 1)
    assert view["blocks"][1]["text"]["text"] == (
        "9 Mar 2026 12:00 · Maya Okafor · edited · care manager Maya Okafor → a former member · MRN M-1 → M-2"
        " · payer Acme → nothing · flag: Safety Risk: &lt;!here&gt;"
    )
    assert "2 entries can't be read" in str(view["blocks"][-1])


def test_the_longest_history_stays_within_slacks_limits() -> None:
    long = "x" * 3000
    log = build.plan("2026-03-09").model_copy(update={"note": long, "safety_action": long})
    logs = [log.model_copy(update={"id": f"log-{number}"}) for number in range(500)]
    changes = tuple(Change(attribute="note", before=long, after=long) for _ in range(30))
    at = build.moment("2026-03-09")
    entries = [
        AuditLog(
            id=f"a-{number}",
            object_name="patient",
            action="edited",
            user_id="user-1",
            created_date=(at + timedelta(minutes=number)).timestamp(),
            changes=changes,
        )
        for number in range(500)
    ]
    for number in (1, 2, 63, 999):
        assert limits.problems("modal", history_view(History(_card(), logs), REGISTRY, number)) == []
        assert limits.problems("modal", changes_view(Trail(_card(), entries, 0), REGISTRY, number)) == []


def _card(**changes: object) -> Card:
    return Card(build.patient().model_copy(update=changes), [], NAMES)


def _text_of_history(log: object, **changes: object) -> str:
    view = history_view(History(_card(**changes), [log]), REGISTRY, 1)  # type: ignore[list-item]  # one contact
    return str(view["blocks"][2]["text"]["text"])
