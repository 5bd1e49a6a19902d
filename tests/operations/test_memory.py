"""A process forgets the registries nobody uses, and never keeps more than it may."""

import pytest

from cocm_bot.operations import memory
from cocm_bot.operations.memory import IDLE_SECONDS, Memory, RegistryMemory


def test_what_is_in_use_is_the_same_at_each_use() -> None:
    kept = Memory()
    first = kept.of("a", 0.0)
    assert kept.of("a", IDLE_SECONDS - 1) is first
    assert kept.of("b", 0.0) is not first


@pytest.mark.parametrize("later", [IDLE_SECONDS, IDLE_SECONDS * 2, -1.0])
def test_what_nobody_uses_is_forgotten_even_by_a_clock_that_is_set_back(later: float) -> None:
    kept = Memory()
    first = kept.of("a", 0.0)
    kept.forget_unused(IDLE_SECONDS - 1)
    assert kept.of("a", 0.0) is first
    kept.forget_unused(later)
    assert kept.of("a", 0.0) is not first


def test_what_was_used_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 250)
    monkeypatch.setattr(RegistryMemory, "weight", property(lambda _: 100))
    kept = Memory()
    oldest, other = kept.of("a", 0.0), kept.of("b", 1.0)
    newest = kept.of("c", 2.0)
    assert kept.of("c", 3.0) is newest
    assert kept.of("b", 4.0) is other
    assert kept.of("a", 5.0) is not oldest
