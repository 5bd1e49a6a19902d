"""A handle keeps its digits in order beside a name, whichever way the name is written."""

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.vocabulary import Role
from cocm_bot.slack.shared_views.identity import named_first, subject
from cocm_bot.slack.shared_views.work_rows import in_menu, more_menu
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


@pytest.mark.parametrize("letters", [1, 40, 41, 100])
def test_a_menu_keeps_the_handle_and_the_year_however_long_the_name(letters: int) -> None:
    long = {"first_name": "A" * letters, "last_name": "B" * letters, "handle": "96BV"}
    about = build.patient().model_copy(update=long | {"date_of_birth": "1984-02-29"})
    actor = Actor("user-1", "Maya", "Okafor", Role.CARE_MANAGER, is_admin=False, registry=registry())
    [menu] = more_menu(actor, [about], in_menu(actor), "home")
    entries = [each["text"]["text"] for each in menu["elements"][0]["options"]]
    assert [entry.partition(": ")[0] for entry in entries] == ["Log a contact", "Snooze"]
    for entry in entries:
        assert ": 96BV · A" in entry
        assert entry.endswith(" · b. 1984")
        assert len(entry) <= 75
