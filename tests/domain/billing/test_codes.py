"""Billing codes at both sides of every threshold of the 2026 table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.billing.codes import propose


@pytest.mark.parametrize(
    ("minutes", "initial", "codes"),
    [
        (0, True, "no code yet"),
        (15, True, "no code yet"),
        (16, True, "G2214"),
        (35, True, "G2214"),
        (36, True, "99492"),
        (85, True, "99492"),
        (86, True, "99492 + 1 × 99494"),
        (115, True, "99492 + 1 × 99494"),
        (116, True, "99492 + 2 × 99494"),
        (145, True, "99492 + 2 × 99494"),
        (146, True, "99492 + 3 × 99494"),
        (15, False, "no code yet"),
        (16, False, "G2214"),
        (30, False, "G2214"),
        (31, False, "99493"),
        (75, False, "99493"),
        (76, False, "99493 + 1 × 99494"),
        (105, False, "99493 + 1 × 99494"),
        (106, False, "99493 + 2 × 99494"),
        (135, False, "99493 + 2 × 99494"),
        (136, False, "99493 + 3 × 99494"),
    ],
)
def test_the_codes_of_a_month(minutes: int, initial: bool, codes: str) -> None:
    assert propose(minutes, initial=initial).codes == codes


@pytest.mark.parametrize(
    ("minutes", "initial", "arithmetic", "to_next"),
    [
        (10, True, "10 min: below 16 nothing is billed", (6, "G2214")),
        (20, True, "20 min in the initial month: 16–35 give G2214", (16, "99492")),
        (20, False, "20 min in a later month: 16–30 give G2214", (11, "99493")),
        (45, True, "45 min in the initial month: 36–85 give 99492", (41, "99494")),
        (80, False, "80 min in a later month: 76–105 give 99493 + 1 × 99494", (26, "99494")),
        (120, True, "120 min in the initial month: 116–145 give 99492 + 2 × 99494", (26, "99494")),
    ],
)
def test_the_arithmetic_is_shown(
    minutes: int, initial: bool, arithmetic: str, to_next: tuple[int, str]
) -> None:
    proposal = propose(minutes, initial=initial)
    assert proposal.arithmetic == arithmetic
    assert proposal.to_next == to_next


def test_more_add_ons_than_payers_take_are_warned_of() -> None:
    assert not propose(145, initial=True).over_cap
    assert propose(146, initial=True).over_cap
    assert not propose(146, initial=True, most_add_ons=3).over_cap


@given(st.integers(0, 1000), st.booleans())
def test_the_next_code_begins_where_it_is_said_to(minutes: int, initial: bool) -> None:
    here = propose(minutes, initial=initial)
    missing, _ = here.to_next
    assert missing > 0
    assert propose(minutes + missing - 1, initial=initial).codes == here.codes
    assert propose(minutes + missing, initial=initial).codes != here.codes
