"""Every figure of every month of the table of 24 patients, worked out by hand, and compared.

The working is in the comments: days that decide, and who they concern. A month is its last day, so scores of
up to 90 days before it count. Enrollment + 70 days of each patient (the day from which outcome is judged):

P01 25-03-17 · P02 25-03-24 · P05 25-05-12 · P06 25-05-19 · P07 25-06-10 · P08 25-07-14 · P09 25-07-28 ·
P10 25-08-11 · P11 25-08-25, again 26-04-13 · P12 25-09-15 · P13 25-10-13 · P14 25-11-10 · P16 25-12-29 ·
P17 26-01-12 · P19 26-02-09 · P20 26-03-16 · P21 26-03-30 · P23 26-05-11.
P03, P15 and P18 left before theirs; P24's is to come. P04 (8), P15 (0) and P22 (6) began below the line.
"""

from datetime import date

import pytest

from cocm_bot.domain.figures.periods import Period, month_of, year_of
from cocm_bot.domain.figures.program import (
    ProgramFigures,
    by_care_manager,
    by_payer,
    program_figures,
)
from cocm_bot.domain.figures.shares import Share, Tally
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.vocabulary import Status
from tests.domain import build
from tests.domain.figures import clinic_table

FULL_TIME = {"noor": 1.0, "ines": 0.5}
MONTHS = [date(2025 + number // 12, number % 12 + 1, 1) for number in range(18)]
RECORDS = clinic_table.records()
GRADUATED, DECLINED, MOVED, LOST, REFERRED, *_, OTHER = DeactivationReason.__members__.values()


def figures(month: date) -> ProgramFigures:
    return program_figures(RECORDS, build.policy(), month_of(month), FULL_TIME)


FOUND = [figures(month) for month in MONTHS]


def of(*numbers: int) -> list[str]:
    return [f"P{number:02}" for number in numbers]


def who(tally: Tally) -> tuple[list[str], Share]:
    return sorted(tally.part), tally.share


# In the program at the end of the month. P05 was assessed on the last day of March; P02 left on the last of
# September and P15 on 1 December; P10 was away from 9 July to 4 August and came back into Treatment. P16's
# leaving of 2 March was undone, so it left in no month.
AT_END: list[tuple[list[int], list[int], list[int]]] = [
    # Enrolled, Treatment, Relapse Prevention Plan
    ([], [1, 2], []),
    ([3], [1, 2, 4], []),
    ([3], [1, 2, 4, 5, 6], []),
    ([], [2, 4, 5, 6, 7], [1]),
    ([], [2, 4, 5, 6, 7, 8, 9], []),
    ([], [2, 5, 6, 7, 8, 9, 10, 11], []),
    ([], [2, 5, 7, 8, 9, 11, 12], [6]),
    ([], [5, 7, 8, 9, 10, 11, 12, 13], [2]),
    ([], [5, 7, 8, 9, 10, 11, 12, 13, 14], []),
    ([], [9, 10, 11, 12, 13, 14, 15, 16], []),
    ([18], [9, 12, 13, 14, 15, 16, 17], [10]),
    ([], [9, 12, 13, 16, 17, 18, 19], [14]),
    ([], [12, 13, 16, 17, 19, 20, 21], [9]),
    ([22], [11, 12, 13, 16, 17, 19, 20, 21], [9]),
    ([], [11, 13, 16, 17, 19, 20, 21, 22, 23], [9, 12]),
    ([], [11, 16, 17, 21, 22, 23], [9, 13, 19, 20]),
    ([], [11, 16, 17, 21, 22, 23], [9, 13]),
    ([], [11, 16, 17, 21, 22, 23, 24], [9, 13]),
]

# Enrolled in the month (P11 in February 2026 for the second time), and who left and why.
CAME = [[1, 2], [3, 4], [5, 6], [7], [8, 9], [10, 11], [12], [13], [14], [15, 16], [17, 18], [19], [20, 21]]
CAME += [[11, 22], [23], [], [], [24]]
LEFT: list[dict[DeactivationReason, list[int]]] = [
    {},
    {},
    {},
    {LOST: [3]},
    {GRADUATED: [1]},
    {GRADUATED: [4]},
    {DECLINED: [10]},
    {GRADUATED: [6]},
    {GRADUATED: [2]},
    {MOVED: [5], DECLINED: [7], LOST: [8]},
    {GRADUATED: [11]},
    {GRADUATED: [10], OTHER: [15]},
    {REFERRED: [14], DECLINED: [18]},
    {},
    {},
    {GRADUATED: [12]},
    {GRADUATED: [19, 20]},
    {},
]

# On any day of the month: those at the end of it and those who left in it.
SERVED = [2, 4, 6, 7, 8, 9, 9, 10, 10, 11, 10, 10, 10, 10, 11, 11, 10, 9]

# Patients at the end with a care manager ÷ full-time equivalents: Ines, a half, has nobody in January 2025;
# P22 is nobody's until 1 June 2026.
ASSIGNED = [2, 4, 6, 6, 7, 8, 8, 9, 9, 8, 9, 8, 8, 9, 10, 9, 7, 9]
FULL_TIMES = [1.0] + [1.5] * 17

# Two contacts in one month. P14 had three in September 2025; no-shows (P03, P08, P22) are none.
TWICE = [[1], [2, 4], [], [], [8], [10], [6, 12], [13], [14], [], [], [19], [20], [11], [23], [21], [], []]

# Without a score of a deciding measure in the month, of those served. P07 and P19 are decided by GAD-7; P15
# and P22, below the line, and P03, never scored, by PHQ-9. P17 came from January to May without a score.
UNSCORED = [
    [],
    [3],
    [3],
    [2, 3, 5],
    [1, 4],
    [4],
    [7, 8, 10],
    [6, 8],
    [2, 7, 8],
    [5, 7, 8],
    [11, 12, 18],
    [10, 15],
    [12, 14, 17, 18],
    [9, 13, 17, 22],
    [9, 17],
    [12, 17, 19],
    [9, 13, 17, 19, 20, 22],
    [9, 11, 16, 22],
]

# The 14th day after enrollment fell into the month: contact by then, no contact. P11's assessment of 30 June
# was on the 14th day itself; P05 (28 days), P18 (42), P22 (28) and P24 (23) were seen too late, P03 never.
EARLY: list[tuple[list[int], list[int]]] = [
    ([1, 2], []),
    ([4], [3]),
    ([6], [5]),
    ([7], []),
    ([8], []),
    ([9, 10, 11], []),
    ([12], []),
    ([13], []),
    ([14], []),
    ([15], []),
    ([16, 17], []),
    ([19], [18]),
    ([20], []),
    ([11, 21], []),
    ([23], [22]),
    ([], []),
    ([], []),
    ([], [24]),
]

# Days from enrollment to the assessments of the month, and from the assessment to its first follow-ups.
TO_ASSESSMENT = [[2, 7], [2], [2, 28], [1], [1, 2], [1, 14], [2], [1], [1], [2, 2], [7], [2, 42], [2, 2]]
TO_ASSESSMENT += [[2], [1, 28], [], [], [23]]
TO_FOLLOW_UP = [[7], [14, 14], [], [14, 28], [14, 30], [14, 14], [14, 14], [14], [7], [], [28, 28], [14, 28]]
TO_FOLLOW_UP += [[7, 14], [14, 14], [14], [35], [], []]

# Not improved at day 70, by the score of then: P02 17 of 20, P05 15 of 15, P06 GAD-7 11 of 14, P08 12 of 14,
# P09 18 of 22, P10 11 of 16, P11's second 15 of 19, P12 12 of 13, P14 12 of 17, P16 22 of 21, P17 14 of 15,
# P21 19 of 18, P23 12 of 13. Improved then: P01 8, P07 8, P11 9, P13 9, P19 GAD-7 9, P20 7.
# Consults since: P02 14 April, P09 28 July (day 70 itself), P16 12 January, P21 6 April, P11 20 April, P17
# 15 June. P05's of 21 April 2025 was before its day 70, so it never counts. Changed treatment since: P02
# 20 April, P05 21 July, P09 4 August, P16 26 January, P21 4 May; P13's was not asked about.
UNIMPROVED: list[tuple[list[int], list[int], list[int]]] = [
    # all, with a consult, with a changed treatment
    ([], [], []),
    ([], [], []),
    ([2], [], []),
    ([2], [2], [2]),
    ([2, 5, 6], [2], [2]),
    ([2, 5, 6], [2], [2]),
    ([2, 5, 6, 8, 9], [2, 9], [2, 5]),
    ([2, 5, 6, 8, 9, 10], [2, 9], [2, 5, 9]),
    ([2, 5, 8, 9, 10, 12], [2, 9], [2, 5, 9]),
    ([5, 8, 9, 10, 12], [9], [5, 9]),
    ([9, 10, 12, 14], [9], [9]),
    ([9, 10, 12, 14, 16], [9], [9]),
    ([9, 12, 14, 16, 17], [9, 16], [9, 16]),
    ([9, 12, 16, 17], [9, 16], [9, 16]),
    ([9, 12, 16, 17, 21], [9, 16], [9, 16]),
    ([9, 11, 12, 16, 17, 21], [9, 11, 16, 21], [9, 16]),
    ([9, 11, 16, 17, 21, 23], [9, 11, 16, 21], [9, 16, 21]),
    ([9, 11, 16, 17, 21, 23], [9, 11, 16, 17, 21], [9, 16, 21]),
]

# Of those who graduated, with a plan; P04 and P11 had none.
PLANNED = [[], [], [], [], [1], [], [], [6], [2], [], [], [10], [], [], [], [12], [19, 20], []]

# Outcome of those 70 days in the program with a first score at the line or above, by the latest score of the
# last 90 days; who leaves is judged on that day.
# P01 18: 8 in March (response 8 ≤ 9), 4 from April. P02 20: 17, 14 in May, 9 from June, 6 in August.
# P05 15: 10 in August is neither below 10 nor half; 7 in September (≤ 7.5). P06 must hold with both: PHQ-9
# 12 → 5, 4, 4; GAD-7 14 → 11 in May, 9 in June (improved, not half), 4 in July. P07 GAD-7 16 → 8, 7: half, no
# remission. P08 14 → 12 of 17 June: too old on 30 September (105 days). P09 22 → 18, 15, 11 (half: improved
# though at the line), 8, 5, 4 in December, still counted on 31 March (83 days). P10 16 → 11, 7, 4. P11 11 →
# 9 (not ≤ 5.5), 5, 4; again 19 → 15, 8. P12 13 → 6 (≤ 6.5), 3 in February. P13 10 → 10, 12, 9, 5 (= half, no
# remission), 4. P14 17 → 8 (≤ 8.5). P16 21 → 22, 20, 13, 10 in March (half of 21 is 10.5), 9, 8. P17 15 → 14
# of 8 December: counts on 28 February (82 days), not on 31 March; scored again in June. P19 GAD-7 12 → 5
# (≤ 6, no remission), 3; its PHQ-9 began at 9 and does not decide. P20 16 → 3. P21 18 → 19, 16, 12, 11.
# P23 13 → 11, 6.
OUTCOMES: list[tuple[list[int], list[int], list[int], list[int], list[int]]] = [
    # remission, response without it, improved without that, not improved, not measured
    ([], [], [], [], []),
    ([], [], [], [], []),
    ([], [1], [], [2], []),
    ([1], [], [], [2], []),
    ([1], [], [], [2, 5, 6], []),
    ([], [2, 7], [6], [5], []),
    ([6], [2, 7], [], [5, 8, 9], []),
    ([6], [2, 7], [11], [5, 8, 9, 10], []),
    ([], [2, 5, 7, 9, 10, 11, 12], [], [], [8]),
    ([10, 11], [5, 7, 9, 12], [], [13], [8]),
    ([10, 11], [9, 12, 14], [], [13], []),
    ([9, 10], [12, 14], [13], [16], []),
    ([9], [12, 13, 14], [], [16, 17], []),
    ([9, 12], [13, 19], [], [16, 17], []),
    ([9, 12, 13, 19, 20], [16], [], [21], [17]),
    ([9, 12, 13, 19, 20], [16], [], [11, 21], [17]),
    ([9, 13, 19, 20], [11, 16], [], [21, 23], [17]),
    ([9, 13], [11, 16, 23], [], [17, 21], []),
]

# Attended contacts with patients, and consults.
CONTACTS = [3, 5, 5, 5, 7, 9, 8, 9, 9, 8, 7, 9, 9, 9, 11, 11, 5, 5]
CONSULTS = [0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0, 1]

# Minutes: 40 for an assessment, 20 for a follow-up, 30 for a plan, 5 for a no-show, 10 for coordination.
# January 2025: 2 assessments and 1 follow-up, 100. February: P01 20, P02 40, P03 5, P04 60, and so on.
MINUTES = [100, 125, 140, 130, 180, 220, 195, 210, 220, 200, 170, 230, 230, 205, 270, 250, 100, 120]

# Codes. In an initial month 36 to 85 minutes give 99492 (40 or 60), P14's 90 of September one 99494 more; in
# a later one 16 to 30 give G2214 (20 or 30), 31 to 75 give 99493 (40, 50 or 60). P08 never agreed, P21 only
# on 1 March 2026: no code before. P11 was back after three months without work, and P22's initial month was
# that of the no-show: both have a later one. Of the months with minutes, those with a code.
CODES: list[tuple[int, int, int, int, Share]] = [
    # 99492, 99493, 99494, G2214, months
    (2, 0, 0, 0, Share(2, 2)),
    (1, 1, 0, 1, Share(3, 4)),
    (2, 0, 0, 3, Share(5, 5)),
    (1, 0, 0, 4, Share(5, 5)),
    (1, 0, 0, 4, Share(5, 6)),
    (2, 0, 0, 5, Share(7, 8)),
    (1, 1, 0, 4, Share(6, 7)),
    (1, 0, 0, 7, Share(8, 8)),
    (1, 0, 1, 6, Share(7, 8)),
    (2, 0, 0, 6, Share(8, 8)),
    (1, 0, 0, 6, Share(7, 7)),
    (2, 0, 0, 6, Share(8, 8)),
    (1, 0, 0, 6, Share(7, 8)),
    (0, 1, 0, 6, Share(7, 9)),
    (1, 1, 0, 8, Share(10, 10)),
    (0, 1, 0, 9, Share(10, 10)),
    (0, 0, 0, 5, Share(5, 5)),
    (1, 0, 0, 4, Share(5, 5)),
]

every_month = pytest.mark.parametrize("place", range(18), ids=[f"{month:%Y-%m}" for month in MONTHS])


@every_month
def test_the_caseload_of_each_month(place: int) -> None:
    found = FOUND[place].caseload
    expected = dict(
        zip((Status.ENROLLED, Status.TREATMENT, Status.RELAPSE_PREVENTION), AT_END[place], strict=True)
    )
    assert {status: sorted(handles) for status, handles in found.by_status.items()} == {
        status: of(*numbers) for status, numbers in expected.items() if numbers
    }
    assert found.at_end == sum(map(len, AT_END[place]))
    assert len(found.served) == SERVED[place]
    assert sorted(found.enrolled) == of(*CAME[place])
    assert list(found.reopened) == (of(11) if place == 13 else [])
    assert list(found.resumed) == (of(10) if place == 7 else [])
    assert {reason: sorted(handles) for reason, handles in found.left.items()} == {
        reason: of(*numbers) for reason, numbers in LEFT[place].items()
    }
    assert (found.assigned, found.full_time) == (ASSIGNED[place], FULL_TIMES[place])
    assert found.per_full_time == pytest.approx(ASSIGNED[place] / FULL_TIMES[place])


@every_month
def test_the_process_of_each_month(place: int) -> None:
    found, served = FOUND[place].process, SERVED[place]
    assert who(found.contacted_twice) == (of(*TWICE[place]), Share(len(TWICE[place]), served))
    assert found.measured.share == Share(served - len(UNSCORED[place]), served)
    assert sorted(set(found.measured.whole) - set(found.measured.part)) == of(*UNSCORED[place])
    seen, unseen = EARLY[place]
    assert who(found.contacted_early) == (of(*seen), Share(len(seen), len(seen) + len(unseen)))
    assert list(found.referral_to_assessment.days) == []
    assert list(found.enrollment_to_assessment.days) == TO_ASSESSMENT[place]
    assert list(found.assessment_to_follow_up.days) == TO_FOLLOW_UP[place]
    everyone, consulted, changed = UNIMPROVED[place]
    assert sorted(found.consulted.whole) == of(*everyone)
    assert sorted(found.consulted.part) == of(*consulted)
    assert (sorted(found.changed.whole), sorted(found.changed.part)) == (of(*everyone), of(*changed))
    assert list(found.consulted.unmeasured) == []
    graduates = len(LEFT[place].get(GRADUATED, []))
    assert who(found.planned) == (of(*PLANNED[place]), Share(len(PLANNED[place]), graduates))
    assert (found.contacts, found.consults) == (CONTACTS[place], CONSULTS[place])


@every_month
def test_the_outcome_of_each_month(place: int) -> None:
    found = FOUND[place].outcomes
    remission, response, improved, others, unmeasured = OUTCOMES[place]
    whole = sorted([*remission, *response, *improved, *others])
    for tally, part in (
        (found.remission, remission),
        (found.response, [*remission, *response]),
        (found.improved, [*remission, *response, *improved]),
    ):
        assert sorted(tally.part) == of(*sorted(part))
        assert sorted(tally.whole) == of(*whole)
        assert sorted(tally.unmeasured) == of(*unmeasured)


@every_month
def test_the_work_of_each_month(place: int) -> None:
    found = FOUND[place].work
    *units, months = CODES[place]
    named = dict(zip(("99492", "99493", "99494", "G2214"), units, strict=True))
    assert found.minutes == MINUTES[place]
    assert dict(found.codes) == {code: count for code, count in named.items() if count}
    assert found.coded.share == months


def test_a_year() -> None:
    """Everybody is judged on the last day in the program of that year, months are added up.

    Graduated or gone: P01 4 of 18, P02 6 of 20, P05 7 of 15, P06 4 of 12 and 4 of 14, P07 7 of 16, P10 4 of
    16, P11 4 of 11; P08 was not measured. There on 31 December: P09 4 of 22, P12 6 of 13, P13 9 of 10, P14 8
    of 17, P16 22 of 21.
    """
    found = program_figures(RECORDS, build.policy(), year_of(date(2025, 1, 1)), FULL_TIME)
    assert found.outcomes.improved.share == Share(11, 12)
    assert found.outcomes.response.share == Share(10, 12)
    assert sorted(found.outcomes.remission.part) == of(1, 6, 9, 10, 11)
    assert list(found.outcomes.improved.unmeasured) == of(8)
    # 1 + 2 + 1 + 1 + 2 + 1 + 1 + 1 of 2 + 4 + 6 + 7 + 8 + 9 + 9 + 10 + 10 + 11 + 10 + 10 months of patients
    assert found.process.contacted_twice.share == Share(10, 96)
    assert found.process.measured.share == Share(72, 96)
    # 19 enrolled, 11 of them left, P10 a second time before
    assert len(found.caseload.enrolled) == 19
    assert sum(map(len, found.caseload.left.values())) == 12
    assert found.caseload.at_end == 8
    assert found.work.minutes == 2_120
    assert found.process.planned.share == Share(4, 6)


def test_a_month_by_care_manager_and_payer() -> None:
    """October 2025: P12 was handed from Ines to Noor on the 1st.

    Noor's at its end are P09, P11, P12, P13 and P15, Ines's P10, P14 and P16. Judged: Noor's P07, P09, P11
    and P12 improved, P13 not; Ines's P05 and P10 improved, P08 not measured.
    """
    october = month_of(date(2025, 10, 1))
    found = {
        manager: program_figures(mine, build.policy(), october)
        for manager, mine in by_care_manager(RECORDS, october).items()
    }
    assert sorted(found["noor"].caseload.by_status[Status.TREATMENT]) == of(9, 11, 12, 13, 15)
    assert sorted(found["ines"].caseload.by_status[Status.TREATMENT]) == of(10, 14, 16)
    assert found["noor"].outcomes.improved.share == Share(4, 5)
    assert found["ines"].outcomes.improved.share == Share(2, 2)
    assert list(found["ines"].outcomes.improved.unmeasured) == of(8)
    payers = {
        payer: program_figures(theirs, build.policy(), october)
        for payer, theirs in by_payer(RECORDS, october).items()
    }
    assert sorted(payers["Plan A"].caseload.by_status[Status.TREATMENT]) == of(9, 10, 11, 12)
    assert payers["Plan B"].outcomes.improved.share == Share(0, 1)


def test_part_of_a_month() -> None:
    """The first week of October 2025: P05 left on the 6th, P15 enrolled on it and was seen on the 8th."""
    found = program_figures(RECORDS, build.policy(), Period(date(2025, 10, 1), date(2025, 10, 7)))
    assert list(found.caseload.enrolled) == of(15)
    assert found.caseload.by_status[Status.ENROLLED] == of(15)
    assert found.caseload.left == {MOVED: of(5)}
