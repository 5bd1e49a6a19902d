"""Self-harm at the screens: beside a total, among the items, a closed form, the risk screen, the plan."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import become, choose, command, go, modal, newest
from tests.browser.conftest import OpenPage, Shoot

ITEM_9 = "PHQ-9 item 9 · Thoughts of death or self-harm"
ABOVE_0 = "the self-harm item is above 0"


@pytest.fixture
def both(shoot: Shoot) -> Callable[[Page, str], None]:
    """Keep a picture at 1280 and at 400 pixels."""

    def keep(page: Page, name: str) -> None:
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            if page.get_by_role("article").count() and not page.get_by_role("dialog").count():
                newest(page).scroll_into_view_if_needed()
            shoot(page, f"safety-{name}-{width}")
        page.set_viewport_size({"width": 1280, "height": 900})

    return keep


def enrolled(page: Page) -> None:
    """Add Ana and open the contact form from her card."""
    command(page, "/cocm add")
    form = modal(page, "Add a patient")
    for label, value in {"MRN": "S-1", "First name": "Ana", "Last name": "Muñoz"}.items():
        form.get_by_label(label, exact=True).fill(value)
    form.get_by_label("Birth date").fill("1984-02-29")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(modal(page, "Patient")).to_contain_text("Added.")
    modal(page, "Patient").get_by_role("button", name="Log a contact").click()
    expect(modal(page, "Log a contact")).to_contain_text("This is not an emergency service")


@pytest.mark.timeout(300)
def test_a_total_with_item_9_the_risk_screen_and_the_plan_as_text(
    empty_demo: Demo, visit: OpenPage, both: Callable[[Page, str], None]
) -> None:
    page = visit(empty_demo.url)
    enrolled(page)
    form = modal(page, "Log a contact")
    form.get_by_label("Minutes").fill("30")
    form.get_by_label("PHQ-9 total").fill("17")
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text("The total alone does not say. Choose the answer to item 9, or “Not known”.")
    form.get_by_text("The total alone does not say.").scroll_into_view_if_needed()
    both(page, "1-total-without-item")

    choose(page, form, ITEM_9, "2 · more than half the days")
    expect(form).to_contain_text(ABOVE_0)
    form.get_by_label("What did you do about it?").fill("Talked about means; her sister stays tonight")
    both(page, "2-total-with-item")
    form.get_by_role("button", name="Save").click()
    card = modal(page, "Patient")
    expect(card).to_contain_text("The psychiatrist is being notified now")
    expect(card).to_contain_text("PHQ-9 17 (item 9: 2)")
    both(page, "3-card-offers-the-screen")

    card.get_by_role("button", name="Risk screen").first.click()
    screen = modal(page, "Risk screen")
    answers = ("Yes", "Yes", "Yes", "No", "No")
    for number, answer in enumerate(answers, 1):
        group = screen.get_by_role("radiogroup").nth(number - 1)
        group.get_by_label(answer, exact=True).check()
    screen.get_by_role("radiogroup").nth(5).get_by_label("Never").check()
    screen.get_by_label("Means talked about").check()
    screen.get_by_label("Psychiatrist reached").check()
    both(page, "4-risk-screen")
    screen.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Risk screen: moderate")
    expect(card).to_contain_text("Done: Means talked about, Psychiatrist reached")
    both(page, "5-card-with-result")

    planned(page, both)
    for _ in range(2):
        page.keyboard.press("Escape")
    become(page, "Iris Lindqvist")
    expect(newest(page)).to_contain_text("PHQ-9 17, item 9: 2 · more than half the days")
    expect(newest(page)).to_contain_text("Contact of")
    both(page, "8-alert")
    newest(page).get_by_role("button", name="I have it").click()
    expect(newest(page)).to_contain_text("Iris Lindqvist has it")
    become(page, "Maya Okafor")
    expect(newest(page)).to_contain_text("Iris Lindqvist has it")
    both(page, "9-raiser-learns")
    assert [each for each in empty_demo.workspace.refusals if not each.race] == []


def planned(page: Page, both: Callable[[Page, str], None]) -> None:
    """Write the safety plan, and show it as text."""
    card = modal(page, "Patient")
    choose(page, card, "More…", "Safety plan")
    plan = modal(page, "Safety plan")
    plan.get_by_label("1 · Warning signs").fill("Not sleeping, not answering calls")
    plan.get_by_label("4 · People I can ask for help").fill("My sister Bea, 555-010-0177")
    plan.get_by_label("5 · Professionals and crisis line").fill("988; the clinic, 555-010-0100")
    both(page, "6-safety-plan")
    plan.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Safety plan saved, reviewed today.")
    expect(card).to_contain_text("last reviewed")
    choose(page, card, "More…", "Show the safety plan as text")
    text = modal(page, "Safety plan")
    expect(text).to_contain_text("6. Making my surroundings safe")
    expect(text).not_to_contain_text("Muñoz")
    both(page, "7-safety-plan-text")


@pytest.mark.timeout(300)
def test_item_by_item_closed_and_gone_on_with(
    empty_demo: Demo, visit: OpenPage, both: Callable[[Page, str], None]
) -> None:
    page = visit(empty_demo.url)
    enrolled(page)
    form = modal(page, "Log a contact")
    form.get_by_role("button", name="PHQ-9 item by item").click()
    item = form.get_by_role("radiogroup", name="PHQ-9 · 9 Thoughts of death or self-harm")
    for number in range(1, 9):
        group = form.get_by_role("radiogroup", name=f"PHQ-9 · {number} ")
        group.get_by_label("2 · more than half the days").check()
    item.get_by_label("1 · several days").check()
    expect(form).to_contain_text(ABOVE_0)
    form.get_by_label("Note").fill("Alone at home")
    item.scroll_into_view_if_needed()
    both(page, "10-by-items")
    page.keyboard.press("Escape")
    expect(modal(page, "Patient")).to_be_visible()
    page.keyboard.press("Escape")
    go(page, "Messages")
    expect(newest(page)).to_contain_text("Nothing was saved.")
    expect(newest(page)).to_contain_text("Nobody has been notified.")
    both(page, "11-nothing-was-saved")
    go(page, "Home")
    expect(page.get_by_text("Not saved:", exact=True)).to_be_visible()
    both(page, "12-home")
    page.get_by_role("button", name="Continue with what I typed").last.click()
    again = modal(page, "Log a contact")
    expect(again.get_by_label("Note")).to_have_value("Alone at home")
    again.get_by_label("Minutes").fill("20")
    again.get_by_label("What did you do about it?").fill("Called her back")
    again.get_by_role("button", name="Save").click()
    expect(modal(page, "Patient")).to_contain_text("PHQ-9 17 (item 9: 1)")
    both(page, "13-saved-after-all")
    assert [each for each in empty_demo.workspace.refusals if not each.race] == []
