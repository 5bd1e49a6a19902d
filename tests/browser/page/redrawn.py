"""Screens that are drawn a first time, and again with other blocks."""

from collections.abc import Callable
from typing import Any

from cocm_bot.playground import cast, messages, views
from tests.browser.page.everything import plain
from tests.playground.studio import Studio

Draw = Callable[[Studio, list[dict[str, Any]]], None]


def home(studio: Studio, blocks: list[dict[str, Any]]) -> None:
    """Maya's App Home."""
    views.publish_home(studio.workspace, cast.MAYA, {"type": "home", "blocks": blocks})


def window(studio: Studio, blocks: list[dict[str, Any]]) -> None:
    """Maya's window, the same one each time."""
    view = {"type": "modal", "title": plain("Window"), "blocks": blocks}
    if opened := studio.workspace.modals.get(cast.MAYA):
        views.update_view(studio.workspace, view, view_id=opened[0].id)
    else:
        studio.open(view)


def message(studio: Studio, blocks: list[dict[str, Any]]) -> None:
    """A message to Maya, the same one each time."""
    if posted := studio.workspace.messages:
        messages.edit(studio.workspace, posted[0], {"text": "for screen readers", "blocks": blocks})
    else:
        studio.post(blocks)
