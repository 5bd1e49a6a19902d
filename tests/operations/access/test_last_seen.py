"""The day a member was last here, to the registry's own day."""

from dataclasses import replace

from cocm_bot.domain.access import Actor
from cocm_bot.operations.access.last_seen import known_today, note_seen
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store.build import REGISTRY


def as_read(office: Office) -> Actor:
    return replace(office.actor(), last_seen=last_seen(office))


def last_seen(office: Office) -> str | None:
    member = people.membership(office.table, REGISTRY, "user-1")
    assert member is not None
    return member.last_seen


def test_a_member_is_seen_once_a_day(office: Office) -> None:
    assert not known_today(office.ctx, as_read(office))
    note_seen(office.ctx, as_read(office))
    assert last_seen(office) == "2031-03-03"
    assert known_today(office.ctx, as_read(office))
    note_seen(office.ctx, as_read(office))
    office.forward(hours=14)  # 23:00 in New York
    assert known_today(office.ctx, as_read(office))
    office.forward(hours=1)
    assert not known_today(office.ctx, as_read(office))
    note_seen(office.ctx, as_read(office))
    assert last_seen(office) == "2031-03-04"


def test_a_day_before_is_never_written_over_a_later_one(office: Office) -> None:
    note_seen(office.ctx, as_read(office))
    office.forward(days=-1)
    note_seen(office.ctx, as_read(office))
    assert last_seen(office) == "2031-03-03"


def test_who_is_no_member_is_not_made_one(office: Office) -> None:
    actor = replace(office.actor(), user_id="user-9")
    note_seen(office.ctx, actor)
    assert people.membership(office.table, REGISTRY, "user-9") is None
