"""The arithmetic of a proposal, and how far the next code is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.billing.codes import PayerRules, propose
from cocm_bot.domain.settings.code_sets import COCM, SHIPPED, CodeSet

USUAL = PayerRules(COCM, None, 2)


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
    proposal = propose(minutes, initial=initial, rules=USUAL)
    assert proposal.arithmetic == arithmetic
    assert proposal.to_next == to_next


def test_beyond_a_payers_cap_no_more_minutes_change_the_claim() -> None:
    proposal = propose(200, initial=True, rules=PayerRules(COCM, 1, 2))
    assert proposal.arithmetic == (
        "200 min in the initial month: 86 and more give 99492 + 1 × 99494 (3 more than the payer takes)"
    )
    assert proposal.to_next is None


@given(st.integers(0, 1000), st.booleans(), st.sampled_from(SHIPPED), st.one_of(st.none(), st.integers(0, 6)))
def test_the_next_code_begins_where_it_is_said_to(
    minutes: int, initial: bool, codes: CodeSet, cap: int | None
) -> None:
    rules = PayerRules(codes, cap, 2)
    here = propose(minutes, initial=initial, rules=rules)
    if here.to_next is None:
        assert propose(minutes + 5000, initial=initial, rules=rules).codes == here.codes
        return
    missing, _ = here.to_next
    assert missing > 0
    assert propose(minutes + missing - 1, initial=initial, rules=rules).codes == here.codes
    assert propose(minutes + missing, initial=initial, rules=rules).codes != here.codes


@given(st.integers(0, 1000), st.booleans(), st.sampled_from(SHIPPED))
def test_more_minutes_never_give_less(minutes: int, initial: bool, codes: CodeSet) -> None:
    rules = PayerRules(codes, None, 2)
    here, more = (propose(each, initial=initial, rules=rules) for each in (minutes, minutes + 1))
    assert more.add_ons >= here.add_ons or more.code != here.code
    assert here.code is None or more.code is not None
