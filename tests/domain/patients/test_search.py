import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.patient import DirectoryEntry
from cocm_bot.domain.patients.search import search

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
