"""A real Chromium on the demo's page; every test fails if the page logs an error."""

import os
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import become
from tests.playground.studio import Studio, running_studio
from tests.rig.demos import unhurried_demo

SHELL, WHOLE = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")
"""Chromium without the windows around a page, which takes a third less work, and with them."""
CHROMIUM = Path(os.environ.get("COCM_CHROMIUM", SHELL if SHELL.exists() else WHOLE))
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
ROOT = 0
PATIENCE = 20_000
"""Milliseconds that a busy machine may take for what is on its way."""

OpenPage = Callable[..., Page]
Shoot = Callable[[Page, str], None]
Windows = dict[tuple[int, bool], list[BrowserContext]]
"""By their width in pixels, and whether they are dark."""
PAGES = pytest.StashKey[list[Page]]()
"""The pages that a test opened."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests as needing a browser, and say so where there is none."""
    here = f"{Path(__file__).parent}{os.sep}"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            if not CHROMIUM.exists():
                reason = f"there is no Chromium at {CHROMIUM}: install it, or set COCM_CHROMIUM"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say what the pages of a failed test show: its words may be all that tells why."""
    report = yield
    if report.when == "call" and report.failed:
        for page in item.stash.get(PAGES, []):
            report.sections.append(("page", page.locator("body").inner_text()))
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == ROOT else [])]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_demo() -> Iterator[Demo]:
    with unhurried_demo() as running:
        yield running


@pytest.fixture
def demo(shared_demo: Demo) -> Demo:
    """The whole demo, with the patients earlier tests left; its screens are as empty as at the start."""
    with shared_demo.workspace.change():
        for shown in (
            shared_demo.workspace.modals,
            shared_demo.workspace.homes,
            shared_demo.workspace.messages,
            shared_demo.workspace.refusals,
        ):
            shown.clear()
    return shared_demo


@pytest.fixture
def empty_demo() -> Iterator[Demo]:
    """A demo whose registry has no patients, for one test alone."""
    with unhurried_demo(patients=0) as running:
        yield running


@pytest.fixture
def studio() -> Iterator[Studio]:
    """A workspace with its page and a bot that answers as a test asks."""
    with running_studio() as running:
        yield running


@pytest.fixture(scope="session")
def idle_windows() -> Windows:
    """The browser's windows that nobody looks at: to open one takes more than to load the page in it."""
    return defaultdict(list)


@pytest.fixture
def visit(request: pytest.FixtureRequest, chromium: Browser, idle_windows: Windows) -> Iterator[OpenPage]:
    """Open the page at an address as somebody; what it logs as an error fails the test at its end.

    Each visit of a test has a window of its own, which remembers nothing of the tests before.
    """
    errors: list[str] = []
    opened: list[tuple[Page, list[BrowserContext]]] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def open_page(url: str, *, person: str = "", width: int = 1280, dark: bool = False) -> Page:
        idle = idle_windows[width, dark]
        window = idle.pop() if idle else _window(chromium, width, dark=dark)
        page = window.new_page()
        opened.append((page, idle))
        request.node.stash.setdefault(PAGES, []).append(page)
        page.set_default_timeout(PATIENCE)
        page.on("console", listen)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        page.get_by_role("heading", name="You are").wait_for()
        if person:
            become(page, person)
        return page

    yield open_page
    for page, idle in opened:
        page.evaluate("localStorage.clear()")
        page.close()
        idle.append(page.context)
    assert errors == []


def _window(chromium: Browser, width: int, *, dark: bool) -> BrowserContext:
    window = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
    )
    # A tab that stays: with the last of them, the process that draws them would end, and have to start again.
    window.new_page()
    return window


@pytest.fixture
def shoot(pytestconfig: pytest.Config) -> Shoot:
    """Keep a picture of the page, to be looked at, if `--pictures` asks for them."""
    wanted = pytestconfig.getoption("--pictures")

    def keep(page: Page, name: str) -> None:
        if not wanted:
            return
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return keep
