"""The registry a command means, and that a screen stays with its own, for Maya in two."""

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.registry_choice import NotThere
from cocm_bot.playground import cast, views
from cocm_bot.store.team import people
from tests.rig import forged
from tests.rig.clinic import Clinic
from tests.rig.scenes import ANA, ASSESSED, add_patient, second_registry, sees, team_channel
from tests.store.build import end_membership

HARBOR, RIVERSIDE = "Harbor Clinic", "Riverside Clinic"
WHICH = "You are in several registries. Which one do you want to work in?"


def chosen(clinic: Clinic, registry_id: str) -> None:
    """Maya works in a registry."""
    people.choose_registry(clinic.ctx.table, clinic.member("Maya Okafor").user_id, registry_id)


def works_in(clinic: Clinic) -> str | None:
    user = people.user(clinic.ctx.table, clinic.member("Maya Okafor").user_id)
    assert user is not None
    return user.current_registry


# --- asked --------------------------------------------------------------------------------------------------


def test_a_command_goes_on_once_its_person_said_where(clinic: Clinic) -> None:
    harbor = second_registry(clinic)
    maya = clinic.seat()
    maya.command("/cocm caseload flagged")
    sees(maya, WHICH, HARBOR, RIVERSIDE, '/cocm in "Riverside" today')
    maya.press("Work here", near=HARBOR)
    sees(maya, "0 patients · flagged", f"{HARBOR} · you are Care Manager")
    assert works_in(clinic) == harbor
    maya.command("/cocm today")
    sees(maya, "There are no patients in this registry yet.", f"{HARBOR} · you are Care Manager")


