"""The end of a month: nudges, the last day, the 1st, Finance's message, list and file, a late entry."""

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import TABLE, Demo
from cocm_bot.domain.billing.columns import COLUMNS
from cocm_bot.operations.billing.files import Format, neutral, table
from cocm_bot.operations.billing.month_list import Month, read_month, with_others
from cocm_bot.operations.context import Context
from cocm_bot.store import registries
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.table.client import connect
from cocm_bot.store.table.table import Table
from tests.browser.acts import become, command, message, modal
from tests.browser.conftest import OpenPage, Shoot
from tests.browser.test_clock import open_clock
from tests.rig.demos import unhurried_demo
from tests.rig.scenes import add_patient, log_contact
from tests.rig.seats import seat_of

START = datetime(2026, 3, 9, 14, 30, tzinfo=UTC)
"""A Monday, half past ten in New York."""
ASSESSED = {"Contact type": "Initial Assessment", "Visit type": "Clinic", "PHQ-9 total": "14"}
WORKED = {"Contact type": "Follow Up", "Visit type": "Phone"}
DIAGNOSIS = "F33.1 Recurrent depression, moderate"


@pytest.fixture
def march_demo() -> Iterator[Demo]:
    with unhurried_demo(patients=0, begins=START) as running:
        yield running


def morning_of(page: Page, day: str, told: str) -> None:
    open_clock(page)
    page.get_by_label("The morning of").fill(day)
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text(told)).to_be_visible()


class Month26:
    """The registry of the demo, and what its ledger says."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.maya, self.iris = (seat_of(demo.workspace, name) for name in ("Maya Okafor", "Iris Lindqvist"))
        self.table = Table(connect(patient=True, max_connections=2), TABLE)

    def patient(self, mrn: str, first_name: str, minutes: str, *, agreed: bool) -> str:
        """Somebody who is assessed and reviewed, with so many minutes; with consent if they agreed."""
        handle = add_patient(self.maya, **{"MRN": mrn, "First name": first_name, "Last name": "Example"})
        if agreed:
            self.maya.choose("More…", "Record consent")
            assert self.maya.submit() is None
        self.maya.choose("More…", "Care details")
        self.maya.fill({"Treating clinician": "Samuel Adeyemi", "Diagnoses": DIAGNOSIS})
        assert self.maya.submit() is None
        self.maya.close(everything=True)
        assert log_contact(self.maya, handle, **ASSESSED, Minutes=minutes) is None
        self.maya.close(everything=True)
        self.iris.command(f"/cocm log {handle}")
        self.iris.fill({"Contact type": "Psychiatric Consultation"})
        self.iris.fill({"Minutes": "10", "Recommendation": ["Medication"]})
        assert self.iris.submit() is None
        self.iris.close(everything=True)
        return handle

    def ledger(self) -> Month:
        ctx = Context(
            self.table, self.demo.clock.now, AuditTrail("a key for reading", 6, self.demo.clock.now)
        )
        registry = registries.get(self.table, self.demo.registry_id)
        assert registry is not None
        return read_month(ctx, registry, "2026-03")

    def cells(self) -> list[list[object]]:
        month = self.ledger()
        ctx = Context(
            self.table, self.demo.clock.now, AuditTrail("a key for reading", 6, self.demo.clock.now)
        )
        rows = table(month, with_others(ctx, month, month.rows))
        return [[neutral(cell) or None for cell in cells.values()] for cells in rows]


@pytest.mark.timeout(500)
def test_the_end_of_a_month(march_demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    month = Month26(march_demo)
    ready = month.patient("A-1", "Ready", "45", agreed=True)
    unasked = month.patient("A-2", "Unasked", "40", agreed=False)
    short = month.patient("A-3", "Short", "12", agreed=True)
    page = visit(march_demo.url)
    nudged(page, shoot)
    morning_of(page, "2026-03-31", "Tue, Mar 31, 2026, 8:00 AM")
    assert log_contact(month.maya, unasked, **WORKED, Minutes="16.5") is None
    month.maya.close(everything=True)
    listed_on_the_first(page, shoot, {ready: "36–85 give 99492", unasked: "16 min (+ 40", short: "12 min"})
    compared(march_demo, month)
    closed(page, shoot)
    assert log_contact(month.maya, ready, **WORKED, Minutes="41", Date="2026-03-30") is None
    month.maya.close(everything=True)
    told_what_changed(page, shoot)
    # The file was made a minute after eight on the 1st: its 24 hours are over now.
    modal(page, "Billing").get_by_role("button", name="Close", exact=True).last.click()
    morning_of(page, "2026-04-03", "Fri, Apr 3, 2026, 8:00 AM")
    march_demo.workspace.wait_until(lambda: not march_demo.workspace.uploads, "the file is deleted", 20)
    assert [each for each in march_demo.workspace.refusals if not each.race] == []


def nudged(page: Page, shoot: Shoot) -> None:
    """Ten working days before the end, and three."""
    morning_of(page, "2026-03-18", "Wed, Mar 18, 2026, 8:00 AM")
    digest = message(page, "2 patients miss one thing for this month's code, 10 working days left")
    expect(digest).to_be_visible()
    expect(digest).to_contain_text("consent before the minutes")
    expect(digest).to_contain_text("minutes at a code's midpoint")
    digest.get_by_text("miss one thing").scroll_into_view_if_needed()
    shoot(page, "billing-1-nudge")
    digest.get_by_role("button", name="Record consent").click()
    modal(page, "Consent").get_by_role("button", name="Save", exact=True).click()
    card = modal(page, "Patient")
    expect(card).to_contain_text("40 min before the consent do not count")
    shoot(page, "billing-2-consent-too-late")
    card.get_by_role("button", name="Close", exact=True).last.click()
    morning_of(page, "2026-03-27", "Fri, Mar 27, 2026, 8:00 AM")
    expect(message(page, "3 working days left this month")).to_be_visible()
    shoot(page, "billing-3-three-days")


def listed_on_the_first(page: Page, shoot: Shoot, rows: Mapping[str, str]) -> None:
    """Finance's message on the 1st, the list it opens, and the file it gives."""
    morning_of(page, "2026-04-01", "Wed, Apr 1, 2026, 8:00 AM")
    become(page, "Omar Haddad")
    summary = message(page, "March 2026: 3 patients with minutes, 2 with a code")
    expect(summary).to_be_visible()
    shoot(page, "billing-4-finance-on-the-first")
    summary.get_by_role("button", name="Open the list").click()
    listed = modal(page, "Billing")
    for handle, words in rows.items():
        expect(listed).to_contain_text(handle)
        expect(listed).to_contain_text(words)
    expect(listed).to_contain_text("Samuel Adeyemi")
    expect(listed).to_contain_text(DIAGNOSIS)
    shoot(page, "billing-5-list")
    listed.get_by_role("button", name="XLSX file").click()
    expect(listed).to_contain_text("The file comes to you as a direct message from me.")


