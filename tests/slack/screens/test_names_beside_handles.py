"""A handle keeps its digits in order beside a name, whichever way the name is written."""

import pytest

from cocm_bot.slack.shared_views.identity import named_first, subject
from tests.domain import build
from tests.store.build import registry

MARK = "\N{LEFT-TO-RIGHT MARK}"


@pytest.mark.parametrize(
    ("first", "last", "marked"),
    [
        ("Ana", "Muñoz", False),
        ("Милица", "Лесогоров", False),
        ("思远", "欧阳", False),
        ("ปาริชาต", "ดอกจำปา", False),
        ("איתן", "בן־הרים", True),
        ("ليلى", "الزيتوني", True),
        ("Dana", "שקדיאל", True),
        ("דנה", "Cohen", True),
    ],
)
def test_after_right_to_left_letters_a_mark_turns_the_direction_back(
    first: str, last: str, marked: bool
) -> None:
    patient = build.patient().model_copy(update={"first_name": first, "last_name": last, "handle": "96BV"})
    mark = MARK if marked else ""
    assert named_first(patient) == f"{first} {last}{mark} · 96BV"
    assert subject(patient, registry()).startswith(f"*{first} {last}{mark}* · 96BV · ")
