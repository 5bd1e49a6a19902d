import pytest

from cocm_bot.domain.settings.zones import find_zones, is_zone


def test_zones_are_found_by_the_words_of_their_names() -> None:
    assert find_zones("new york") == ["America/New_York"]
    assert find_zones("KOLK") == ["Asia/Kolkata"]
    assert find_zones("lord howe") == ["Australia/Lord_Howe"]
    assert find_zones("utc") == ["UTC"]
    assert find_zones("olympus") == []


def test_what_begins_with_the_word_comes_first() -> None:
    found = find_zones("york")
    assert found[0] == "America/New_York"
    assert find_zones("dili")[0] == "Asia/Dili"
    assert len(find_zones("")) > 100


def test_names_that_are_none() -> None:
    assert is_zone("America/New_York")
    assert is_zone("US/Eastern")  # an older name, as some still have
    assert [is_zone(name) for name in ("", "Mars/Olympus", "../etc/passwd", "America")] == [False] * 4


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("eastern", "America/New_York"),
        ("NYC", "America/New_York"),
        ("arizona", "America/Phoenix"),
        ("UK", "Europe/London"),
        ("Scotland", "Europe/London"),
        ("Ontario", "America/Toronto"),
        ("hawaii", "Pacific/Honolulu"),
    ],
)
def test_zones_by_what_people_call_them(words: str, zone: str) -> None:
    assert zone in find_zones(words)
