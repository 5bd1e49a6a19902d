"""Patients who may be the same person, and others who are not."""

import pytest

from cocm_bot.domain.patients.duplicates import Person, likenesses
from cocm_bot.domain.records.patient import DirectoryEntry

ANA = DirectoryEntry(
    "K7Q4", "id", "A-0017", "Ana", "Muñoz Díaz", False, "1984-02-29", "0134", "ana@example.org"
)
NAME, MAIL = "the same name and birth date", "the same e-mail address"
PHONE, NUMBER = "the same end of the phone number", "an MRN that differs by case or leading zeros alone"


@pytest.mark.parametrize(
    ("mrn", "first", "last", "born", "phone", "email", "alike"),
    [
        ("B-1", "Ana", "Muñoz Díaz", "1984-02-29", "", "", [NAME]),
        ("B-1", "ana", "MUNOZ-DIAZ", "1984-02-29", "", "", [NAME]),
        ("B-1", "Muñoz Díaz", "Ana", "1984-02-29", "", "", [NAME]),
        ("B-1", "Ana", "Muñoz Díaz", "1984-03-01", "", "", []),
        ("B-1", "Ana", "Muñoz Díaz", "1984-02-29", "0134", "", [NAME, PHONE]),
        ("B-1", "Ben", "Roe", "1990-01-01", "0134", "", []),
        ("B-1", "Ben", "Muñoz Díaz", "1990-01-01", "0134", "", [PHONE]),
        ("B-1", "Ben", "Roe", "1990-01-01", "", "ANA@example.org", [MAIL]),
        ("a-0017", "Ben", "Roe", "1990-01-01", "", "", [NUMBER]),
        ("00A-0017", "Ben", "Roe", "1990-01-01", "", "", [NUMBER]),
        ("A-17", "Ben", "Roe", "1990-01-01", "", "", []),
        ("A-0017", "Ben", "Roe", "1990-01-01", "", "", []),
    ],
)
def test_likenesses(
    mrn: str, first: str, last: str, born: str, phone: str, email: str, alike: list[str]
) -> None:
    found = likenesses([ANA], Person(mrn, first, last, born, phone, email))
    assert [list(each.alike) for each in found] == ([alike] if alike else [])
