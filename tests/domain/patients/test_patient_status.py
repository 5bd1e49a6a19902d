import pytest

from cocm_bot.domain.patients.patient_status import status_after
from cocm_bot.domain.vocabulary import ContactType, Status
from tests.domain import build

ENROLLED, TREATMENT, PREVENTION = Status.ENROLLED, Status.TREATMENT, Status.RELAPSE_PREVENTION
INITIAL, FOLLOW_UP, PLAN = (
    ContactType.INITIAL_ASSESSMENT,
    ContactType.FOLLOW_UP,
    ContactType.RELAPSE_PREVENTION,
)


@pytest.mark.parametrize(
    ("status", "contact_type", "no_show", "after"),
    [
        (ENROLLED, INITIAL, False, TREATMENT),
        (ENROLLED, INITIAL, True, ENROLLED),
        (ENROLLED, FOLLOW_UP, False, ENROLLED),
        (ENROLLED, PLAN, False, ENROLLED),
        (TREATMENT, PLAN, False, PREVENTION),
        (TREATMENT, PLAN, True, TREATMENT),
        (TREATMENT, INITIAL, False, TREATMENT),
        (PREVENTION, INITIAL, False, PREVENTION),
        (PREVENTION, PLAN, False, PREVENTION),
        (PREVENTION, FOLLOW_UP, False, PREVENTION),
    ],
)
def test_what_a_contact_moves(
    status: Status, contact_type: ContactType, no_show: bool, after: Status
) -> None:
    assert status_after(status, build.contact("2026-03-02", contact_type, no_show=no_show)) is after
