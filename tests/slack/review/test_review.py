"""The caseload review at the screens."""

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store import registries
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, deactivate, log_contact, sees, send_anyway

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


def set_team_channel(clinic: Clinic, channel: str) -> None:
    before = clinic.registry
    changes = {"team_channel": channel, "modified_date": clinic.clock().timestamp()}
    registries.save(clinic.ctx.table, before, before.model_copy(update=changes))


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
        f"Consultation recorded • Cleo Pell · {cleo} · b. 1984: Continue as is",
        f"Discussed • Bea Pell · {bea} · b. 1984",
        f"Skipped • Ana Pell · {ana} · b. 1984",
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
    """One of them; tests/guards/test_roles.py tries everybody."""
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


def test_going_back_changes_what_was_decided(clinic: Clinic) -> None:
    caseload(clinic)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    first = iris.expect("1 of 3", "Cleo Pell")
    assert "[Back]" not in first
    iris.press("Skip")
    iris.expect("2 of 3", "Bea Pell")
    iris.press("Back")
    iris.expect("1 of 3", "Cleo Pell")
    for place in ("2 of 3", "3 of 3"):
        iris.press("Next")
        iris.expect(place)
    iris.press("Next")
    # Skipped counts only where Skip was the last word.
    shown = iris.expect("Review finished", "3 patients: 3 discussed")
    assert "skipped" not in shown


def test_the_summary_is_shown_as_text_and_its_counts_are_posted_once(clinic: Clinic) -> None:
    cleo, _, _ = caseload(clinic)
    channel = clinic.workspace.places[cast.TEAM_CHANNEL]
    channel.members.add(cast.BOT)
    set_team_channel(clinic, channel.id)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.expect("1 of 3")
    record(iris)
    iris.expect("Consultation recorded")
    for words, then in (("Next", "2 of 3"), ("Next", "3 of 3"), ("Skip", "Review finished")):
        iris.press(words)
        iris.expect(then)
    iris.expect("3 patients: 1 consultation recorded · 1 discussed · 1 skipped")
    iris.press("Show as text")
    iris.expect(
        "Caseload review, 3 Mar 2031", "Iris Lindqvist", f"Cleo Pell · {cleo} · b. 1984: Continue as is"
    )
    iris.close()
    iris.press("Post the counts")
    iris.expect("Post the counts?", "no patient")
    iris.press("Post")
    after = iris.expect("Posted to the team channel.")
    assert "Post the counts" not in after
    [call] = [each for each in clinic.calls("chat.postMessage") if each.arguments["channel"] == channel.id]
    said = str(call.arguments)
    assert "1 consultation recorded · 1 discussed · 1 skipped" in said
    assert "continue as is 1" in said
    for hidden in ("Cleo", "Pell", cleo):
        assert hidden not in said


def test_counts_are_not_posted_to_a_channel_that_others_read(clinic: Clinic) -> None:
    caseload(clinic)
    set_team_channel(clinic, cast.SHARED)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.expect("1 of 3")
    for then in ("2 of 3", "3 of 3", "Review finished"):
        iris.press("Skip")
        iris.expect(then)
    iris.expect("3 patients: 3 skipped")
    iris.press("Post the counts")
    iris.press("Post")
    iris.expect("People of another company can be in this channel")
    assert not [each for each in clinic.calls("chat.postMessage") if each.arguments["channel"] == cast.SHARED]


def test_a_step_has_notes_and_the_chart(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **{**ASSESSED, "Note": "Sleeps badly"}) is None
    maya.close(everything=True)
    clinic.clock.forward(weeks=4)
    assert (
        log_contact(maya, handle, **{"PHQ-9 total": "19", "GAD-7 total": "9", "Note": "Lost the job"}) is None
    )
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    sees(iris, "Latest notes", "Lost the job", "Sleeps badly", "Scores of", "PHQ-9 went from 18")


def test_a_consultation_settles_the_flag_in_the_same_window_and_needs_no_minutes(clinic: Clinic) -> None:
    _, bea, _ = caseload(clinic)
    iris = clinic.seat(IRIS)
    iris.command("/cocm review")
    iris.press("Next")
    iris.expect("2 of 3", "Bea Pell")
    iris.press("Record consultation")
    iris.expect("Review flag", "Recommendation", "Minutes (optional)")
    iris.fill({"Recommendation": ["Measure again"], "Review flag": ["Resolve it"]})
    assert iris.submit() is None
    shown = iris.expect("2 of 3", "Consultation recorded")
    assert "Bea worries me" not in shown
    patient = next(each for each in clinic.patients() if each.handle == bea)
    [flag] = patient.flags
    assert flag.resolved_date is not None
    assert flag.resolved_by_provider_id == clinic.member(IRIS).user_id
    assert patient.treatment_logs[-1].minutes == 0
    assert "resolved" in str(patient.audit_logs[-1].changes)
