"""The caseload review at the screens."""

from cocm_bot.playground.seat import Seat
from tests import forgery
from tests.clinic import Clinic
from tests.scenes import add_patient, deactivate, sees, send_anyway

IRIS = "Iris Lindqvist"


def caseload(clinic: Clinic) -> list[str]:
    """Cleo in danger, Bea flagged, Ana new: the handles in the order of the agenda."""
    maya = clinic.seat()
    handles = []
    for number, (first, flag) in enumerate(
        [("Ana", None), ("Bea", "Review with Psychiatrist"), ("Cleo", "Safety Risk")], start=1
    ):
        handles.append(add_patient(maya, MRN=f"A-{number}", **{"First name": first, "Last name": "Pell"}))
        if flag:
            maya.press("Raise a flag")
            maya.fill({"Flag": [flag], "Why": f"{first} worries me"})
            assert maya.submit() is None
            maya.expect("Raised:")
        maya.close()
    return handles[::-1]


def record(seat: Seat) -> None:
    """Record a consultation about the patient the review is at."""
    seat.press("Record consultation")
    seat.expect("Log a contact", "Psychiatric Consultation", "Recommendation")
    seat.fill({"Recommendation": ["Continue as is"], "Minutes": "5"})
    assert seat.submit() is None


def test_one_patient_at_a_time_to_the_summary(clinic: Clinic) -> None:
    cleo, bea, ana = caseload(clinic)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.expect(
        "Caseload review",
        "1 of 3",
        "Cleo Pell",
        f"{cleo} · 47 years · Enrolled",
        "Safety risk – flag raised today (3 Mar)",
        "Safety Risk since 3 Mar 2031 · Maya Okafor: Cleo worries me",
        "Last consult –",
        "0 minutes this month",
    )
    record(iris)
    iris.expect("1 of 3", "Consultation recorded", "Last consult 3 Mar 2031", "Continue as is")
    iris.press("Next")
    iris.expect("2 of 3", "Bea Pell", "Flagged – review flag raised today (3 Mar), no consult since")
    iris.press("Next")
    iris.expect("3 of 3", "Ana Pell", "New – enrolled today (3 Mar), not assessed yet")
    iris.press("Open card")
    iris.expect("Patient", "MRN A-1")
    iris.close()
    iris.press("Skip")
    sees(
        iris,
        "Review finished",
        "3 patients: 1 consultation recorded · 1 discussed · 1 skipped",
        f"Consultation recorded • Cleo Pell · {cleo}: Continue as is",
        f"Discussed • Bea Pell · {bea}",
        f"Skipped • Ana Pell · {ana}",
    )
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_it_is_resumed_after_closing_and_after_a_restart(clinic: Clinic) -> None:
    caseload(clinic)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.press("Next")
    iris.expect("2 of 3")
    iris.close()
    with clinic.restarted():
        iris.command("/cocm review")
        iris.expect("2 of 3", "Bea Pell")
        iris.press("Next")
        iris.expect("3 of 3")


def test_after_a_day_it_asks_whether_to_go_on(clinic: Clinic) -> None:
    caseload(clinic)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.press("Next")
    iris.expect("2 of 3")
    iris.close()
    clinic.clock.forward(days=1)
    iris.command("/cocm review")
    iris.expect("You stopped at patient 2 of 3, yesterday (3 Mar).", "Continue there, or make a new agenda?")
    iris.press("Continue")
    iris.expect("2 of 3", "Bea Pell")
    iris.press("Start over")
    iris.expect("Start over?")
    iris.press("Start over")
    iris.expect("1 of 3", "Cleo Pell")


def test_a_double_click_skips_nobody(clinic: Clinic) -> None:
    caseload(clinic)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.expect("1 of 3")
    for _ in range(2):
        forgery.press(iris, iris, "Next")
    iris.expect("2 of 3", "Bea Pell")
    iris.press("Next")
    iris.expect("3 of 3")


def test_a_contact_of_another_kind_leads_back_unmarked(clinic: Clinic) -> None:
    caseload(clinic)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.press("Record consultation")
    iris.expect("Recommendation")
    iris.fill({"Contact type": "Follow Up"})
    iris.expect("Visit type")
    iris.fill({"Minutes": "10"})
    assert iris.submit() is None
    review = iris.expect("1 of 3", "last contact 3 Mar 2031")
    assert "Consultation recorded" not in review


def test_who_was_deactivated_meanwhile_is_passed_over_with_a_sentence(clinic: Clinic) -> None:
    _, bea, _ = caseload(clinic)
    maya, iris = clinic.seat(), clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.expect("1 of 3")
    maya.command(f"/cocm patient {bea}")
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Moved away"})
    assert deactivate(maya) is None
    iris.press("Next")
    iris.expect("3 of 3", "Ana Pell", f"{bea} has left the program since, and is passed over.")
    iris.press("Next")
    iris.expect("2 discussed · 1 left the program in the meantime")


def test_an_empty_agenda_is_said_kindly(clinic: Clinic) -> None:
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.expect("Nobody is on the agenda today")


def test_who_may_not_gets_nowhere(clinic: Clinic) -> None:
    """One of them; tests/test_roles.py tries everybody."""
    caseload(clinic)
    iris, other = clinic.seat(IRIS), clinic.seat("Samuel Adeyemi")
    iris.command("/cocm review")
    iris.expect("1 of 3")
    other.command("/cocm review")
    other.expect("you may not review the caseload")
    iris.press("Record consultation")
    iris.expect("Recommendation")
    iris.fill({"Recommendation": ["Continue as is"], "Minutes": "5"})
    errors = forgery.submission(other, iris)
    assert any("you may not" in error for error in errors.values())
    iris.close()
    forgery.press(other, iris, "Next")
    [ana, bea, cleo] = clinic.patients()
    assert not any(each.last_psychiatric_consult for each in (ana, bea, cleo))
    iris.close()
    iris.command("/cocm review")
    iris.expect("1 of 3", "Cleo Pell")
    refused = {each.action for each in clinic.accesses() if each.outcome == "refused"}
    assert refused == {"review_caseload", "log_contact"}


def test_a_forged_place_is_refused_with_a_sentence(clinic: Clinic) -> None:
    caseload(clinic)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.press("Record consultation")
    iris.expect("Recommendation")
    iris.fill({"Recommendation": ["Continue as is"], "Minutes": "5"})
    assert iris.view is not None
    iris.view.payload["private_metadata"] = '{"review":"no such session"}'
    assert any("out of date" in error for error in send_anyway(iris).values())
