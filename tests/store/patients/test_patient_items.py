import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.domain.vocabulary import Status
from cocm_bot.store.patients.patient_items import directory_entry, directory_item
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.wire import from_wire
from tests.store.build import REGISTRY, patient


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(Status))
def test_a_directory_entry_comes_back_as_it_was(first: str, last: str, status: Status) -> None:
    one = patient(7, first_name=first, last_name=last, status=status)
    assert directory_entry(directory_item(REGISTRY, one)) == DirectoryEntry(
        handle="H0007",
        patient_id="patient-7",
        patient_mrn="MRN-7",
        first_name=first,
        last_name=last,
        deactivated=status is Status.DEACTIVATED,
        date_of_birth=patient().date_of_birth,
        phone_end="0100",
        email=patient().email,
    )


def test_an_entry_written_before_anybody_was_deactivated_is_of_somebody_who_is_not() -> None:
    item = dict(directory_item(REGISTRY, patient()))
    del item["deactivated"]
    assert not directory_entry(item).deactivated


def test_an_entry_written_before_birth_dates_were_kept_has_none() -> None:
    item = dict(directory_item(REGISTRY, patient()))
    del item["date_of_birth"], item["phone_end"]
    assert (directory_entry(item).date_of_birth, directory_entry(item).phone_end) == ("", "")


@pytest.mark.parametrize("lost", ["handle", "patient_id", "patient_mrn", "first_name", "last_name"])
@pytest.mark.parametrize("other", [None, {"N": "5"}])
def test_an_entry_that_lacks_something_is_broken(lost: str, other: dict[str, str] | None) -> None:
    item = {**directory_item(REGISTRY, patient())}
    if other is None:
        del item[lost]
    else:
        item[lost] = other
    with pytest.raises(BrokenItem):
        directory_entry(item)


def test_an_entry_holds_what_the_table_needs_to_find_it() -> None:
    assert from_wire(directory_item(REGISTRY, patient(2))) == {
        "PK": f"patient-directory:{REGISTRY}",
        "SK": "H0002",
        "handle": "H0002",
        "patient_id": "patient-2",
        "patient_mrn": "MRN-2",
        "first_name": patient().first_name,
        "last_name": patient().last_name,
        "deactivated": False,
        "date_of_birth": patient().date_of_birth,
        "phone_end": "0100",
        "email": patient().email,
    }
