from collections.abc import Callable
from datetime import date

import pytest

from cocm_bot.domain.errors import InvalidInput, NotAllowed
from cocm_bot.domain.records.agreements import ConsentKind
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.patients.consents import Consented, record_consent
from cocm_bot.store.patients import history
from tests.operations.conftest import Office

Fresh = Callable[[], str]
VERBAL = Consented(kind=ConsentKind.VERBAL, day=date(2031, 3, 3))


def test_a_consent_is_recorded_and_corrected(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    assert office.patient(handle).consent is None
    pcp = office.actor(Role.PCP, "user-2")
    first = record_consent(office.ctx, pcp, handle, VERBAL, requests()).patient.consent
    assert first is not None
    assert (first.kind, first.date, first.recorded_by) == ("Verbal", office.moment.timestamp(), "user-2")
    office.forward(days=2)
    written = Consented(kind=ConsentKind.WRITTEN, day=date(2031, 2, 27))
    record_consent(office.ctx, office.actor(), handle, written, requests())
    after = office.patient(handle)
    assert after.consent is not None
    # Noon in New York, in winter.
    assert (after.consent.kind, after.consent.date) == ("Written", 1_929_978_000)
    trail = history.audit_trail(office.table, after.id).records
    assert [(change.before, change.after) for entry in trail for change in entry.changes] == [
        ("", "Verbal, 2031-03-03"),
        ("Verbal, 2031-03-03", "Written, 2031-02-27"),
    ]


@pytest.mark.parametrize("day", [date(2031, 3, 4), date(1980, 2, 28)])
def test_a_day_that_can_not_be(office: Office, requests: Fresh, day: date) -> None:
    handle, given = office.enrolled(), Consented(kind=ConsentKind.VERBAL, day=day)
    with pytest.raises(InvalidInput) as refused:
        record_consent(office.ctx, office.actor(), handle, given, requests())
    assert refused.value.field == "consent_day"
    with pytest.raises(InvalidInput):
        office.enrolled(consent=given)


def test_consent_at_enrolment(office: Office) -> None:
    consent = office.patient(office.enrolled(consent=VERBAL)).consent
    assert consent is not None
    assert (consent.kind, consent.recorded_by) == ("Verbal", "user-1")


@pytest.mark.parametrize("role", [Role.PSYCHIATRIST, Role.CLINICAL_OPS, Role.FINANCE])
def test_who_may_not(office: Office, requests: Fresh, role: Role) -> None:
    handle = office.enrolled()
    with pytest.raises(NotAllowed):
        record_consent(office.ctx, office.actor(role), handle, VERBAL, requests())
    assert office.patient(handle).consent is None
    assert office.refusals() == ["record_consent"]
