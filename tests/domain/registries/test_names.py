"""A registry is found under every way of typing its name, and under no other name."""

import pytest

from cocm_bot.domain.registries.names import matching, name_key

TYPED = {
    "a curly apostrophe": ("St. Mary's", "St. Mary’s"),
    "a straight apostrophe": ("St. Mary’s", "St. Mary's"),
    "an opening single quote": ("St. Mary's", "St. Mary‘s"),
    "a modifier apostrophe": ("Hawai'i Health", "Hawaiʼi Health"),
    "an okina": ("Hawaiʻi Health", "Hawai'i Health"),
    "a prime": ("St. Mary's", "St. Mary′s"),
    "a backtick": ("St. Mary's", "St. Mary`s"),
    "an acute accent of its own": ("St. Mary's", "St. Mary´s"),
    "a full-width apostrophe": ("St. Mary's", "St. Mary＇s"),
    "curly quotes in the name": ("The “Blue” Clinic", 'The "Blue" Clinic'),
    "quotes that a command takes away": ('The "Blue" Clinic', "The Blue Clinic"),
    "guillemets": ("The «Blue» Clinic", "The Blue Clinic"),
    "an en dash": ("North-East", "North–East"),
    "an em dash": ("North-East", "North—East"),
    "a hyphen that does not break": ("North-East", "North‑East"),
    "a minus sign": ("North–East", "North−East"),
    "another case": ("St. Mary's", "ST. MARY’S"),
    "a German sharp s": ("Große Klinik", "GROSSE KLINIK"),
    "no accents": ("Clínica Muñoz", "clinica munoz"),
    "accents typed apart": ("Clínica", "Cli\N{COMBINING ACUTE ACCENT}nica"),
    "a letter that is not an accent's": ("Sjælland Øst", "sjaelland ost"),
    "full-width letters": ("Clinic 3", "Ｃｌｉｎｉｃ　３"),
    "a ligature": ("Office", "Oﬃce"),
    "extra blanks": ("Riverside Clinic", "  Riverside   Clinic "),
    "a blank that does not break": ("Riverside Clinic", "Riverside\N{NO-BREAK SPACE}Clinic"),
    "something invisible": ("Riverside Clinic", "River\N{ZERO WIDTH SPACE}side\N{SOFT HYPHEN} Clinic"),
    "another direction": ("مركز الرعاية", "\N{RIGHT-TO-LEFT MARK}مركز الرعاية"),
}


@pytest.mark.parametrize(("name", "typed"), TYPED.values(), ids=TYPED.keys())
def test_a_name_is_the_same_however_it_is_typed(name: str, typed: str) -> None:
    assert name_key(name) == name_key(typed)
    assert matching([name, "Hilltop"], typed, str) == [name]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Hill", ["Hilltop", "Hillside"]),
        ("hillt", ["Hilltop"]),
        ("Hilltop", ["Hilltop"]),
        ("St. Mary’", ["St. Mary's", "St. Mary's East"]),
        ("st. mary’s", ["St. Mary's"]),
        ("top", []),
        ("", []),
        (" “ ” ", []),
        ("St Marys", []),
    ],
)
def test_the_whole_name_comes_before_its_beginning(typed: str, found: list[str]) -> None:
    names = ["Hilltop", "Hillside", "St. Mary's", "St. Mary's East"]
    assert matching(names, typed, str) == found


def test_of_two_that_differ_in_accents_the_one_typed_is_meant() -> None:
    assert matching(["Clínica", "Clinica"], " Clinica ", str) == ["Clinica"]
    assert matching(["Clínica", "Clinica"], "CLINICA", str) == ["Clínica", "Clinica"]


def test_different_names_stay_different() -> None:
    names = ["St. Mary's", "St. Mary", "St. Marys", "North-East", "North East", "Clinic 1", "Clinic 2"]
    assert len({name_key(name) for name in names}) == len(names)
