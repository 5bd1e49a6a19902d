"""Tokens are sealed with the ring's keys, for the place they belong to."""

import base64

import pytest

from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.workspaces.sealing import NONCE_BYTES, Sealer, Unsealable

OLD, NEW = {"a": "the first key of these tests"}, {"b": "the second key of these tests"}
TOKEN, PLACE = "xoxb-1-of-the-tests", "token of T1"


def test_what_is_sealed_opens_where_it_belongs_and_is_never_the_same_twice() -> None:
    sealer = Sealer(Keyring(NEW))
    sealed = {sealer.seal(TOKEN, PLACE) for _ in range(20)}
    assert len(sealed) == 20
    assert {sealer.open(each, PLACE) for each in sealed} == {TOKEN}
    assert all(TOKEN not in each and base64.b64encode(TOKEN.encode()).decode() not in each for each in sealed)


def test_a_changed_ring_opens_what_the_old_key_sealed_and_seals_with_the_new() -> None:
    before = Sealer(Keyring(OLD)).seal(TOKEN, PLACE)
    ring = Sealer(Keyring(NEW | OLD))
    assert ring.open(before, PLACE) == TOKEN
    assert not ring.is_newest(before)
    after = ring.seal(TOKEN, PLACE)
    assert ring.is_newest(after)
    assert Sealer(Keyring(NEW)).open(after, PLACE) == TOKEN
    with pytest.raises(Unsealable):
        Sealer(Keyring(NEW)).open(before, PLACE)


def altered(sealed: str, at: int) -> str:
    key_id, _, body = sealed.rpartition(":")
    raw = bytearray(base64.b64decode(body))
    raw[at] ^= 1
    return f"{key_id}:{base64.b64encode(raw).decode()}"


SEALED = Sealer(Keyring(NEW)).seal(TOKEN, PLACE)
REFUSED = {
    "of another workspace": (SEALED, "token of T2"),
    "the refresh token of the same": (SEALED, "refresh token of T1"),
    "altered nonce": (altered(SEALED, 0), PLACE),
    "altered text": (altered(SEALED, NONCE_BYTES), PLACE),
    "altered tag": (altered(SEALED, -1), PLACE),
    "another key's name": (SEALED.replace("b:", "a:"), PLACE),
    "no key's name": (SEALED.removeprefix("b:"), PLACE),
    "cut": (SEALED[:20], PLACE),
    "not base64": ("b:%%%", PLACE),
    "empty": ("", PLACE),
    "the token itself": (TOKEN, PLACE),
}


@pytest.mark.parametrize(("sealed", "place"), REFUSED.values(), ids=REFUSED)
def test_what_was_altered_or_moved_does_not_open(sealed: str, place: str) -> None:
    with pytest.raises(Unsealable) as refused:
        Sealer(Keyring(NEW | OLD)).open(sealed, place)
    assert TOKEN not in str(refused.value)


def test_a_key_without_an_id_seals_too() -> None:
    ring = Keyring({"": "a key of the tests without an id"})
    assert Sealer(ring).open(Sealer(ring).seal(TOKEN, PLACE), PLACE) == TOKEN
