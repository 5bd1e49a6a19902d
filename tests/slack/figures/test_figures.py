"""`/cocm figures` at the screen: any period, for those it is for, with its picture."""

from cocm_bot.operations.registries import measures
from cocm_bot.operations.registries.recalculation import SETTLED_SECONDS
from cocm_bot.store.audit import access_log
from tests.rig.clinic import Clinic
from tests.rig.scenes import ANA, ASSESSED, add_patient, deactivate, log_contact, sees


def logged(clinic: Clinic) -> set[str]:
    """The actions in today's access log."""
    day = clinic.ctx.now().date()
    return {entry.action for entry in access_log.entries(clinic.ctx.table, clinic.registry_id, day)}


def uploaded(clinic: Clinic) -> set[str]:
    return {each.name for each in clinic.workspace.uploads.values() if each.shared}


def graduated(clinic: Clinic) -> str:
    """A patient of March 2031 who was well in June and left in July."""
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.close()
    clinic.clock.forward(weeks=14)
    assert log_contact(maya, handle, **{"PHQ-9 total": "4", "GAD-7 total": "3"}) is None
    maya.close()
    clinic.clock.forward(weeks=5)
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Graduated"})
    assert deactivate(maya) is None
    maya.close()
    return handle


def test_who_has_left_counts_in_the_months_they_were_here(clinic: Clinic) -> None:
    handle = graduated(clinic)
    clinic.clock.forward(weeks=12)
    lena = clinic.seat("Lena Novak")
    lena.command("/cocm figures 2031-06")
    june = sees(
        lena,
        "June 2031",
        "1 patient at the end: 0 Enrolled · 1 Treatment",
        "Improved: 1 of 1 (100 %)",
        "Remission: 1 of 1 (100 %)",
        "Caseload 1 patient throughout",
    )
    assert [word for word in (handle, ANA["First name"], ANA["Last name"]) if word in june] == []
    lena.close()
    lena.command("/cocm figures range 2031-07 to 2031-08")
    sees(
        lena,
        "July 2031 to August 2031",
        "0 patients at the end ▼ from 1",
        "1 left: 1 Graduated",
        "with a relapse prevention plan: 0 of 1",
        "Improved: 1 of 1 (100 %)",
    )
    lena.close()
    lena.command("/cocm figures last month")
    sees(lena, "September 2031", "0 in the program on any day", "Improved: –")
    names = {upload.name for upload in clinic.workspace.uploads.values()}
    assert names - {"trend.png"} == {"figures.png"}  # the card shows its own
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_figures_without_their_picture_say_so(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.close()
    clinic.workspace.fail("files.getUploadURLExternal", error="missing_scope")
    maya.command("/cocm figures")
    sees(maya, "1 patient at the end", "Slack did not take the pictures.")


def test_what_can_not_be_counted_is_said(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm figures 2031-04")
    sees(maya, "April 2031 has not begun yet.")
    maya.close()
    maya.command("/cocm figures soon")
    sees(maya, "Say a month (2026-03), a quarter (2026-Q1), a year (2026), or a range (2025-07 2026-03).")
    maya.close()
    maya.command("/cocm figures")
    sees(maya, "1 Mar 2031 to 3 Mar 2031", "0 patients at the end")
    assert not clinic.workspace.uploads


def test_while_patients_are_recalculated_the_figures_say_so(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.close(everything=True)
    clinic.tick()
    running = "⏳ Patients are being recalculated now."
    measures.choose(clinic.ctx, clinic.actor(), ("GAD-7",))
    maya.command("/cocm figures")
    sees(maya, "1 patient at the end", running)
    maya.close(everything=True)
    clinic.tick()
    # The second look, at what was saved meanwhile, is still to come.
    maya.command("/cocm figures")
    sees(maya, "1 patient at the end", running)
    maya.close(everything=True)
    clinic.clock.forward(seconds=int(SETTLED_SECONDS))
    clinic.tick()
    maya.command("/cocm figures")
    assert running not in sees(maya, "1 patient at the end", "Caseload 1 patient throughout")


def test_the_file_comes_as_a_direct_message(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close(everything=True)
    lena = clinic.seat("Lena Novak")
    lena.command("/cocm figures 2031-03 manager:okafor")
    sees(lena, "patients of Maya Okafor", "Caseload 1 patient throughout")
    for form in ("XLSX", "CSV"):
        lena.press(f"Get as {form}")
        sees(lena, "The file comes to you as a direct message from me. I delete it after 24 hours.")
        lena.close()
    clinic.workspace.wait_until(lambda: {"figures.xlsx", "figures.csv"} <= uploaded(clinic), "both files")
    [table] = [each.content for each in clinic.workspace.uploads.values() if each.name == "figures.csv"]
    assert table is not None
    text = table.decode("utf-8-sig")
    assert "2031-03,Enrolled,1" in text
    assert [word for word in (handle, ANA["First name"], ANA["Last name"]) if word in text] == []
    assert "export figures" in logged(clinic)


def test_they_are_for_admins_and_clinical_ops(clinic: Clinic) -> None:
    for name in ("Iris Lindqvist", "Samuel Adeyemi", "Omar Haddad"):
        seat = clinic.seat(name)
        seat.command("/cocm figures year")
        sees(seat, "you may not see the program's figures. Ask a Clinical Ops.")


def test_whose_patients_and_who_is_counted(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    maya.command("/cocm figures 2031-03 manager:okafor")
    sees(maya, "patients of Maya Okafor", "1 patient at the end", "Caseload 1 patient throughout")
    maya.press("Who is counted")
    sees(maya, "patients of Maya Okafor", "Improved: –", "Nobody")
    maya.choose("", "New")
    shown = sees(maya, "Episodes that began", "New: 1 of 1 (100 %)", handle)
    assert ANA["Last name"] not in shown
    maya.choose("", "CBE 0711")
    sees(
        maya, "Depression remission at six months", "index score", "Window: The latest PHQ-9", "Not counted:"
    )
    maya.close()
    maya.command("/cocm figures 2031-03 manager:none")
    sees(maya, "patients without a care manager", "0 patients at the end")
    maya.close()
    maya.command("/cocm figures 2031-03 payer:Blue")
    sees(maya, "No patient here has the payer “Blue”.")
    maya.close()
    lena = clinic.seat("Lena Novak")
    lena.command("/cocm figures")
    assert "Who is counted" not in sees(lena, "1 patient at the end")


def test_a_part_time_care_manager_counts_as_a_part(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.close()
    maya.command("/cocm team")
    maya.press("Change…", near="Maya Okafor")
    maya.fill({"Percent of full time": "3"})
    assert maya.submit() == {"Percent of full time": "Please enter a number no less than 5."}
    maya.fill({"Percent of full time": "50"})
    assert maya.submit() is None
    maya.close()
    maya.command("/cocm figures")
    sees(maya, "2 per full-time care manager (1 patient, 0.5 full-time)")
    assert "set a full-time equivalent" in logged(clinic)
