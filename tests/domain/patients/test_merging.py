"""Two people edit one record: each one's changes are kept, and what both changed is asked about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.patients.merging import Meanwhile, merge
from cocm_bot.domain.records.history import AuditLog, Change

READ = {"phone": "1", "email": "a", "payer": ""}


def entry(version: int, user_id: str = "iris", **changes: tuple[str, str]) -> AuditLog:
    return AuditLog(
        id=f"audit-{version}",
        object_name="patient",
        action="edited",
        user_id=user_id,
        created_date=float(version),
        changes=tuple(Change(attribute=name, before=old, after=new) for name, (old, new) in changes.items()),
        version=version,
    )


TO_2 = entry(6, phone=("1", "2"))
PHONE = Meanwhile("phone", "1", "2", "iris", 6)

# Read in version 5: typed, stored, the entries since, the version shown → to change, to ask about, kept.
CASES = {
    "nobody else": ({"phone": "9"}, {}, [], 5, {"phone": "9"}, (), ()),
    "nothing typed": ({}, {}, [], 5, {}, (), ()),
    "another field": (
        {"email": "b"},
        {"phone": "2"},
        [TO_2],
        5,
        {"email": "b"},
        (),
        (PHONE,),
    ),
    "the same field": (
        {"phone": "9"},
        {"phone": "2"},
        [TO_2],
        5,
        {"phone": "9"},
        (PHONE,),
        (),
    ),
    "the same field, knowingly": (
        {"phone": "9"},
        {"phone": "2"},
        [TO_2],
        6,
        {"phone": "9"},
        (),
        (),
    ),
    "changed again after it was shown": (
        {"phone": "9"},
        {"phone": "3"},
        [TO_2, entry(7, "maya", phone=("2", "3"))],
        6,
        {"phone": "9"},
        (Meanwhile("phone", "1", "3", "maya", 7),),
        (),
    ),
    "both to the same": ({"phone": "2"}, {"phone": "2"}, [TO_2], 5, {}, (), (PHONE,)),
    "there and back": (
        {"phone": "9"},
        {},
        [entry(7, phone=("2", "1")), TO_2],
        5,
        {"phone": "9"},
        (Meanwhile("phone", "1", "1", "iris", 7),),
        (),
    ),
    "from nothing": (
        {"payer": "Aetna"},
        {"payer": "Cigna"},
        [entry(6, payer=("", "Cigna"))],
        5,
        {"payer": "Aetna"},
        (Meanwhile("payer", "", "Cigna", "iris", 6),),
        (),
    ),
    "of no concern": ({"phone": "9"}, {}, [entry(6, minutes=("30", "45"))], 5, {"phone": "9"}, (), ()),
}


@pytest.mark.parametrize("case", CASES)
def test_each_case(case: str) -> None:
    typed, stored, since, shown, changes, overtaken, kept = CASES[case]
    merged = merge(READ | typed, READ | stored, since, shown)
    assert (merged.changes, merged.overtaken, merged.kept) == (changes, overtaken, kept)


VALUES = st.sampled_from(["1", "2", "3"])


@given(read=VALUES, mine=VALUES, steps=st.lists(VALUES, max_size=4))
def test_nothing_of_others_is_put_away_unseen(read: str, mine: str, steps: list[str]) -> None:
    since, value = [], read
    for version, step in enumerate(steps, 6):
        since.append(entry(version, phone=(value, step)))
        value = step
    merged = merge({"phone": mine}, {"phone": value}, since, 5)
    changes_it = mine not in (read, value)
    assert merged.changes == ({"phone": mine} if changes_it else {})
    assert bool(merged.overtaken) == bool(changes_it and steps)
