"""What somebody left behind who was removed, or is no care manager any more: settled, and told."""

from cocm_bot.jobs.job_messages import TOLD, tell_each
from cocm_bot.jobs.tick import Rounds
from cocm_bot.operations.team.offboarding import Left, settle
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.failures import SlackFailure
from cocm_bot.slack.team.offboarding_view import (
    admins_message,
    removed_home,
    removed_message,
    uncovered_message,
)
from cocm_bot.store.jobs import Work


def unassign(rounds: Rounds, held: Work) -> None:
    """Settle it; then tell who was removed, whom they covered, and the admins."""
    left = settle(rounds.desk, held)
    if left and left.removed and left.person.id not in held.state.get(TOLD, []):
        _close_home(rounds, left)
    tell_each(rounds, held, _messages(left) if left else {})


def _messages(left: Left) -> dict[str, Payload]:
    """What each is told, by user id; who is concerned twice is told as an admin."""
    own = {left.person.id: removed_message(left)} if left.removed else {}
    return {
        **own,
        **dict.fromkeys(left.uncovered, uncovered_message(left)),
        **{admin.user_id: admins_message(left, admin) for admin in left.admins},
    }


def _close_home(rounds: Rounds, left: Left) -> None:
    """Show nothing of the registry in the App Home any more; it is drawn anew anyway when it is opened."""
    try:
        person = rounds.directory.member(left.person)
        if person is not None:
            rounds.gateway.publish_home(person.id, removed_home(left))
    except SlackFailure:
        return
