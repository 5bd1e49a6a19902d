from datetime import date
from typing import Any

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from cocm_bot.domain.fields import (
    Email,
    Line,
    Mrn,
    PersonName,
    Phone,
    age,
    can_be_dialed,
    folded,
    has_phones,
    initials,
    phone_end,
)
from tests.slack.texts import TEXT


def check(kind: Any, text: str) -> str:
    """Return what is kept of a text, or the sentence that refuses it, after a `✗`."""
    try:
        return str(TypeAdapter(kind).validate_python(text))
    except ValidationError as error:
        return f"✗ {error.errors()[0]['ctx']['error']}"


NO_MRN = "✗ Use letters, digits, spaces and - . _ / only, at most 40 characters."
NO_NAME = "✗ Enter a name."
NO_PHONE = "✗ Enter a phone number with its area code, like 555-010-0134 or +44 20 7946 0018."
NO_EMAIL = "✗ Enter an e-mail address like name@clinic.org."


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (Mrn, "A-1001", "A-1001"),
        (Mrn, "  a.10_01/b  ", "a.10_01/b"),
        (Mrn, "0", "0"),
        (Mrn, "0" * 40, "0" * 40),
        (Mrn, "0" * 41, NO_MRN),
        (Mrn, "", NO_MRN),
        (Mrn, "A 1001", "A 1001"),
        (Mrn, "A\u00a01001", NO_MRN),
        (Mrn, "#lock", NO_MRN),
        (Mrn, "-1", NO_MRN),
        (Mrn, "A:1", NO_MRN),
        (Mrn, "Ä1", NO_MRN),
        (Mrn, "١٢٣", NO_MRN),
        (Mrn, "A\n1", NO_MRN),
        (PersonName, "  Ana   María ", "Ana María"),
        (PersonName, "O’Brien", "O’Brien"),
        (PersonName, "Jean-Luc", "Jean-Luc"),
        (PersonName, "李", "李"),
        (PersonName, "A", "A"),
        (PersonName, "Mun\u0303oz", "Muñoz"),
        (PersonName, "An\u202ea\u0000", "Ana"),
        (PersonName, "A\ue000b", "A\ue000b"),
        (PersonName, "A\U000105c0b", "A\U000105c0b"),
        (PersonName, "می\u200cخواهم", "می\u200cخواهم"),
        (PersonName, "a" * 200, "a" * 200),
        (PersonName, "a" * 201, "✗ Enter at most 200 characters."),
        (PersonName, "", NO_NAME),
        (PersonName, " \u200b ", NO_NAME),
        (PersonName, "123", NO_NAME),
        (PersonName, "…", NO_NAME),
        (Phone, "", ""),
        (Phone, "   ", ""),
        (Phone, "555-010-0134", "555-010-0134"),
        (Phone, "(212) 555 0187", "(212) 555 0187"),
        (Phone, "+44 20 7946 0018", "+44 20 7946 0018"),
        (Phone, "+49 30 901820", "+49 30 901820"),
        (Phone, "212-555-0187 ext. 12", "212-555-0187 ext. 12"),
        (Phone, "206.555.0199 x12", "206.555.0199 x12"),
        (Phone, "001-581-896-0013x3890", "001-581-896-0013x3890"),
        (Phone, "206-555-0177 / 206-555-0178", "206-555-0177 / 206-555-0178"),
        (Phone, "206-555-0177 / 0178", "206-555-0177 / 0178"),
        (Phone, "206-555-0177 (mother, after 5)", "206-555-0177 (mother, after 5)"),
        (Phone, "(mother) 206-555-0177", "(mother) 206-555-0177"),
        (Phone, "/ 206-555-0177", "/ 206-555-0177"),
        (Phone, "(mother)", NO_PHONE),
        (Phone, "0012", NO_PHONE),
        (Phone, "12345", NO_PHONE),
        (Phone, "call me", NO_PHONE),
        (Phone, "+999 12345678", NO_PHONE),
        (Phone, "5" * 30, NO_PHONE),
        (Email, "", ""),
        (Email, " ana@example.org ", "ana@example.org"),
        (Email, "Ana.Munoz@EXAMPLE.org", "Ana.Munoz@example.org"),
        (Email, "ana", NO_EMAIL),
        (Email, "ana@", NO_EMAIL),
        (Email, "ana@example", NO_EMAIL),
        (Email, "ana@exa mple.org", NO_EMAIL),
        (Email, "Ana <ana@example.org>", NO_EMAIL),
        (Line, "", ""),
        (Line, "  Blue\tCross \n Shield ", "Blue Cross Shield"),
    ],
)
def test_what_is_kept_of_what_is_typed(kind: Any, typed: str, kept: str) -> None:
    assert check(kind, typed) == kept


