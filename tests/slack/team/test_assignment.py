"""Assignment of patients at the screens: assigned, handed over, covered, shown first."""

import re

import pytest

from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate
from cocm_bot.playground import cast, views
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.caseload.bulk import MOST
from tests.jobs.scenes.inbox import words as said
from tests.rig import crowd, forged, forgery
from tests.rig.clinic import MONDAY, Clinic
from tests.rig.scenes import add_patient, sees, send_anyway
from tests.store.build import end_membership


@pytest.fixture
def two(clinic: Clinic) -> Clinic:
    """The clinic with Iris as a second care manager."""
    iris = "Iris Lindqvist"
    end_membership(clinic.ctx.table, clinic.member(iris).user_id, clinic.registry_id)
    clinic.add_member(iris, Role.CARE_MANAGER)
    return clinic


def care_manager_of(clinic: Clinic, handle: str) -> str | None:
    return next(each.care_manager for each in clinic.patients() if each.handle == handle)


def three(maya: Seat) -> list[str]:
    """Three patients of Maya's, by handle."""
    handles = []
    for number in range(3):
        handles.append(add_patient(maya, MRN=f"A-{number}"))
        maya.close()
    return handles


def test_a_patient_is_assigned_from_the_card(two: Clinic) -> None:
    maya, iris = two.seat(), two.seat("Iris Lindqvist")
    handle = add_patient(maya)
    sees(maya, "Care manager: Maya Okafor")
    maya.choose("More…", "Assign")
    sees(maya, "Ana Muñoz", "Care manager: Maya Okafor")
    maya.fill({"Care manager": "Iris Lindqvist"})
    assert maya.view is not None
    asked = views.as_slack(maya.view)
    assert maya.submit() is None
    assert forged.submission(two, cast.MAYA, asked).status == 200
    sees(maya, "Assigned to Iris Lindqvist.", "Care manager: Iris Lindqvist")
    maya.close()
    maya.command("/cocm caseload")
    sees(maya, "0 patients", "Yours: 0 of 1.", "You have no patients yet; the registry has 1.", "Show all")
    maya.command("/cocm caseload all")
    sees(maya, "1 patient,", handle)
    iris.command("/cocm caseload")
    assert "Yours" not in sees(iris, "1 patient,", handle)
    [ana] = two.patients()
    assert [entry.action for entry in ana.audit_logs] == ["enrolled", "assigned"]
    assert [refusal for refusal in two.workspace.refusals if not refusal.race] == []


def test_all_patients_of_one_are_handed_over(two: Clinic) -> None:
    maya = two.seat()
    handles = [add_patient(maya, MRN=f"A-{number}") for number in range(3)]
    maya.close(everything=True)
    ops = two.seat("Lena Novak")
    ops.command("/cocm handover")
    ops.fill({"From": "Maya Okafor", "To": "Maya Okafor"})
    assert ops.view is not None
    assert "3 patients" in str(ops.view.blocks), "who hands over sees how many before"
    assert ops.submit() == {"To": "Choose somebody other than the person who hands over."}
    ops.fill({"To": "Iris Lindqvist"})
    assert ops.submit() is None
    screen = sees(ops, "will go from Maya Okafor to Iris Lindqvist, for good.")
    assert not [word for word in ("Ana", *handles) if word in screen]
    both = [two.member(name).user_id for name in ("Maya Okafor", "Iris Lindqvist")]
    assert {care_manager_of(two, handle) for handle in handles} == {both[0]}
    assert ops.view is not None
    asked = views.as_slack(ops.view)
    assert ops.submit() is None
    ops.close(everything=True)
    inbox_has(ops, "3 patients handed over to Iris Lindqvist.", "You can undo this for a day.")
    inbox_has(two.seat("Iris Lindqvist"), "*Lena Novak* handed 3 patients of Maya Okafor over to you.")
    inbox_has(maya, "*Lena Novak* handed 3 patients of yours over to Iris Lindqvist.")
    assert {care_manager_of(two, handle) for handle in handles} == {both[1]}
    # Sent a second time, it says what happened.
    answer = forged.submission(two, cast.OPS, asked).json
    assert "3 patients handed over to Iris Lindqvist." in str(answer["view"]["blocks"])
    ops.press("Undo", on=ops.message)
    inbox_has(ops, "3 patients back with Maya Okafor.")
    assert {care_manager_of(two, handle) for handle in handles} == {both[0]}
    inbox_has(maya, "*Lena Novak* undid the handover: 3 patients are yours again.")


