"""For whom a screen was drawn, and for whom it is still good."""

import pytest

from cocm_bot.domain.team.readers import Reader, lost_rights, may_keep
from cocm_bot.domain.vocabulary import Role

MANAGER, MANAGING_ADMIN = Reader(Role.CARE_MANAGER, is_admin=False), Reader(Role.CARE_MANAGER, is_admin=True)
OPS, OPS_ADMIN = Reader(Role.CLINICAL_OPS, is_admin=False), Reader(Role.CLINICAL_OPS, is_admin=True)
PCP = Reader(Role.PCP, is_admin=False)

# drawn for, now, whether a window is refused, whether a message stays
TABLE = [
    (MANAGER, MANAGER, False, True),
    (MANAGER, MANAGING_ADMIN, False, True),
    (MANAGING_ADMIN, MANAGER, True, True),
    (OPS_ADMIN, OPS, True, False),
    (OPS_ADMIN, OPS_ADMIN, False, True),
    (OPS, OPS_ADMIN, False, True),
    (MANAGER, PCP, True, False),
    (MANAGER, OPS, True, False),
    (PCP, MANAGING_ADMIN, True, False),
    (MANAGER, None, True, False),
]


@pytest.mark.parametrize(("drawn_for", "now", "refused", "stays"), TABLE)
def test_what_outlives_a_change(drawn_for: Reader, now: Reader | None, refused: bool, stays: bool) -> None:
    assert lost_rights(drawn_for, now) is refused
    assert may_keep(drawn_for, now) is stays


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_admin", [False, True])
def test_a_code_stands_for_its_reader(role: Role, is_admin: bool) -> None:
    reader = Reader(role, is_admin)
    assert Reader.of_code(reader.code) == reader


NO_CODES = ["", "+admin", "NURSE", "care_manager", "CARE_MANAGER+admin+admin", "CARE_MANAGER "]


@pytest.mark.parametrize("code", NO_CODES)
def test_what_is_no_code_stands_for_nobody(code: str) -> None:
    assert Reader.of_code(code) is None
