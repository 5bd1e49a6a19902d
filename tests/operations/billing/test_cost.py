"""The cost of a month of 1,000 patients from the ledger, beside the same from the history."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cocm_bot.domain.billing.claims import claim_of
from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.billing.month_words import Asked
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.billing.month_list import month_list
from cocm_bot.store.patients import history, patients
from tests.operations.billing.months_of_many import fill
from tests.operations.conftest import Office
from tests.store import faults
from tests.store.build import REGISTRY

MONTH = "2031-02"
PATIENTS = 1000
COUNTED_ANEW = 100
"""Of as many the history is read too: each costs two requests."""


def reads(requests: list[dict[str, Any]], word: str) -> int:
    return sum(word in json.dumps(each) for each in requests)


@pytest.mark.slow
def test_a_month_of_a_thousand_patients_is_two_queries(office: Office) -> None:
    registry = office.actor().registry
    office.moment = datetime(2031, 3, 3, 14, tzinfo=UTC)
    everybody = fill(office.table, registry, PATIENTS, MONTH, office.moment, most_logs=2)
    omar = office.actor(Role.FINANCE, "user-5")
    with faults.on(office.table.client, "*", faults.none) as requests:
        shown = month_list(office.ctx, omar, Asked(MONTH), 1)
    assert len(shown.month.rows) == PATIENTS
    # An answer holds a megabyte: a thousand entries are one or two.
    assert reads(requests, f"billing:{REGISTRY}:{MONTH}") <= 2
    # Beside it: who bills the page's MRNs, the members' names, and the access log.
    assert reads(requests, "billing-mrn:") == 1
    assert reads(requests, "patient-log:") == reads(requests, "registry-patient:") == 0
    assert len(requests) <= 6

    with faults.on(office.table.client, "*", faults.none) as requests:
        counted = [
            claim_of(found[MONTH], registry.policy.billing)
            for each in everybody[:COUNTED_ANEW]
            if (who := patients.get(office.table, REGISTRY, each.patient_mrn))
            if MONTH in (found := ledger_of(who, history.contacts(office.table, who.id), registry.policy))
        ]
    assert counted == [row.claim for row in shown.month.rows[:COUNTED_ANEW]]
    assert len(requests) == 2 * COUNTED_ANEW
