"""A file that an admin shares with the bot: read first, asked about, imported, taken back."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from cocm_bot.domain.access import Actor
from cocm_bot.domain.records.patient import Patient
from cocm_bot.jobs import import_job
from cocm_bot.operations.context import Context
from cocm_bot.operations.exchange import files as operation
from cocm_bot.operations.team import team
from cocm_bot.playground import cast, interactions
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.state import Upload
from cocm_bot.store.exchange import files, imports
from cocm_bot.store.exchange.files import ImportFile, Stage
from cocm_bot.store.patients import lists
from tests.operations.exchange.conftest import workbook
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, second_registry, sees
from tests.store import faults

HEAD = "MRN,Last Name,First Name,DOB,Status,Initial Assessment,PHQ-9 Initial,Last Session,PHQ-9 Last"
ROWS = (
    "0042,Adu,Efua,2/29/84,Active,1/13/31,18,2/24/31,9",
    "0043,Berg,Bo,12/31/90,Active,1/20/31,>20,2/25/31,12",
)
TRACKER = "\n".join((HEAD, *ROWS)).encode()
DRY = "Dry run: nothing is written yet."


def shared(clinic: Clinic, content: bytes, name: str = "Efua Adu.csv", who: str = "Maya Okafor") -> Seat:
    seat = clinic.seat(who)
    seat.upload(name, content, cast.BOT)
    return seat


def mrns(clinic: Clinic) -> list[str]:
    return [each.patient_mrn for each in clinic.patients()]


def reported(clinic: Clinic, content: bytes = TRACKER, name: str = "Efua Adu.csv") -> Seat:
    maya = shared(clinic, content, name)
    sees(maya, DRY)
    return maya


def imported(clinic: Clinic, content: bytes = TRACKER) -> Seat:
    maya = reported(clinic, content)
    maya.press("import-apply")
    maya.press("Import")
    sees(maya, "Imported:", "2 patients of this file.")
    return maya


def test_a_tracker_is_read_confirmed_imported_and_taken_back(clinic: Clinic) -> None:
    maya = shared(clinic, TRACKER)
    screen = sees(
        maya, DRY, "2 rows read (csv).", "2 patients with 4 contacts would be taken", "Import 2 patients"
    )
    assert mrns(clinic) == []
    assert "(G3)" in screen
    assert not [each for each in ("Efua", "0042", ">20") if each in screen.replace("Efua Adu.csv", "")]
    maya.press("Import 2 patients")
    maya.press("Import")
    sees(maya, "Imported: 2 patients of this file.", "Delete file", "Undo the import")
    assert mrns(clinic) == ["0042", "0043"]
    efua: Patient = clinic.patients()[0]
    assert (efua.first_name, efua.course.scores["PHQ-9"].latest, efua.date_of_birth) == (
        "Efua",
        9,
        "1984-02-29",
    )
    [entry] = [each for each in clinic.accesses() if each.action == "import patients"]
    assert (entry.user_id, entry.outcome) == (clinic.member("Maya Okafor").user_id, "allowed")
    assert [each.user_id for each in efua.audit_logs] == [entry.user_id]
    maya.press("Undo the import")
    maya.press("Undo")
    sees(maya, "The import is taken back")
    assert mrns(clinic) == []
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_the_report_comes_as_a_file_that_is_deleted_and_names_nobody(clinic: Clinic) -> None:
    reported(clinic)
    [report] = [each for each in clinic.workspace.uploads.values() if each.owner == cast.BOT]
    assert (report.name, b">20" in (report.content or b"")) == ("import-report.csv", True)
    clinic.clock.forward(days=1)
    clinic.tick()
    assert [each.owner for each in clinic.workspace.uploads.values()] != [cast.BOT]
    told = [call for call in clinic.workspace.calls if call.name in ("chat.postMessage", "chat.update")]
    assert not [call for call in told if re.search(r"Adu|\b0042\b", str(call.arguments))]


@pytest.mark.parametrize("name", ["Iris Lindqvist", "Samuel Adeyemi", "Lena Novak", "Omar Haddad"])
def test_who_is_no_admin_is_told_and_the_file_is_not_read(clinic: Clinic, name: str) -> None:
    sees(shared(clinic, TRACKER, who=name), "Only an admin of this registry may import patients.")
    clinic.workspace.settled()
    assert [clinic.calls(each) for each in ("files.info", "download")] == [[], []]


def test_what_is_left_open_is_asked_in_a_form(clinic: Clinic) -> None:
    book = workbook(
        {
            "Caseload": [
                ["MRN", "Last Name", "First Name", "DOB", "Status", "Coach", "Born in", "Care Manager"],
                ["1", "Adu", "Efua", "2/29/84", "Active", "2/3/31", "Paris", "M. O."],
                ["2", "Berg", "Bo", "12/31/90", "Active", "3/4/31", "Rome", "Somebody Else"],
            ],
            "Log": [["MRN", "Date", "Minutes"], ["1", "1/2/31", 20], ["2", "2/3/31", 15]],
        }
    )
    maya = reported(clinic, book, "x.xlsx")
    maya.press("Answer questions…")
    sees(
        maya,
        "Sheets to read",
        "Days in “Date” (B) of Log",
        "What holds “Coach” (F) of Caseload",
        "What holds “Born in” (G) of Caseload",
        "Who is “Somebody Else”?",
    )
    maya.fill(
        {
            "Days in “Date” (B) of Log": "Day first: 3/4 is 3 April",
            "What holds “Coach” (F) of Caseload": "enrolled",
            "Who is “Somebody Else”?": "Maya Okafor",
        }
    )
    assert maya.submit() is None
    clinic.workspace.settled()
    maya.close(everything=True)
    sees(maya, DRY)
    maya.press("import-apply")
    maya.press("Import")
    sees(maya, "2 patients of this file.")
    one, two = clinic.patients()
    day = clinic.registry.policy.local_date
    assert [day(log.date).isoformat() for log in (*one.treatment_logs, *two.treatment_logs)] == [
        "2031-02-01",
        "2031-03-02",
    ]
    assert two.care_manager == clinic.member("Maya Okafor").user_id


def test_left_alone_nothing_is_imported(clinic: Clinic) -> None:
    maya = reported(clinic)
    maya.press("Leave it")
    sees(maya, "Left alone. Nothing was imported.", "Delete file")
    assert mrns(clinic) == []


WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
REFUSED: list[tuple[str, bytes, str]] = [
    ("notes.pdf", b"%PDF-1.7 ...", "I can't import this kind of file."),
    ("caseload", TRACKER, "I can't import this kind of file."),
    ("caseload.xls", WORD, "I can't import this kind of file."),
    ("caseload.xlsx", WORD, "protected by a password"),
    ("caseload.xlsx", b"PK\x03\x04 cut off", "can't be read as a workbook"),
    ("caseload.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "not a table"),
    ("caseload.csv", b"hello\nworld\n", "No row looks like a header"),
    ("caseload.json", b'{"resourceType": "Bundle", "entry": [', "may be cut off"),
    ("caseload.csv", b"\x1f\x8b\x08\0", "The file is packed"),
    ("caseload.csv", b"\xef\xbb\xbf \n", "The file is empty"),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED)
def test_what_is_no_caseload_is_refused_in_words(
    clinic: Clinic, name: str, content: bytes, said: str
) -> None:
    sees(shared(clinic, content, name), said)
    clinic.workspace.settled()
    assert mrns(clinic) == []


def test_a_file_that_is_too_large_is_not_downloaded(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "MOST_BYTES", 100)
    sees(shared(clinic, TRACKER), "The file is larger than", "cocm-bot import")
    assert clinic.calls("download") == []


def test_several_files_at_once_are_taken_one_by_one(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.go(cast.BOT)
    both = {"a.csv": TRACKER, "b.csv": TRACKER}
    interactions.upload(maya.sender, maya.person.id, maya.place, both)
    sees(maya, "Share one file at a time")
    assert clinic.calls("download") == []


def test_the_file_of_another_is_not_read(clinic: Clinic) -> None:
    iris = shared(clinic, TRACKER, who="Iris Lindqvist")
    sees(iris, "Only an admin")
    [theirs] = clinic.workspace.uploads
    maya = clinic.seat()
    maya.command(f"/cocm import {theirs}")
    sees(maya, "Share the file with me yourself")
    assert clinic.calls("download") == []


def test_an_event_that_is_delivered_again_begins_nothing(clinic: Clinic) -> None:
    maya = clinic.seat()
    message = maya.upload("a.csv", TRACKER, cast.BOT)
    sees(maya, DRY)
    interactions.share(maya.sender, message)
    sees(maya, "I have this file already")
    assert len(clinic.calls("download")) == 1


def test_the_same_file_given_again_changes_nothing(clinic: Clinic) -> None:
    imported(clinic)
    before = clinic.patients()
    maya = shared(clinic, TRACKER)
    sees(maya, DRY, "0 patients with 0 contacts would be taken, 2 already there")
    assert "Import 0" not in sees(maya, DRY)
    assert clinic.patients() == before


def test_two_admins_with_the_same_patients_at_once(clinic: Clinic) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    team.set_admin(clinic.ctx, clinic.actor(), clinic.member("Iris Lindqvist").user_id, is_admin=True)
    sees(shared(clinic, TRACKER), DRY)
    sees(
        shared(clinic, TRACKER + b"\n0044,Cole,Cy,1/1/80,Active,1/1/31,10,1/2/31,10", who="Iris Lindqvist"),
        DRY,
    )
    for seat in (maya, iris):
        seat.go(cast.BOT)
        seat.press("import-apply")
        seat.press("Import")
        sees(seat, "Imported:")
    assert mrns(clinic) == ["0042", "0043", "0044"]


FAILING: list[tuple[str, dict[str, Any], str]] = [
    ("download", {"page": "<html>Sign in</html>", "status": 200}, "Slack answered with a page instead"),
    ("download", {"status": 404}, "Slack no longer has this file"),
    ("download", {"status": 403}, "Slack answered with a page instead"),
    ("download", {"status": 302}, "Slack answered with a page instead"),
    ("files.info", {"error": "file_deleted"}, "Slack no longer has this file"),
]


@pytest.mark.parametrize(("call", "failing", "said"), FAILING, ids=str)
def test_a_download_that_gives_no_file_is_said(
    clinic: Clinic, call: str, failing: dict[str, Any], said: str
) -> None:
    clinic.workspace.fail(call, times=4, **failing)
    sees(shared(clinic, TRACKER), said)
    assert mrns(clinic) == []


PASSING: list[tuple[str, dict[str, Any]]] = [
    ("download", {"status": 503}),
    ("download", {"broken": True}),
    ("download", {"error": "ratelimited", "status": 429}),
    ("files.info", {"error": "internal_error", "status": 500}),
    ("files.info", {"retry_after": 1}),
    ("files.info", {"broken": True}),
    ("files.info", {"page": "<html>Bad gateway</html>", "status": 502}),
]


@pytest.mark.parametrize(("call", "failing"), PASSING, ids=str)
def test_a_download_that_fails_for_a_moment_is_tried_again(
    clinic: Clinic, call: str, failing: dict[str, Any]
) -> None:
    clinic.workspace.fail(call, **failing)
    maya = shared(clinic, TRACKER)
    later(clinic, lambda: len(clinic.calls(call)) > 1)
    sees(maya, DRY)


def test_without_the_report_the_message_says_so_and_where_somebody_needs_you(clinic: Clinic) -> None:
    clinic.workspace.fail("files.completeUploadExternal", error="missing_scope")
    said = sees(shared(clinic, TRACKER), DRY, "Slack did not take my report", "share your file with me again")
    # The PHQ-9 totals say nothing of item 9: of both rows it is not known.
    assert "Somebody needs you: 2 lines “safety” of the report, about row 2, row 3." in said
    assert "has every cell" not in said


def test_slack_that_asks_to_wait_is_said_to_the_person(clinic: Clinic) -> None:
    clinic.workspace.fail("files.info", retry_after=30)
    sees(shared(clinic, TRACKER), "Slack asks me to wait 30 seconds.")
    assert mrns(clinic) == []


def later(clinic: Clinic, done: Callable[[], bool]) -> None:
    """Let the clock tick, ten minutes at a time, until it is done: the job may just be putting itself off."""
    for _ in range(100):
        if done():
            return
        clinic.workspace.settled()
        clinic.clock.forward(minutes=10)
        clinic.tick()
    raise AssertionError("the job is not done")


def test_the_token_goes_to_slack_alone(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://files.slack.com.example.org/x"
    plain = Upload.as_slack
    monkeypatch.setattr(
        Upload, "as_slack", lambda self, base: plain(self, base) | {"url_private_download": address}
    )
    sees(shared(clinic, TRACKER), "This file is not kept in Slack itself")


def test_somebody_changed_a_patient_so_nothing_is_undone(clinic: Clinic) -> None:
    maya = imported(clinic)
    handle = clinic.patients()[0].handle
    maya.command(f"/cocm patient {handle}")
    sees(maya, "Efua Adu")
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Needs Discussion"], "Why": "School leave"})
    assert maya.submit() is None
    maya.close(everything=True)
    maya.go(cast.BOT)
    maya.press("import-undo")
    maya.press("Undo")
    sees(maya, "Not undone:", handle)
    assert mrns(clinic) == ["0042", "0043"]


def test_a_number_the_registry_has_is_asked_about(clinic: Clinic) -> None:
    handle = add_patient(clinic.seat(), MRN="0042")
    clinic.seat().close(everything=True)
    sees(reported(clinic), "1 patient with 2 contacts would be taken", handle, "Import 1 patient")


def test_a_bot_that_ends_in_between_goes_on(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends at the write of the second patient; another one takes the job after the lease."""
    maya = reported(clinic)
    ended = Ended(imports.brought)
    monkeypatch.setattr(imports, "brought", ended)
    maya.press("import-apply")
    maya.press("Import")
    clinic.workspace.settled()
    assert mrns(clinic) == ["0042"]
    monkeypatch.undo()
    clinic.clock.forward(minutes=10)
    clinic.tick()
    sees(maya, "Imported: 2 patients of this file.")
    assert mrns(clinic) == ["0042", "0043"]


