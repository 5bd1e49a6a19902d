"""A care manager's morning without a mouse, and what a screen reader is given on the way."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import message, modal, newest
from tests.browser.conftest import OpenPage
from tests.rig.demos import unhurried_demo

START = datetime(2026, 3, 2, 11, tzinfo=UTC)  # a Monday, six in the morning in New York
MOST_STEPS = 150
"""Presses of Tab after which something is out of reach."""
UNNAMED = re.compile(
    r"^\s*- (?:button|link|textbox|combobox|checkbox|radio|menuitem|option|dialog|region|img)(?! \")",
    re.MULTILINE,
)
"""A line of the accessibility tree with something that is acted on or looked at and has no name."""
FOCUS = """() => {
  const node = document.activeElement, box = node.getBoundingClientRect();
  const around = [node, node.closest(".composer-box, .combobox")].filter(Boolean);
  const marked = (style) => style.outlineStyle !== "none" || style.boxShadow !== "none";
  const seen = around.some((each) => marked(getComputedStyle(each)));
  return {
    name: node.ariaLabel || node.labels?.[0]?.innerText || node.innerText || "",
    shown: seen || node.matches(".menu-item"),
    there: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


class Keys:
    """A page that is used by its keyboard alone; each step checks that the focus is seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def reach(self, wanted: Locator, key: str = "Tab") -> None:
        """Press Tab until the focus is where it is wanted."""
        for _ in range(MOST_STEPS):
            if wanted.count() and wanted.first.evaluate("node => node === document.activeElement"):
                return
            self.press(key)
            focus = self.page.evaluate(FOCUS)
            assert focus["shown"], f"the focus on {focus} is not seen"
            assert focus["there"], f"the focus on {focus['name']!r} is out of the window"
        raise AssertionError(f"{key} never reached {wanted}")

    def use(self, wanted: Locator, key: str = "Tab") -> None:
        """Reach a button and press it."""
        self.reach(wanted, key)
        self.press("Enter")

    def named(self) -> None:
        """Check that all that is acted on has a name for those who do not see it."""
        page = self.page
        top = page.get_by_role("dialog") if page.get_by_role("dialog").count() else page.locator("body")
        tree = top.first.aria_snapshot()
        assert UNNAMED.findall(tree) == [], tree


@pytest.mark.long(40)
@pytest.mark.timeout(240)
def test_the_whole_morning_without_a_mouse(visit: OpenPage) -> None:
    with unhurried_demo(patients=12, begins=START) as demo:
        page = visit(demo.url)
        keys = Keys(page)
        keys.named()
        the_digest_comes(page, keys)
        a_contact_is_logged(page, keys)
        the_lists(page, keys)
        the_home(page, keys)
        assert [each for each in demo.workspace.refusals if not each.race] == []


def the_digest_comes(page: Page, keys: Keys) -> None:
    """The clock goes to eight, and the message of the morning is said to those who listen."""
    keys.use(page.get_by_title("Move the clock"))
    keys.use(page.get_by_role("button", name="Next morning, 8:00"))
    expect(message(page, "Your caseload today")).to_be_visible()
    keys.named()


def a_contact_is_logged(page: Page, keys: Keys) -> None:
    """From the digest to the card, to the form, and back to where it began."""
    opening = message(page, "Your caseload today").get_by_role("button", name=re.compile("^Open"))
    keys.use(opening)
    card = modal(page, "Patient")
    expect(card).to_be_visible()
    keys.named()
    keys.use(card.get_by_role("button", name="Log a contact"))
    form = modal(page, "Log a contact")
    expect(form).to_be_visible()
    keys.named()
    keys.reach(form.get_by_label("Minutes"))
    keys.type("20")
    keys.press("Enter")
    expect(modal(page, "Patient")).to_contain_text("Saved.")
    keys.named()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def the_lists(page: Page, keys: Keys) -> None:
    box = page.get_by_role("combobox", name="Message or command")
    for line, shown in (
        ("/cocm today", "today"),
        ("/cocm caseload all", "sorted by"),
        ("/cocm help", "registry"),
    ):
        keys.reach(box)
        keys.type(line)
        before = page.get_by_role("article").count()
        keys.press("Enter")
        expect(page.get_by_role("article")).not_to_have_count(before)
        expect(newest(page)).to_contain_text(shown)
        keys.named()


def the_home(page: Page, keys: Keys) -> None:
    keys.use(page.get_by_role("main").get_by_role("button", name="Home"), "Shift+Tab")
    expect(page.get_by_label("App Home")).to_contain_text("Hello Maya")
    keys.named()
    keys.use(page.get_by_label("App Home").get_by_role("button", name=re.compile("^Open")))
    expect(modal(page, "Patient")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("person", ["Maya Okafor", "Omar Haddad"])
def test_nothing_is_wider_than_a_phone(demo: object, visit: OpenPage, person: str) -> None:
    """At 400 pixels nobody scrolls sideways to read; people and places are still named."""
    page = visit(demo.url, person=person, width=400)  # type: ignore[attr-defined]  # a running demo
    answers = page.locator("article, form.modal:not([aria-busy])")
    for line in ("/cocm help", "/cocm today", "/cocm caseload", "/cocm team"):
        before = answers.count()
        page.get_by_role("combobox", name="Message or command").fill(line)
        page.keyboard.press("Enter")
        expect(answers).not_to_have_count(before)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 400, line
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    Keys(page).named()
