"""Types of what may be entered about a person: each trims, checks, and says in words what is wrong."""

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

LONGEST_NAME = 200
US = "US"
NO_PHONE = "Enter a phone number with its area code, like 555-010-0134 or +44 20 7946 0018."
LONGEST_MRN = 40
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_MRN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]*")


def one_line(text: str) -> str:
    """Return a text in composed form, with single spaces and nothing invisible but the joiners of scripts."""
    return " ".join("".join(filter(_visible, unicodedata.normalize("NFC", text))).split())


def _visible(character: str) -> bool:
    # Direction overrides are format characters too: they would let one name pose as another.
    return (
        character.isspace()
        or character in _JOINERS
        # Private use and what a newer Unicode has are letters of somebody's name: they are kept.
        or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )


def _may_be_letter(character: str) -> bool:
    # Of private use, and of a Unicode newer than this Python's, nothing more is known.
    return character.isalpha() or unicodedata.category(character) in {"Co", "Cn"}


def _check_mrn(text: str) -> str:
    mrn = text.strip()
    if not _MRN.fullmatch(mrn) or len(mrn) > LONGEST_MRN:
        raise ValueError(f"Use letters, digits, spaces and - . _ / only, at most {LONGEST_MRN} characters.")
    return mrn


def _check_name(text: str) -> str:
    name = one_line(text)
    if not any(map(_may_be_letter, name)):
        raise ValueError("Enter a name.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"Enter at most {LONGEST_NAME} characters.")
    return name


def _check_phone(text: str) -> str:
    phone = one_line(text)
    if not can_be_dialed(phone, US):
        raise ValueError(NO_PHONE)
    return phone


def can_be_dialed(phone: str, country: str) -> bool:
    """Return whether a text is empty or a phone number; a national one is read as of a country (`US`).

    An extension, another number, or words in brackets may be beside it; abroad `+` is dialed as `00`.
    """
    if not phone:
        return True
    bare = re.sub(r"\([^)]*[^\W\d_][^)]*\)", " ", phone)
    readings = (bare, re.split(r"[/;,]", bare)[0], re.sub(r"^00", "+", bare))
    return any(_is_possible(reading, country) for reading in readings)


def _is_possible(phone: str, country: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - needed only where a number is entered

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(phone, country.upper()))
    except phonenumbers.NumberParseException:
        return False


def has_phones(country: str) -> bool:
    """Return whether a code like `US` is of a country whose numbers are known."""
    import phonenumbers  # noqa: PLC0415 - slow to load

    return country.upper() in phonenumbers.SUPPORTED_REGIONS


def _check_email(text: str) -> str:
    email = text.strip()
    if not email:
        return ""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - as for numbers

    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("Enter an e-mail address like name@clinic.org.") from None


def _check_given(email: str) -> str:
    if not email:
        raise ValueError("Give the e-mail address they have in Slack.")
    return email


def _check_line(text: str) -> str:
    return one_line(text)


Mrn = Annotated[str, AfterValidator(_check_mrn)]
"""A medical record number, kept exactly as entered but for spaces around it."""
PersonName = Annotated[str, AfterValidator(_check_name)]
"""A first or last name in any script."""
Phone = Annotated[str, AfterValidator(_check_phone)]
"""A phone number as entered, a national one of the US, or empty."""
Email = Annotated[str, AfterValidator(_check_email)]
"""An e-mail address, or empty."""
SlackEmail = Annotated[Email, AfterValidator(_check_given)]
"""The e-mail address somebody has in Slack; never empty."""
Line = Annotated[str, AfterValidator(_check_line)]
"""A single line of free text, or empty."""


def phone_end(text: str) -> str:
    """The last four digits of a phone number without its extension; empty for what has not as many."""
    number = re.split(r"(?i)\s*(?:x|ext\.?|#|/|;|,)\s*\d", text)[0]
    digits = "".join(filter(str.isdigit, number))
    return digits[-4:] if len(digits) >= 4 else ""


_ONE_LETTER = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "’": "'"}
)
"""Letters that Unicode takes for letters of their own, and the apostrophe that phones type."""


def folded(text: str) -> str:
    """The text to compare names by, in any script: case and accents ignored, apostrophes straight."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_ONE_LETTER))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def initials(first_name: str, last_name: str) -> str:
    """The first letter of each name, like `J.D.`: what a direct message shows of a name."""
    return "".join(f"{name.strip()[0].upper()}." for name in (first_name, last_name) if name.strip())


def age(born: date, today: date) -> int:
    """Whole years lived; somebody born on 29 February turns a year older on 1 March of a common year."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