class Ended:
    """Lets one call through; the next ends the work as a killed process does: nothing is tidied up."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self._left = 1

    def __call__(self, *given: Any) -> Any:
        if not self._left:
            raise SystemExit
        self._left -= 1
        return self._call(*given)


def test_an_admin_who_is_none_any_more_imports_nothing(clinic: Clinic) -> None:
    reported(clinic)
    [file_id] = [each.id for each in clinic.workspace.uploads.values() if each.owner != cast.BOT]
    actor = clinic.actor()
    clinic.workspace.settled()  # the report is sent before it can be confirmed
    confirmed = operation.confirm(clinic.ctx, actor, file_id)
    assert confirmed.stage is Stage.APPLYING
    iris = clinic.member("Iris Lindqvist")
    team.set_admin(clinic.ctx, actor, iris.user_id, is_admin=True)
    team.set_admin(clinic.ctx, clinic.actor("Iris Lindqvist"), actor.user_id, is_admin=False)
    clinic.tick()
    found = files.get(clinic.ctx.table, clinic.registry_id, file_id)
    assert found is not None
    assert (found.stage, mrns(clinic)) == (Stage.REFUSED, [])


def test_the_command_says_how_a_file_is_given(clinic: Clinic) -> None:
    clinic.seat().command("/cocm import")
    sees(clinic.seat(), "Share the file with me in my direct message")


def test_without_the_right_to_delete_nothing_is_undone_and_the_way_is_said(clinic: Clinic) -> None:
    maya = imported(clinic)
    before = clinic.patients()

    def denied(request: AWSPreparedRequest) -> AWSResponse | None:
        body = str(request.body)
        deletes = '"Delete"' in body and "patient-log:" in body
        return faults.refuse("AccessDeniedException")(request) if deletes else None

    with faults.on(clinic.bot.clock._job_context.ctx.table.client, "TransactWriteItems", denied):
        maya.press("import-undo")
        maya.press("Undo")
        sees(maya, "Not undone: I may not delete histories.", "cocm-bot import --registry", "--undo")
    assert clinic.patients() == before
    maya.press("import-undo")
    sees(maya, "The import is taken back")


@pytest.mark.parametrize(
    ("at_work", "press", "ready", "after"),
    [
        (Stage.READING, operation.confirm, Stage.READY, Stage.APPLYING),
        (Stage.READING, operation.drop, Stage.READY, Stage.DROPPED),
        (Stage.APPLYING, operation.undo, Stage.DONE, Stage.UNDOING),
        (Stage.UNDOING, operation.undo, Stage.DONE, Stage.UNDOING),
    ],
)
def test_a_press_that_is_quicker_than_the_stage_it_is_for_waits_for_it(
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    at_work: Stage,
    press: Callable[[Context, Actor, str], ImportFile],
    ready: Stage,
    after: Stage,
) -> None:
    """The message with the button goes out before the stage is stored."""
    maya, now = clinic.actor(), clinic.clock().timestamp()
    file = ImportFile(id="F1", registry_id=clinic.registry_id, by=maya.user_id, at=now, stage=at_work)
    clinic.ctx.table.transact([files.adding(file, now)])

    def tries(count: int) -> Iterator[int]:
        for number in range(count):
            if number == 1:
                later = file.model_copy(update={"stage": ready})
                clinic.ctx.table.transact([files.moving(later, at_work, now)])
            yield number

    monkeypatch.setattr(operation, "tries", tries)
    assert press(clinic.ctx, maya, "F1").stage is after


def test_what_takes_long_goes_on_slice_by_slice(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each slice has time for one patient alone; the message says how far it is."""
    maya = reported(clinic)
    monkeypatch.setattr(import_job, "RESERVE_SECONDS", 10_000.0)
    maya.press("import-apply")
    maya.press("Import")
    clinic.workspace.settled()
    clinic.tick()
    sees(maya, "Imported: 2 patients of this file.")
    told = [str(call.arguments) for call in clinic.calls("chat.update")]
    assert len([each for each in told if "Importing: 1 of 2 patients" in each]) == 1
    maya.press("import-undo")
    maya.press("Undo")
    clinic.workspace.settled()
    clinic.tick()
    sees(maya, "The import is taken back")
    assert mrns(clinic) == []


