"""Installations: their tokens sealed, renewed by one process at a time, and gone when the app is."""

import pytest

from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import InstallationChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.workspaces.installations import LEASE_SECONDS, Installations, Tokens, everywhere
from cocm_bot.store.workspaces.oauth_states import LIFE_SECONDS, OAuthStates
from cocm_bot.store.workspaces.sealing import Sealer, Unsealable
from tests.store.build import NOON

RING = {"b": "the second key of these tests", "a": "the first key of these tests"}
TOKENS = Tokens("xoxb-of-the-tests", "xoxe-of-the-tests", NOON + 43_200)
RENEWED = Tokens("xoxb-renewed", "xoxe-renewed", NOON + 86_400)


@pytest.fixture
def installations(empty_table: Table) -> Installations:
    return Installations(empty_table, Sealer(Keyring(RING)))


def test_tokens_come_back_and_are_nowhere_in_the_table(installations: Installations) -> None:
    made = installations.install("T1", "Riverside", "U1", TOKENS, NOON)
    held = installations.get("T1")
    assert held is not None
    assert held.model_dump() == made.model_dump()
    assert installations.tokens(made) == TOKENS
    stored = str(installations.table.get(keys.installation("T1")))
    assert "xoxb" not in stored
    assert "xoxe" not in stored


def test_a_token_put_into_the_place_of_another_opens_nothing(installations: Installations) -> None:
    ours = installations.install("T1", "Riverside", "U1", TOKENS, NOON)
    theirs = installations.install("T2", "Elsewhere", "U2", RENEWED, NOON)
    moved = theirs.model_copy(update={"sealed_token": ours.sealed_token})
    with pytest.raises(Unsealable):
        installations.tokens(moved)
    swapped = ours.model_copy(update={"sealed_token": ours.sealed_refresh_token})
    with pytest.raises(Unsealable):
        installations.tokens(swapped)


def test_one_process_renews_and_a_dead_one_is_made_up_for(installations: Installations) -> None:
    held = installations.install("T1", "Riverside", "U1", TOKENS, NOON)
    claimed = installations.claim_renewal(held, NOON)
    assert claimed is not None
    assert installations.claim_renewal(held, NOON) is None
    seen = installations.get("T1")
    assert seen is not None
    assert installations.claim_renewal(seen, NOON + LEASE_SECONDS - 1) is None
    later = installations.claim_renewal(seen, NOON + LEASE_SECONDS)
    assert later is not None
    with pytest.raises(InstallationChanged):
        installations.renew(claimed, RENEWED)
    assert installations.tokens(installations.renew(later, RENEWED)) == RENEWED


def test_an_ended_installation_has_no_token_and_can_be_made_again(installations: Installations) -> None:
    held = installations.install("T1", "Riverside", "U1", TOKENS, NOON)
    ended = installations.end(held, "app_uninstalled", NOON + 60)
    assert (ended.live, ended.sealed_token, ended.sealed_refresh_token) == (False, "", "")
    assert [each.ended_by for each in everywhere(installations.table)] == ["app_uninstalled"]
    with pytest.raises(InstallationChanged):
        installations.end(held, "app_uninstalled", NOON + 60)
    again = installations.install("T1", "Riverside", "U1", RENEWED, NOON + 120)
    assert again.live
    with pytest.raises(InstallationChanged):
        installations.end(ended, "app_uninstalled", NOON + 180)


def test_a_state_is_good_once_and_for_ten_minutes(empty_table: Table) -> None:
    states = OAuthStates(empty_table, Keyring(RING))
    first, second, third = (states.issue(NOON) for _ in range(3))
    assert len({first, second, third}) == 3
    assert states.use(first, NOON)
    assert not states.use(first, NOON)
    assert not states.use(first, NOON + 1)
    assert states.use(second, NOON + LIFE_SECONDS - 1)
    assert not states.use(third, NOON + LIFE_SECONDS + 1)
    assert not states.use(third, NOON - 60)


FORGED = {
    "empty": "",
    "no seal": "1767268800.00",
    "another's seal": "1767268800.{n}.b.00000000000000000000000000000000",
    "too many parts": "1767268800.{n}.b.0.0",
    "words": "a.b.c.d",
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED)
def test_a_forged_state_is_none(empty_table: Table, text: str) -> None:
    states = OAuthStates(empty_table, Keyring(RING))
    assert not states.use(text.format(n="0" * 32), NOON)


def test_a_state_whose_time_was_changed_is_none_and_an_old_keys_is_good(empty_table: Table) -> None:
    states = OAuthStates(empty_table, Keyring(RING))
    issued, rest = states.issue(NOON).split(".", 1)
    assert not states.use(f"{int(issued) + 5}.{rest}", NOON + 5)
    before = OAuthStates(empty_table, Keyring({"a": RING["a"]})).issue(NOON)
    assert states.use(before, NOON)
    foreign = OAuthStates(empty_table, Keyring({"a": "another key of these tests"})).issue(NOON)
    assert not states.use(foreign, NOON)
