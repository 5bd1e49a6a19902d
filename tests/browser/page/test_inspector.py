"""The inspector says what caused a screen and what that cost."""

import re

from playwright.sync_api import expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import command, newest
from tests.browser.conftest import OpenPage, Shoot


def test_a_message_tells_where_it_came_from(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url, person="Samuel Adeyemi")
    command(page, "/cocm caseload")
    expect(newest(page)).to_contain_text("sorted by")
    newest(page).get_by_role("button", name="Inspect this message").click()
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector).to_contain_text("/cocm caseload by Samuel Adeyemi")
    # From the index, or what changed since the process read it.
    expect(inspector).to_contain_text(re.compile(r"Query[\d.]+ ms(index caseload, )?\d+ items"))
    expect(inspector).to_contain_text("response_url")
    expect(inspector.locator(".json").last).to_contain_text('"blocks"')
    shoot(page, "inspector")
    page.keyboard.press("Escape")
    expect(inspector).to_have_count(0)


def test_a_window_can_be_inspected_while_it_is_open(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url, width=900, dark=True)
    command(page, "/cocm log")
    window = page.locator("form.modal:not([aria-busy])")
    window.get_by_role("button", name="Inspect this window").click()
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector).to_contain_text("/cocm log by Maya Okafor")
    expect(inspector).to_contain_text("views.open")
    expect(inspector).to_contain_text("views.update")
    shoot(page, "inspector-900-dark")
    page.keyboard.press("Escape")
    expect(inspector).to_have_count(0)
    expect(window.get_by_role("button", name="Inspect this window")).to_be_focused()


def test_activity_lists_what_was_asked(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url, person="Iris Lindqvist")
    page.get_by_role("button", name="Activity").click()
    inspector = page.get_by_role("complementary", name="Inspector")
    command(page, "/cocm today")
    entry = (
        inspector.get_by_role("group").filter(has_text="Iris Lindqvist").filter(has_text="/cocm today").first
    )
    entry.locator("summary").first.click()
    expect(entry).to_contain_text("BatchGetItem")
    shoot(page, "activity")
