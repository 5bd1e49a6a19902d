"""A month of many patients in the table, with their histories, put there by the batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.agreements import Consent, ConsentKind
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.store.patients import history
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from tests.rig import crowd


def fill(
    table: Table, registry: Registry, count: int, month: str, now: datetime, *, most_logs: int = 4
) -> Sequence[Patient]:
    """Give so many patients their records, histories and ledger, all with work in the month.

    Of each history so many entries of the month, and of what was before it, are there. Returns the patients.
    """
    made = [
        (patient, _some(logs, registry, month, most_logs))
        for patient, logs, _ in caseload(60, registry.policy, now, 1, ["user-1"], "user-2")
    ]
    worked = [(patient, logs) for patient, logs in made if month in _months(patient, logs, registry)]
    everybody, stored = [], []
    for number in range(count):
        patient, logs = worked[number % len(worked)]
        ids = {"id": f"patient-{number}", "handle": f"X{number:03X}", "patient_mrn": f"SYN-{number:06}"}
        who = patient.model_copy(update={**ids, "consent": agreed(patient), "payer": f"Payer {number % 3}"})
        everybody.append(who)
        stored += _items(registry, who, logs, month)
    crowd.load(table, registry.id, everybody, findable=True)
    crowd.put(table, stored)
    return everybody


def _some(logs: Iterable[TreatmentLog], registry: Registry, month: str, most: int) -> Sequence[TreatmentLog]:
    return sorted(logs, key=lambda log: (registry.policy.month(log.date) != month, -log.date))[:most]


def agreed(patient: Patient) -> Consent:
    """A consent from before all work."""
    return Consent(kind=ConsentKind.VERBAL, date=patient.date_created - 60 * 86_400, recorded_by="user-1")


def _months(patient: Patient, logs: Sequence[TreatmentLog], registry: Registry) -> set[str]:
    found = ledger_of(patient.model_copy(update={"consent": agreed(patient)}), logs, registry.policy)
    return {month for month, entry in found.items() if entry.facts.minutes}


def _items(registry: Registry, who: Patient, logs: Sequence[TreatmentLog], month: str) -> list[Item]:
    entry = ledger_of(who, logs, registry.policy)[month]
    entries = [write.parameters["Item"] for write in history.added(who.id, logs, ())]
    return [*entries, items.to_item(keys.ledger_entry(registry.id, month, who.id), entry)]
