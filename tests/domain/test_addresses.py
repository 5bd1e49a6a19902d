"""Addresses that lead to one mailbox are one; all others, however alike they look, are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.addresses import normal_email

SAME = [
    ("Maya@Example.org", "maya@example.org"),
    ("  maya@example.org ", "maya@example.org"),
    ("maya@example.org.", "maya@example.org"),
    ("maya@example。org", "maya@example.org"),
    ("ｍａｙａ@example.org", "maya@example.org"),
    ("maya＠example.org", "maya@example.org"),
    ("\N{KELVIN SIGN}im@example.org", "kim@example.org"),
    ("maya@bücher.example", "maya@xn--bcher-kva.example"),
    ("maya@BÜCHER.example", "maya@xn--bcher-kva.example"),
    ("maya@bu\N{COMBINING DIAERESIS}cher.example", "maya@xn--bcher-kva.example"),
    ("zoe\N{COMBINING DIAERESIS}@example.org", "zoë@example.org"),
    ("maya@exa_mple.org", "maya@EXA_MPLE.org"),
]

DIFFERENT = [
    ("mаya@example.org", "maya@example.org"),  # Cyrillic а
    ("maya@exаmple.org", "maya@example.org"),
    ("maya+a@example.org", "maya@example.org"),
    ("may.a@example.org", "maya@example.org"),
    ("maya.@example.org", "maya@example.org"),
    ("straße@example.org", "strasse@example.org"),
    ("maya@faß.example", "maya@fass.example"),
    ("ırma@example.org", "irma@example.org"),
    ("İrma@example.org", "irma@example.org"),
    ("zoë@example.org", "zoe@example.org"),
    ("may\N{ZERO WIDTH SPACE}a@example.org", "maya@example.org"),
    ("maya@example.org@evil.example", "maya@example.org"),
    ("maya＠example.org@evil.example", "maya@example.org"),
    ('"maya"@example.org', "maya@example.org"),
    ("maya@example.org..", "maya@example.org"),
    ("maya@example.org。.", "maya@example.org"),
    ("maya@example.com", "maya@example.org"),
    ("maya", "maya@example.org"),
    ("", "maya@example.org"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_mailbox_has_one_form(one: str, other: str) -> None:
    assert normal_email(one) == normal_email(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_mailbox_has_another(one: str, other: str) -> None:
    assert normal_email(one) != normal_email(other)


@pytest.mark.parametrize("one", [one for one, _ in [*SAME, *DIFFERENT]])
def test_a_form_is_its_own(one: str) -> None:
    assert normal_email(normal_email(one)) == normal_email(one)


@given(st.text(max_size=80))
def test_any_text_has_a_form_and_keeps_it(text: str) -> None:
    assert normal_email(normal_email(text)) == normal_email(text)


@given(st.emails())
def test_capitals_say_nothing(email: str) -> None:
    assert normal_email(email.upper()) == normal_email(email.lower())
