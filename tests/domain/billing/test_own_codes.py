"""Codes and payers a registry may define, and the sentences that refuse others."""

from typing import Any

import pytest

from cocm_bot.domain.billing.own_codes import with_tables
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.settings.code_sets import BillingRules, MonthKind

HOUSE: dict[str, Any] = {
    "name": "House",
    "codes": [
        {"code": "T1000", "minutes": 30, "midpoint": 16},
        {"code": 99999, "month": "later", "minutes": 60},
        {"code": "t1002", "minutes": 15, "midpoint": 8, "add_on_to": [99999], "cap": 2},
    ],
}


def test_a_table_replaces_the_one_before() -> None:
    before = with_tables(BillingRules(gap_months=4), {"payers": [{"name": "Old", "cap": 1}]})
    after = with_tables(
        before,
        {"usual": "House", "sets": [HOUSE], "payers": [{"name": "Medicaid", "code_set": "CoCM", "cap": 4}]},
    )
    assert (after.gap_months, after.code_set) == (4, "House")
    assert [each.name for each in after.payers] == ["Medicaid"]
    house = after.set_for("anybody")
    assert [(each.code, each.month, each.midpoint) for each in house.codes] == [
        ("T1000", MonthKind.ANY, 16),
        ("99999", MonthKind.LATER, 60),
        ("T1002", MonthKind.ANY, 8),
    ]
    assert after.set_for(" MEDICAID ").name == "CoCM"
    assert with_tables(after, {}).sets == BillingRules().sets


def having(number: int, **changed: Any) -> dict[str, Any]:
    codes = [dict(each) for each in HOUSE["codes"]]
    codes[number - 1] |= changed
    return {"sets": [{**HOUSE, "codes": codes}]}


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ({"set": []}, "set: there is no such field."),
        ({"sets": [{"name": "X", "codes": []}]}, "sets 1, codes: list should have at least 1 item"),
        ({"sets": [{"codes": HOUSE["codes"]}]}, "sets 1, name: this must be given."),
        ({"sets": [{**HOUSE, "name": "CoCM"}]}, "sets: “CoCM” is there twice, or is one the bot ships."),
        ({"sets": [HOUSE, HOUSE]}, "sets: “House” is there twice"),
        (having(1, code="9949"), "sets 1, codes 1, code: write a CPT or HCPCS code"),
        (having(1, code="99492-U1"), "sets 1, codes 1, code: write a CPT or HCPCS code"),
        (having(1, minutes="ten"), "sets 1, codes 1, minutes: input should be a valid integer"),
        (having(1, minutes=0), "sets 1, codes 1, minutes: input should be greater than or equal to 1"),
        (having(1, minutes=30.5), "sets 1, codes 1, minutes: input should be a valid integer"),
        (having(1, midpoint=31), "sets 1, codes 1, midpoint: 31 is more than its 30 minutes."),
        (having(2, midpoint=16), "sets 1, codes 2, midpoint: T1000 is reached at 16 minutes too."),
        (having(1, code="99999"), "sets 1, codes 2, code: 99999 is there twice for the same months."),
        (having(2, month="first"), "sets 1, codes 2, month: input should be 'initial', 'later' or 'any'."),
        (having(3, add_on_to=["99494"]), "sets 1, codes 3, add_on_to: 99494 is not a code of this set"),
        (having(3, cap=-1), "sets 1, codes 3, cap: input should be greater than or equal to 0"),
        ({"sets": [{"name": "X", "codes": [HOUSE["codes"][2]]}]}, "sets 1, codes: every code is an add-on"),
        ({"payers": [{"name": "A"}, {"name": " a "}]}, "payers: “a” is there twice"),
        ({"payers": [{"name": ""}]}, "payers 1, name: give a name of at most 40 characters."),
        (
            {"payers": [{"name": "A", "code_set": "Mine"}]},
            "payers 1, code_set: there is no set “Mine”. There are: CoCM, ",
        ),
        ({"payers": [{"name": "A", "cap": 21}]}, "payers 1, cap: input should be less than or equal to 20"),
        ({"usual": "Mine"}, "usual: there is no set “Mine”."),
    ],
)
def test_what_can_not_be_a_table_is_refused_with_its_place(entered: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        with_tables(BillingRules(), entered)
    assert str(refused.value).startswith(sentence)
