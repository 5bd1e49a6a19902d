"""The words that ask for a part of the program, the names they mean, and the patients then counted."""

from datetime import date

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.figures.asked import Part, asked
from cocm_bot.domain.figures.periods import Period, add_months, month_of, quarter_of
from cocm_bot.operations.figures.report import composed
from tests.domain import build
from tests.domain.figures import clinic_table

TODAY = date(2026, 7, 15)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
NAMES = {"noor": "Noor Rahimi", "ines": "Ines Duarte", "n2": "Noor Haddad"}
TABLE = clinic_table.records()
QUARTER = quarter_of(date(2026, 5, 1))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("2026-03", {}),
        ("2026-03 manager:Noor", {Part.MANAGER: "Noor"}),
        ("2026-03 Manager:Noor Rahimi", {Part.MANAGER: "Noor Rahimi"}),
        ("2026-03 manager: Noor Rahimi", {Part.MANAGER: "Noor Rahimi"}),
        ('manager:"Noor Rahimi" 2026-03', {Part.MANAGER: "Noor Rahimi"}),
        ("manager:“Noor Rahimi” 2026-03 payer:none", {Part.MANAGER: "Noor Rahimi", Part.PAYER: "none"}),
        ("2026-03 payer:Blue Plan manager:Ines", {Part.PAYER: "Blue Plan", Part.MANAGER: "Ines"}),
        ("2026-03 payer:Plan: 2", {Part.PAYER: "Plan: 2"}),
    ],
)
def test_the_words_in_any_order(typed: str, names: dict[Part, str]) -> None:
    found = asked(typed.split(), TODAY)
    assert (found.period, found.names) == (MARCH, names)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2026-03 manager:", "Say whose patients after `manager:`, or `manager:none`."),
        ('2026-03 payer:""', "Say whose patients after `payer:`, or `payer:none`."),
        ("2026-03 manager:Noor", "Several members have this name: Noor Haddad, Noor Rahimi."),
        ("2026-03 manager:Samuel", "No member of this registry is called “Samuel”."),
        ("2026-03 payer:Nobody", "No patient here has the payer “Nobody”. The payers: "),
        ("2026-03 boss:Noor", "Say a month (2026-03)"),
    ],
)
def test_what_can_not_be_meant_is_said(typed: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(typed.split(), TODAY).narrowing(NAMES, TABLE)
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize("typed", ["ines", "Ines Duarte", "duarte", "@Ines"])
def test_a_member_is_known_by_any_part_of_the_name(typed: str) -> None:
    found = asked(["2026-03", f"manager:{typed}"], TODAY).narrowing(NAMES, TABLE)
    assert found.managers == frozenset({"ines"})
    assert found.told == "patients of Ines Duarte"


def test_each_part_is_counted_as_its_group_and_the_parts_add_up() -> None:
    """Of a quarter, and of each month beside it: by whose patient it was, and who paid, on the last day."""
    policy = build.policy()
    whole = composed(list(TABLE), policy, QUARTER)
    payers = {since.value for record in TABLE for since in record.payers}
    for part, values in (("manager", {"noor", "ines", None}), ("payer", payers)):
        names = {"noor": "noor", "ines": "ines"}
        parts = [
            composed(
                list(TABLE),
                policy,
                QUARTER,
                narrowing=asked([f'{part}:"{value or "none"}"'], TODAY).narrowing(names, TABLE),
            )
            for value in values
        ]
        assert sum(each.figures.caseload.at_end for each in parts) == whole.figures.caseload.at_end
        assert sum(each.figures.work.minutes for each in parts) == whole.figures.work.minutes
        improved = [handle for each in parts for handle in each.figures.outcomes.improved.part]
        assert sorted(improved) == sorted(whole.figures.outcomes.improved.part)
        last = month_of(QUARTER.last).first
        for back in range(12):
            month = add_months(last, -back)
            served = sum(
                len(figures.caseload.served)
                for each in parts
                for figures in each.months
                if figures.period.first == month
            )
            assert served == len(
                next(each for each in whole.months if each.period.first == month).caseload.served
            )
