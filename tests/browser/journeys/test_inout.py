"""A clinic's tracker in, and its files out: an admin shares, reads, confirms, opens a patient, exports."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import command, modal, newest
from tests.browser.conftest import OpenPage, Shoot
from tests.operations.exchange.conftest import workbook
from tests.rig.printed import pages_of

DAY = timedelta(days=1)


def tracker(today: date) -> bytes:
    """A caseload with its contacts, days as Americans write them, and one score that is no number."""

    def ago(days: int) -> str:
        day = today - days * DAY
        return f"{day.month}/{day.day}/{day.year}"

    return workbook(
        {
            "Caseload": [
                ["MRN", "Last Name", "First Name", "DOB", "Tx Status", "Favorite color"],
                ["0042", "Nguyễn", "José", "2/29/1984", "Active", "green"],
                ["0043", "Berg", "Bo", "12/31/1990", "Active", "blue"],
            ],
            "Contact Log": [
                ["MRN", "Date", "Contact Type", "Minutes", "PHQ-9", "PHQ-9 item 9"],
                ["0042", ago(60), "Initial Assessment", 45, 18, 0],
                ["0042", ago(46), "Follow Up", 20, 14, 0],
                ["0042", ago(18), "Follow Up", 20, 9, 0],
                ["0043", ago(30), "Initial Assessment", 40, ">20", 1],
            ],
        }
    )


def test_a_tracker_comes_in_and_files_go_out(
    empty_demo: Demo, visit: OpenPage, shoot: Shoot, tmp_path: Path
) -> None:
    page = visit(empty_demo.url, person="Maya Okafor")
    given = tmp_path / "caseload.xlsx"
    given.write_bytes(tracker(empty_demo.clock.now().date()))
    page.get_by_label("File to share").set_input_files(given)
    expect(newest(page)).to_contain_text("Dry run: nothing is written yet.")
    expect(newest(page)).to_contain_text("2 patients with 4 contacts would be taken")
    shoot(page, "import-dry-run")
    newest(page).get_by_role("button", name="Answer questions…").click()
    expect(modal(page, "About your file")).to_contain_text("Favorite color")
    shoot(page, "import-questions")
    page.get_by_role("button", name="Cancel").or_(page.get_by_role("button", name="Close")).first.click()
    newest(page).get_by_role("button", name="Import 2 patients").click()
    page.get_by_role("dialog").get_by_role("button", name="Import", exact=True).click()
    expect(newest(page)).to_contain_text("Imported: 2 patients of this file.")
    shoot(page, "import-done")
    command(page, "/cocm patient 0042")
    expect(modal(page, "Patient")).to_contain_text("José Nguyễn")
    shoot(page, "import-patient")
    page.keyboard.press("Escape")
    exported(page, "0042 pdf", "summary.pdf", tmp_path)
    text = " ".join(pages_of((tmp_path / "summary.pdf").read_bytes()))
    assert "José Nguyễn" in text
    assert "PHQ-9 18 on" in text
    exported(page, "xlsx", "export.xlsx", tmp_path)
    book = openpyxl.load_workbook(BytesIO((tmp_path / "export.xlsx").read_bytes()))
    assert [row[1:4] for row in book["Caseload"].iter_rows(min_row=2, values_only=True)] == [
        ("0042", "Nguyễn", "José"),
        ("0043", "Berg", "Bo"),
    ]
    shoot(page, "export-files")


def exported(page: Page, words: str, name: str, to: Path) -> None:
    """Ask for a file, and save the one that comes."""
    command(page, f"/cocm export {words}")
    link = newest(page).get_by_role("link", name=name)
    expect(link).to_be_visible()
    with page.expect_download() as coming:
        link.click()
    coming.value.save_as(to / name)