def test_with_several_registries_it_is_asked_which(clinic: Clinic) -> None:
    other = second_registry(clinic)
    maya = shared(clinic, TRACKER)
    sees(maya, "Harbor Clinic")
    maya.press("Work here", near="Harbor Clinic")
    sees(maya, DRY)
    maya.press("import-apply")
    maya.press("Import")
    sees(maya, "Imported: 2 patients of this file.")
    assert mrns(clinic) == []
    found = lists.directory(clinic.ctx.table, other)
    assert sorted(each.patient_mrn for each in found) == ["0042", "0043"]


def test_a_file_that_is_gone_in_between_is_told_with_what_is_imported(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya = reported(clinic)
    monkeypatch.setattr(imports, "brought", Ended(imports.brought))
    maya.press("import-apply")
    maya.press("Import")
    clinic.workspace.settled()
    monkeypatch.undo()
    for each in [one.id for one in clinic.workspace.uploads.values() if one.owner != cast.BOT]:
        del clinic.workspace.uploads[each]
    clinic.clock.forward(minutes=10)
    clinic.tick()
    screen = sees(maya, "Slack no longer has this file", "Imported already: 1 patient")
    assert "Nothing was imported" not in screen
    shared(clinic, TRACKER)
    sees(maya, DRY, "1 patient with 2 contacts would be taken, 1 already there")
