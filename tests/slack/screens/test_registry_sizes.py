"""Slack takes the modals about registries, whatever they are called, however many and however set."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.domain.access import Actor
from cocm_bot.domain.registries.configure import MOST_QUIET_DAYS, values
from cocm_bot.domain.registries.setting_table import SETTINGS
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.registries.registries import Membership
from cocm_bot.playground.blocks.limits import problems
from cocm_bot.slack.registries.registries import NewForm, RenameForm
from cocm_bot.slack.registries.registries_view import (
    created_view,
    list_view,
    new_view,
    rename_view,
)
from cocm_bot.slack.registries.settings_form import inputs
from cocm_bot.slack.registries.settings_view import (
    IN_SECTION,
    Section,
    complaints,
    overtaken,
    settings_view,
    unsaved,
)
from tests.slack.texts import TEXT
from tests.store.build import registry

MEMO = "{}"
NAMES = TEXT.filter(bool) | st.text(min_size=200, max_size=200)


def actor(name: str) -> Actor:
    here = registry().model_copy(update={"name": name})
    return Actor("user-1", name, name, Role.CLINICAL_OPS, is_admin=True, registry=here)


@pytest.mark.parametrize("count", [0, 1, 49, 120])
@given(name=NAMES)
@settings(deadline=None, max_examples=20)
def test_any_number_of_registries_of_any_name(count: int, name: str) -> None:
    me = actor(name)
    own = [
        Membership(me.registry.model_copy(update={"id": f"registry-{number}"}), Role.PCP, is_admin=True)
        for number in range(count)
    ]
    view = list_view(me, own, creator=True, figures=True, banner=name)
    assert problems("modal", view) == []
    for other in (created_view(me, MEMO), rename_view(me, RenameForm.blocks({"name": name}), MEMO)):
        assert problems("modal", other) == []
    assert problems("modal", new_view(NewForm.blocks({"first_name": name}), MEMO)) == []


@pytest.mark.parametrize("section", Section)
@given(name=NAMES, members=st.integers(0, 130))
@settings(deadline=None, max_examples=20)
def test_any_setting_of_any_registry(section: Section, name: str, members: int) -> None:
    me = actor(name)
    team = {f"user-{number}": f"{name} {number}" for number in range(members)}
    set_to = values(me.registry) | {
        "quiet_days": ("2031-12-24",) * MOST_QUIET_DAYS,
        "holidays_of": "US-NY",
        "cover": "user-129",
    }
    told = [
        *overtaken([(each, set_to[each.name], set_to[each.name]) for each in SETTINGS], team),
        *unsaved(SETTINGS),
        *complaints({each.name: name for each in IN_SECTION[section]}),
    ]
    blocks = inputs(section, set_to, team)
    assert problems("modal", settings_view(me.registry, section, blocks, MEMO, told)) == []


def test_who_covers_is_among_the_hundred_that_a_menu_shows() -> None:
    team = {f"user-{number}": f"Member {number}" for number in range(130)}
    blocks = inputs(Section.MESSAGES, values(registry()) | {"cover": "user-129"}, team)
    [cover] = [each for each in blocks if each["block_id"] == "cover"]
    assert cover["element"]["initial_option"]["value"] == "user-129"
