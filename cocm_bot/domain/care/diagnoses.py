"""Diagnoses as they are typed: a line each, an ICD-10-CM code and a short label.

The shape of a code is that of the ICD-10-CM Official Guidelines: three to seven characters, a letter first, a
digit second, and a dot before the fourth. Whether a code is in this year's list is not checked.
"""

import re

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.care_details import Diagnosis

FIELD = "diagnoses"
MOST_DIAGNOSES = 12
"""As many as a professional claim carries."""
LONGEST_LABEL = 80

_CODE = re.compile(r"([A-Z][0-9][0-9AB])(?:\.?([0-9A-Z]{1,4}))?")


def read_diagnoses(text: str) -> tuple[Diagnosis, ...]:
    """Return the diagnoses of a text, in its order; raises InvalidInput that names the line at fault."""
    lines = [(number, line.split(maxsplit=1)) for number, line in enumerate(text.splitlines(), 1)]
    found: dict[str, Diagnosis] = {}
    for number, words in lines:
        if not words:
            continue
        code = icd10_code(words[0])
        label = " ".join(words[1].split()).lstrip("-–:, ") if len(words) > 1 else ""
        if code is None:
            raise _wrong(number, f"“{words[0]}” is not shaped like an ICD-10-CM code, such as F33.1.")
        if not label:
            raise _wrong(number, f"write a short label after {code}.")
        if len(label) > LONGEST_LABEL:
            raise _wrong(number, f"the label may have {LONGEST_LABEL} characters.")
        if code in found:
            raise _wrong(number, f"{code} is there twice.")
        found[code] = Diagnosis(code=code, label=label)
    if len(found) > MOST_DIAGNOSES:
        raise InvalidInput(f"Enter at most {MOST_DIAGNOSES} diagnoses.", FIELD)
    return tuple(found.values())


def icd10_code(text: str) -> str | None:
    """Return a code as it is kept, upper case and with its dot; None for what is not shaped like one."""
    matched = _CODE.fullmatch(text.upper())
    if matched is None or not text.isascii():
        return None
    category, rest = matched.groups()
    return f"{category}.{rest}" if rest else category


def _wrong(number: int, sentence: str) -> InvalidInput:
    return InvalidInput(f"Line {number}: {sentence}", FIELD)
