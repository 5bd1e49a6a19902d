import re
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from cocm_bot.domain.billing.claims import current_claim
from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.fields import Email, Mrn, PersonName, Phone
from cocm_bot.domain.handles import HANDLE_ALPHABET
from cocm_bot.domain.outcomes.progress import in_remission, progress
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.agreements import Answer
from cocm_bot.domain.records.care_details import Clinician, Diagnosis
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, Status
from cocm_bot.operations.synthetic.patients import Entry, caseload
from cocm_bot.operations.synthetic.stories import STORIES
from tests.domain.build import policy

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 10, 14, 30, tzinfo=UTC)
MANAGERS = ("user-maya", "user-jo")
PSYCHIATRIST = "user-iris"


def made(
    count: int = 60, *, care: CarePolicy | None = None, now: datetime = NOW, seed: int = 1
) -> list[Entry]:
    return list(caseload(count, care or policy(), now, seed, MANAGERS, PSYCHIATRIST))


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return made()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "now",
    [
        NOW,
        # A Sunday night, a Monday just after midnight in New York, a leap day, the day clocks go forward.
        datetime(2026, 1, 5, 4, 59, tzinfo=UTC),
        datetime(2026, 1, 5, 5, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 12, tzinfo=UTC),
        datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
    ],
    ids=str,
)
def test_one_round_shows_every_status_and_every_reason(now: datetime, seed: int) -> None:
    one_round = made(len(STORIES), now=now, seed=seed)
    assert {patient.status for patient, _, _ in one_round} == set(Status)
    reasons = {each.reason for patient, _, _ in one_round for each in due(patient, policy(), now)}
    assert reasons == set(Reason)


def test_the_same_seed_tells_the_same_stories_and_another_seed_others(entries: list[Entry]) -> None:
    assert made() == entries
    assert made(seed=2) != entries


def test_a_larger_caseload_continues_a_smaller_one(entries: list[Entry]) -> None:
    assert made(10) == entries[:10]


def test_nothing_is_shared_that_must_be_unique(entries: list[Entry]) -> None:
    for values in (
        [patient.handle for patient, _, _ in entries],
        [patient.patient_mrn for patient, _, _ in entries],
        [patient.id for patient, _, _ in entries],
        [log.id for _, logs, _ in entries for log in logs],
        [audit.id for _, _, audits in entries for audit in audits],
    ):
        assert len(set(values)) == len(values)


def test_what_is_invented_could_have_been_entered(entries: list[Entry]) -> None:
    for patient, _, _ in entries:
        for kind, value in (
            (PersonName, patient.first_name),
            (PersonName, patient.last_name),
            (Mrn, patient.patient_mrn),
            (Phone, patient.phone_number),
            (Email, patient.email),
        ):
            assert TypeAdapter[str](kind).validate_python(value) == value
        assert len(patient.handle) == 4
        assert set(patient.handle) <= set(HANDLE_ALPHABET)
        assert Patient.model_validate(patient.model_dump()) == patient


def test_nobody_can_be_reached_by_chance(entries: list[Entry]) -> None:
    for patient, _, _ in entries:
        assert patient.email.endswith("@example.org")
        assert "-555-01" in patient.phone_number


def test_everything_is_derived_and_in_its_first_version(entries: list[Entry]) -> None:
    for patient, logs, _ in entries:
        assert derive(patient, logs, policy(), NOW) == patient
        assert patient.version == 1


def test_history_reaches_back_nine_months_and_not_past_now(entries: list[Entry]) -> None:
    earliest = (NOW - timedelta(days=275)).timestamp()
    for patient, logs, audits in entries:
        dates = [
            patient.date_created,
            *(log.date for log in logs),
            *(log.recorded_at for log in logs),
            *(flag.created_date for flag in patient.flags),
            *(flag.resolved_date for flag in patient.flags if flag.resolved_date is not None),
            *(audit.created_date for audit in audits),
        ]
        assert earliest <= min(dates)
        assert max(dates) <= NOW.timestamp()
        assert [log.date for log in logs] == sorted(log.date for log in logs)


def test_the_audit_trail_begins_with_enrolment_and_names_every_contact(entries: list[Entry]) -> None:
    for patient, logs, audits in entries:
        assert audits[0].action == "enrolled"
        assert patient.audit_logs == tuple(audits[-5:])
        assert {audit.id for audit in audits if audit.object_name == "treatment_log"} == {
            log.id for log in logs
        }


def test_scores_lie_in_range_and_no_shows_have_none() -> None:
    care = policy(measures=("PHQ-9", "GAD-7", "ISI", "EPDS", "PCL-5"))
    for _, logs, _ in made(len(STORIES), care=care):
        for log in logs:
            assert not (log.no_show and log.scores)
            for score in log.scores:
                measure = care.measure(score.score_name)
                assert measure is not None
                assert measure.accepts(score.score_value)