def inbox_has(seat: Seat, *words: str) -> None:
    """Wait until the latest of the person's direct messages with the bot says this; it is in front then."""
    seat.go(cast.BOT)

    def has() -> bool:
        return seat.message is not None and all(each in said(seat.message) for each in words)

    seat.workspace.wait_until(has, f"a message that says {words}")


def test_several_of_a_list_are_assigned_flagged_and_exported(two: Clinic) -> None:
    maya = two.seat()
    first, second, third = three(maya)
    maya.command("/cocm caseload")
    sees(maya, "3 patients")
    maya.press("Choose several…", on=maya.message)
    sees(maya, "Choose any")
    chosen = [f"{first} · Ana Muñoz", f"{second} · Ana Muñoz"]
    maya.fill({"Patients": chosen, "What to do": "Assign to…"})
    assert maya.submit() == {"Care manager": "Choose who gets these patients."}
    maya.fill({"Care manager": "Iris Lindqvist"})
    iris = two.member("Iris Lindqvist").user_id
    # One of them leaves before it is sent.
    leaving = Deactivation(reason=DeactivationReason.DECLINED)
    deactivate(two.ctx, two.actor(), second, leaving, "leaves")
    assert maya.submit() is None
    sees(maya, "2 patients will be assigned to Iris Lindqvist.")
    assert maya.view is not None
    asked = views.as_slack(maya.view)
    assert maya.submit() is None
    assert forged.submission(two, cast.MAYA, asked).status == 200
    two.workspace.wait_until(lambda: care_manager_of(two, first) == iris, "the assignment")
    two.workspace.settled()
    maya.press("How far is it?")
    sees(maya, "1 of 2 patients assigned to Iris Lindqvist.", second, "This patient is deactivated")
    maya.close()
    # The list behind is drawn again: the patient is no longer Maya's.
    two.workspace.wait_until(lambda: "Yours: 1 of 2" in sees(maya, "Caseload"), "the list")
    assert care_manager_of(two, first) == iris

    maya.command("/cocm caseload all")
    sees(maya, "2 patients")
    for deed, more, told in (
        ("Flag for discussion", {"Reason": "Housing"}, "2 patients will be flagged for discussion: Housing"),
        ("Export the handles", {}, "2 handles, to copy:"),
    ):
        maya.press("Choose several…", on=maya.message)
        maya.fill({"Patients": [f"{first} · Ana Muñoz", f"{third} · Ana Muñoz"], "What to do": deed, **more})
        assert maya.submit() is None
        sees(maya, told)
        if more:
            assert maya.submit() is None
        maya.close()
    inbox_has(maya, "2 patients flagged for discussion.")
    flags = {each.handle: [flag.reason for flag in each.flags] for each in two.patients()}
    assert flags == {first: ["Housing"], second: [], third: ["Housing"]}
    [export] = [entry for entry in two.accesses() if entry.action == "export_handles"]
    assert len(export.patient_ids) == 2
    assert [each for each in two.workspace.refusals if not each.race] == []


