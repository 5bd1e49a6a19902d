"""Count the clicks, keys and scrolled screens of a clinic's jobs, on the page of a running demo.

`python -m tests.browser.effort` prints the table of docs/effort.md as counted now; with `--write` it puts it
there. The columns of the spreadsheet and of the web tracker are counted by hand, by the steps written there.
"""

import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect, sync_playwright

from cocm_bot.playground.workspace import Workspace
from tests.browser.acts import become, go, leave, modal
from tests.browser.conftest import CHROMIUM
from tests.rig.demos import unhurried_demo

DOCUMENT = Path(__file__).parents[2] / "docs" / "effort.md"
START = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # a Monday, half past ten in New York
PATIENTS = 60

VISIBLE = """node => {
  const box = node.getBoundingClientRect();
  const scrolled = node.closest(".modal-body, .log, .home");
  const frame = scrolled?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  const far = Math.max(0, box.bottom - frame.bottom, frame.top - box.top);
  return node.isConnected ? far / (frame.bottom - frame.top) : null;
}"""
"""Screens to scroll until a node is seen; null for one that is no longer on the page."""


@dataclass(frozen=True)
class Effort:
    """Clicks, keys and scrolling of one job."""

    clicks: int
    keys: int
    screens: float = 0.0
    """Screens scrolled, in tenths."""

    @property
    def actions(self) -> int:
        """Return clicks and keys together."""
        return self.clicks + self.keys

    def __str__(self) -> str:
        scrolled = f", {self.screens:g} scrolled" if self.screens else ""
        return f"{self.clicks} + {self.keys} = {self.actions}{scrolled}"


class Counter:
    """Works on the page as a person does, and counts it."""

    def __init__(self, page: Page, workspace: Workspace) -> None:
        self.page = page
        self._workspace = workspace
        self.begin()

    def look(self) -> None:
        """Wait until the page shows all there is: the App Home is drawn again when it is turned to."""
        self._workspace.settled()
        expect(self.page.locator("body")).to_have_attribute("data-revision", str(self._workspace.revision))

    def begin(self) -> None:
        """Begin another job."""
        self._clicks, self._keys, self._screens = 0, 0, 0.0

    def effort(self) -> Effort:
        return Effort(self._clicks, self._keys, math.ceil(self._screens * 10) / 10)

    def see(self, wanted: Locator) -> None:
        """Scroll to what is read."""
        for last in (False, False, True):
            expect(wanted).to_be_attached()
            far = wanted.evaluate(VISIBLE)
            try:
                wanted.scroll_into_view_if_needed()
            except Error:  # drawn again just now
                if last:
                    raise
                continue
            if far is not None:
                self._screens += float(far)
                return
        raise AssertionError("drawn again each time it was looked at")

    def click(self, wanted: Locator) -> None:
        self.see(wanted)
        self._clicks += 1
        wanted.click()

    def type(self, words: str) -> None:
        self._keys += len(words)
        self.page.keyboard.type(words)

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self._keys += 1
            self.page.keyboard.press(key)

    def command(self, line: str) -> None:
        """Type a line into the message box, which has the focus when nothing else does."""
        self.page.get_by_role("combobox", name="Message or command").focus()
        self.type(line)
        self.press("Enter")

    def leave(self) -> None:
        """Close what is open, uncounted."""
        leave(self.page)


def follow_up(count: Counter) -> None:
    """From today's list: phone, 20 minutes, PHQ-9 12 with item 9, GAD-7 8."""
    open_first_follow_up(count)
    count.click(modal(count.page, "Patient").get_by_role("button", name="Log a contact"))
    form = modal(count.page, "Log a contact")
    count.click(form.get_by_label("Visit type"))
    count.type("ph")
    count.press("Enter")
    count.press("Tab", 2)
    count.type("20")
    count.press("Tab")
    count.type("12")
    count.press("Tab", 2)
    count.type("0")
    count.press("Enter")
    count.press("Tab", 2)
    count.type("8")
    count.press("Enter")
    expect(modal(count.page, "Patient")).to_contain_text("Saved.")


def follow_up_in_a_line(count: Counter) -> None:
    """The same as one line to the bot, saved at once."""
    handle = handle_of_first_follow_up(count.page)
    count.begin()
    count.command(f"{handle} call 20m phq9 12 item9 0 gad7 8!")
    expect(count.page.get_by_role("article").last).to_contain_text("Undo")


