from collections import Counter

import pytest

from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.store.patients import history, lists
from tests.rig.clinic import Clinic

COUNT = 25
"""The first so many patients show every status."""


@pytest.mark.slow
def test_a_seeded_registry_has_whole_patients_once(clinic: Clinic) -> None:
    table, registry_id = clinic.ctx.table, clinic.registry_id
    assert list(seed(clinic.ctx, registry_id, COUNT, 1)) == [True] * COUNT
    found = clinic.patients()
    statuses = Counter(patient.status for patient in found)
    assert len(found) == COUNT
    assert set(statuses) == set(Status)
    assert clinic.registry.active_patients == COUNT - statuses[Status.DEACTIVATED]

    maya, iris = (clinic.member(name).user_id for name in ("Maya Okafor", "Iris Lindqvist"))
    for patient in found:
        contacts = history.contacts(table, patient.id)
        assert tuple(contacts[-5:]) == patient.treatment_logs
        assert {contact.provider for contact in contacts} <= {maya, iris}
        assert history.audit_trail(table, patient.id).records[0].action == "enrolled"

    assert list(seed(clinic.ctx, registry_id, COUNT, 1)) == [False] * COUNT
    assert len(lists.directory(table, registry_id)) == COUNT
    assert clinic.registry.active_patients == COUNT - statuses[Status.DEACTIVATED]


def test_a_registry_that_is_not_there_is_not_filled(clinic: Clinic) -> None:
    with pytest.raises(NotFound, match="There is no registry with this id"):
        list(seed(clinic.ctx, "registry-9", 1, 1))
