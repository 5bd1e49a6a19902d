"""Telling the admins of a registry what nobody asked for."""

from cocm_bot.operations.notices import Notice, admins, subject_in_words
from cocm_bot.reminders.telling import tell_each
from cocm_bot.reminders.tick import Rounds
from cocm_bot.slack.screens.admin_notice import admin_notice
from cocm_bot.store import registries, work
from cocm_bot.store.work import Work


def tell(rounds: Rounds, held: Work) -> None:
    """Tell each admin who was not told yet."""
    registry = registries.get(rounds.desk.table, held.registry_id)
    if registry is None:
        work.finish(rounds.desk.table, held)
        return
    message = admin_notice(Notice(held.state["notice"]), subject_in_words(rounds.desk, held), registry.name)
    tell_each(rounds, held, dict.fromkeys(admins(rounds.desk, held.registry_id), message))
