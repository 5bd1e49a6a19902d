"""Diagnoses as they are typed: codes of the shape of ICD-10-CM, each with a label."""

import pytest

from cocm_bot.domain.care.diagnoses import MOST_DIAGNOSES, icd10_code, read_diagnoses
from cocm_bot.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("F33.1", "F33.1"),
        ("f331", "F33.1"),
        ("F32.A", "F32.A"),
        ("F32a", "F32.A"),
        ("I10", "I10"),
        ("U07.1", "U07.1"),
        ("Z3A.20", "Z3A.20"),
        ("C7A.00", "C7A.00"),
        ("C7B.1", "C7B.1"),
        ("T36.0X1A", "T36.0X1A"),
        ("M80.0AXA", "M80.0AXA"),
        ("F1", None),
        ("33.1", None),
        ("FF3.1", None),
        ("F33.", None),
        ("F33..1", None),
        ("F33.12345", None),
        ("F33,1", None),
        ("F3.31", None),
        ("296.32", None),  # ICD-9
        ("F33.1;", None),
        ("Ｆ33.1", None),  # a full-width letter
        ("F33.\u0661", None),  # an Arabic digit
    ],
)
def test_the_shape_of_a_code(typed: str, kept: str | None) -> None:
    assert icd10_code(typed) == kept


def test_lines_are_read_in_their_order() -> None:
    found = read_diagnoses("\nF41.1  Generalized   anxiety\n\nf331 - Recurrent depression, moderate\n")
    assert [str(each) for each in found] == [
        "F41.1 Generalized anxiety",
        "F33.1 Recurrent depression, moderate",
    ]
    assert read_diagnoses("\n".join(map(str, found))) == found
    assert read_diagnoses("  \n ") == ()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("depression", "Line 1: “depression” is not shaped like an ICD-10-CM code"),
        ("F33.1 Depression\nF41.1", "Line 2: write a short label after F41.1."),
        ("F33.1 – ", "Line 1: write a short label"),
        ("F33.1 A\nf33.1 B", "Line 2: F33.1 is there twice."),
        (f"F33.1 {'x' * 81}", "Line 1: the label may have 80 characters."),
        ("\n".join(f"F33.{n} x" for n in range(10)) + "\nF34.1 x\nF34.8 x\nF39 x", "Enter at most 12"),
    ],
)
def test_what_is_wrong_is_said_at_its_line(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_diagnoses(typed)
    assert (str(refused.value)[: len(sentence)], refused.value.field) == (sentence, "diagnoses")
    assert MOST_DIAGNOSES == 12
