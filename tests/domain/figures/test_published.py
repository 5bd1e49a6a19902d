"""The published measures of the table of 24 patients, worked out by hand, by the month windows closed in.

CBE: the index is the first PHQ-9 above 9; the window is 60 days around the day 6 or 12 months later.

| Patient | Index       | 6 months: window    | latest in it    | 12 months: window   | latest in it      |
|---------|-------------|---------------------|-----------------|---------------------|-------------------|
| P01     | 25-01-08 18 | 25-05-09 – 25-09-06 | none            | 25-11-09 – 26-03-09 | 3 (outcome check) |
| P02     | 25-01-20 20 | 25-05-21 – 25-09-18 | 6 (half of 20)  | 25-11-21 – 26-03-21 | none              |
| P05     | 25-03-31 15 | 25-08-01 – 25-11-29 | 7 (half of 15)  | 26-01-30 – 26-05-30 | none              |
| P06     | 25-03-12 12 | 25-07-14 – 25-11-11 | none (25-07-02) | 26-01-11 – 26-05-11 | none              |
| P08     | 25-05-06 14 | 25-09-07 – 26-01-05 | none            | closes in July      |                   |
| P09     | 25-05-21 22 | 25-09-22 – 26-01-20 | 3               | and the others      |                   |
| P10     | 25-06-03 16 | 25-10-04 – 26-02-01 | 4               | later               |                   |
| P11     | 25-06-30 11 | 25-10-31 – 26-02-28 | 17, reopened    |                     |                   |
| P12     | 25-07-09 13 | 25-11-10 – 26-03-10 | 3 (26-02-11)    |                     |                   |
| P13     | 25-08-05 10 | 25-12-07 – 26-04-06 | 4 (26-03-03)    |                     |                   |
| P14     | 25-09-02 17 | 26-01-01 – 26-05-01 | none            |                     |                   |
| P16     | 25-10-22 21 | 26-02-21 – 26-06-21 | 8 (half of 21)  |                     |                   |

P11's 19 of its second episode lies within the 14 months of its first index, so it is none. P17 and all after
it close later. P04, P15 and P22 never had more than 9, P03 and P07 no PHQ-9, P19 10 on 26-01-14.

DRR-E: the first PHQ-9 of 10 or more of each intake year from May to April; the window is day 120 to day 240.

| Patient | Score       | Window              | latest in it |
|---------|-------------|---------------------|--------------|
| P01     | 25-01-08 18 | 25-05-08 – 25-09-05 | none         |
| P02     | 25-01-20 20 | 25-05-20 – 25-09-17 | 6            |
| P02     | 25-05-12 14 | 25-09-09 – 26-01-07 | none         |
| P05     | 25-03-31 15 | 25-07-29 – 25-11-26 | 7            |
| P05     | 25-05-19 15 | 25-09-16 – 26-01-14 | none         |
| P06     | 25-03-12 12 | 25-07-10 – 25-11-07 | none         |
| P08     | 25-05-06 14 | 25-09-03 – 26-01-01 | none         |
| P09     | 25-05-21 22 | 25-09-18 – 26-01-16 | 3            |
| P10     | 25-06-03 16 | 25-10-01 – 26-01-29 | 4            |
| P11     | 25-06-30 11 | 25-10-28 – 26-02-25 | 17           |
| P12     | 25-07-09 13 | 25-11-06 – 26-03-06 | 3            |
| P13     | 25-08-05 10 | 25-12-03 – 26-04-02 | 4            |
| P14     | 25-09-02 17 | 25-12-31 – 26-04-30 | none         |
| P16     | 25-10-22 21 | 26-02-19 – 26-06-19 | 8            |

DMS-E: of those with a contact in a period of four months, those with a PHQ-9 in it. January to April 2025:
P01, P02, P04, P05, P06, P07; P07 had GAD-7 alone. May to August: P02, P05 to P13; again not P07. September
to December: P05, P09 to P19, all. January to April 2026: P09, P11, P12, P13, P16 to P22; not P17 and P18.
P23 is 11 years old. An outcome check is no contact: P01 does not count for its one of November.
"""

from datetime import date

import pytest

from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.periods import Period, month_of, year_of
from cocm_bot.domain.figures.published import REASONS_TOLD, Result, published_measures
from cocm_bot.domain.figures.shares import Share
from cocm_bot.domain.records.agreements import DeactivationReason
from tests.domain.figures import clinic_table

RECORDS = clinic_table.records()
NAMES: tuple[str, ...] = ("CBE 0711", "CBE 0710 (CMS159)", "CBE 1884", "CBE 1885")
NAMES += ("DRR-E follow-up", "DRR-E remission", "DRR-E response", "DMS-E (CMS160)")

