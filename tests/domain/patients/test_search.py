import re
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.patients import search as patient_search
from cocm_bot.domain.patients.search import closest_only, search
from cocm_bot.domain.records.patient import DirectoryEntry

PEOPLE = """
K7Q4  A-1001   Ana          Muñoz
H2BD  A-1002   Anaïs        O'Brien
RHYS  A-10021  María José   García Márquez
C3CC  A-1004   Rhys         Ångström
D4DD  B-77     Johnathan    Smith
F5FF  B-78     Jonathan     Smithers
G6GG  B-79     Joan         Goldsmith
J7JJ  40012    小龙         李
M8MM  40013    Søren        Łukasiewicz
N9NN  40014    김민준       박
P2PP  40015    Иван         Кузнецов
Q3QQ  40016    محمد         الطويل
""".strip()
ENTRIES = [
    DirectoryEntry(
        handle=handle, patient_id=f"id-{handle}", patient_mrn=mrn, first_name=first, last_name=last
    )
    for handle, mrn, first, last in (re.split(r"\s{2,}", line) for line in PEOPLE.splitlines())
]

ENTRIES += [
    DirectoryEntry("R2RR", "id-R2RR", "C-1", "Bea", "de la Cruz", False, "1984-02-29", "0134"),
    DirectoryEntry("S3SS", "id-S3SS", "C-2", "Mary Ann", "Kessler-Vogt", date_of_birth="1990-03-04"),
    DirectoryEntry("T4TT", "id-T4TT", "C-3", "Vu", "Tran", date_of_birth="1990-04-03"),
]

FINDS = {
    # a handle or an MRN in full, alone
    "K7Q4": "K7Q4",
    " k7q4 ": "K7Q4",
    "A-1002": "H2BD",
    "40012": "J7JJ",
    # but nobody who is called like somebody's handle is hidden
    "rhys": "RHYS C3CC",
    # what begins a word comes before what is inside one; within each by last name
    "smith": "D4DD F5FF G6GG",
    "joan": "G6GG",
    "jo": "RHYS G6GG D4DD F5FF",
    "nathan": "D4DD F5FF",
    "nathan smith": "D4DD F5FF",
    "400": "M8MM P2PP Q3QQ N9NN J7JJ",
    "001": "M8MM K7Q4 P2PP Q3QQ N9NN J7JJ",
    # accents, case and letters of their own
    "SOREN lukasie": "M8MM",
    "garcia maria": "RHYS",
    "o’brien": "H2BD",
    # any script, inside a word too
    "龙": "J7JJ",
    "민준": "N9NN",
    "кузн": "P2PP",
    "طويل": "Q3QQ",
    # slips, when nobody is called so: wrong, missing, too many, swapped
    "munos": "K7Q4",
    "muos": "",
    "Jonathn": "F5FF D4DD",
    "Smiht": "D4DD F5FF",
    "jonahtan smiht": "F5FF D4DD",
    "Lukasiewitz": "M8MM",
    "Кузнецев": "P2PP",
    "golsdmi": "G6GG",
    # a slip in a number would be somebody else
    "A-1003": "",
    "K7Q5": "",
    # too little to distinguish a slip from another name
    "xo": "",
    # joined and split surnames
    "delacruz": "R2RR",
    "de la cruz": "R2RR",
    "dela cruz": "R2RR",
    "maryann": "S3SS",
    "mary ann": "S3SS",
    "kesslervogt": "S3SS",
    "kessler vogt": "S3SS",
    "obrien": "H2BD",
    "garciamarquez": "RHYS",
    # a birth date as people type it, and the end of a phone number
    "1984-02-29": "R2RR",
    "2/29/1984": "R2RR",
    "29.2.1984": "R2RR",
    "3/4/1990": "S3SS T4TT",
    "0134": "R2RR",
    "(206) 555-0134": "R2RR",
    "555-0134": "R2RR",
    "134": "",
    "0135": "",
    # nothing was typed
    "": "",
    "  ": "",
    "-": "",
}


@pytest.mark.parametrize("words", FINDS)
def test_the_best_match_stands_first(words: str) -> None:
    assert " ".join(entry.handle for entry in search(ENTRIES, words)) == FINDS[words]


@given(st.text(max_size=12))
def test_whatever_is_typed_is_searched_for(words: str) -> None:
    found = search(ENTRIES, words)
    assert len({entry.handle for entry in found}) == len(found)


@given(st.sampled_from(ENTRIES), st.integers(1, 20), st.booleans())
def test_whoever_is_typed_in_part_is_found(entry: DirectoryEntry, length: int, upper: bool) -> None:
    typed = entry.last_name[:length]
    assert entry in search(ENTRIES, typed.upper() if upper else typed)


PIECES = st.sampled_from(ENTRIES).flatmap(lambda each: st.sampled_from([*each.last_name, *each.patient_mrn]))


@given(st.lists(PIECES, min_size=1, max_size=4).map("".join), st.integers(0, len(ENTRIES)))
def test_it_finds_the_same_whether_few_or_many_have_it(words: str, few: int) -> None:
    with mock.patch.object(patient_search, "FEW", few):
        found = search(ENTRIES, words)
    assert found == search(ENTRIES, words)


@pytest.mark.parametrize(
    ("words", "near"),
    [("munos", True), ("Muñoz", False), ("delacruz", False), ("K7Q4", False), ("nobody", False)],
)
def test_whoever_is_only_nearly_called_so_is_told_apart(words: str, near: bool) -> None:
    assert closest_only(search(ENTRIES, words), words) is near