def test_a_window_asks_within_itself_and_keeps_what_was_typed_to_itself(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.close()
    second_registry(clinic)
    before = len(clinic.workspace.calls)
    maya.command("/cocm patient Muñoz")
    sees(maya, "Patient", WHICH)
    asked = "".join(repr(call.arguments) for call in clinic.workspace.calls[before:] if call.to == "slack")
    assert "Muñoz" not in asked
    maya.press("Work here", near=RIVERSIDE)
    sees(maya, "Ana Muñoz", "min this month")


def test_a_shortcut_asks_too(clinic: Clinic) -> None:
    second_registry(clinic)
    maya = clinic.seat()
    clinic.workspace.shortcut(cast.MAYA, "shortcut:add")
    sees(maya, WHICH)
    maya.press("Work here", near=HARBOR)
    maya.fill(ANA)
    assert maya.submit() is None
    sees(maya, "Added. Handle")
    assert clinic.patients() == []


def test_the_home_asks_and_stays_with_its_registry(clinic: Clinic) -> None:
    second_registry(clinic)
    maya = clinic.seat()
    maya.open_home()
    sees(maya, WHICH)
    maya.press("Work here", near=RIVERSIDE)
    sees(maya, "Hello Maya", f"{RIVERSIDE} · you are Care Manager")
    maya.command(f'/cocm in "{HARBOR}" add')
    maya.fill(ANA)
    assert maya.submit() is None
    maya.close()
    maya.open_home()
    sees(maya, "There are no patients here yet.", f"{RIVERSIDE} · you are Care Manager")


def test_nobody_else_can_answer_the_question(clinic: Clinic) -> None:
    harbor = second_registry(clinic)
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    maya.command("/cocm patient Muñoz")
    sees(maya, WHICH)
    assert maya.view is not None
    question = next(block for block in views.as_slack(maya.view)["blocks"] if "accessory" in block)
    value = question["accessory"]["value"]
    forged.click(clinic, cast.PCP, "registry-choice", value)
    sees(samuel, "You work in Riverside Clinic now. Please type your command again.")
    forged.click(clinic, cast.PCP, "registry-choice", value, registry_id=harbor)
    sees(samuel, str(NotThere()))


# --- named, and the channel's -------------------------------------------------------------------------------


def test_a_registry_that_is_named_is_meant_once(clinic: Clinic) -> None:
    second_registry(clinic)
    chosen(clinic, clinic.registry_id)
    maya = clinic.seat()
    maya.command("/cocm in harbor today")
    sees(maya, f"{HARBOR} · you are Care Manager")
    maya.command("/cocm today")
    sees(maya, f"{RIVERSIDE} · you are Care Manager")
    maya.command('/cocm in "Hilltop" patient K7Q4')
    sees(maya, f"You can name one of your registries: {HARBOR}, {RIVERSIDE}.")


@pytest.mark.parametrize(
    "typed", ['in "St. Mary’s" today', "in “ST. MARY'S” today", "in st. today", 'in "St.  Mary‘s" today']
)
def test_a_registry_is_found_however_a_phone_types_its_name(clinic: Clinic, typed: str) -> None:
    second_registry(clinic, "St. Mary's")
    chosen(clinic, clinic.registry_id)
    maya = clinic.seat()
    maya.command(f"/cocm {typed}")
    sees(maya, "St. Mary's · you are Care Manager")


def test_a_name_that_is_not_theirs_is_refused_alike_whether_it_is_one_or_not(clinic: Clinic) -> None:
    second_registry(clinic)
    samuel = clinic.seat("Samuel Adeyemi")
    for name in (HARBOR, "Nowhere"):
        samuel.command(f'/cocm in "{name}" today')
        sees(samuel, f"You can name one of your registries: {RIVERSIDE}.")
        assert HARBOR not in sees(samuel)
    clinic.workspace.settled()
    assert [entry.reason for entry in clinic.accesses("-")] == ["NotNamed", "NotNamed"]


def test_in_a_registrys_team_channel_commands_mean_it(clinic: Clinic) -> None:
    harbor = second_registry(clinic)
    chosen(clinic, clinic.registry_id)
    team_channel(clinic, harbor, cast.LOBBY)
    maya = clinic.seat()
    maya.command("/cocm today", channel="lobby")
    sees(maya, f"{HARBOR} · you are Care Manager")
    maya.command("/cocm today", channel="care-team")
    sees(maya, f"{RIVERSIDE} · you are Care Manager")
    samuel = clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm today", channel="lobby")
    sees(samuel, f"{RIVERSIDE} · you are Primary Care Physician")


# --- a screen is of its registry ----------------------------------------------------------------------------


def test_a_window_is_saved_in_the_registry_it_is_of(clinic: Clinic) -> None:
    harbor = second_registry(clinic)
    chosen(clinic, clinic.registry_id)
    maya = clinic.seat()
    maya.command(f"/cocm log {add_patient(maya)}")
    maya.fill(ASSESSED)
    chosen(clinic, harbor)
    assert maya.submit() is None
    sees(maya, "Ana Muñoz", "45 min this month")
    [ana] = clinic.patients()
    assert len(ana.treatment_logs) == 1


def test_a_message_acts_in_the_registry_it_is_of(clinic: Clinic) -> None:
    """A handle in it means a patient of that registry, never one of another with the same handle."""
    harbor = second_registry(clinic)
    chosen(clinic, clinic.registry_id)
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    maya.command("/cocm caseload")
    sees(maya, handle, f"{RIVERSIDE} · you are")
    chosen(clinic, harbor)
    maya.choose("Open a patient…", f"{handle} · A.M.")
    sees(maya, "Ana Muñoz")
    maya.close()
    maya.press("caseload-several")
    maya.fill({"Patients": [handle]})
    maya.close()
    end_membership(clinic.ctx.table, clinic.member("Maya Okafor").user_id, clinic.registry_id)
    maya.choose("Open a patient…", f"{handle} · A.M.")
    assert "Muñoz" not in sees(maya, str(NotThere()))


@pytest.mark.parametrize("registry", ["", "no-such-registry", HARBOR])
def test_a_screen_that_claims_another_registry_gives_nothing(clinic: Clinic, registry: str) -> None:
    """The same whether that registry is there or not."""
    harbor = second_registry(clinic)
    claimed = harbor if registry == HARBOR else registry
    samuel = clinic.seat("Samuel Adeyemi")
    forged.click(clinic, cast.PCP, "command:today", "", registry_id=claimed)
    sees(samuel, str(NotThere()))
    maya = clinic.seat()
    maya.command("/cocm in Riverside add")
    maya.fill(ANA)
    assert maya.view is not None
    view = views.as_slack(maya.view) | {"private_metadata": f'{{"registry": "{claimed}"}}'}
    [sentence] = forged.submission(clinic, cast.PCP, view).json["errors"].values()
    assert sentence == str(NotThere())
    assert {entry.reason for entry in clinic.accesses("-")} == {"NotThere"}


def test_the_role_is_that_of_the_screens_registry(clinic: Clinic) -> None:
    harbor = second_registry(clinic)
    clinic.add_member("Noor Rahimi", Role.FINANCE)
    noor = clinic.seat("Noor Rahimi")
    user_id = clinic.member("Noor Rahimi").user_id
    person = people.user(clinic.ctx.table, user_id)
    assert person is not None
    people.add_member(clinic.ctx.table, harbor, person, Role.CARE_MANAGER, is_admin=False, at=0)
    people.choose_registry(clinic.ctx.table, user_id, harbor)
    noor.command("/cocm today")
    sees(noor, f"{HARBOR} · you are Care Manager")
    forged.click(clinic, cast.UNKNOWN, "command:today", "", registry_id=clinic.registry_id)
    sees(noor, "As Finance you may not see the caseload.")


def test_only_who_is_in_several_is_told_how_to_name_one(clinic: Clinic) -> None:
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm help")
    sees(samuel, "this is your patient registry")
    assert "/cocm in" not in samuel.screen
    second_registry(clinic, 'Harbor "East" Clinic')
    maya.command("/cocm in Riverside help")
    sees(maya, 'say which one first, like /cocm in "Harbor East Clinic" today')
    maya.command('/cocm in "Harbor East Clinic" today')
    sees(maya, "There are no patients in this registry yet.")
