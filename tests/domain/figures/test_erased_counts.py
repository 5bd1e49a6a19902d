"""An erased patient stays in the counts of past months: the table's hand-worked figures, with some erased."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.domain.figures.asked import asked
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.erased_counts import Counts, ErasedCounts, added, counts_left
from cocm_bot.domain.figures.periods import Period, month_of, quarter_of, year_of
from cocm_bot.operations.figures.report import ErasedShown, Report, composed
from cocm_bot.operations.figures.sheets import sheets
from tests.domain import build
from tests.domain.figures import clinic_table
from tests.domain.figures.test_figure_laws import MONTHS, Line, lines, records

RECORDS = clinic_table.records()
TODAY = date(2026, 7, 10)
NOT_KEPT = {
    "Referral to assessment, days",
    "Enrollment to assessment, days",
    "Assessment to follow-up, days",
    "Per full-time care manager",
}
"""Medians of days, one of which would be one person's, and what depends on whose patient it was."""
Row = Sequence[object]


def left_by(gone: Iterable[OutcomeRecord], today: date) -> Mapping[str, Counts]:
    """The counts kept of several patients, erased one after the other."""
    patients: dict[str, list[OutcomeRecord]] = {}
    for record in gone:
        patients.setdefault(record.patient_id, []).append(record)
    kept: Mapping[str, Counts] = {}
    for each in patients.values():
        for counts in counts_left(each, build.policy(), today).values():
            kept = added(kept, counts)
    return kept


def report(found: Sequence[OutcomeRecord], period: Period, kept: Mapping[str, Counts], today: date) -> Report:
    return composed(found, build.policy(), period, erased=ErasedCounts(today, kept))


def rows(found: Report) -> list[Row]:
    """The rows of the file's sheets of months and published measures, but those not kept."""
    tables = {each.name: each for each in sheets(found, {})}
    monthly = [row for row in tables["Monthly figures"].rows if row[1] not in NOT_KEPT]
    # What is missing is said of those who are there.
    return [*monthly, *(row[:-1] for row in tables["Published measures"].rows)]


def erased(handles: set[str], period: Period, today: date = TODAY) -> tuple[list[Row], list[Row]]:
    """The rows with everybody there, and with some erased."""
    gone = [each for each in RECORDS if each.handle in handles]
    rest = [each for each in RECORDS if each.handle not in handles]
    assert len({each.handle for each in gone}) == len(handles)
    return (
        rows(report(RECORDS, period, {}, today)),
        rows(report(rest, period, left_by(gone, today), today)),
    )


@pytest.mark.parametrize(
    "handles",
    [
        pytest.param({"P06"}, id="a graduate with two measures"),
        pytest.param({"P01", "P03"}, id="a graduate and one who was lost, who share months"),
        pytest.param({"P10", "P11"}, id="one who came back, and one with two episodes"),
        pytest.param({"P02", "P05", "P07", "P08", "P04"}, id="all who left in a year"),
    ],
)
@pytest.mark.parametrize(
    "period",
    [
        month_of(date(2026, 6, 1)),
        month_of(date(2025, 6, 1)),
        quarter_of(date(2025, 5, 1)),
        year_of(date(2025, 1, 1)),
    ],
    ids=["12 months to June 2026", "6 months to June 2025", "quarter", "year"],
)
def test_every_month_keeps_its_figures(handles: set[str], period: Period) -> None:
    before, after = erased(handles, period)
    assert after == before


def test_the_year_to_date_keeps_those_who_left_before() -> None:
    before, after = erased({"P02", "P06", "P10"}, Period(date(2026, 1, 1), TODAY))
    assert after == before