def by_item(count: Counter) -> None:
    """All nine answers as one word, with the phone call they came from."""
    open_first_follow_up(count)
    count.click(modal(count.page, "Patient").get_by_role("button", name="Log a contact"))
    form = modal(count.page, "Log a contact")
    count.click(form.get_by_label("Visit type"))
    count.type("ph")
    count.press("Enter")
    count.press("Tab", 2)
    count.type("20")
    count.press("Tab", 2)
    count.type("213201100")
    count.press("Enter")
    expect(modal(count.page, "Patient")).to_contain_text("Saved.")


def who_is_due(count: Counter) -> None:
    """From anywhere in Slack to the counts by reason, and on to the follow-ups with the reason of each."""
    to_home(count, "My day")
    home = count.page.get_by_label("App Home")
    count.click(home.get_by_role("button", name=re.compile("^Follow-ups due")))
    expect(count.page.get_by_role("dialog")).to_contain_text("last contact")


def to_home(count: Counter, shown: str) -> None:
    """Turn to the App Home, which is one click."""
    count.click(count.page.get_by_role("navigation").get_by_role("button", name="Home", exact=True))
    expect(count.page.get_by_label("App Home")).to_contain_text(shown)
    count.look()


def open_and_call(count: Counter) -> None:
    """From today's list to the phone number."""
    open_first_follow_up(count)
    count.see(modal(count.page, "Patient").get_by_text(re.compile(r"\+1 \d{3}-555-\d{4}")).first)


def consult(count: Counter) -> None:
    """In the review: a recommendation of medication in a sentence, ten minutes, and on to the next."""
    become(count.page, "Iris Lindqvist")
    count.page.get_by_role("combobox", name="Message or command").fill("/cocm review")
    count.page.keyboard.press("Enter")
    review = modal(count.page, "Caseload review")
    expect(review).to_contain_text("1 of")
    expect(review.get_by_role("img").first).to_be_visible()  # it draws the window again
    count.begin()
    count.click(review.get_by_role("button", name="Record consultation"))
    form = modal(count.page, "Log a contact")
    count.click(form.get_by_role("checkbox", name="Medication", exact=True))
    count.click(form.get_by_label("In words"))
    count.type("Sertraline 100 mg")
    minutes = form.get_by_label("Minutes")
    count.click(minutes)
    count.type("10")
    count.press("Enter")
    expect(review).to_contain_text("Consultation recorded")


def answer(count: Counter) -> None:
    """The physician accepts the recommendation that came as a message."""
    become(count.page, "Samuel Adeyemi")
    go(count.page, "Home")
    count.look()
    home = count.page.get_by_label("App Home")
    expect(home).to_contain_text("Hello Samuel")
    count.begin()
    count.click(home.get_by_role("button", name="Answer").first)
    form = modal(count.page, "Answer")
    expect(form).to_be_visible()
    count.click(form.get_by_label("Accepted"))
    count.press("Enter")
    expect(form).to_have_count(0)


def enrol(count: Counter) -> None:
    """MRN, name, birth date, phone, payer and verbal consent of today."""
    count.command("/cocm add")
    form = modal(count.page, "Add a patient")
    expect(form.get_by_label("MRN")).to_be_focused()
    for words in ("A-2001", "Berta", "Quist"):
        count.type(words)
        count.press("Tab")
    count.type("02291984")
    count.press("Tab", 2)
    count.type("5550100134")
    count.press("Tab", 2)
    count.type("medicaid")
    count.press("Enter")
    count.click(form.get_by_role("combobox", name=re.compile("^Consent")))
    count.type("ver")
    count.press("Enter")
    count.click(form.get_by_role("button", name="Add", exact=True))
    expect(modal(count.page, "Patient")).to_contain_text("Added.")


def flag(count: Counter) -> None:
    """From the open card: a review flag with its reason."""
    open_first_follow_up(count)
    card = modal(count.page, "Patient")
    expect(card).to_be_visible()
    count.begin()
    count.click(card.get_by_role("button", name="Raise a flag"))
    form = modal(count.page, "Raise a flag")
    count.click(form.get_by_role("checkbox", name="Review with Psychiatrist"))
    count.click(form.get_by_label("Why"))
    count.type("No better")
    count.click(form.get_by_role("button", name="Raise", exact=True))
    expect(card).to_contain_text("Raised:")


def worse(count: Counter) -> None:
    """From anywhere to those who are worse or not improving, with their scores."""
    to_home(count, "My day")
    home = count.page.get_by_label("App Home")
    count.click(home.get_by_role("button", name=re.compile("^Consults due")))
    expect(count.page.get_by_role("dialog")).to_contain_text(re.compile("worsening|not improving"))


