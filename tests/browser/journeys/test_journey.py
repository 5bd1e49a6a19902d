"""One patient from referral to relapse on the page, with a picture of each stage to be looked at."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import become, choose, command, go, message, modal
from tests.browser.conftest import OpenPage, Shoot
from tests.rig.demos import unhurried_demo

START = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # a Monday, half past ten in New York

FULL = ViewportSize(width=1280, height=1400)
"""High enough to show a card whole."""


@pytest.fixture
def spring() -> Iterator[Demo]:
    with unhurried_demo(patients=0, begins=START) as running:
        yield running


class Chart:
    """The patient, and who works with her on the page."""

    def __init__(self, page: Page, shoot: Shoot) -> None:
        self.page, self.shoot = page, shoot
        page.set_viewport_size(FULL)
        self.handle = ""

    @property
    def card(self) -> Locator:
        return modal(self.page, "Patient")

    def wait(self, day: str) -> None:
        """Move the clock to eight in the morning of a day."""
        self.page.get_by_title("Move the clock").click()
        self.page.get_by_label("The morning of").fill(day)
        self.page.get_by_role("button", name="Go").click()
        moved = datetime.fromisoformat(day)
        expect(self.page.get_by_text(f"{moved:%a, %b} {moved.day}, {moved.year}, 8:0")).to_be_visible()

    def open(self) -> Locator:
        command(self.page, f"/cocm patient {self.handle}")
        expect(self.card).to_contain_text(self.handle)
        return self.card

    def more(self, entry: str) -> None:
        choose(self.page, self.card, "More…", entry)

    def leave(self) -> None:
        self.card.get_by_role("button", name="Close", exact=True).last.click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def send(self, title: str, button: str) -> None:
        modal(self.page, title).get_by_role("button", name=button, exact=True).click()

    def meet(self, phq: str, gad: str, minutes: str = "20") -> None:
        """Log a contact from the card."""
        self.open().get_by_role("button", name="Log a contact").click()
        form = modal(self.page, "Log a contact")
        form.get_by_label("Minutes").fill(minutes)
        form.get_by_label("PHQ-9 total").fill(phq)
        choose(self.page, form, "PHQ-9 item 9", "0 · not at all")
        form.get_by_label("GAD-7 total").fill(gad)
        self.send("Log a contact", "Save")
        expect(self.card).to_contain_text("Saved.")


@pytest.mark.long(30)
@pytest.mark.timeout(180)
def test_from_referral_to_relapse(spring: Demo, visit: OpenPage, shoot: Shoot) -> None:
    chart = Chart(visit(spring.url), shoot)
    referred(chart)
    assessed(chart)
    stuck(chart)
    reviewed(chart)
    answered(chart)
    well(chart)
    graduated_and_back(chart)
    assert [each for each in spring.workspace.refusals if not each.race] == []


def referred(chart: Chart) -> None:
    command(chart.page, "/cocm add")
    form = modal(chart.page, "Add a patient")
    for label, words in (("MRN", "J-2041"), ("First name", "Ana"), ("Last name", "Muñoz")):
        form.get_by_label(label).fill(words)
    form.get_by_label("Birth date").fill("1984-02-29")
    form.get_by_label("Phone").fill("555-010-0134")
    choose(chart.page, form, "Payer", "Medicaid")
    choose(chart.page, form, "Consent", "Verbal")
    form.get_by_label("Consent given on").fill("2026-03-02")
    chart.shoot(chart.page, "journey-1-referral")
    chart.send("Add a patient", "Add")
    expect(chart.card).to_contain_text("Enrolled, since 2 Mar 2026 · 0 sessions")
    chart.handle = chart.card.inner_text().partition("Added. Handle ")[2].partition(":")[0].strip()
    chart.shoot(chart.page, "journey-2-enrolled")
    chart.leave()


def assessed(chart: Chart) -> None:
    chart.wait("2026-03-05")
    chart.meet("18", "14", "45")
    expect(chart.card).to_contain_text("Treatment, week 0, since 5 Mar 2026 · 1 session")
    expect(chart.card).to_contain_text("45 min this month · 99492")
    chart.shoot(chart.page, "journey-3-assessed")
    chart.leave()


def stuck(chart: Chart) -> None:
    """At week 8 the worklist says why; the card is flagged. 5 March to 30 April are 56 days."""
    for day, phq, gad in (("2026-03-12", "17", "13"), ("2026-03-26", "17", "12"), ("2026-04-13", "16", "12")):
        chart.wait(day)
        chart.meet(phq, gad)
        chart.leave()
    chart.wait("2026-04-30")
    command(chart.page, "/cocm today consults")
    # Digests of the weeks passed over come meanwhile: the answer is not the newest for long.
    why = "PHQ-9 18 → 16 in 5 weeks, GAD-7 14 → 12 in 5 weeks"
    expect(chart.page.get_by_role("article").filter(has_text=why).last).to_be_visible()
    command(chart.page, "/cocm today")
    expect(message(chart.page, "Also: consult due: not improving")).to_be_visible()
    chart.shoot(chart.page, "journey-4-worklist")
    chart.open().get_by_role("button", name="Raise a flag").click()
    form = modal(chart.page, "Raise a flag")
    form.get_by_role("checkbox", name="Review with Psychiatrist").check()
    form.get_by_label("Why").fill("No better in 8 weeks")
    chart.send("Raise a flag", "Raise")
    expect(chart.card).to_contain_text("Raised: Review with Psychiatrist.")
    expect(chart.card).to_contain_text("Treatment, week 8, since 5 Mar 2026 · 4 sessions")
    chart.leave()
    chart.open()
    chart.shoot(chart.page, "journey-5-not-improving")
    chart.leave()


def reviewed(chart: Chart) -> None:
    become(chart.page, "Iris Lindqvist")
    command(chart.page, "/cocm review")
    review = modal(chart.page, "Caseload review")
    expect(review).to_contain_text("1 of 1")
    chart.shoot(chart.page, "journey-6-review")
    review.get_by_role("button", name="Record consultation").click()
    form = modal(chart.page, "Log a contact")
    form.get_by_role("checkbox", name="Medication").check()
    form.get_by_label("In words").fill("Raise sertraline to 100 mg; PHQ-9 again in 4 weeks.")
    form.get_by_label("Minutes").fill("10")
    chart.shoot(chart.page, "journey-7-consultation")
    chart.send("Log a contact", "Save")
    expect(review).to_contain_text("Consultation recorded")
    chart.shoot(chart.page, "journey-8-recorded")
    review.get_by_role("button", name="Next").click()
    expect(modal(chart.page, "Caseload review")).to_contain_text("Review finished")
    chart.shoot(chart.page, "journey-9-summary")
    modal(chart.page, "Caseload review").get_by_role("button", name="Close", exact=True).last.click()


def answered(chart: Chart) -> None:
    become(chart.page, "Samuel Adeyemi")
    go(chart.page, "Messages")
    recommended = message(chart.page, f"Recommendation for {chart.handle}")
    expect(recommended).to_be_visible()
    chart.shoot(chart.page, "journey-10-message")
    recommended.get_by_role("button", name="Open the card").click()
    expect(chart.card).to_contain_text("Ana Muñoz")
    chart.leave()
    recommended.get_by_role("button", name="Accept").click()
    expect(recommended).to_contain_text("Accepted by Samuel Adeyemi")
    become(chart.page, "Maya Okafor")
    chart.open()
    expect(chart.card).to_contain_text("Accepted by Samuel Adeyemi")
    chart.shoot(chart.page, "journey-11-accepted")
    chart.leave()


def well(chart: Chart) -> None:
    """Better, and twice in remission; then the plan that is due."""
    for day, phq, gad in (("2026-05-14", "11", "8"), ("2026-05-28", "4", "4"), ("2026-06-11", "3", "2")):
        chart.wait(day)
        chart.meet(phq, gad)
        if phq != "3":
            chart.leave()
    expect(chart.card).to_contain_text(
        "PHQ-9 3, GAD-7 2, last scored today: in remission at two measures in a row, no plan yet"
    )
    chart.shoot(chart.page, "journey-12-plan-due")
    chart.card.get_by_role("button", name="Trend").click()
    trend = modal(chart.page, "Trend")
    expect(trend.locator("img")).to_have_count(1)
    chart.shoot(chart.page, "journey-13-trend")
    trend.get_by_role("button", name="Close", exact=True).last.click()
    chart.more("Relapse prevention plan")
    form = modal(chart.page, "Relapse prevention plan")
    form.get_by_label("Warning signs").fill("Sleeps badly, stays in")
    form.get_by_label("What helps").fill("Walks, calling Ben")
    form.get_by_label("Who to call").fill("The clinic, 555-010-0100")
    form.get_by_label("Next check").fill("2026-07-13")
    form.get_by_label("Minutes").fill("30")
    chart.shoot(chart.page, "journey-14-plan")
    chart.send("Relapse prevention plan", "Save")
    expect(chart.card).to_contain_text("Relapse Prevention Plan, week 14, since 11 Jun 2026 · 8 sessions")
    chart.leave()


def graduated_and_back(chart: Chart) -> None:
    chart.wait("2026-07-13")
    chart.open()
    chart.more("Deactivate")
    choose(chart.page, modal(chart.page, "Deactivate"), "Reason", "Graduated")
    chart.shoot(chart.page, "journey-15-graduation")
    chart.send("Deactivate", "Deactivate")
    expect(modal(chart.page, "Deactivate")).to_contain_text("the flag Review with Psychiatrist is open")
    chart.send("Deactivate", "Deactivate")
    expect(chart.card).to_contain_text("Deactivated, since 13 Jul 2026: Graduated")
    chart.shoot(chart.page, "journey-16-graduated")
    chart.leave()
    chart.wait("2026-08-12")
    chart.open().get_by_role("button", name="Reopen").click()
    form = modal(chart.page, "Reopen")
    form.get_by_label("Why").fill("Sleeps badly again")
    form.get_by_label("A new episode begins").check()
    chart.shoot(chart.page, "journey-17-reopening")
    chart.send("Reopen", "Reopen")
    expect(chart.card).to_contain_text("Enrolled, since 12 Aug 2026 · episode 2 · 8 sessions")
    chart.leave()
    chart.wait("2026-08-19")
    chart.meet("15", "10", "40")
    expect(chart.card).to_contain_text("Treatment, week 0, since 19 Aug 2026 · episode 2 · 9 sessions")
    chart.shoot(chart.page, "journey-18-relapse")
