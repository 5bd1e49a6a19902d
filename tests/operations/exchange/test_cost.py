"""Requests of an import, its undoing and an export: one for each patient, however many contacts."""

import json
from collections.abc import Iterator

import pytest

from cocm_bot.operations.exchange.exporting import prepare_export
from cocm_bot.operations.exchange.importing import COUNTED_EVERY, Importing, Outcome, prepare
from cocm_bot.operations.exchange.sources import Source
from cocm_bot.operations.exchange.undoing import prepare_undo
from cocm_bot.store.patients import lists
from cocm_bot.store.patients.lists import MOST_AT_ONCE
from tests.operations.conftest import Office
from tests.store.build import REGISTRY, counts
from tests.store.spent import Spent, counting


def older_table(office: Office, numbers: range, contacts: int) -> str:
    """Lines of an older system's export: weekly contacts, the last a week ago."""
    today = office.moment.timestamp()

    def logs() -> Iterator[dict[str, object]]:
        for each in range(contacts):
            yield {
                "contact_type": "Follow Up" if each else "Initial Assessment",
                "visit_type": "Phone",
                "provider": "user-1",
                "minutes": 20,
                "date": (today - (contacts - each) * 7 * 86400) * 1000,
                "scores": [{"score_name": "PHQ-9", "score_value": 12}],
            }

    return "\n".join(
        json.dumps(
            {
                "Item": {
                    "partition_key": "registry-patient:old",
                    "sort_key": f"A-{number:05}",
                    "patient_mrn": f"A-{number:05}",
                    "first_name": f"First{number}",
                    "last_name": f"Last{number}",
                    "date_of_birth": "1980-03-04",
                    "status": "Treatment",
                    "date_created": today - 400 * 86400,
                    "treatment_logs": list(logs()),
                }
            }
        )
        for number in numbers
    )


def importing(office: Office, numbers: range, contacts: int = 2) -> Importing:
    return prepare(office.ctx, REGISTRY, Source(older_table(office, numbers, contacts).encode()), "tester")


@pytest.mark.parametrize("contacts", [1, 30, 60])
@pytest.mark.parametrize("there", [1, 60])
def test_each_patient_is_one_request_however_many_contacts_and_patients_there_are(
    office: Office, contacts: int, there: int
) -> None:
    list(importing(office, range(1000, 1000 + there)).apply())
    few, many = (asked_for(office, range(first, last), contacts) for first, last in ((0, 2), (10, 22)))
    assert many.requests - few.requests == 10
    assert {name for name, _ in many.writes} == {"PutItem", "TransactWriteItems"}


def asked_for(office: Office, numbers: range, contacts: int) -> Spent:
    found = importing(office, numbers, contacts)
    with counting(office.table) as spent:
        assert set(found.apply()) == {Outcome.TAKEN}
    return spent


def test_a_patient_with_thirty_contacts_costs_the_units_of_its_items(office: Office) -> None:
    few, many = (asked_for(office, range(first, last), 30) for first, last in ((0, 2), (10, 20)))
    # Two for each of 30 contacts and 8 months, and what the patient, its entry and their indexes take.
    assert (many.write_units - few.write_units) / 8 <= 115


def test_an_import_that_stops_on_its_way_has_counted_those_it_brought(office: Office) -> None:
    steps = importing(office, range(COUNTED_EVERY + 3)).apply()
    for _ in range(COUNTED_EVERY + 1):
        next(steps)
    assert counts(office.table)[1] == COUNTED_EVERY
    steps.close()
    assert counts(office.table)[1] == COUNTED_EVERY + 1


def test_taking_back_counts_as_it_goes(office: Office) -> None:
    found = importing(office, range(4))
    list(found.apply())
    steps = prepare_undo(office.ctx, REGISTRY, found.report.import_id, "tester").take_back()
    next(steps)
    next(steps)
    steps.close()
    assert counts(office.table)[1] == 2


def test_an_export_reads_each_history_once(office: Office) -> None:
    list(importing(office, range(2), 30).apply())
    spent = []
    for more in (range(0), range(2, 12)):
        if more:
            list(importing(office, more, 30).apply())
        with counting(office.table) as asked:
            list(prepare_export(office.ctx, REGISTRY, "tester").records())
        spent.append(asked)
    assert spent[1].requests - spent[0].requests == 10


def test_an_export_holds_few_patients_at_a_time(office: Office) -> None:
    list(importing(office, range(MOST_AT_ONCE + 20), 0).apply())
    pages = list(lists.whole(office.table, REGISTRY))
    assert [len(page) for page in pages] == [MOST_AT_ONCE, 20]
