import pytest

from cocm_bot.domain.settings.calendars import calendar, find_calendars

FOUND = [
    ("germ", ["DE", "DE-BB", "DE-BE"]),
    ("United Kingdom", ["GB", "GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"]),
    ("united states new y", ["US", "US-NY"]),
    ("new york", ["US-NY"]),
    ("in", ["IN", "IO", "ID"]),
    ("zz", []),
]


@pytest.mark.parametrize(("typed", "first"), FOUND)
def test_calendars_are_found_by_name(typed: str, first: list[str]) -> None:
    found = [each.code for each in find_calendars(typed)]
    assert found[: len(first)] == first
    assert bool(found) is bool(first)
    assert all(calendar(code) for code in found)


def test_a_code_is_one_or_is_none() -> None:
    known = {code: calendar(code) for code in ("US", "US-NY", "IN-TS", "US-XX", "XX", "us", "")}
    assert {code: found.name if found else None for code, found in known.items()} == {
        "US": "United States",
        "US-NY": "United States, New York",
        "IN-TS": "India, Telangana",
        "US-XX": None,
        "XX": None,
        "us": None,
        "": None,
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [("UK", "GB"), ("Scotland", "GB-SCT"), ("Ontario", "CA-ON"), ("USA", "US"), ("Arizona", "US-AZ")],
)
def test_calendars_by_what_people_call_them(words: str, code: str) -> None:
    assert code in [each.code for each in find_calendars(words)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("UK", "GB"),
        ("u.k.", "GB"),
        ("Britain", "GB"),
        ("Scotland", "GB-SCT"),
        ("Wales", "GB-WLS"),
        ("Ontario", "CA-ON"),
        ("British Columbia", "CA-BC"),
        ("Quebec", "CA-QC"),
        ("arizona", "US-AZ"),
        ("NYC", "US-NY"),
        ("New York City", "US-NY"),
        ("America", "US"),
    ],
)
def test_places_are_found_as_people_call_them(typed: str, first: str) -> None:
    assert find_calendars(typed)[0].code == first