# Numerators of the eight measures in the order of NAMES, then how many windows closed: of 6 months, 12
# months, DRR-E and DMS-E, and how many of those without a score in them.
EXPECTED: dict[str, tuple[tuple[int, ...], tuple[int, int, int, int], tuple[int, int, int, int]]] = {
    "2025-04": ((0, 0, 0, 0, 0, 0, 0, 5), (0, 0, 0, 6), (0, 0, 0, 1)),
    "2025-08": ((0, 0, 0, 0, 0, 0, 0, 9), (0, 0, 0, 10), (0, 0, 0, 1)),
    "2025-09": ((0, 0, 1, 0, 1, 0, 1, 0), (2, 0, 2, 0), (1, 0, 1, 0)),
    "2025-11": ((0, 0, 1, 0, 1, 0, 1, 0), (2, 0, 2, 0), (1, 0, 1, 0)),
    "2025-12": ((0, 0, 0, 0, 0, 0, 0, 12), (0, 0, 0, 12), (0, 0, 0, 0)),
    "2026-01": ((1, 0, 1, 0, 2, 2, 2, 0), (2, 0, 5, 0), (1, 0, 3, 0)),
    "2026-02": ((1, 0, 1, 0, 1, 0, 0, 0), (2, 0, 1, 0), (0, 0, 0, 0)),
    "2026-03": ((1, 1, 1, 1, 1, 1, 1, 0), (1, 2, 1, 0), (0, 1, 0, 0)),
    "2026-04": ((1, 0, 1, 0, 1, 1, 1, 9), (1, 0, 2, 11), (0, 0, 1, 2)),
    "2026-05": ((0, 0, 0, 0, 0, 0, 0, 0), (1, 2, 0, 0), (1, 2, 0, 0)),
    "2026-06": ((0, 0, 1, 0, 1, 0, 1, 0), (1, 0, 1, 0), (0, 0, 0, 0)),
}
NONE = ((0,) * 8, (0,) * 4, (0,) * 4)
MONTHS = [date(2025 + number // 12, number % 12 + 1, 1) for number in range(18)]


def results(period: Period, records: list[OutcomeRecord] = RECORDS) -> dict[str, Result]:
    return {each.definition.name: each for each in published_measures(records, period)}


@pytest.mark.parametrize("month", MONTHS, ids=[f"{month:%Y-%m}" for month in MONTHS])
def test_each_measure_of_each_month(month: date) -> None:
    parts, closed, unscored = EXPECTED.get(f"{month:%Y-%m}", NONE)
    six, twelve, drr, dms = closed
    wholes = (six, twelve, six, twelve, drr, drr, drr, dms)
    six, twelve, drr, dms = unscored
    without = (six, twelve, six, twelve, drr, drr, drr, dms)
    found = results(month_of(month))
    assert {name: each.tally.share for name, each in found.items()} == {
        name: Share(part, whole) for name, part, whole in zip(NAMES, parts, wholes, strict=True)
    }
    assert [len(found[name].tally.unmeasured) for name in NAMES] == list(without)


def test_a_year_adds_its_months_up() -> None:
    """2026 to June, 6 months: P09, P10, P12 and P13 in remission of 8; P16 answered as well.

    Without a score are P08 and P14, P11's was too high.
    """
    found = results(year_of(date(2026, 1, 1)).until(date(2026, 6, 30)))
    assert sorted(found["CBE 0711"].tally.part) == ["P09", "P10", "P12", "P13"]
    assert found["CBE 0711"].tally.share == Share(4, 8)
    assert found["CBE 1884"].tally.share == Share(5, 8)
    assert sorted(found["CBE 1884"].tally.unmeasured) == ["P08", "P14"]


def test_an_outcome_check_of_a_graduate_counts() -> None:
    found = results(month_of(date(2026, 3, 1)))["CBE 0710 (CMS159)"]
    assert list(found.tally.part) == ["P01"]
    assert list(found.tally.unmeasured) == ["P02"]


@pytest.mark.parametrize(
    ("codes", "counts"),
    [
        ((), True),
        (("F33.1",), True),
        (("F34.1", "F41.1"), True),
        (("F41.1",), False),
        (("F33.1", "F31.81"), False),
        (("F32.1", "F20.9"), False),
        (("F60.3", "F32.1"), False),
        (("F84.0", "F32.1"), False),
    ],
)
def test_diagnoses_decide_where_they_are_recorded(codes: tuple[str, ...], *, counts: bool) -> None:
    one = [each.model_copy(update={"diagnoses": codes}) for each in RECORDS if each.handle == "P09"]
    found = results(month_of(date(2026, 1, 1)), one)
    assert found["CBE 0711"].tally.share == (Share(1, 1) if counts else Share(0, 0))


@pytest.mark.parametrize(
    ("reason", "left", "counts"),
    [
        # P09's index score is of 21 May 2025: the window of 6 months closes on 20 January 2026.
        (DeactivationReason.DIED, "2025-12-01", False),
        (DeactivationReason.HOSPICE, "2025-12-01", False),
        (DeactivationReason.NURSING_HOME, "2025-12-01", False),
        (DeactivationReason.DIED, "2026-01-20", False),
        # What happens after the window changes no past month.
        (DeactivationReason.DIED, "2026-01-21", True),
        (DeactivationReason.MOVED, "2025-12-01", True),
        (DeactivationReason.OTHER, "2025-12-01", True),
    ],
)
def test_who_left_by_death_hospice_or_nursing_home_is_not_counted(
    reason: DeactivationReason, left: str, *, counts: bool
) -> None:
    [one] = [each for each in RECORDS if each.handle == "P09"]
    gone = one.stays[-1].model_copy(update={"left": date.fromisoformat(left), "reason": reason})
    found = results(month_of(date(2026, 1, 1)), [one.model_copy(update={"stays": (gone,)})])
    assert found["CBE 0711"].tally.share == (Share(1, 1) if counts else Share(0, 0))


def test_what_is_missing_is_said() -> None:
    found = results(month_of(date(2026, 6, 1)))["CBE 1884"]
    told = "No diagnosis is recorded of 24 of 24 patients: they count as having depression."
    assert list(found.missing) == [told, REASONS_TOLD]
    named = [each.model_copy(update={"diagnoses": ("F33.1",)}) for each in RECORDS]
    assert list(results(month_of(date(2026, 6, 1)), named)["CBE 1884"].missing) == [REASONS_TOLD]