@pytest.mark.slow
def test_something_is_done_for_everybody_on_a_list_longer_than_a_menu(two: Clinic) -> None:
    """Slack's menu holds a hundred; for more, one box means all, and the question says how many that is."""
    # Nobody's care manager is among the team: each is on Maya's own list.
    everyone = [each.model_copy(update={"care_manager": None}) for each in crowd.synthetic(170, MONDAY)]
    crowd.load(two.ctx.table, two.registry_id, everyone)
    active = {each.handle for each in crowd.active(everyone)}
    assert len(active) > MOST + 10
    maya = two.seat()
    maya.command("/cocm caseload")
    sees(maya, f"{len(active)} patients, sorted by urgency")
    caseload = maya.message
    maya.press("Choose several…", on=caseload)
    sees(maya, f"The menu has the first {MOST} of {len(active)}.", f"Everybody: {len(active)} patients")
    maya.fill({"What to do": "Assign to…", "Care manager": "Iris Lindqvist"})
    assert maya.submit() == {"Patients": "Choose patients, or the whole list."}
    maya.fill({"Or the whole list": [f"Everybody: {len(active)} patients"]})
    # One of them leaves before it is sent.
    gone = min(active)
    leaving = Deactivation(reason=DeactivationReason.DECLINED, asked=True)
    deactivate(two.ctx, two.actor(), gone, leaving, "leaves")
    active.remove(gone)
    assert maya.submit() is None
    sees(maya, f"{len(active)} patients will be assigned to Iris Lindqvist.")
    assert maya.submit() is None
    inbox_has(maya, f"{len(active)} patients assigned to Iris Lindqvist.")
    iris = two.member("Iris Lindqvist").user_id
    assert {each.handle for each in two.patients() if each.care_manager == iris} == active
    maya.close()

    maya.command("/cocm caseload all")
    sees(maya, f"{len(active)} patients, sorted by urgency")
    maya.press("Choose several…", on=maya.message)
    everybody = {"Or the whole list": [f"Everybody: {len(active)} patients"]}
    maya.fill({**everybody, "What to do": "Export the handles"})
    assert maya.submit() is None
    screen = sees(maya, f"{len(active)} handles, to copy:")
    assert set(re.findall(r"X[0-9A-F]{3}", screen)) == active
    [export] = [entry for entry in two.accesses() if entry.action == "export_handles"]
    assert len(export.patient_ids) == len(active)
    assert [each for each in two.workspace.refusals if not each.race] == []


def test_who_may_not_assign_gets_nowhere(two: Clinic) -> None:
    """One of them; tests/guards/test_roles.py tries everybody."""
    maya, other = two.seat(), two.seat("Samuel Adeyemi")
    handle = add_patient(maya)
    other.command("/cocm handover")
    other.expect("you may not hand patients over")
    forgery.choose(other, maya, "More…", "Assign")
    other.expect("you may not assign a patient")
    maya.choose("More…", "Assign")
    maya.fill({"Care manager": "Iris Lindqvist"})
    assert "you may not assign a patient" in forgery.submission(other, maya)["Care manager"]
    maya.close(everything=True)
    maya.command("/cocm handover")
    maya.fill({"From": "Maya Okafor", "To": "Iris Lindqvist"})
    assert "you may not hand patients over" in forgery.submission(other, maya)["From"]
    maya.close()
    maya.command("/cocm caseload")
    sees(maya, "1 patient,")
    maya.press("Choose several…", on=maya.message)
    maya.fill(
        {"Patients": [f"{handle} · Ana Muñoz"], "What to do": "Assign to…", "Care manager": "Iris Lindqvist"}
    )
    assert "you may not assign a patient" in forgery.submission(other, maya)["Patients"]
    assert care_manager_of(two, handle) == two.member("Maya Okafor").user_id
    refused = sorted(entry.action for entry in two.accesses() if entry.outcome == "refused")
    assert refused == ["assign", "assign", "assign", "hand_over", "hand_over"]


def test_who_sees_no_patients_can_not_choose_any(two: Clinic) -> None:
    add_patient(two.seat())
    ops = two.seat("Lena Novak")
    forged.click(two, cast.OPS, "caseload-several", "caseload all urgency")
    ops.expect("you may not export handles")


def test_a_list_and_a_choice_that_are_not_ours_do_nothing(two: Clinic) -> None:
    maya = two.seat()
    handle = add_patient(maya)
    maya.close()
    for value, sentence in (
        ("today", "out of date"),
        ("", "out of date"),
        ("caseload x", "I can show: mine, all"),
    ):
        forged.click(two, cast.MAYA, "caseload-several", value)
        maya.expect(sentence)
        maya.close()
    maya.command("/cocm caseload")
    sees(maya, "1 patient,")
    maya.press("Choose several…", on=maya.message)
    maya.fill({"Patients": [f"{handle} · Ana Muñoz"], "What to do": "Export the handles"})
    assert maya.view is not None
    menu = maya.view.entered
    for key, entered in list(menu.items()):
        if "patients" in key:
            menu[key] = [{**option, "value": "ZZZZ"} for option in entered]
    assert send_anyway(maya) == {"Patients": "There is no such patient in this registry."}
