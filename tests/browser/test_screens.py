"""Every screen the bot shows is one Slack accepts, and is drawn by the page."""

import logging
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from cocm_bot.cli.synthetic.demo import MANIFEST, Demo, offer_of
from cocm_bot.playground import cast
from cocm_bot.slack.commands import COMMANDS, ROOT
from tests.browser.acts import go
from tests.browser.conftest import OpenPage, Shoot
from tests.browser.walk import Walk, name_of
from tests.rig.demos import unhurried_demo


@pytest.fixture
def walked_demo() -> Iterator[Demo]:
    """A demo of its own: the walk presses whatever can be pressed."""
    with unhurried_demo(patients=24) as running:
        yield running


@pytest.mark.long(60)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("person", [cast.MAYA, cast.FINANCE])
def test_every_screen_is_drawn(
    walked_demo: Demo, visit: OpenPage, shoot: Shoot, caplog: pytest.LogCaptureFixture, person: str
) -> None:
    workspace = walked_demo.workspace
    walk = Walk(workspace, person)
    commands = [f"{ROOT} {command.name}" for command in COMMANDS]
    shortcuts = [shortcut.callback_id for shortcut in offer_of(MANIFEST).shortcuts]
    walked = list(walk.screens(commands + shortcuts))
    # All are drawn once the walk is over: on the way, the page would draw each step of each screen.
    walk.clear()
    page = visit(walked_demo.url, person=workspace.people[person].name)
    shown = set()
    for tab in ("Home", "Messages"):
        walk.clear()
        go(page, tab)
        for way, surface, kept in walked:
            if way.startswith("home") != (tab == "Home"):
                continue
            walk.put_back(kept)
            page.wait_for_function(
                "revision => document.body.dataset.revision >= revision", arg=workspace.revision
            )
            expect(page.locator(".unknown"), way).to_have_count(0)
            if name_of(surface) not in shown and person == cast.MAYA:
                shown.add(name_of(surface))
                shoot(page, "screen-" + re.sub(r"\W+", "-", name_of(surface)).lower())
    assert [refusal for refusal in workspace.refusals if not refusal.race] == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
