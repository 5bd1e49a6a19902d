"""Outcome records of many patients over three years, put into the table by the batch."""

from datetime import UTC, datetime

from cocm_bot.domain.figures.episodes.histories import outcome_records
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.store.figures import outcome_items
from cocm_bot.store.table.table import Table
from tests.domain import build
from tests.rig import crowd

NOW = datetime(2031, 3, 3, 14, tzinfo=UTC)
INVENTED = 60


def fill(table: Table, registry_id: str, episodes: int) -> None:
    """Give a registry so many episodes: those of some invented patients, over and over."""
    managers = [f"user-{number}" for number in range(1, 11)]
    policy = build.policy()
    made = [
        record
        for patient, logs, audits in caseload(INVENTED, policy, NOW, 1, managers, "user-99")
        for record in outcome_records(patient, logs, audits, policy)
    ]
    items = []
    for number in range(episodes):
        ids = {"patient_id": f"{number:026d}", "handle": f"X{number:04X}", "number": 1}
        record = made[number % len(made)].model_copy(update=ids)
        [write] = outcome_items.moved(registry_id, (), [record])
        items.append(write.parameters["Item"])
    crowd.put(table, items)
