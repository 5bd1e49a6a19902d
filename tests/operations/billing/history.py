"""The ledger as stored beside the history counted again."""

from collections.abc import Mapping

from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.records.billing_month import LedgerEntry
from cocm_bot.store.billing import ledger
from cocm_bot.store.patients import history
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import key_of
from tests.operations.conftest import Office
from tests.store.build import REGISTRY


def months(table: Table, registry_id: str = REGISTRY) -> list[str]:
    """The months in which the registry's ledger holds anything."""
    pages = table.client.get_paginator("scan").paginate(TableName=table.name)
    found = {key_of(item).pk for page in pages for item in page["Items"]}
    prefix = keys.billing_month(registry_id, "")
    return sorted(pk.removeprefix(prefix) for pk in found if pk.startswith(prefix))


def stored(office: Office, patient_id: str) -> Mapping[str, LedgerEntry]:
    """A patient's entries, wherever they are."""
    found, broken = ledger.of_patient(office.table, REGISTRY, patient_id, months(office.table))
    assert not broken
    return found


def anew(office: Office, handle: str) -> Mapping[str, LedgerEntry]:
    """The same counted from the history."""
    patient = office.patient(handle)
    logs = history.contacts(office.table, *patient.histories)
    return ledger_of(patient, logs, office.actor().registry.policy)


def agrees(office: Office, handle: str) -> bool:
    """Return whether the ledger says of a patient what the history does."""
    return stored(office, office.patient(handle).id) == anew(office, handle)
