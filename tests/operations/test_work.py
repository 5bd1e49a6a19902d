"""Work that is not a contact: minutes count, and nothing else moves."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, EntryType, Role, Status, VisitType, WorkKind
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate
from cocm_bot.store.patients import history
from cocm_bot.store.table import keys
from tests.operations.conftest import Office
from tests.store.build import REGISTRY

TODAY = date(2031, 3, 3)
Fresh = Callable[[], str]


def entry(kind: EntryType, day: date = TODAY, **entered: object) -> Contact:
    given: dict[str, object] = {"contact_type": kind, "day": day, "minutes": 12}
    visit = isinstance(kind, ContactType) and kind is not ContactType.CONSULTATION
    return Contact.model_validate(given | ({"visit_type": VisitType.PHONE} if visit else {}) | entered)


@pytest.fixture
def treated(office: Office, requests: Fresh) -> str:
    handle = office.enrolled()
    first = entry(ContactType.INITIAL_ASSESSMENT, scores={"PHQ-9": 18}, next_appointment=date(2031, 3, 12))
    log_contact(office.ctx, office.actor(), handle, first, requests())
    return handle


def clinical(patient: Patient) -> dict[str, object]:
    moved = {"minutes_this_month", "work_logs", "audit_logs", "version", "date_modified", "course"}
    course = patient.course.model_dump(exclude={"attempts", "month"})
    return patient.model_dump(exclude=moved) | {"course": course}


@pytest.mark.parametrize("kind", [WorkKind.CARE_COORDINATION, WorkKind.OUTREACH])
def test_it_counts_minutes_and_moves_nothing(
    office: Office, treated: str, requests: Fresh, kind: WorkKind
) -> None:
    before = office.patient(treated)
    office.forward(minutes=5)
    log_contact(office.ctx, office.actor(), treated, entry(kind, note="Pharmacy"), requests())
    after = office.patient(treated)
    assert clinical(after) == clinical(before)
    assert (before.minutes_this_month, after.minutes_this_month) == (12, 24)
    assert after.course.attempts == (1 if kind is WorkKind.OUTREACH else 0)
    assert [log.contact_type for log in after.work_logs] == [kind]


def test_it_is_kept_apart_from_the_four_types_the_older_system_knows(
    office: Office, treated: str, requests: Fresh
) -> None:
    log_contact(office.ctx, office.actor(), treated, entry(WorkKind.OUTREACH), requests())
    item = office.table.get(keys.patient(REGISTRY, office.patient(treated).patient_mrn))
    assert item is not None
    kinds = {log["M"]["contact_type"]["S"] for log in item["treatment_logs"]["L"]}
    assert kinds == {"Initial Assessment"}
    logs = history.contacts(office.table, office.patient(treated).id)
    assert [log.contact_type for log in logs] == [ContactType.INITIAL_ASSESSMENT, WorkKind.OUTREACH]


def test_a_care_managers_own_review_time_is_logged_and_a_psychiatrists_does_not_count(
    office: Office, treated: str, requests: Fresh
) -> None:
    review = entry(WorkKind.CARE_COORDINATION, note="Caseload review")
    log_contact(office.ctx, office.actor(), treated, review, requests())
    log_contact(office.ctx, office.actor(Role.PSYCHIATRIST), treated, review, requests())
    assert office.patient(treated).minutes_this_month == 24


def test_it_can_be_corrected_and_voided_but_becomes_no_contact(
    office: Office, treated: str, requests: Fresh
) -> None:
    logged = log_contact(office.ctx, office.actor(), treated, entry(WorkKind.OUTREACH), requests())
    assert logged.log is not None
    more = Correction(reason="Typed wrong", contact=entry(WorkKind.OUTREACH, minutes=5))
    new = correct_contact(office.ctx, office.actor(), treated, logged.log.id, more, requests()).log
    assert new is not None
    assert office.patient(treated).minutes_this_month == 17
    contact = Correction(reason="They answered", contact=entry(ContactType.FOLLOW_UP))
    with pytest.raises(InvalidInput, match="void it and log another"):
        correct_contact(office.ctx, office.actor(), treated, new.id, contact, requests())
    void = Correction(reason="Another patient")
    correct_contact(office.ctx, office.actor(), treated, new.id, void, requests())
    after = office.patient(treated)
    assert (after.minutes_this_month, after.course.attempts, after.work_logs) == (12, 0, ())


REFUSED = [
    (entry(WorkKind.CARE_COORDINATION, visit_type=VisitType.PHONE), "contact_type", "is not a visit"),
    (entry(WorkKind.OUTREACH, no_show=True), "contact_type", "is not a visit"),
    (entry(WorkKind.OUTREACH, scores={"PHQ-9": 3}), "contact_type", "has no scores"),
    (entry(WorkKind.OUTREACH, next_appointment=date(2031, 3, 9)), "contact_type", "is not a visit"),
    (entry(WorkKind.OUTCOME_CHECK, scores={"PHQ-9": 3}), "contact_type", "has left"),
    (entry(WorkKind.OUTCOME_CHECK), "contact_type", "at least one score"),
    (entry(ContactType.FOLLOW_UP, next_appointment=TODAY), "next_appointment", "after this contact"),
    (entry(ContactType.FOLLOW_UP, day=date(2031, 3, 4)), "day", "future"),
    (entry(ContactType.FOLLOW_UP, day=date(2031, 1, 1)), "day", "Is the year right?"),
    (entry(ContactType.FOLLOW_UP, day=date(2030, 3, 3)), "day", "Is the year right?"),
    (entry(ContactType.FOLLOW_UP, day=date(1980, 2, 28)), "day", "not born yet"),
    (entry(WorkKind.CARE_COORDINATION, day=date(2030, 3, 3)), "day", "Is the year right?"),
]


@pytest.mark.parametrize(("contact", "field", "sentence"), REFUSED)
def test_what_can_not_be_true_is_refused(
    office: Office, treated: str, requests: Fresh, contact: Contact, field: str, sentence: str
) -> None:
    before = office.patient(treated)
    with pytest.raises(InvalidInput, match=sentence) as refused:
        log_contact(office.ctx, office.actor(), treated, contact, requests())
    assert refused.value.field == field
    assert office.patient(treated) == before


def test_sixty_days_before_enrollment_are_still_believed(
    office: Office, treated: str, requests: Fresh
) -> None:
    day = TODAY - timedelta(days=60)
    log_contact(office.ctx, office.actor(), treated, entry(ContactType.FOLLOW_UP, day=day), requests())
    assert office.patient(treated).total_sessions == 2


def test_a_correction_keeps_the_place_of_its_original(office: Office, treated: str, requests: Fresh) -> None:
    """Two contacts of one back-dated day: minutes corrected, the latest score stays the latest."""
    office.forward(days=20)
    day = date(2031, 3, 20)
    ctx, actor = office.ctx, office.actor()
    high = entry(ContactType.FOLLOW_UP, day, scores={"PHQ-9": 17})
    first = log_contact(ctx, actor, treated, high, requests()).log
    office.forward(minutes=5)
    log_contact(ctx, actor, treated, entry(ContactType.FOLLOW_UP, day, scores={"PHQ-9": 9}), requests())
    assert first is not None
    before = office.patient(treated).course
    office.forward(minutes=5)
    more = Correction(reason="Typed wrong", contact=high.model_copy(update={"minutes": 45}))
    new = correct_contact(ctx, actor, treated, first.id, more, requests()).log
    assert new is not None
    assert (new.first_id, new.first_recorded) == (first.id, first.recorded_at)
    after = office.patient(treated)
    assert after.course.model_copy(update={"month": None}) == before.model_copy(update={"month": None})
    assert (after.course.scores["PHQ-9"].latest, after.minutes_this_month) == (9, 69)


def test_an_outcome_check_comes_after_leaving_and_raises_no_flag(
    office: Office, treated: str, requests: Fresh
) -> None:
    office.forward(days=10)
    gone = Deactivation(reason=DeactivationReason.GRADUATED, asked=True)
    deactivate(office.ctx, office.actor(), treated, gone, requests())
    office.forward(days=180)
    today = office.actor().registry.policy.local_date(office.moment.timestamp())
    early = entry(WorkKind.OUTCOME_CHECK, date(2031, 3, 12), scores={"PHQ-9": 3})
    with pytest.raises(InvalidInput, match="after the patient has left"):
        log_contact(office.ctx, office.actor(), treated, early, requests())
    check = entry(
        WorkKind.OUTCOME_CHECK,
        today,
        scores={"PHQ-9": 12},
        self_harm={"PHQ-9": 1},
        safety_action="Called her doctor",
        raise_safety_flag=True,
    )
    log_contact(office.ctx, office.actor(), treated, check, requests())
    after = office.patient(treated)
    assert (after.status, after.flags, after.course.scores["PHQ-9"].count) == (Status.DEACTIVATED, (), 1)
    # The team is notified all the same.
    assert [alert.measures for alert in after.alerts] == [("PHQ-9",)]
