"""The App Home by role, kept true after each operation, and the shortcuts that work anywhere."""

from dataclasses import replace
from itertools import islice

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.billing.month_words import Asked
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.figures.counts import figures, numbers
from cocm_bot.domain.measures.catalogue import DEFAULT_MEASURES
from cocm_bot.domain.members import Questionnaire, Registry, UserInvite
from cocm_bot.domain.pages import page_of
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.caseload.caseload import ROWS_PER_PAGE, Page
from cocm_bot.operations.caseload.rows import row_of
from cocm_bot.operations.digests.overview import Day
from cocm_bot.operations.gaps import NO_GAPS, Gaps
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.operations.team.joining import Invitation
from cocm_bot.playground import interactions
from cocm_bot.playground.blocks import limits
from cocm_bot.playground.seats import finding
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.commands import home_buttons
from cocm_bot.slack.home_view import billing_home, day_view, figures_home, greeting
from cocm_bot.slack.team.invites_view import home_invitations
from tests.rig.clinic import MONDAY, Clinic
from tests.rig.scenes import (
    ANA,
    ASSESSED,
    add_patient,
    handle_on,
    log_contact,
    second_registry,
    sees,
)
from tests.rig.seats import PATIENCE
from tests.slack.billing.rows import month_of, page_of_month

DOCTOR = Clinician(name="Samuel Adeyemi", user_id="user-3")


def publications(clinic: Clinic) -> int:
    return len(clinic.calls("views.publish"))