@given(TEXT)
def test_what_is_kept_is_kept_again(text: str) -> None:
    for kind in (Mrn, PersonName, Phone, Email, Line):
        kept = check(kind, text)
        if not kept.startswith("✗"):
            assert check(kind, kept) == kept


@given(TEXT)
def test_a_line_is_a_line_without_anything_that_steers_the_text(text: str) -> None:
    kept = check(Line, text)
    assert kept == " ".join(kept.split())
    assert not {"\u202e", "\u2066", "\u0000", "\u001b", "\n", "\ud83d"} & set(kept)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("Ana", "Muñoz", "A.M."),
        ("ólafur", "þór", "Ó.Þ."),
        (" Ana", "", "A."),
        ("", "", ""),
        ("李", "小龙", "李.小."),
        ("Jean-Luc", "de la Cruz", "J.D."),
    ],
)
def test_initials(first: str, last: str, expected: str) -> None:
    assert initials(first, last) == expected


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(1984, 2, 29), date(2031, 2, 28), 46),
        (date(1984, 2, 29), date(2031, 3, 1), 47),
        (date(1984, 2, 29), date(2032, 2, 29), 48),
        (date(1984, 3, 3), date(2031, 3, 2), 46),
        (date(1984, 3, 3), date(2031, 3, 3), 47),
        (date(2031, 3, 3), date(2031, 3, 3), 0),
    ],
)
def test_age(born: date, today: date, years: int) -> None:
    assert age(born, today) == years


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Muñoz", "munoz"), ("ÉMILE", "emile"), ("O’Brien", "o'brien"), ("Straße", "strasse"), ("İpek", "ipek")],
)
def test_folded(text: str, expected: str) -> None:
    assert folded(text) == expected


@pytest.mark.parametrize(
    ("phone", "end"),
    [
        ("(206) 555-0134", "0134"),
        ("206.555.0199 x12", "0199"),
        ("001-581-896-0013x3890", "0013"),
        ("206-555-0177 / 206-555-0178", "0177"),
        ("212-555-0187 ext. 12", "0187"),
        ("123", ""),
        ("", ""),
    ],
)
def test_the_end_of_a_phone_number_leaves_its_extension_out(phone: str, end: str) -> None:
    assert phone_end(phone) == end


@pytest.mark.parametrize(
    ("country", "phone", "known"),
    [
        ("DE", "030 901820", True),
        ("DE", "(030) 901820 Durchwahl 12", False),
        ("DE", "030 901820 ext. 12", True),
        ("DE", "030 901820 (Mutter, ab 17 Uhr)", True),
        ("DE", "+1 206 555 0134", True),
        ("GB", "020 7946 0018", True),
        ("GB", "0018", False),
        ("US", "020 7946 0018", False),
        ("US", "(206) 555-0134 x7", True),
        ("US", "", True),
        ("CA", "416-555-0134", True),
        ("FR", "01 99 00 12 34", True),
        ("FR", "12", False),
        ("NZ", "0064 21 555 0134", True),
    ],
)
def test_a_national_number_is_read_by_its_country(country: str, phone: str, known: bool) -> None:
    assert can_be_dialed(phone, country) is known


@pytest.mark.parametrize(("country", "known"), [("US", True), ("DE", True), ("UK", False), ("", False)])
def test_a_country_is_one_whose_numbers_are_known(country: str, known: bool) -> None:
    assert has_phones(country) is known


NEWER = "\U0001fae9"  # a face of Unicode 16, which this Python does not know yet
KEPT = [
    ("\ue000", "a letter of private use"),
    ("\U000f0001", "one of the supplementary private use area"),
    (NEWER, "one of a newer Unicode"),
    ("\U0003347b", "an ideograph of an extension that came later"),
]


@pytest.mark.parametrize(("letter", "what"), KEPT)
def test_letters_that_are_not_known_here_are_kept(letter: str, what: str) -> None:
    assert check(PersonName, f"Ana {letter}") == f"Ana {letter}", what
    assert check(PersonName, letter) == letter, what
    assert check(Line, f"{letter} x") == f"{letter} x", what