def test_the_caseload_holds_every_kind_of_course(entries: list[Entry]) -> None:
    patients = [patient for patient, _, _ in entries]
    phq9 = policy().measures[0]
    found = [progress(patient.course.scores["PHQ-9"], phq9) for patient in patients if patient.course.scores]
    assert {(each.improved, each.response) for each in found} >= {(True, True), (False, False)}
    assert any(in_remission(patient.course.scores, policy()) for patient in patients)
    assert any(len(patient.episodes) > 1 for patient in patients)
    assert {flag.flag_type for patient in patients for flag in patient.flags} == set(Flag)
    assert all(flag.reason for patient in patients for flag in patient.flags)
    assert {patient.date_graduated is None for patient in patients} == {True, False}
    relapsed = [
        patient
        for patient in patients
        if patient.status is Status.RELAPSE_PREVENTION and patient.course.scores["PHQ-9"].not_improved_since
    ]
    assert relapsed


def test_consults_are_recorded_by_either_of_the_two_who_hold_them(entries: list[Entry]) -> None:
    logs = [log for _, logs, _ in entries for log in logs]
    assert any(log.no_show for log in logs)
    by_role = {role: {log.provider for log in logs if log.provider_role is role} for role in Role}
    assert by_role[Role.CARE_MANAGER] == set(MANAGERS)
    assert by_role[Role.PSYCHIATRIST] == {PSYCHIATRIST}


def test_every_consultation_recommends_something_and_most_are_answered(entries: list[Entry]) -> None:
    for _, logs, _ in entries:
        for log in logs:
            assert (log.recommendation is not None) == (log.contact_type is ContactType.CONSULTATION)
            assert log.recommendation is None or log.recommendation.id == log.id
    given = [each for patient, _, _ in entries for each in patient.recommendations]
    assert {each.latest and each.latest.answer for each in given} == {None, *Answer}
    assert all(answer.at >= each.at for each in given for answer in each.answers)


def test_minutes_are_a_care_managers_month(entries: list[Entry]) -> None:
    minutes = [patient.minutes_this_month or 0 for patient, _, _ in entries]
    assert 0 < max(minutes) <= 200


def test_names_come_in_several_scripts(entries: list[Entry]) -> None:
    names = "".join(patient.first_name + patient.last_name for patient, _, _ in entries)
    scripts = {unicodedata.name(letter).split()[0] for letter in names if letter.isalpha()}
    assert len(scripts) >= 14


def test_most_names_can_be_typed_on_any_keyboard(entries: list[Entry]) -> None:
    typable = [f"{patient.first_name} {patient.last_name}".isascii() for patient, _, _ in entries]
    assert 40 <= sum(typable) < 45, "two of three; the others are met in turn"


def test_care_details_are_known_of_most_so_that_some_claims_are_ready() -> None:
    doctors = [Clinician(name="Samuel Adeyemi", user_id="user-sam"), Clinician(name="Henry Osei")]
    people = [each for each, _, _ in caseload(60, policy(), NOW, 1, MANAGERS, PSYCHIATRIST, doctors)]
    for known in (
        [each.treating_clinician is not None for each in people],
        [bool(each.diagnoses) for each in people],
        [each.date_referred is not None for each in people],
        [each.consent is not None for each in people if each.treatment_logs],
    ):
        assert 0.75 < sum(known) / len(known) < 1
    assert {each.treating_clinician for each in people} == {*doctors, None}
    for each in people:
        assert is_named(each.diagnoses)
        assert (each.date_referred or "") < str(policy().local_date(each.date_created))
    late = datetime(2026, 3, 27, 14, 30, tzinfo=UTC)
    month = [each for each, _, _ in caseload(60, policy(), late, 1, MANAGERS, PSYCHIATRIST, doctors)]
    ready = [current_claim(each, policy()).ready for each in month if each.status is not Status.DEACTIVATED]
    assert 3 <= sum(ready) < len(ready), "some are ready, others still lack something"


def is_named(diagnoses: tuple[Diagnosis, ...]) -> bool:
    return all(re.fullmatch(r"[A-Z]\d\d(\.\d+)?", each.code) and each.label for each in diagnoses)


@pytest.mark.parametrize("count", [0, 1])
def test_small_caseloads(count: int) -> None:
    assert len(made(count)) == count


def test_who_works_with_a_patient_is_assigned_to_them(entries: list[Entry]) -> None:
    for patient, logs, _ in entries:
        by = {log.provider for log in logs if log.provider_role is Role.CARE_MANAGER}
        assert by <= {patient.care_manager}
    assert {patient.care_manager for patient, _, _ in entries} == set(MANAGERS)
