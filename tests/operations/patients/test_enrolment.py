from datetime import UTC, date, datetime

import pytest

from cocm_bot.domain.errors import Conflict, InvalidInput, NotAllowed
from cocm_bot.domain.handles import HANDLE_ALPHABET
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.patients import enrolment
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.store.patients import history
from tests.operations.conftest import Office
from tests.store.build import counts
from tests.store.faults import none, on

EVENING = datetime(2031, 3, 4, 3, tzinfo=UTC)
"""Already the 4th in Greenwich, still the evening of the 3rd in New York."""


def entered(**changes: object) -> Enrolment:
    ana = {"patient_mrn": "A-1001", "first_name": "Ana", "last_name": "Muñoz", "date_of_birth": "1984-02-29"}
    return Enrolment.model_validate(ana | changes)


def test_a_new_patient_is_enrolled_from_now_on(office: Office) -> None:
    card = enrol(
        office.ctx,
        office.actor(),
        entered(phone_number="555-010-0134", email="ana.munoz@example.org", payer="Medicaid"),
        "request-1",
    )
    patient = office.patient(card.patient.handle)
    now = office.moment.timestamp()
    assert (patient.patient_mrn, patient.first_name, patient.last_name) == ("A-1001", "Ana", "Muñoz")
    assert (patient.date_of_birth, patient.phone_number) == ("1984-02-29", "555-010-0134")
    assert (patient.email, patient.payer) == ("ana.munoz@example.org", "Medicaid")
    assert (patient.status, patient.status_since, patient.date_created) == (Status.ENROLLED, now, now)
    assert (patient.total_sessions, patient.minutes_this_month, patient.initial_assessment) == (0, 0, None)
    # Seven days after Monday 3 March.
    assert patient.next_due == "2031-03-10"
    assert len(patient.handle) == 4
    assert set(patient.handle) <= set(HANDLE_ALPHABET)
    assert counts(office.table) == (1, 1)
    [audit] = history.audit_trail(office.table, patient.id)
    assert (audit.object_name, audit.action, audit.user_id, audit.created_date) == (
        "patient",
        "enrolled",
        "user-1",
        now,
    )
    assert patient.audit_logs == (audit,)


@pytest.mark.parametrize(
    ("referred", "wrong"),
    [
        ("2031-03-03", None),
        ("1984-02-29", None),
        ("2031-03-04", "The referral can't be in the future."),
        ("1984-02-28", "The patient was not born yet on this day."),
    ],
)
def test_the_day_of_the_referral(referred: str, wrong: str | None, office: Office) -> None:
    # Monday evening in New York: in Greenwich it is Tuesday the 4th already.
    office.moment = EVENING
    if wrong is None:
        card = enrol(office.ctx, office.actor(), entered(date_referred=referred), "request-1")
        assert office.patient(card.patient.handle).date_referred == referred
        return
    with pytest.raises(InvalidInput, match=wrong) as refusal:
        enrol(office.ctx, office.actor(), entered(date_referred=referred), "request-1")
    assert refusal.value.field == "date_referred"


def test_a_request_delivered_again_enrols_nobody_else(office: Office) -> None:
    cards = [enrol(office.ctx, office.actor(), entered(), "request-1") for _ in range(3)]
    assert len({(card.patient.id, card.patient.handle) for card in cards}) == 1
    assert counts(office.table) == (1, 1)


def test_an_mrn_belongs_to_one_patient_of_the_registry(office: Office) -> None:
    enrol(office.ctx, office.actor(), entered(), "request-1")
    with pytest.raises(InvalidInput, match="already in the registry") as refusal:
        enrol(office.ctx, office.actor(), entered(first_name="Ben"), "request-2")
    assert refusal.value.field == "patient_mrn"
    assert counts(office.table) == (1, 1)
    # MRNs are kept exactly as entered: another spelling is another number.
    enrol(office.ctx, office.actor(), entered(patient_mrn="a-1001"), "request-3")
    assert counts(office.table) == (1, 2)


@pytest.mark.parametrize(
    ("born", "now", "sentence"),
    [
        ("2031-03-03", EVENING, None),
        ("2031-03-04", EVENING, "The birth date can't be in the future."),
        ("1900-01-01", EVENING, None),
        ("1899-12-31", EVENING, "Check the year of the birth date."),
        ("0001-01-01", EVENING, "Check the year of the birth date."),
        ("9999-12-31", EVENING, "The birth date can't be in the future."),
    ],
)
def test_a_birth_date_lies_in_the_past_of_the_clinic(
    office: Office, born: str, now: datetime, sentence: str | None
) -> None:
    office.moment = now
    if sentence is None:
        enrol(office.ctx, office.actor(), entered(date_of_birth=born), "request-1")
        assert counts(office.table) == (1, 1)
        return
    with pytest.raises(InvalidInput) as refusal:
        enrol(office.ctx, office.actor(), entered(date_of_birth=date.fromisoformat(born)), "request-1")
    assert (str(refusal.value), refusal.value.field) == (sentence, "date_of_birth")
    assert counts(office.table) == (1, 0)


def test_no_handle_is_given_out_that_could_mean_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter("2H35PHQ92345K7Q4")
    monkeypatch.setattr("cocm_bot.operations.patients.enrolment.secrets.choice", lambda _letters: next(drawn))
    assert enrolment.new_handle() == "K7Q4"


def test_a_handle_that_is_taken_is_drawn_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    # Two letters in two places: four handles in all, each of which 60 draws miss once in 30 million times.
    monkeypatch.setattr(enrolment, "HANDLE_ALPHABET", "BC")
    monkeypatch.setattr(enrolment, "HANDLE_LENGTH", 2)
    monkeypatch.setattr(enrolment, "HANDLE_TRIES", 60)
    handles = [
        enrol(
            office.ctx, office.actor(), entered(patient_mrn=f"A-{number}"), f"request-{number}"
        ).patient.handle
        for number in range(4)
    ]
    assert sorted(handles) == ["BB", "BC", "CB", "CC"]
    with pytest.raises(Conflict, match="No free handle"):
        enrol(office.ctx, office.actor(), entered(patient_mrn="A-5"), "request-5")
    assert counts(office.table) == (1, 4)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CARE_MANAGER])
def test_only_a_care_manager_enrols(office: Office, role: Role) -> None:
    with (
        on(office.table.client, "TransactWriteItems", none) as written,
        pytest.raises(NotAllowed, match="you may not add a patient"),
    ):
        enrol(office.ctx, office.actor(role), entered(), "request-1")
    assert written == []
    assert office.refusals() == ["enrol_patient"]
