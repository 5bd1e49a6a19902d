"""A month's list, its file and its closing, over a registry small enough to count by hand."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from cocm_bot.domain.access import Actor
from cocm_bot.domain.billing.columns import COLUMNS
from cocm_bot.domain.billing.month_words import Asked, Filter
from cocm_bot.domain.errors import InvalidInput, NotAllowed
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.settings.code_sets import payer_mark
from cocm_bot.domain.settings.registry_settings import Disclosure, Shown
from cocm_bot.domain.vocabulary import Role, WorkKind
from cocm_bot.operations.billing import closing
from cocm_bot.operations.billing.codes import load_codes
from cocm_bot.operations.billing.files import Format, billing_file, exported, neutral, written
from cocm_bot.operations.billing.month_list import Month, month_list, read_month
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.patients.edit_patient import edit, stored_details
from cocm_bot.operations.patients.enrolment import Details
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate
from cocm_bot.store import jobs, registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import history
from tests.operations.billing.test_ledger import agree, entry
from tests.operations.conftest import Office
from tests.store.build import REGISTRY

MARCH = "2031-03"


class Billed:
    """Three patients of March 2031, of whom one left, seen on the 2nd of April."""

    def __init__(self, office: Office, requests: Callable[[], str]) -> None:
        self.office, self.requests = office, requests
        self.today = office.moment.date()
        self.ada = self.worked(40, payer="Blue", patient_mrn="B-2")
        self.bo = self.worked(120, payer=" blue ", patient_mrn="B-1", first_name="=Bo", last_name="+Cyr")
        self.cy = self.worked(20, payer="State", patient_mrn="B-3", consented=False)
        leaving = Deactivation(reason=DeactivationReason.MOVED, asked=True)
        deactivate(office.ctx, office.actor(), self.ada, leaving, requests())
        office.forward(days=30)

    def worked(self, minutes: int, *, consented: bool = True, **details: str) -> str:
        handle = self.office.enrolled(**details)
        if consented:
            agree(self.office, handle, self.today)
        self.log(handle, minutes)
        return handle

    def log(self, handle: str, minutes: int) -> None:
        contact = entry(self.today, minutes, WorkKind.CARE_COORDINATION)
        log_contact(self.office.ctx, self.office.actor(), handle, contact, self.requests())

    def correct_payer(self, handle: str, payer: str) -> None:
        patient = self.office.patient(handle)
        details = Details.model_validate({**stored_details(patient), "payer": payer})
        at = patient.version
        edit(self.office.ctx, self.office.actor(), handle, details, self.requests(), read=at, shown=at)

    @property
    def omar(self) -> Actor:
        return self.office.actor(Role.FINANCE, "user-5")

    @property
    def month(self) -> Month:
        return read_month(self.office.ctx, self.office.actor().registry, MARCH)

    def mrns(self, **wanted: Any) -> list[str]:
        shown = month_list(self.office.ctx, self.omar, Asked(MARCH, **wanted), 1)
        return [row.entry.patient_mrn for row in shown.page.rows]

    def set_shown(self, shown: Shown) -> None:
        registry = self.office.actor().registry
        moved = {"disclosure": Disclosure(finance=shown), "modified_date": registry.modified_date + 1}
        registries.save(self.office.table, registry, registry.model_copy(update=moved))


@pytest.fixture
def billed(office: Office, requests: Callable[[], str]) -> Billed:
    return Billed(office, requests)


def test_a_month_that_is_over_is_listed_whoever_left(billed: Billed) -> None:
    found = [(row.entry.patient_mrn, row.claim.facts.minutes, row.claim.codes) for row in billed.month.rows]
    assert found == [
        ("B-1", 120, "99492 + 2 × 99494"),
        ("B-2", 40, "99492"),
        ("B-3", 0, "no code: consent is missing"),
    ]
    added = billed.month.totals
    assert (added.patients, added.coded, added.ready, added.minutes) == (3, 2, 0, 160)
    assert added.units == {"99492": 2, "99494": 2}
    assert {name: (each.patients, each.units) for name, each in billed.month.by_payer.items()} == {
        "blue": (2, {"99492": 2, "99494": 2}),
        "State": (1, {}),
    }


def test_parts_and_payers(billed: Billed) -> None:
    assert billed.mrns() == ["B-1", "B-2", "B-3"]
    assert billed.mrns(part=Filter.READY) == []
    assert billed.mrns(part=Filter.NOT_READY) == ["B-1", "B-2", "B-3"]
    assert billed.mrns(payer=payer_mark("BLUE")) == ["B-1", "B-2"]
    with pytest.raises(InvalidInput, match="not closed"):
        billed.mrns(part=Filter.CHANGED)


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.FINANCE])
def test_only_finance_sees_takes_or_closes_a_month(billed: Billed, role: Role) -> None:
    actor = billed.office.actor(role, "user-6")
    for attempt in (
        lambda: month_list(billed.office.ctx, actor, Asked(MARCH), 1),
        lambda: billing_file(billed.office.ctx, actor, Asked(MARCH), Format.CSV),
        lambda: closing.close_month(billed.office.ctx, actor, MARCH),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert billed.office.refusals() == ["view_billing"] * 3


def test_each_file_says_what_the_ledger_does_cell_by_cell(billed: Billed) -> None:
    content = {form: billing_file(billed.office.ctx, billed.omar, Asked(MARCH), form) for form in Format}
    told = json.loads(content[Format.JSON])
    for row, cells in zip(billed.month.rows, told, strict=True):
        facts = row.entry.facts
        assert list(cells) == list(COLUMNS)
        assert (cells["mrn"], cells["minutes"], cells["minutes_before_consent"]) == (
            row.entry.patient_mrn,
            facts.seconds // 60,
            facts.unconsented // 60,
        )
        assert (cells["first_service"], cells["consent_date"]) == (
            facts.first_service,
            facts.consented or "",
        )
        assert (cells["code"], cells["add_on_units"]) == (
            row.claim.proposal.code or "",
            row.claim.proposal.add_ons,
        )
        assert cells["arithmetic"] == row.claim.proposal.arithmetic
    risky = [{name: neutral(cell) for name, cell in cells.items()} for cells in told]
    lines = list(csv.DictReader(io.StringIO(content[Format.CSV].decode("utf-8-sig"))))
    assert lines == [{name: str(cell) for name, cell in cells.items()} for cells in risky]
    sheet = load_workbook(io.BytesIO(content[Format.XLSX]))["Billing"]
    head, *rows = sheet.iter_rows(values_only=True)
    assert list(head) == list(COLUMNS)
    assert [[cell or "" for cell in row] for row in rows] == [
        [cell or "" for cell in cells.values()] for cells in risky
    ]


def test_a_file_is_logged_as_an_export_of_who_is_in_it(billed: Billed) -> None:
    billing_file(billed.office.ctx, billed.omar, Asked(MARCH, payer=payer_mark("Blue")), Format.XLSX)
    exported(billed.office.ctx, REGISTRY, MARCH, "tester")
    entries = access_log.entries(billed.office.table, REGISTRY, billed.office.moment.date())
    found = [each for each in entries if each.action == "export the billing list"]
    # Both are of the same moment, and in no order.
    assert {(each.user_id, len(each.patient_ids), each.reason) for each in found} == {
        ("user-5", 2, "2031-03 xlsx"),
        ("", 3, "account tester"),
    }


@pytest.mark.parametrize(
    ("shown", "named"),
    [
        (Shown.HANDLE, ["", "", ""]),
        (Shown.INITIALS, ["'=.+.", "A.E.", "A.E."]),
        (Shown.NAME, ["'=Bo +Cyr", "Ada Example", "Ada Example"]),
    ],
)
def test_finance_sees_as_much_as_the_registry_allows(billed: Billed, shown: Shown, named: list[str]) -> None:
    billed.set_shown(shown)
    content = written(billed.month, billed.month.rows, Format.CSV).decode("utf-8-sig")
    assert [row["patient"] for row in csv.DictReader(io.StringIO(content))] == named


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        '=HYPERLINK("http://x")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert neutral(-1) == -1
    assert neutral("A=1") == "A=1"


def test_a_closed_month_keeps_who_when_and_what_it_came_to(billed: Billed) -> None:
    closed = closing.close_month(billed.office.ctx, billed.omar, MARCH).closing
    assert closed is not None
    assert (closed.by, closed.at, closed.totals.units) == (
        "user-5",
        billed.office.moment.timestamp(),
        {"99492": 2, "99494": 2},
    )
    billed.office.forward(hours=1)
    again = closing.close_month(billed.office.ctx, billed.omar, MARCH).closing
    assert again == closed
    assert billed.month.changed == []
    entries = access_log.entries(billed.office.table, REGISTRY, billed.office.moment.date())
    assert [each.reason for each in entries if each.action == "close a billing month"] == [MARCH]


def test_what_changes_after_closing_is_listed_with_before_and_after_and_told_once(billed: Billed) -> None:
    office = billed.office
    closing.close_month(office.ctx, billed.omar, MARCH)
    registry = office.actor().registry
    assert closing.untold_changes(office.ctx, registry, MARCH) is None
    billed.log(billed.cy, 10)
    agree(office, billed.cy, billed.today)
    billed.correct_payer(billed.bo, "Aetna")
    assert jobs.waiting(office.table, JobKind.BILLING_CHANGE, REGISTRY) == [f"{REGISTRY}:{MARCH}"]
    assert billed.mrns(part=Filter.CHANGED) == ["B-1", "B-3"]
    found = [
        (
            each.before and (each.before.minutes, each.before.codes, each.before.payer),
            each.after and (each.after.minutes, each.after.codes, each.after.payer),
        )
        for each in billed.month.changed
    ]
    assert found == [
        ((120, "99492 + 2 × 99494", "blue"), (120, "99492 + 2 × 99494", "Aetna")),
        ((0, "no code: consent is missing", "State"), (30, "G2214", "State")),
    ]
    untold = closing.untold_changes(office.ctx, registry, MARCH)
    assert untold is not None
    closing.remember_told(office.ctx, *untold)
    assert closing.untold_changes(office.ctx, registry, MARCH) is None
    billed.log(billed.cy, 6)
    assert closing.untold_changes(office.ctx, registry, MARCH) is not None


def test_a_claim_that_went_after_closing_is_told_too(billed: Billed, requests: Callable[[], str]) -> None:
    office = billed.office
    closing.close_month(office.ctx, billed.omar, MARCH)
    [log] = history.contacts(office.table, office.patient(billed.bo).id)
    wrong = Correction(reason="Another patient's", contact=None)
    correct_contact(office.ctx, office.actor(), billed.bo, log.id, wrong, requests())
    [change] = billed.month.changed
    assert (change.handle, change.after) == (billed.bo, None)
    assert closing.untold_changes(office.ctx, office.actor().registry, MARCH) is not None


@pytest.mark.parametrize("month", ["2031-04", "2031-05"])
def test_a_month_that_goes_on_is_not_closed(billed: Billed, month: str) -> None:
    with pytest.raises(InvalidInput, match="not over"):
        closing.close_month(billed.office.ctx, billed.omar, month)


def test_a_payers_own_codes_apply_at_once(billed: Billed) -> None:
    load_codes(
        billed.office.ctx,
        REGISTRY,
        {"payers": [{"name": "BLUE", "code_set": "CoCM", "cap": 1}, {"name": "State", "code_set": "G0512"}]},
        "tester",
    )
    assert [row.claim.proposal.codes for row in billed.month.rows] == [
        "99492 + 1 × 99494",
        "99492",
        "no code yet",
    ]
