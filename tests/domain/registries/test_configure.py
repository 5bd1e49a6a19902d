from typing import Any

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.registries.configure import configured, differences, values
from cocm_bot.domain.registries.formatting import shown
from cocm_bot.domain.registries.setting_table import LOADED, SETTINGS, Part
from cocm_bot.domain.settings.code_sets import BillingRules
from cocm_bot.domain.settings.policy import Cadence
from cocm_bot.domain.settings.registry_settings import Alerts, Disclosure, Privacy, Rhythm, Shown
from tests.store.build import registry

SET: dict[str, Any] = {
    "assessment_days": 10,
    "gap_months": 12,
    "timezone": "Asia/Kolkata",
    "working_days": (0, 1, 2),
    "holidays_of": "US-NY",
    "quiet_days": ("2031-12-24",),
    "team_channel": "C1",
    "direct": Shown.NAME,
    "cover": "user-2",
    "escalate_minutes": 5,
}
WRONG: list[tuple[str, Any, str]] = [
    ("follow_up_days", 0, "Enter a whole number from 1 to 180."),
    ("most_add_ons", 21, "Enter a whole number from 0 to 20."),
    ("escalate_minutes", 4, "Enter a whole number from 5 to 1440."),
    ("timezone", "Mars/Olympus", "Choose a time zone like America/New_York."),
    ("working_days", (), "Choose at least one day."),
    ("holidays_of", "US-XX", "Choose a country, or a part of one, from the list."),
    ("quiet_days", ("2031-02-28", "2031-02-29"), "Day 2 is none. Write each like 2026-12-24."),
    ("quiet_days", ("20310101",), "Day 1 is none. Write each like 2026-12-24."),
    ("quiet_days", ("2031-01-01",) * 61, "Enter at most 60 days."),
    ("direct", Shown.COUNTS, "Choose one of the options."),
    ("channel", Shown.NAME, "Choose one of the options."),
]
TOLD: list[tuple[str, Any, str]] = [
    ("review_day", 2, "Wednesday"),
    ("working_days", (0, 1, 2, 3, 4), "Monday to Friday"),
    ("working_days", (0, 2, 4), "Monday, Wednesday, Friday"),
    ("working_days", (5, 6), "Saturday, Sunday"),
    ("holidays_of", "US-NY", "United States, New York"),
    ("holidays_of", None, "none"),
    ("quiet_days", ("2031-12-24", "2031-12-31"), "2031-12-24, 2031-12-31"),
    ("quiet_days", (), "none"),
    ("direct", "initials", "handle and initials"),
    ("lost_days", 60, "60"),
]


def test_every_attribute_of_the_settings_records_can_be_set() -> None:
    kept: set[str] = set()
    for record in (Cadence, BillingRules, Rhythm, Disclosure, Alerts, Privacy):
        kept |= record.model_fields.keys()
    assert {each.name for each in SETTINGS if each.part is not Part.REGISTRY} == kept - LOADED
    assert len({each.name for each in SETTINGS}) == len(SETTINGS)


def test_what_is_set_is_there_and_the_rest_as_it_was() -> None:
    before = registry()
    after = configured(before, SET)
    assert values(after) == values(before) | SET
    assert [each.name for each in differences(before, after)] == sorted(
        SET, key=[each.name for each in SETTINGS].index
    )
    assert configured(after, values(before)) == before
    assert differences(before, before) == []


def test_the_defaults_are_what_a_new_registry_has() -> None:
    assert values(registry()) == {each.name: each.default for each in SETTINGS} | {
        "timezone": registry().timezone
    }


@pytest.mark.parametrize("each", [each for each in SETTINGS if each.least is not None], ids=lambda s: s.name)
def test_bounds_are_part_of_the_range(each: Any) -> None:
    for value in (each.least, each.most, each.default):
        assert each.of(configured(registry(), {each.name: value})) == value


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_what_is_out_of_range_is_told_at_its_field(name: str, value: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        configured(registry(), {name: value})
    assert (wrong.value.field, str(wrong.value)) == (name, sentence)


@pytest.mark.parametrize(("name", "value", "words"), TOLD)
def test_values_in_words(name: str, value: Any, words: str) -> None:
    [setting] = [each for each in SETTINGS if each.name == name]
    assert shown(setting, value) == words
