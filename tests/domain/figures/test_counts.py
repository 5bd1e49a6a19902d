"""The counts, over a caseload small enough to count by hand; today is 1 June 2026."""

from collections.abc import Iterable

from cocm_bot.domain.figures.counts import figures, numbers
from cocm_bot.domain.figures.shares import Share
from cocm_bot.domain.patient import Patient, TreatmentLog
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain import build

TODAY = build.moment("2026-06-01")


def made(patient: Patient, logs: Iterable[TreatmentLog], **changes: object) -> Patient:
    return derive(patient, logs, build.policy(), TODAY).model_copy(update=changes)


# in the program since January: improved to remission, with a consult
WELL = made(
    build.patient(Status.RELAPSE_PREVENTION),
    [
        build.assessment("2026-01-08", PHQ9=18),
        build.consult("2026-02-02"),
        build.follow_up("2026-05-04", PHQ9=4),
    ],
    care_manager="user-1",
)
# since January: not improved, never consulted; flagged
STUCK = made(
    build.patient(flags=[build.flag(Flag.REVIEW, "2026-05-01")]),
    [build.assessment("2026-01-12", PHQ9=16), build.follow_up("2026-06-01", PHQ9=15)],
    care_manager="user-1",
)
# since January: not improved, consulted
SEEN = made(
    build.patient(),
    [
        build.assessment("2026-01-06", PHQ9=16),
        build.consult("2026-03-02"),
        build.follow_up("2026-05-30", PHQ9=12),
    ],
)
# new: enrolled 20 days ago, not assessed
NEW = made(build.patient(Status.ENROLLED, enrolled="2026-05-12"), [])
EVERYONE = [WELL, STUCK, SEEN, NEW]


def test_a_caseload_in_numbers() -> None:
    found = numbers(EVERYONE, build.policy(), TODAY)
    assert found.patients == 4
    assert found.by_status == {Status.RELAPSE_PREVENTION: 1, Status.TREATMENT: 2, Status.ENROLLED: 1}
    assert found.flagged == {Flag.REVIEW: 1}
    assert found.improved == Share(1, 3)
    # not the patient in relapse prevention: seen on 4 May, so the next contact is due on 3 June
    assert found.due == 3


def test_a_consult_on_the_day_of_enrolment_counts() -> None:
    """It is recorded at noon; the patient was enrolled in the afternoon."""
    consult = SEEN.last_psychiatric_consult
    assert consult is not None
    enrolled = SEEN.course.model_copy(update={"episode_started": consult + 3 * 3600.0})
    found = figures([SEEN.model_copy(update={"course": enrolled})], build.policy(), TODAY, least=16)
    assert found.consulted == Share(1, 1)


def test_the_programs_figures() -> None:
    found = figures(EVERYONE, build.policy(), TODAY, least=16)
    assert found.by_care_manager == {"user-1": 2, None: 2}
    assert found.established == 3
    assert found.improved == Share(1, 3)
    assert found.response == Share(1, 3)
    assert found.remission == Share(1, 3)
    assert found.consulted == Share(1, 2)
    # enrolled on 5 January: 3, 7 and 1 days
    assert (found.assessed, found.days_to_assessment) == (Share(3, 4), 3)
    # only the contact of 1 June falls into this month
    assert (found.minutes, found.billable) == (20, Share(1, 4))


def test_of_nobody_there_is_no_share() -> None:
    found = figures([], build.policy(), TODAY, least=16)
    assert (found.improved.told, found.days_to_assessment) == ("–", None)
    assert Share(1, 3).told == "1 of 3 (33 %)"
