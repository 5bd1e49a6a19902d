"""A recipient's post on a local day: claimed once, taken over after the lease."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from cocm_bot.domain.digests.digest_schedule import Kind, Turn
from cocm_bot.store.digests import posts
from cocm_bot.store.digests.posts import NOTHING, Post, State
from cocm_bot.store.table.errors import NotHeld
from cocm_bot.store.table.table import Table
from tests.store.build import NOON, REGISTRY

DAY = date(2026, 1, 1)
LEASE = 60.0


def turn(recipient: str = "user-1", kind: Kind = Kind.DIGEST) -> Turn:
    return Turn(datetime.fromtimestamp(NOON, UTC), kind, recipient, DAY)


def claim(table: Table, wanted: Turn | None = None, at: float = NOON) -> Post:
    return posts.claim(table, REGISTRY, wanted or turn(), at, LEASE)


def test_a_post_is_claimed_by_one(concurrent_table: Table) -> None:
    def try_to(_number: int) -> Post | None:
        try:
            return claim(concurrent_table)
        except NotHeld:
            return None

    with ThreadPoolExecutor(8) as threads:
        claimed = [post for post in threads.map(try_to, range(24)) if post]
    assert len(claimed) == 1
    assert posts.of_day(concurrent_table, REGISTRY, DAY).records == claimed


def test_kinds_and_recipients_and_days_are_apart(table: Table) -> None:
    for each in (turn(), turn("user-2"), turn("user-1", Kind.TEAM)):
        claim(table, each)
    assert len(posts.of_day(table, REGISTRY, DAY)) == 3
    assert posts.of_day(table, REGISTRY, date(2026, 1, 2)).records == []


def test_a_post_is_taken_over_when_its_lease_has_passed(table: Table) -> None:
    first = claim(table)
    with pytest.raises(NotHeld):
        posts.take_over(table, REGISTRY, first, NOON + LEASE - 1, LEASE)
    second = posts.take_over(table, REGISTRY, first, NOON + LEASE, LEASE)
    assert (second.id, second.at) == (first.id, NOON), "it is the same post, under way since then"
    with pytest.raises(NotHeld):
        posts.take_over(table, REGISTRY, first, NOON + LEASE, LEASE)
    with pytest.raises(NotHeld):
        posts.settle(table, REGISTRY, first, State.POSTED, NOON)
    posts.settle(table, REGISTRY, second, State.POSTED, NOON + LEASE, channel="D1", ts="1.0")
    stored = posts.get(table, REGISTRY, DAY, Kind.DIGEST, "user-1")
    assert stored is not None
    assert (stored.state, stored.channel, stored.ts, stored.settled) == (State.POSTED, "D1", "1.0", True)
    with pytest.raises(NotHeld):
        posts.take_over(table, REGISTRY, stored, NOON + 10 * LEASE, LEASE)


def test_a_claim_without_effect_is_given_up(table: Table) -> None:
    posts.release(table, REGISTRY, claim(table))
    assert posts.of_day(table, REGISTRY, DAY).records == []
    again = claim(table)
    posts.take_over(table, REGISTRY, again, NOON + LEASE, LEASE)
    with pytest.raises(NotHeld):
        posts.release(table, REGISTRY, again)


@pytest.mark.parametrize(
    ("state", "reason", "troubled"),
    [
        (State.POSTED, "", False),
        (State.SKIPPED, NOTHING, False),
        (State.SKIPPED, "late", True),
        (State.FAILED, "user_disabled", True),
        (State.UNKNOWN, "", True),
        (State.SENDING, "", False),
    ],
)
def test_what_is_worth_telling_the_admins(table: Table, state: State, reason: str, troubled: bool) -> None:
    settled = posts.claim(table, REGISTRY, turn(), NOON, 0.0, state, reason)
    assert settled.troubled is troubled


def test_posts_expire_after_ninety_days(table: Table) -> None:
    claim(table)
    (item,) = table.query(posts.OF_DAY, {"posts": f"post:{REGISTRY}:{DAY}"})
    assert item["expires_at"] == {"N": str(int(NOON) + 90 * 24 * 3600)}
