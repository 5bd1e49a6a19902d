"""The words that say who is away."""

from datetime import date

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.slack.team.absence_view import absence
from tests.rig.due_people import member

TODAY = date(2031, 3, 3)


@pytest.mark.parametrize(
    ("role", "who"), [(Role.CARE_MANAGER, "Bo Berg &amp; Sons"), (Role.FINANCE, "nobody")]
)
def test_only_who_stands_in_is_named(role: Role, who: str) -> None:
    absent = member(Role.CARE_MANAGER, "ann").model_copy(
        update={"covered_by": "bo", "cover_until": "2031-03-10"}
    )
    cover = member(role, "bo").model_copy(update={"first_name": "Bo", "last_name": "Berg & Sons"})
    assert absence(absent, [absent, cover], TODAY) == f"away until 10 Mar 2031, covered by {who}"
    assert absence(absent, [absent], TODAY) == "away until 10 Mar 2031, covered by nobody"
