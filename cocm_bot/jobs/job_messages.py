"""Direct messages that a piece of work ends with: each sent once, as far as Slack tells."""

import logging
from collections.abc import Mapping

from cocm_bot.jobs.tick import PAUSES, Rounds
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.failures import Gone, Refused, SlackFailure
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Work
from cocm_bot.store.team import people

TOLD = "told"
"""Where the work remembers who was told."""

logger = logging.getLogger(__name__)


def tell_each(rounds: Rounds, held: Work, messages: Mapping[str, Payload]) -> None:
    """Tell each person, by user id, who was not told yet, and finish the work.

    For whom Slack did not take it, it is put off and tried again later. Each is remembered at once: when the
    table fails, one at most is told again.
    """
    table = rounds.desk.table
    told = held.state.get(TOLD, [])
    for user_id in [each for each in messages if each not in told]:
        if _told(rounds, held, user_id, messages[user_id]):
            told = [*told, user_id]
            held = jobs.remember(table, held, {**held.state, TOLD: told})
    if messages.keys() <= set(told):
        jobs.finish(table, held)
        return
    at = rounds.desk.now().timestamp() + PAUSES[min(held.tries, len(PAUSES)) - 1]
    jobs.put_off(table, held, at, tries=held.tries)


def _told(rounds: Rounds, held: Work, user_id: str, message: Payload) -> bool:
    """Whether there is nothing more to do for somebody: they were told, or can't be reached at all."""
    user = people.user(rounds.desk.table, user_id)
    try:
        person = rounds.directory.member(user) if user else None
        if person is not None:
            rounds.gateway.tell(person.id, message, held.registry_id)
    except (Gone, Refused) as failed:
        logger.warning("untold kind=%s reason=%s", held.kind, failed.reason)
    except SlackFailure:
        return False
    return True
