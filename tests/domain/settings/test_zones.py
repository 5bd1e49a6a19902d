import pytest

from cocm_bot.domain.settings.zone_names import COMMON_NAMES
from cocm_bot.domain.settings.zones import find_zones, is_zone, zone_words


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
    ("typed", "first"),
    [
        ("Ohio", "America/New_York"),
        ("NYC", "America/New_York"),
        ("UK", "Europe/London"),
        ("Scotland", "Europe/London"),
        ("Northern Ireland", "Europe/Belfast"),
        ("Ontario", "America/Toronto"),
        ("british columbia", "America/Vancouver"),
        ("texas", "America/Chicago"),
        ("El Paso", "America/Denver"),
        ("arizona", "America/Phoenix"),
        ("pacific", "America/Los_Angeles"),
        ("Pacific time", "America/Los_Angeles"),
        ("eastern", "America/New_York"),
        ("CST", "America/Chicago"),
        ("seattle", "America/Los_Angeles"),
        ("st. louis", "America/Chicago"),
        ("st louis", "America/Chicago"),
        ("hawaii", "Pacific/Honolulu"),
        ("michigan", "America/Detroit"),
        ("washington dc", "America/New_York"),
        ("boise", "America/Boise"),
        ("guam", "Pacific/Guam"),
    ],
)
def test_a_zone_is_found_by_what_people_call_it(typed: str, first: str) -> None:
    assert find_zones(typed)[0] == first


def test_a_state_in_two_zones_offers_both() -> None:
    assert {"America/New_York", "America/Chicago"} <= set(find_zones("florida"))
    assert {"America/Chicago", "America/Denver"} <= set(find_zones("texas"))


def test_every_common_name_is_of_a_zone_there_is() -> None:
    assert [zone for zone in COMMON_NAMES if not is_zone(zone)] == []
    assert zone_words("America/Phoenix").startswith("Mountain (Arizona): Arizona, Phoenix")
    assert zone_words("Asia/Kolkata") == ""
