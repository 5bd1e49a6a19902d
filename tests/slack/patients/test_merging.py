"""Merging at the screens: from the card's menu and after the warning, compared first, and undone."""

from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store.patients.patients import by_handle
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, log_contact

ADAH = {"MRN": "A-2", "First name": "Anna"}


def two(seat: Seat) -> tuple[str, str]:
    """Add two records of one person; return their handles."""
    kept = add_patient(seat)
    seat.close(everything=True)
    other = add_patient(seat, **ADAH)
    seat.close(everything=True)
    return kept, other


def leads_to(clinic: Clinic, handle: str) -> str:
    """Return the handle of the record that a handle finds."""
    found = by_handle(clinic.ctx.table, clinic.registry_id, handle)
    assert found is not None
    return found.handle


def test_two_records_are_compared_merged_and_undone_from_the_card(clinic: Clinic) -> None:
    maya = clinic.seat()
    kept, other = two(maya)
    assert log_contact(maya, other, Minutes="25") is None
    maya.close(everything=True)
    maya.command(f"/cocm patient {kept}")
    maya.choose("More…", "Merge with another record")
    maya.fill({"The other record": "nobody"})
    assert maya.submit() == {
        "The other record": "No one record has this handle or MRN. Look it up with /cocm patient."
    }
    maya.fill({"The other record": "A-2"})
    assert maya.submit() is None
    maya.expect(f"{other} · Muñoz, Anna", "goes into", "With it: 1 contact", "First name")
    assert leads_to(clinic, other) == other
    assert maya.submit() is None
    maya.expect(f"{other} is part of this record now", kept)
    assert leads_to(clinic, other) == kept
    maya.choose("More…", "Undo a merge")
    assert maya.submit() is None
    maya.expect("The merge is undone", other)
    assert leads_to(clinic, other) == other


def test_what_changed_since_the_comparison_is_looked_at_again(clinic: Clinic) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    kept, other = two(maya)
    maya.command(f"/cocm patient {kept}")
    maya.choose("More…", "Merge with another record")
    maya.fill({"The other record": other})
    assert maya.submit() is None
    assert log_contact(iris, other) is None
    maya.submit()
    maya.expect("changed since you looked")
    assert leads_to(clinic, other) == other


def test_after_the_warning_an_admin_is_offered_to_merge_and_others_are_not(clinic: Clinic) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    add_patient(maya)
    handle = add_patient(maya, MRN="0A-1")
    maya.expect("It is the same person: merge")
    maya.press("It is the same person: merge")
    maya.expect("The other record")
    iris.command(f"/cocm patient {handle}")
    assert "Merge with another record" not in str(iris.view and iris.view.payload)
