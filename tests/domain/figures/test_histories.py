"""Outcome records take from a history what is late, corrected, or an older system's."""

from datetime import date

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.figures.episodes.histories import outcome_records
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord, Stay
from cocm_bot.domain.records.agreements import Answer, DeactivationReason, RecommendationKind
from cocm_bot.domain.records.care_details import Diagnosis, MedicationChange, MedicationStep
from cocm_bot.domain.records.course import Episode
from cocm_bot.domain.records.history import AuditLog, Change, TreatmentLog, Voided
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, Status
from tests.domain import build

MARCH = date(2026, 3, 31)


def records(
    patient: Patient, *logs: TreatmentLog, audits: tuple[AuditLog, ...] = ()
) -> tuple[OutcomeRecord, ...]:
    return outcome_records(patient, logs, audits, build.policy())


def audit(action: AuditAction, when: str, **changed: tuple[str, str]) -> AuditLog:
    return AuditLog(
        id=f"{action}-{when}",
        object_name=action.object_name,
        action=action,
        user_id="user-1",
        created_date=build.at(when),
        changes=tuple(
            Change(attribute=name, before=before, after=after) for name, (before, after) in changed.items()
        ),
    )


def test_a_contact_recorded_late_brings_the_status_on_its_own_day() -> None:
    late = build.assessment("2026-01-20").model_copy(update={"recorded_at": build.at("2026-03-02")})
    (found,) = records(build.patient(), late)
    assert [found.status_on(date(2026, 1, day)) for day in (19, 20)] == [Status.ENROLLED, Status.TREATMENT]


def test_a_voided_contact_counts_for_nothing() -> None:
    voided = Voided(log_id="log", by="user-1", at=0, reason="another patient's")
    log = build.assessment("2026-01-20", PHQ9=14).model_copy(update={"voided": voided})
    (found,) = records(build.patient(Status.ENROLLED), log)
    assert (found.scores, found.contacts, found.seconds, found.assessed) == ((), (), {}, None)


def test_who_came_from_elsewhere_in_treatment_has_that_status() -> None:
    (found,) = records(build.patient(Status.TREATMENT, status_since="2026-02-10"))
    assert found.status_on(date(2026, 2, 9)) is Status.ENROLLED
    assert found.status_on(date(2026, 2, 10)) is Status.TREATMENT


def test_a_status_set_by_hand_begins_on_the_day_it_was_set() -> None:
    moved = audit(AuditAction.MOVED, "2026-03-10", status=(Status.RELAPSE_PREVENTION, Status.TREATMENT))
    patient = build.patient(Status.TREATMENT)
    logs = [build.assessment("2026-01-06"), build.plan("2026-02-20")]
    (found,) = records(patient, *logs, audits=(moved,))
    assert found.status_on(date(2026, 3, 9)) is Status.RELAPSE_PREVENTION
    assert found.status_on(date(2026, 3, 10)) is Status.TREATMENT


def test_leaving_without_an_audit_entry_is_taken_from_the_episode() -> None:
    ended = build.at("2026-03-05")
    episode = Episode(started=build.at("2026-01-05"), ended=ended, reason=DeactivationReason.MOVED)
    patient = build.patient(Status.DEACTIVATED).model_copy(update={"episodes": (episode,)})
    (found,) = records(patient)
    assert found.stays == (
        Stay(first=date(2026, 1, 5), left=date(2026, 3, 5), reason=DeactivationReason.MOVED),
    )
    assert (found.in_program(date(2026, 3, 4)), found.in_program(date(2026, 3, 5))) == (True, False)


def test_coming_back_without_an_audit_entry_is_taken_from_the_episode() -> None:
    gone = audit(AuditAction.DEACTIVATED, "2026-02-02", reason=("", "Declined: too far"))
    episode = Episode(started=build.at("2026-01-05"), resumed=build.at("2026-03-09"))
    patient = build.patient().model_copy(update={"episodes": (episode,)})
    (found,) = records(patient, audits=(gone,))
    assert found.stays == (
        Stay(first=date(2026, 1, 5), left=date(2026, 2, 2), reason=DeactivationReason.DECLINED),
        Stay(first=date(2026, 3, 9)),
    )


