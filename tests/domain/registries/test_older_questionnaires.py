"""Questionnaires as an older system lists them: the catalogue's are known, the others are reported."""

from typing import Any

import pytest

from cocm_bot.domain.members import Registry
from tests.store import build

BARE = build.registry().model_dump()


@pytest.mark.parametrize(
    ("stored", "known", "unknown"),
    [
        ([{"name": "PHQ-9"}], ["PHQ-9"], []),
        ([{"uid": "phq9", "name": "PHQ-9", "questions": [{"x": 1}]}], ["PHQ-9"], []),
        ([{"uid": "phq9", "type": "PHQ-9"}], ["PHQ-9"], []),
        ([{"uid": "gad7", "name": "GAD 7"}], ["GAD-7"], []),
        ([{"uid": "phq9"}, {"name": "Sleep diary", "questions": []}], ["PHQ-9"], ["Sleep diary"]),
        ([{"questions": []}], [], [""]),
        ([], [], []),
    ],
)
def test_known_names_are_measures_and_the_rest_is_told(
    stored: list[dict[str, Any]], known: list[str], unknown: list[str]
) -> None:
    registry = Registry.model_validate({**BARE, "questionnaires": stored})
    assert [measure.name for measure in registry.policy.measures] == known
    assert registry.unknown_questionnaires == unknown


def test_what_the_older_system_wrote_stays() -> None:
    stored = [{"uid": "phq9", "type": "PHQ-9", "questions": [1]}]
    [kept] = Registry.model_validate({**BARE, "questionnaires": stored}).model_dump()["questionnaires"]
    assert kept == {**stored[0], "name": "PHQ-9", "definition": None}
