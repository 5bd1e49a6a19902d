"""The counts, over a caseload small enough to count by hand; today is 1 June 2026."""

from collections.abc import Iterable

import pytest

from cocm_bot.domain.figures.counts import Judged, figures, judged, numbers
from cocm_bot.domain.figures.shares import Share
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.agreements import Consent, ConsentKind
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain import build

TODAY = build.moment("2026-06-01")


def made(patient: Patient, logs: Iterable[TreatmentLog], **changes: object) -> Patient:
    agreed = Consent(kind=ConsentKind.VERBAL, date=build.at("2026-01-05"), recorded_by="user-1")
    patient = patient.model_copy(update={"consent": agreed})
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
    assert found.judged == Judged(Share(1, 3), 0)
    # not the patient in relapse prevention: seen on 4 May, so the next contact is due on 3 June
    assert found.due == 3


def judged_of(enrolled: str, *logs: TreatmentLog) -> Judged:
    return judged([made(build.patient(enrolled=enrolled), logs)], build.policy(), TODAY)


CASE = build.assessment("2026-03-24", PHQ9=16)
NOBODY = Judged(Share(0, 0), 0)


@pytest.mark.parametrize(
    ("what", "found", "expected"),
    [
        # 1 June is day 70 after 23 March and day 69 after 24 March
        (
            "day 70",
            judged_of("2026-03-23", CASE, build.follow_up("2026-05-30", PHQ9=8)),
            Judged(Share(1, 1), 0),
        ),
        ("day 69", judged_of("2026-03-24", CASE, build.follow_up("2026-05-30", PHQ9=8)), NOBODY),
        ("first below the line", judged_of("2026-01-05", build.assessment("2026-01-08", PHQ9=9)), NOBODY),
        ("never scored", judged_of("2026-01-05"), NOBODY),
        # 3 March is 90 days before, 2 March 91
        ("90 days", judged_of("2026-01-05", build.assessment("2026-03-03", PHQ9=16)), Judged(Share(0, 1), 0)),
        ("91 days", judged_of("2026-01-05", build.assessment("2026-03-02", PHQ9=16)), Judged(Share(0, 0), 1)),
        (
            "one of two measures too old",
            judged_of(
                "2026-01-05",
                build.assessment("2026-01-08", PHQ9=16, GAD7=12),
                build.follow_up("2026-05-20", PHQ9=4),
            ),
            Judged(Share(0, 0), 1),
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_who_is_judged_and_how(what: str, found: Judged, expected: Judged) -> None:
    assert found == expected, what


def test_the_words_say_what_is_counted() -> None:
    assert Judged(Share(12, 27), 4).told == (
        "12 of 27 (44 %) measured in the last 90 days, of 31 enrolled 70 days or more with a first score at "
        "the line or above"
    )
    assert Judged(Share(12, 27), 0).told == (
        "12 of 27 (44 %) enrolled 70 days or more with a first score at the line or above"
    )
    assert Judged(Share(0, 0), 4).told == (
        "none of 4 enrolled 70 days or more with a first score at the line or above was measured in the last "
        "90 days"
    )
    assert NOBODY.told == "nobody is enrolled 70 days or more with a first score at the line or above"


def test_the_programs_figures() -> None:
    found = figures(EVERYONE, build.policy(), TODAY)
    assert found.by_care_manager == {"user-1": 2, None: 2}
    # enrolled on 5 January: 3, 7 and 1 days
    assert (found.assessed, found.days_to_assessment) == (Share(3, 4), 3)
    # only the contact of 1 June falls into this month
    assert (found.minutes, found.billable) == (20, Share(1, 4))


def test_of_nobody_there_is_no_share() -> None:
    found = figures([], build.policy(), TODAY)
    assert (found.assessed.told, found.days_to_assessment) == ("–", None)
    assert Share(1, 3).told == "1 of 3 (33 %)"