def test_the_counts_of_one_patient_worked_out_by_hand() -> None:
    """P01: enrolled 6 January 2025 with 18, graduated on 14 May with a plan and a last score of 4."""
    [record] = [each for each in RECORDS if each.handle == "P01"]
    years = counts_left([record], build.policy(), TODAY)
    assert list(years) == ["2025", "2026"]
    kept = years["2025"]
    # 18 → 4 by the day of leaving: improved, response, remission. No contact and no score in May.
    assert kept["2025-05"] == {
        "served": 1,
        "left:Graduated": 1,
        "contacted_twice:whole": 1,
        "measured:whole": 1,
        "planned:part": 1,
        "planned:whole": 1,
        **{
            f"{name}:{part}": 1
            for name in ("improved", "response", "remission")
            for part in ("part", "whole")
        },
    }
    # 40 + 20 minutes after the consent; day 14 is 20 January; PHQ-9 twice; too early to be judged.
    january = kept["2025-01"]
    assert {name: january[name] for name in ("served", "enrolled", "status:Treatment", "assigned")} == {
        "served": 1,
        "enrolled": 1,
        "status:Treatment": 1,
        "assigned": 1,
    }
    assert (january["contacts"], january["minutes"], january["contacted_early:part"]) == (2, 60, 1)
    assert "improved:whole" not in january
    assert "2025-06" not in kept
    # Of 2026 nothing but the windows of published measures: 18 in January 2025 closes at 12 months + 60 days.
    assert {name.split(":")[0] for counts in years["2026"].values() for name in counts} <= {
        "CBE 0710 (CMS159)",
        "CBE 1885",
    }


def test_who_is_in_treatment_leaves_on_the_day_of_the_erasure() -> None:
    """P09 is in care in January 2026: that month counts a leaver, the months before stay."""
    gone = [each for each in clinic_table.records("2026-01-20") if each.handle == "P09"]
    kept = left_by(gone, date(2026, 1, 20))
    assert "status:Treatment" in kept["2025-12"] or "status:Relapse Prevention Plan" in kept["2025-12"]
    january = kept["2026-01"]
    assert (january["served"], january["left:"], january.get("assigned", 0)) == (1, 1, 0)
    assert not any(name.startswith("status:") for name in january)


def test_nothing_kept_says_who_or_when() -> None:
    kept = left_by([each for each in RECORDS if each.handle in {"P01", "P06", "P11"}], TODAY)
    for period, counts in kept.items():
        assert len(period) in {4, 7}, period
        assert all(isinstance(each, int) for each in counts.values())
        assert not any(word in name for name in counts for word in ("P0", "P1", "noor", "ines", "patient-"))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("2025-05", ErasedShown.COUNTED),
        ("2025-Q2", ErasedShown.COUNTED),
        ("2025", ErasedShown.COUNTED),
        ("2025-04 2025-06", ErasedShown.COUNTED),
        ("2025-03 2025-06", ErasedShown.LEFT_OUT),
        ("2025-05-01 2025-05-20", ErasedShown.LEFT_OUT),
        ("2024-05", ErasedShown.NONE),
    ],
)
def test_a_report_says_whether_the_erased_are_in_it(words: str, shown: ErasedShown) -> None:
    kept = left_by([each for each in RECORDS if each.handle == "P01"], TODAY)
    period = asked(words.split(), TODAY).period
    assert report(RECORDS, period, kept, TODAY).erased is shown
    assert report(RECORDS, period, {}, TODAY).erased is ErasedShown.NONE


@settings(max_examples=40, deadline=None)
@given(lines(), st.sampled_from(MONTHS), st.data())
def test_erasing_anybody_changes_no_month_before(
    found: list[Line], month: Period, data: st.DataObject
) -> None:
    whose = data.draw(st.integers(0, len(found) - 1))
    today = date(2026, 7, 1)
    everybody, gone = records(found, today), records(found[whose : whose + 1], today)
    rest = records([*found[:whose], *found[whose + 1 :]], today)
    kept = left_by(gone, today)
    # The months shown beside it begin with the first enrollment of those who are there.
    wanted = f"{month.first:%Y-%m}"
    before, after = rows(report(everybody, month, {}, today)), rows(report(rest, month, kept, today))
    assert [row for row in after if str(row[0]) == wanted or not str(row[0]).startswith("20")] == [
        row for row in before if str(row[0]) == wanted or not str(row[0]).startswith("20")
    ]
