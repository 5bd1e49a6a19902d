"""Telling the admins of a registry what nobody asked for."""

from cocm_bot.jobs.job_messages import tell_each
from cocm_bot.jobs.tick import Rounds
from cocm_bot.operations.registries.admin_notices import Notice, admins, subject_in_words
from cocm_bot.slack.registries.admin_notice_view import admin_notice
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Work


def tell(rounds: Rounds, held: Work) -> None:
    """Tell each admin who was not told yet."""
    registry = registries.get(rounds.desk.table, held.registry_id)
    if registry is None:
        jobs.finish(rounds.desk.table, held)
        return
    message = admin_notice(Notice(held.state["notice"]), subject_in_words(rounds.desk, held), registry.name)
    tell_each(rounds, held, dict.fromkeys(admins(rounds.desk, held.registry_id), message))
