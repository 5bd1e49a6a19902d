"""The seals of a history, of new patients and of those from before there were seals."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.records.history import AuditLog, TreatmentLog, Voided
from cocm_bot.store.audit.history_seals import SETTLING_SECONDS, Flaw, Sealing, digest, flaws, vouch
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.patients import history
from cocm_bot.store.table.keys import SEAL
from cocm_bot.store.table.wire import key_of, to_wire
from tests.store.build import NOON, audit, contact

RING = Keyring({"1": "a key for the tests"})
SINCE = NOON - 10 * SETTLING_SECONDS
AFTER_OLDER = NOON + 10
Entries = list[dict[str, Any]]
VALUES = st.one_of(
    st.text(max_size=20).map(lambda text: {"S": text}),
    st.integers(-(10**9), 10**9).map(lambda number: {"N": str(number)}),
    st.just({"NULL": True}),
)


def added(
    logs: tuple[TreatmentLog, ...] = (),
    audits: tuple[AuditLog, ...] = (),
    voids: tuple[Voided, ...] = (),
    sealing: Sealing | None = None,
) -> Entries:
    return [dict(each.parameters["Item"]) for each in history.added("p", logs, audits, voids, sealing)]


def versioned(name: str, version: int) -> AuditLog:
    return audit(name, NOON + version).model_copy(update={"version": version})


def sealed_history() -> Entries:
    """Enrolled, two contacts, then the second is voided."""
    one, two, three = versioned("one", 2), versioned("two", 3), versioned("three", 4)
    void = Voided(log_id="second", by="u", at=NOON + 9, reason="twice")
    return [
        *added(audits=(audit("zero", NOON),), sealing=Sealing(RING)),
        *added((contact("first", NOON),), (one,), sealing=Sealing(RING)),
        *added((contact("second", NOON + 5),), (two,), sealing=Sealing(RING, follows=one)),
        *added(audits=(three,), voids=(void,), sealing=Sealing(RING, follows=two)),
    ]


def told(entries: Entries, since: float | None = SINCE) -> set[tuple[str, str]]:
    return {(each.flaw.value, each.entry_id) for each in flaws(entries, RING, since)}


def named(entries: Entries, entry_id: str) -> dict[str, Any]:
    return next(entry for entry in entries if key_of(entry).sk.endswith(f"#{entry_id}"))


def test_what_the_bot_wrote_has_no_flaw() -> None:
    assert told(sealed_history()) == set()
    assert told([]) == set()
    assert all(SEAL in entry for entry in sealed_history())


@given(data=st.data())
def test_any_change_of_any_attribute_is_found(data: st.DataObject) -> None:
    entries = sealed_history()
    entry = data.draw(st.sampled_from(entries))
    name = data.draw(st.sampled_from([*sorted(entry.keys() - {"PK", "SK"}), "another"]))
    value = data.draw(VALUES.filter(lambda value: value != entry.get(name)))
    entry[name] = value
    assert told(entries)


@given(st.sets(st.integers(1, 6), min_size=1, max_size=5))
def test_any_entry_that_is_gone_is_found(places: set[int]) -> None:
    """But for the last change as a whole, which the access log holds."""
    entries = sealed_history()
    last = {place for place, entry in enumerate(entries) if key_of(entry).sk.endswith("#three")}
    left = [entry for place, entry in enumerate(entries) if place not in places]
    if not (places & last):
        assert told(left)


def test_a_contact_without_its_audit_entry_says_so() -> None:
    entries = [entry for entry in sealed_history() if not key_of(entry).sk.endswith("#two")]
    assert ("gone", "second") in told(entries)


def older() -> Entries:
    """A history from before there were seals: two contacts, one audit entry."""
    return added((contact("old-1", NOON), contact("old-2", NOON + 1)), (audit("zero", NOON),))


def first_change(entries: Entries) -> Entries:
    contacts = [entry for entry in entries if "minutes" in entry]
    sealing = Sealing(RING, vouched=vouch(contacts, RING))
    return [*entries, *added((contact("new", NOON + 20),), (versioned("v", 7),), sealing=sealing)]


def test_what_is_from_before_seals_passes() -> None:
    assert told(older(), None) == set()
    assert told(older(), NOON + 1) == set()
    assert told(first_change(older()), AFTER_OLDER) == set()


def test_unsealed_entries_that_say_they_are_newer_do_not() -> None:
    assert told(older(), NOON - SETTLING_SECONDS) == {
        ("unsealed", "old-1"),
        ("unsealed", "old-2"),
        ("unsealed", "zero"),
    }


@pytest.mark.parametrize("name", ["old-1", "old-2"])
def test_an_old_contact_that_was_changed_since_is_found(name: str) -> None:
    entries = first_change(older())
    named(entries, name).update(to_wire({"minutes": 99}))
    assert told(entries, AFTER_OLDER) == {("unsealed", name)}


def test_a_later_change_vouches_for_nothing() -> None:
    entries = first_change(older())
    named(entries, "old-1").update(to_wire({"minutes": 99}))
    contacts = [entry for entry in entries if "minutes" in entry]
    assert vouch(contacts, RING) == []
    laundering = Sealing(RING, vouched=[digest(named(entries, "old-1"), RING)])
    entries += added(audits=(versioned("w", 8),), sealing=laundering)
    assert told(entries, AFTER_OLDER) == {("unsealed", "old-1")}


def test_a_stripped_seal_makes_no_old_entry() -> None:
    entries = first_change(older())
    new = named(entries, "new")
    del new[SEAL]
    new.update(to_wire({"recorded_at": 1.0, "minutes": 99}))
    assert told(entries, AFTER_OLDER) == {("unsealed", "new")}


def test_all_seals_stripped_are_found_by_the_time() -> None:
    entries = sealed_history()
    for entry in entries:
        del entry[SEAL]
    assert {flaw for flaw, _ in told(entries)} == {"unsealed"}


def test_what_was_accepted_passes_until_it_is_changed_again() -> None:
    entries = sealed_history()
    first = named(entries, "first")
    first.update(to_wire({"minutes": 99}))
    accepting = Sealing(RING, accepted=[digest(first, RING)])
    entries += added(audits=(versioned("accepted", 9),), sealing=accepting)
    assert told(entries) == set()
    first.update(to_wire({"minutes": 98}))
    assert told(entries) == {(Flaw.ALTERED.value, "first")}


def test_a_key_that_is_not_given_fits_nothing() -> None:
    found = flaws(sealed_history(), Keyring({"2": "x"}), SINCE)
    assert {each.flaw for each in found} == {Flaw.ALTERED}


def test_entries_of_two_keys_fit() -> None:
    newer = Keyring({"2": "a newer key", "1": "a key for the tests"})
    entries = [*sealed_history(), *added(audits=(versioned("late", 9),), sealing=Sealing(newer))]
    assert flaws(entries, newer, SINCE) == []