def compared(demo: Demo, month: Month26) -> None:
    """The file, opened, cell by cell with the ledger."""
    demo.workspace.settled()
    [upload] = demo.workspace.uploads.values()
    assert upload.name == f"billing-2026-03.{Format.XLSX}"
    assert upload.content is not None
    head, *rows = load_workbook(io.BytesIO(upload.content))["Billing"].iter_rows(values_only=True)
    assert list(head) == list(COLUMNS)
    assert [[cell or None for cell in row] for row in rows] == month.cells()


def closed(page: Page, shoot: Shoot) -> None:
    """Close the month from its list."""
    listed = modal(page, "Billing")
    listed.get_by_role("button", name="Close the month").click()
    page.get_by_role("button", name="Close the month").last.click()
    expect(listed).to_contain_text("March 2026 is closed.")
    shoot(page, "billing-6-closed")
    listed.get_by_role("button", name="Close", exact=True).last.click()


def told_what_changed(page: Page, shoot: Shoot) -> None:
    """The message about a late entry, and what the list says of it."""
    morning_of(page, "2026-04-02", "Thu, Apr 2, 2026, 8:00 AM")
    expect(message(page, "March 2026 has changed since it was closed: 1 claim.")).to_be_visible()
    shoot(page, "billing-7-changed")
    command(page, "/cocm billing last changed")
    listed = modal(page, "Billing")
    expect(listed).to_contain_text("1 changed since.")
    expect(listed).to_contain_text("86–115 give 99492 + 1 × 99494")
    shoot(page, "billing-8-changed-list")
