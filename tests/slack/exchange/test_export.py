"""`/cocm export` and the summary to print: by role, logged, to the person alone, gone in time."""

import json
import re
import zipfile
from io import BytesIO

import openpyxl
import pytest

from cocm_bot.operations.exchange import exporting
from cocm_bot.operations.usage import EXPORTS
from cocm_bot.playground.seats.seat import Seat
from tests.rig.clinic import Clinic
from tests.rig.printed import pages_of
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees

HOURS = "I delete it from Slack after 24 hours"


def enrolled(clinic: Clinic) -> str:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.close()
    return handle


def the_file(clinic: Clinic) -> tuple[str, bytes]:
    clinic.workspace.settled()
    [upload] = clinic.workspace.uploads.values()
    assert upload.content is not None
    clinic.workspace.uploads.clear()
    return upload.name, upload.content


def exports(clinic: Clinic, action: str = "export_patient") -> list[tuple[str, str]]:
    return [(each.user_id, each.outcome) for each in clinic.accesses() if each.action == action]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def test_every_form_of_one_patient_comes_as_a_direct_message(clinic: Clinic) -> None:
    handle = enrolled(clinic)
    maya = clinic.seat()
    for form, name in {
        "jsonl": "export.jsonl",
        "csv": "export.zip",
        "xlsx": "export.xlsx",
        "fhir": "export.ndjson",
        "pdf": "summary.pdf",
    }.items():
        maya.command(f"/cocm export {handle} {form}")
        sees(maya, HOURS)
        found, content = the_file(clinic)
        assert found == name
        if form == "jsonl":
            assert json.loads(content.splitlines()[1])["patient"]["last_name"] == "Muñoz"
        elif form == "csv":
            assert "caseload.csv" in zipfile.ZipFile(BytesIO(content)).namelist()
        elif form == "xlsx":
            assert openpyxl.load_workbook(BytesIO(content))["Caseload"]["C2"].value == "Muñoz"
        elif form == "fhir":
            assert json.loads(content.splitlines()[0])["resourceType"] == "Patient"
        else:
            assert "Ana Muñoz" in text_of(content)
    [*_, shared] = clinic.calls("files.completeUploadExternal")
    assert "Muñoz" not in str(shared.arguments)
    assert exports(clinic) == [(clinic.member("Maya Okafor").user_id, "allowed")] * 5


def test_the_file_is_deleted_when_its_hours_are_over(clinic: Clinic) -> None:
    handle = enrolled(clinic)
    clinic.seat().command(f"/cocm export {handle} pdf")
    sees(clinic.seat(), HOURS)
    clinic.workspace.settled()
    clinic.clock.forward(days=1)
    clinic.tick()
    assert clinic.workspace.uploads == {}


def test_an_admin_chooses_a_form_for_the_whole_registry(clinic: Clinic) -> None:
    enrolled(clinic)
    maya = clinic.seat()
    maya.command("/cocm export")
    screen = sees(maya, "The whole registry: choose the form", "Excel", "JSON lines")
    assert "Summary to print" not in screen
    maya.press("JSON lines")
    sees(maya, HOURS)
    name, content = the_file(clinic)
    assert (name, len(content.splitlines())) == ("export.jsonl", 2)


def test_a_member_exports_one_patient_and_not_the_registry(clinic: Clinic) -> None:
    handle = enrolled(clinic)
    iris = clinic.seat("Iris Lindqvist")
    iris.command("/cocm export")
    sees(iris, "Only an admin can export the whole registry")
    iris.command("/cocm export xlsx")
    sees(iris, "Only an admin can export the whole registry")
    iris.command(f"/cocm export {handle} xlsx")
    sees(iris, HOURS)
    assert the_file(clinic)[0] == "export.xlsx"


@pytest.mark.parametrize("name", ["Lena Novak", "Omar Haddad"])
def test_who_sees_no_patients_exports_none(clinic: Clinic, name: str) -> None:
    handle = enrolled(clinic)
    other = clinic.seat(name)
    other.command(f"/cocm export {handle} pdf")
    sees(other, "you may not export a patient")
    clinic.workspace.settled()
    assert clinic.workspace.uploads == {}


def asked(clinic: Clinic, words: str) -> Seat:
    maya = clinic.seat()
    before = len(maya.messages())
    maya.command(f"/cocm export {words}")
    clinic.workspace.wait_until(lambda: len(maya.messages()) > before, "an answer")
    return maya


def test_words_that_mean_one_patient_and_words_that_do_not(clinic: Clinic) -> None:
    enrolled(clinic)
    sees(asked(clinic, "A-1001 fhir"), HOURS)
    assert the_file(clinic)[0] == "export.ndjson"
    sees(asked(clinic, "Muñoz"), "choose the form of the file")
    sees(asked(clinic, "Munos pdf"), "That may be more than one patient")
    sees(asked(clinic, "Zzyzx pdf"), "There is no such patient")
    sees(asked(clinic, "Z0Z0 pdf"), "There is no such patient")
    sees(asked(clinic, "pdf"), "A summary to print is of one patient")


def test_a_registry_too_large_for_slack_is_left_to_the_command_line(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled(clinic)
    monkeypatch.setattr(exporting, "MOST_IN_SLACK", 0)
    sees(asked(clinic, "xlsx"), "cocm-bot export")
    assert clinic.workspace.uploads == {}


def test_a_person_exports_only_so_often(clinic: Clinic) -> None:
    handle = enrolled(clinic)
    for _ in range(EXPORTS.most):
        clinic.ctx.usage.take(EXPORTS, clinic.member("Maya Okafor").user_id, clinic.clock().timestamp())
    sees(asked(clinic, f"{handle} pdf"), "That was a lot of exports.")
    assert clinic.workspace.uploads == {}


def test_a_file_that_slack_does_not_take_is_said(clinic: Clinic) -> None:
    handle = enrolled(clinic)
    clinic.workspace.fail("files.completeUploadExternal", error="internal_error")
    sees(asked(clinic, f"{handle} pdf"), "Slack does not answer right now.")


def test_the_card_prints_a_summary(clinic: Clinic) -> None:
    handle = enrolled(clinic)
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    sees(maya, "Ana Muñoz")
    maya.choose("More…", "Print summary")
    sees(maya, HOURS)
    name, content = the_file(clinic)
    assert name == "summary.pdf"
    text = text_of(content)
    for words in (
        "Ana Muñoz",
        f"{handle} · MRN A-1001 · born 29 Feb 1984 (47 years)",
        "Status Treatment, week 0, since 3 Mar 2031",
        "Care manager Maya Okafor",
        "PHQ-9 18 on 3 Mar 2031 (moderately severe)",
        "3 Mar 2031 Initial Assessment · Clinic · Maya Okafor · PHQ-9 18, GAD-7 14 · PHQ-9 self-harm item 0",
        "Relapse prevention plan None yet.",
        "It is not the medical record.",
    ):
        assert words in text
    assert re.search(rf"Summary of {handle} · page 1", text)
    assert exports(clinic) == [(clinic.member("Maya Okafor").user_id, "allowed")]
