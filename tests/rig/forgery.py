"""Replay another person's screen: presses and submissions, as if it were the sender's own.

Slack puts a modal on top only of one that is open: a forger who presses needs one of their own.
"""

from dataclasses import replace

from cocm_bot.playground import interactions
from cocm_bot.playground.seats import finding
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.state import Message, View
from tests.rig.forged import of_no_reader


def submission(forger: Seat, owner: Seat) -> dict[str, str]:
    """Send the owner's open modal off as the forger; returns the errors by label."""
    assert owner.view is not None
    copied = replace(owner.view, user=forger.person.id, payload=of_no_reader(owner.view.payload))
    interactions.submit(forger.sender, copied)
    return forger.errors(copied)


def press(forger: Seat, owner: Seat, words: str) -> None:
    """Press a button of what the owner has in front of them as the forger."""
    front = owner.front()
    spot = finding.pressable([front], words)
    interactions.act(forger.sender, forger.person.id, _copied(front), spot.found, None)


def choose(forger: Seat, owner: Seat, menu: str, words: str) -> None:
    """Choose in a menu of the owner's open modal as the forger."""
    assert owner.view is not None
    spot = finding.menu([owner.view], menu)
    option = next(each for each in spot.found.element["options"] if each["text"]["text"] == words)
    interactions.act(forger.sender, forger.person.id, _copied(owner.view), spot.found, option)


def _copied(front: View | Message) -> View | Message:
    return replace(front, payload=of_no_reader(front.payload)) if isinstance(front, View) else front
