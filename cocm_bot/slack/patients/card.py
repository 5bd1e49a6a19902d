"""A patient's card, and the ways to find one."""

from collections.abc import Callable, Sequence

from cocm_bot.domain.errors import NotFound
from cocm_bot.operations.patients import card as operation
from cocm_bot.operations.patients.card import Card
from cocm_bot.slack.kit import Block, Payload
from cocm_bot.slack.patients.card_view import card_view
from cocm_bot.slack.patients.find_view import match_options, matches_view, search_view
from cocm_bot.slack.runtime.request import Memo, Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.shared_views.card_actions import MORE

FIND = "find-patient"


def register(entry: Entry) -> None:
    """The search and the choice among several, and the card's menu."""
    entry.menu(MORE)
    entry.redraws(FIND, lambda visit: card(visit, visit.value))
    entry.suggestions(FIND, suggest)


def find(visit: Visit, words: Sequence[str]) -> Payload:
    """The card of the patient the words mean."""
    return found(visit, " ".join(words), "Patient", FIND, card)


def found(
    visit: Visit, words: str, title: str, action_id: str, draw: Callable[[Visit, str], Payload]
) -> Payload:
    """What to draw for the one patient the words mean, else a choice or a search under the action given."""
    if not words:
        return search_view(title, action_id)
    matching = operation.find(visit.desk, visit.actor, words)
    match matching:
        case []:
            return search_view(title, action_id, missed=words)
        case [only]:
            return draw(visit, only.handle)
    return matches_view(title, action_id, matching)


def card(visit: Visit, handle: str) -> Payload:
    """The card; raises NotFound for a handle the registry does not have."""
    if not handle:
        raise NotFound("There is no such patient in this registry.")
    shown = operation.open_card(visit.desk, visit.actor, handle)
    return card_view(visit.actor, shown, Memo(handle=shown.patient.handle).packed(), visit.desk.now())


def saved(visit: Visit, card: Card, banner: str) -> Payload:
    """The card after something was saved, which the banner says."""
    return card_view(
        visit.actor, card, Memo(handle=card.patient.handle).packed(), visit.desk.now(), banner=banner
    )


def suggest(visit: Visit) -> list[Block]:
    """The patients that match what is being typed."""
    return match_options(operation.find(visit.desk, visit.actor, str(visit.body.get("value", ""))))