def test_a_care_manager_sees_the_day_and_the_caseload_in_numbers(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.open_home()
    sees(maya, "Hello Maya", "There are no patients here yet.", "Updated at 09:00, 3 Mar")
    add_patient(maya)
    maya.close()
    maya.open_home()
    sees(
        maya,
        "Nothing is due for your patients today.",
        "1 patient: 1 Enrolled · 0 Treatment",
        "0 due · no flag open",
        "Improved: nobody is enrolled 70 days or more",
    )
    clinic.clock.forward(days=8)
    maya.open_home()
    sees(maya, "1 patient needs you today", "Assessments due: 1", "Ana Muñoz", "Assessments due")
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_the_home_follows_each_operation_of_whoever_opened_it(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.open_home()
    sees(maya, "There are no patients here yet.")
    clinic.clock.forward(minutes=5)
    maya.press("Add a patient")
    maya.fill(ANA)
    assert maya.submit() is None
    sees(maya, "Added. Handle")
    maya.close()
    sees(maya, "1 patient: 1 Enrolled", "Updated at 09:05, 3 Mar")
    assert publications(clinic) == 2


def test_it_follows_what_another_replica_did(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.open_home()
    sees(maya, "There are no patients here yet.")
    with clinic.restarted():
        maya.press("Add a patient")
        maya.fill(ANA)
        assert maya.submit() is None
        sees(maya, "Added. Handle")
        maya.close()
        sees(maya, "1 patient: 1 Enrolled")


def test_whoever_never_opened_it_gets_none(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    clinic.workspace.settled()
    assert publications(clinic) == 0


def test_a_home_that_cannot_be_published_costs_the_operation_nothing(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.open_home()
    sees(maya, "There are no patients here yet.")
    clinic.workspace.fail("views.publish", times=2, error="internal_error")
    handle = add_patient(maya)
    maya.close()
    clinic.workspace.settled()
    assert [each.handle for each in clinic.patients()] == [handle]


def test_only_the_home_tab_is_drawn(clinic: Clinic) -> None:
    person = clinic.seat().person.id
    clinic.workspace.event({"type": "app_home_opened", "user": person, "channel": "D1", "tab": "messages"})
    clinic.workspace.settled()
    assert publications(clinic) == 0


def test_finance_sees_minutes_and_codes_and_nothing_clinical(clinic: Clinic) -> None:
    omar = clinic.seat("Omar Haddad")
    omar.open_home()
    sees(omar, "No minutes are recorded in March 2031 yet.")
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.close()
    line = f"{handle} · MRN A-1001 · A.M. · born 1984-02-29 · no payer"
    counted = "March 2031: 1 patient with minutes, 0 with a code, 0 ready · 0 min in all"
    worked = "0 min (+ 45 before consent) · 3 Mar 2031 · no code: consent is missing · consent none"
    omar.open_home()
    home = sees(omar, counted, line, worked)
    omar.press("Billing")
    modal = sees(omar, line, worked)
    for clinical in ("Muñoz", "PHQ-9", "Treatment", "week"):
        assert clinical not in home
        assert clinical not in modal
    done = {each.action for each in clinic.accesses() if each.slack_user_id == omar.person.id}
    assert done == {"view_billing"}


def test_who_left_this_month_is_still_billed(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Moved away"})
    assert maya.submit() is None
    omar = clinic.seat("Omar Haddad")
    omar.command("/cocm billing")
    sees(omar, f"{handle} · MRN A-1001", "45 before consent")


@pytest.mark.parametrize("name", ["Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi", "Lena Novak"])
def test_billing_is_for_finance(clinic: Clinic, name: str) -> None:
    seat = clinic.seat(name)
    seat.command("/cocm billing")
    sees(seat, "you may not see the month's billing")
    assert [each.action for each in clinic.accesses() if each.outcome == "refused"] == ["view_billing"]


def test_clinical_ops_sees_counts_and_no_patient(clinic: Clinic) -> None:
    lena = clinic.seat("Lena Novak")
    lena.open_home()
    sees(lena, "There are no patients in this registry yet.")
    handle = add_patient(clinic.seat())
    lena.open_home()
    home = sees(lena, "1 patient: 1 Enrolled", "Patients by care manager", "/cocm figures counts any month")
    assert handle not in home
    assert "Muñoz" not in home


def test_a_recommendation_waits_in_the_home_of_those_it_is_for(clinic: Clinic) -> None:
    maya, iris, samuel = clinic.seat(), clinic.seat("Iris Lindqvist"), clinic.seat("Samuel Adeyemi")
    handle = add_patient(maya)
    iris.command(f"/cocm log {handle}")
    iris.fill({"Contact type": "Psychiatric Consultation"})
    iris.fill({"Recommendation": ["Medication"], "In words": "Raise the dose", "Minutes": "10"})
    assert iris.submit() is None
    samuel.open_home()
    sees(samuel, "Waiting for your answer", f"Ana Muñoz · {handle}", "Medication: Raise the dose")
    [patient], his = clinic.patients(), clinic.member("Samuel Adeyemi").user_id
    seen = [
        each.patient_ids for each in clinic.accesses() if (each.user_id, each.surface) == (his, "App Home")
    ]
    assert seen == [(patient.id,)], "in the list and beside it, in one entry"
    iris.close()
    iris.open_home()
    assert "Waiting for your answer" not in sees(iris, "Hello Iris")


def test_the_running_timer_stands_on_top_until_it_is_discarded(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.open_home()
    maya.press("Add a patient")
    maya.fill(ANA)
    assert maya.submit() is None
    handle = handle_on(sees(maya, "Added. Handle"))
    maya.press("Timer")
    sees(maya, "It runs until you log the contact")
    maya.close(everything=True)
    sees(maya, "Your timer", handle, "1 min, since 09:00")


def test_a_shortcut_works_from_anywhere(clinic: Clinic) -> None:
    maya = clinic.seat()
    for name, words in (("add", "Birth date"), ("patient", "Which patient?"), ("log", "Which patient?")):
        clinic.workspace.shortcut(maya.person.id, f"shortcut:{name}")
        sees(maya, words)
        maya.close()
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_a_shortcut_is_refused_as_its_command_is(clinic: Clinic) -> None:
    omar, guest = clinic.seat("Omar Haddad"), clinic.seat("Gus Moreau")
    clinic.workspace.shortcut(omar.person.id, "shortcut:add")
    sees(omar, "you may not add a patient")
    clinic.workspace.shortcut(guest.person.id, "shortcut:patient")
    sees(guest, "I only work for members of this workspace")
    assert [each.action for each in clinic.accesses() if each.outcome == "refused"] == ["enrol_patient"]


def switched(maya: Seat, name: str) -> None:
    maya.open_home()
    maya.choose("Work in…", name)
    sees(maya, f"{name} · you are Care Manager")


def test_the_registry_switcher(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.open_home()
    assert "Registry" not in sees(maya, "Riverside Clinic")
    handle = add_patient(maya)
    maya.close()
    second_registry(clinic)
    maya.open_home()
    maya.press("Work here", near="Riverside Clinic")
    sees(maya, "1 patient")
    switched(maya, "Harbor Clinic")
    sees(maya, "There are no patients here yet.")
    maya.command(f"/cocm patient {handle}")
    assert "Muñoz" not in sees(maya, "No patient of this registry matches")
    maya.close()
    switched(maya, "Riverside Clinic")
    maya.command(f"/cocm patient {handle}")
    sees(maya, "Ana Muñoz")
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_who_switches_while_their_home_is_still_on_its_way_sees_the_registry_they_chose(
    clinic: Clinic,
) -> None:
    second_registry(clinic)
    maya = clinic.seat()
    maya.open_home()
    maya.press("Work here", near="Riverside Clinic")
    sees(maya, "Riverside Clinic · you are Care Manager")
    before = len(clinic.calls("views.publish"))
    clinic.workspace.fail("views.publish", hang=1.0)
    maya.open_home()
    clinic.workspace.wait_until(lambda: len(clinic.calls("views.publish")) > before, "", PATIENCE)
    maya.choose("Work in…", "Harbor Clinic")
    clinic.workspace.settled()
    assert "Harbor Clinic · you are Care Manager" in maya.words


def test_nobody_switches_to_a_registry_that_is_not_theirs(clinic: Clinic) -> None:
    second_registry(clinic)
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    maya.open_home()
    maya.press("Work here", near="Riverside Clinic")
    sees(maya, "Riverside Clinic · you are Care Manager")
    samuel.open_home()
    sees(samuel, "Riverside Clinic · you are Primary Care Physician")
    spot = finding.menu([clinic.workspace.homes[maya.person.id]], "Work in…")
    harbor = next(each for each in spot.found.element["options"] if each["text"]["text"] == "Harbor Clinic")
    interactions.act(samuel.sender, samuel.person.id, spot.surface, spot.found, harbor)
    sees(samuel, "Your role in this registry has changed since this was opened, so nothing was done.")
    samuel.open_home()
    sees(samuel, "Riverside Clinic · you are Primary Care Physician")


ACTOR = Actor(
    "user-1",
    "Ada",
    "Example",
    Role.CARE_MANAGER,
    is_admin=False,
    registry=Registry(
        id="registry-1",
        name="R" * 300,
        modified_date=0,
        created_date=0,
        members=1,
        active_patients=0,
        questionnaires=tuple(Questionnaire(name=name) for name in DEFAULT_MEASURES),
        timezone="America/New_York",
    ),
)
REGISTRIES = [(f"registry-{number}", "Clinic " * 40) for number in range(150)]


@pytest.mark.parametrize("count", [0, 1, 14, 15, 16, 200, pytest.param(1000, marks=pytest.mark.slow)])
def test_any_caseload_stays_within_slacks_limits(count: int) -> None:
    policy = ACTOR.registry.policy
    made = caseload(count, policy, MONDAY, 7, ["user-1"], "user-2", [DOCTOR]) if count else ()
    summaries = [patient for patient, _, _ in islice(made, count)]
    rows = [row for summary in summaries if (row := row_of(summary, policy, MONDAY)).due]
    page = Page(page_of(rows, 1, ROWS_PER_PAGE), Gaps(unread=3))
    timer = Timer(id="t", registry_id="registry-1", handle="K7Q4", started=MONDAY.timestamp() - 600)
    day = Day(page, numbers(summaries, policy, MONDAY), timer, ())
    month = month_of(ACTOR, count, long=400, closed=True)
    counted = figures(summaries, policy, MONDAY)
    many = replace(counted, by_care_manager={f"user-{number}": number for number in range(300)})
    registry = ACTOR.registry
    invite = UserInvite(
        email="", first_name="", last_name="", invited_by="", registry_id="", date_created=0, role=Role.PCP
    )
    invited = home_invitations([Invitation(invite, registry)] * 30)
    top = [*greeting(ACTOR, home_buttons(ACTOR)), *invited]
    for view in (
        day_view(ACTOR, day, REGISTRIES, top, MONDAY),
        billing_home(ACTOR, page_of_month(month, Asked("2031-02")), REGISTRIES, top, MONDAY),
        figures_home(ACTOR, many, {"user-1": "N" * 500}, NO_GAPS, REGISTRIES, top, MONDAY),
    ):
        assert limits.problems("home", view) == []


def test_a_home_without_patients_of_ones_own_says_what_the_registry_has(clinic: Clinic) -> None:
    clinic.add_member("Noor Rahimi", Role.CARE_MANAGER)
    maya, noor, iris = clinic.seat(), clinic.seat("Noor Rahimi"), clinic.seat("Iris Lindqvist")
    iris.open_home()
    assert "Add the first one" not in sees(iris, "There are no patients here yet.")
    add_patient(maya)
    maya.close()
    noor.open_home()
    said = sees(noor, "You have no patients yet; the registry has 1. /cocm caseload all shows everyone.")
    assert "no patients here" not in said