def hand_over(count: Counter) -> None:
    """All patients of one care manager to the other."""
    to_home(count, "Hand over")
    home = count.page.get_by_label("App Home")
    count.click(home.get_by_role("button", name="Hand over"))
    form = modal(count.page, "Hand over")
    to = form.get_by_role("combobox", name="To", exact=True)
    expect(to).to_be_visible()
    count.click(to)
    count.type("ruth")
    count.press("Enter")
    count.click(form.get_by_role("button", name="Continue"))
    count.click(modal(count.page, "Hand over").get_by_role("button", name=re.compile(r"^Hand over \d+")))
    expect(count.page.get_by_role("dialog")).to_contain_text(re.compile("Handing over|handed over"))


def bill(count: Counter) -> None:
    """From anywhere to the month's minutes and codes."""
    become(count.page, "Omar Haddad")
    to_home(count, "Billing")


JOBS: dict[str, Callable[[Counter], None]] = {
    "Who is due for what": who_is_due,
    "Open and call a patient": open_and_call,
    "Flag for the psychiatrist": flag,
    "Log a follow-up with two totals": follow_up,
    "The same in one line": follow_up_in_a_line,
    "PHQ-9 by item": by_item,
    "Consult in the review": consult,
    "Answer a recommendation": answer,
    "Enroll a patient": enrol,
    "Who is worse or not improving": worse,
    "What can be billed": bill,
    "Hand over a caseload": hand_over,
}
"""In an order in which each leaves the next what it needs."""


def open_first_follow_up(count: Counter) -> None:
    """Open the list of follow-ups on Home, uncounted, and the first card of it."""
    go(count.page, "Home")
    count.look()
    home = count.page.get_by_label("App Home")
    home.get_by_role("button", name=re.compile("^Follow-ups due")).click()
    listed = count.page.get_by_role("dialog")
    expect(listed).to_contain_text("last contact")
    count.begin()
    count.click(listed.get_by_role("button", name="Open").first)
    expect(modal(count.page, "Patient")).to_be_visible()


def handle_of_first_follow_up(page: Page) -> str:
    """Return the handle a person would read off the list."""
    go(page, "Home")
    home = page.get_by_label("App Home")
    home.get_by_role("button", name=re.compile("^Follow-ups due")).click()
    listed = page.get_by_role("dialog")
    expect(listed).to_contain_text("last contact")
    found = re.search(r"· ([A-Z0-9]{4})\b", listed.inner_text())
    assert found
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    go(page, "Messages")
    return found[1]


def counted(page: Page, workspace: Workspace) -> dict[str, Effort]:
    """Do each job once, as Maya unless it is another's, and return what it took."""
    found = {}
    for name, job in JOBS.items():
        count = Counter(page, workspace)
        become(page, "Maya Okafor")
        go(page, "Messages")
        count.begin()
        job(count)
        found[name] = count.effort()
        count.leave()
    return found


def cells(text: str) -> dict[str, list[str]]:
    """Return the document's table: by job, what is counted, then before, spreadsheet and web tracker."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows if row[0].strip() in JOBS}


def actions(cell: str) -> int:
    """Return clicks and keys together, of a cell like `3 + 18 = 21`."""
    found = re.match(r"\d+ \+ \d+ = (\d+)", cell)
    if found is None:
        raise ValueError(cell)
    return int(found[1])


def written(text: str, found: dict[str, Effort]) -> str:
    """Return the document with what was counted now."""
    lines = []
    for line in text.splitlines():
        name, *rest = line.strip("|").split("|") if line.startswith("| ") else [""]
        effort = found.get(name.strip())
        lines.append(f"| {name.strip()} | {effort} |{'|'.join(rest[1:])}|" if effort else line)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print, or write, what is counted now."""
    with unhurried_demo(patients=PATIENTS, begins=START) as demo, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(demo.url)
        page.get_by_role("heading", name="You are").wait_for()
        expect.set_options(timeout=30_000)
        page.set_default_timeout(30_000)
        found = counted(page, demo.workspace)
        browser.close()
    text = written(DOCUMENT.read_text(), found)
    if "--write" in sys.argv:
        DOCUMENT.write_text(text)
    sys.stdout.write("\n".join(line for line in text.splitlines() if line.startswith("|")) + "\n")


if __name__ == "__main__":
    main()
