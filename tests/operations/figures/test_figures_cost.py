"""The cost of a period's figures: the requests and bytes of 1,000 episodes."""

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.figures.report import report
from cocm_bot.store.table import keys
from tests.bench.figures import answered, stored_bytes
from tests.operations.conftest import Office
from tests.operations.figures.many_episodes import NOW, fill
from tests.store import faults
from tests.store.build import REGISTRY

MEGABYTE = 2**20


@pytest.mark.slow
@pytest.mark.parametrize("months", [["2031-02"], ["2030"], ["2028-04", "2031-03"]])
def test_a_thousand_episodes_are_a_few_queries_and_a_few_megabytes(office: Office, months: list[str]) -> None:
    office.moment = NOW
    fill(office.table, REGISTRY, 1000)
    lena = office.actor(Role.CLINICAL_OPS)
    with faults.on(office.table.client, "*", faults.none) as requests, answered(office.table) as answers:
        found, _ = report(office.ctx, lena, months)
    assert len({record.patient_id for record in found.records}) == 1000
    of_records = [each for each in requests if keys.outcomes(REGISTRY) in str(each)]
    read = sum(map(stored_bytes, answers))
    # An answer holds a megabyte: whatever the period, the records are read once.
    assert 1 <= len(of_records) <= 1 + read // MEGABYTE + 1
    assert MEGABYTE / 2 < read < 3 * MEGABYTE
    assert [
        each for each in requests if "patient-log:" in str(each) or "registry-patient:" in str(each)
    ] == []
    # Beside them the members' names, the sums of the erased, and whether a recalculation runs.
    assert len(requests) - len(of_records) <= 3
