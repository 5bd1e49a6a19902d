"""The page's JSON: each person their own screens, and what was unread when."""

import pytest

from cocm_bot.playground import cast, interactions, messages
from cocm_bot.playground.clock import Clock
from cocm_bot.playground.dynamodb import Engine
from cocm_bot.playground.page import Offer, Page
from cocm_bot.playground.page.page import Line, Whose
from cocm_bot.playground.state import Refused
from cocm_bot.playground.workspace import Workspace


@pytest.fixture
def page() -> Page:
    clock = Clock()
    return Page(Workspace(now=clock.seconds), clock, Engine(""), Offer(), "America/New_York")


def unread(page: Page, viewer: str) -> dict[str, int]:
    seen = page.newer(viewer, -1)
    assert seen
    return {person["id"]: person["unread"] for person in seen["people"] if person["unread"]}


def test_what_is_only_for_one_is_told_to_nobody_else(page: Page) -> None:
    messages.post(page.workspace, cast.TEAM_CHANNEL, {"text": "for Maya"}, only_for=cast.MAYA)
    told = {viewer: str(page.newer(viewer, -1)) for viewer in (cast.MAYA, cast.PSYCHIATRIST, cast.GUEST)}
    assert {viewer: "for Maya" in words for viewer, words in told.items()} == {
        cast.MAYA: True,
        cast.PSYCHIATRIST: False,
        cast.GUEST: False,
    }


def test_nobody_is_told_of_places_they_are_not_in(page: Page) -> None:
    seen = page.newer(cast.EXTERNAL, -1)
    assert seen
    assert [place["id"] for place in seen["places"]] == [cast.SHARED]
    assert list(seen["messages"]) == [cast.SHARED]


def test_unread_counts_what_others_wrote_until_it_is_read(page: Page) -> None:
    page.type(Line(person=cast.MAYA, place=cast.PRIVATE, line="one"))
    page.type(Line(person=cast.MAYA, place=cast.PRIVATE, line="two"))
    assert unread(page, cast.MAYA) == {cast.PSYCHIATRIST: 2}
    page.read(Whose(person=cast.PSYCHIATRIST, place=cast.PRIVATE))
    assert unread(page, cast.MAYA) == {}


def test_nothing_new_is_told_only_when_something_is(page: Page) -> None:
    seen = page.newer(cast.MAYA, -1)
    assert seen
    assert page.newer(cast.MAYA, seen["revision"]) is None
    interactions.say(page.workspace.sender, cast.MAYA, cast.LOBBY, "hello")
    assert page.newer(cast.MAYA, seen["revision"]) is not None


def test_a_refusal_shows_until_it_is_put_aside_and_races_never(page: Page) -> None:
    page.workspace.refuse("views.update", Refused("not_found"))
    page.workspace.refuse("views.open", Refused("expired_trigger_id"))
    seen = page.newer(cast.MAYA, -1)
    assert seen
    assert seen["refusals"] == [{"where": "views.open", "error": "expired_trigger_id", "messages": []}]
    page.put_aside(Whose(person=cast.MAYA))
    seen = page.newer(cast.MAYA, -1)
    assert seen
    assert seen["refusals"] == []