def test_a_record_without_episodes_has_one_from_its_creation() -> None:
    (found,) = records(build.patient().model_copy(update={"episodes": ()}), build.follow_up("2026-02-02"))
    assert (found.number, found.started) == (1, date(2026, 1, 5))
    assert found.contacts == (date(2026, 2, 2),)


def test_a_contact_before_the_second_episode_belongs_to_the_first() -> None:
    patient = build.patient(reopened="2026-03-02")
    first, second = records(
        patient, build.follow_up("2026-03-01", PHQ9=9), build.follow_up("2026-03-02", PHQ9=15)
    )
    assert [each.score for each in first.scores] == [9]
    assert [each.score for each in second.scores] == [15]


def test_whose_patient_it_was_is_kept_by_the_day() -> None:
    given = [
        audit(AuditAction.ASSIGNED, "2026-02-10", care_manager=("", "noor")),
        audit(AuditAction.ASSIGNED, "2026-03-10", care_manager=("noor", "ines")),
    ]
    patient = build.patient().model_copy(update={"care_manager": "ines", "payer": "Plan A"})
    (found,) = records(patient, audits=tuple(given))
    days = [date(2026, 2, 9), date(2026, 2, 10), date(2026, 3, 9), date(2026, 3, 10)]
    assert [found.care_manager_on(day) for day in days] == [None, "noor", "noor", "ines"]
    assert found.payer_on(MARCH) == "Plan A"


def test_minutes_are_added_up_as_seconds_and_apart_before_the_consent() -> None:
    logs = [
        build.contact("2026-02-03", minutes=10.25),
        build.contact("2026-02-04", minutes=10.25),
        build.contact("2026-02-05", ContactType.CONSULTATION, minutes=30, role=None),
    ]
    (found,) = records(build.patient(), *logs)
    # 615 + 615 + 1,800 seconds; nobody agreed
    assert (found.seconds, found.consented) == ({"2026-02": 3_030}, {})


def test_a_change_that_the_record_no_longer_carries_is_found_in_the_history() -> None:
    """The record keeps the latest closed recommendations alone; the audit entry says when one was done."""
    given = build.recommendation("2026-02-02")
    log = build.consult("2026-02-02").model_copy(update={"recommendation": given})
    done = audit(AuditAction.RECOMMENDATION_DONE, "2026-02-10", answer=("", "Done"))
    (found,) = records(build.patient(), log, audits=(done,))
    assert found.changes == (date(2026, 2, 10),)


def test_what_changes_no_treatment_is_no_change() -> None:
    again = build.recommendation("2026-02-02", Answer.DONE)
    again = again.model_copy(update={"kinds": (RecommendationKind.MEASURE_AGAIN,)})
    refused = build.recommendation("2026-02-02", Answer.DECLINED)
    (found,) = records(build.patient(recommendations=(again, refused)))
    assert found.changes == ()


def test_referral_diagnoses_and_medication_come_from_the_record() -> None:
    """The referral began the first episode alone; to go on taking something changes nothing."""
    steps = (("2026-01-20", MedicationStep.STARTED), ("2026-02-03", MedicationStep.TAKING))
    logs = [
        build.follow_up(day).model_copy(
            update={"medication_changes": (MedicationChange(step=step, name="Sertraline", dose="50 mg"),)}
        )
        for day, step in steps
    ]
    facts = {"date_referred": "2026-01-02", "diagnoses": (Diagnosis(code="F32.1", label="depression"),)}
    (found,) = records(build.patient().model_copy(update=facts), *logs)
    assert (found.referred, found.diagnoses) == (date(2026, 1, 2), ("F32.1",))
    assert found.changes == (date(2026, 1, 20),)


def test_a_record_outlives_being_stored() -> None:
    log = build.assessment("2026-01-20", PHQ9=14)
    (found,) = records(build.patient(), log, build.consult("2026-02-02"))
    assert OutcomeRecord.model_validate_json(found.model_dump_json()) == found
