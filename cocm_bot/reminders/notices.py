"""Telling the admins of a registry what nobody asked for."""

import logging

from cocm_bot.operations.notices import Notice, admins_to_tell, subject_in_words
from cocm_bot.reminders.tick import PAUSES, Rounds
from cocm_bot.slack.failures import Gone, Refused, SlackFailure
from cocm_bot.slack.gateway import Gateway
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.screens.admin_notice import admin_notice
from cocm_bot.store import registries, work
from cocm_bot.store.work import Work

logger = logging.getLogger(__name__)


def tell(rounds: Rounds, held: Work) -> None:
    """Tell each admin who was not told yet; for whom Slack did not take it, try again later."""
    desk = rounds.desk
    registry = registries.get(desk.table, held.registry_id)
    if registry is None:
        work.finish(desk.table, held)
        return
    message = admin_notice(Notice(held.state["notice"]), subject_in_words(desk, held), registry.name)
    admins = admins_to_tell(desk, held)
    done = [
        user_id for user_id, email in admins.items() if _told(rounds.gateway, email, message, registry.id)
    ]
    if len(done) == len(admins):
        work.finish(desk.table, held)
        return
    at = desk.now().timestamp() + PAUSES[min(held.tries, len(PAUSES)) - 1]
    told = [*held.state.get("told", []), *done]
    work.put_off(desk.table, held, at, {**held.state, "told": told}, tries=held.tries)


def _told(gateway: Gateway, email: str, message: Payload, registry_id: str) -> bool:
    """Whether there is nothing more to do for somebody: they were told, or can't be reached at all."""
    try:
        person = gateway.member_with(email)
        if person is not None:
            gateway.tell(person.id, message, registry_id)
    except (Gone, Refused) as failed:
        logger.warning("untold kind=notice reason=%s", failed.reason)
    except SlackFailure:
        return False
    return True
