"""The settings of a registry: the modal, its sections, and saving what was changed in any of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cocm_bot.operations import rederiving
from cocm_bot.operations import registries as operation
from cocm_bot.operations.roster import names
from cocm_bot.registry.calendars import find_calendars
from cocm_bot.registry.configure import configured, differences, values
from cocm_bot.registry.errors import InvalidInput
from cocm_bot.registry.team import Registry
from cocm_bot.registry.zones import find_zones
from cocm_bot.slack.channels import check_team_channel
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.forms import Choice, FormErrors
from cocm_bot.slack.kit import Block, Payload
from cocm_bot.slack.screens import settings as screen
from cocm_bot.slack.screens.settings import CALLBACK, IN_SECTION, NAMED, SECTION, Section, settings_view
from cocm_bot.slack.settings_form import HOLIDAYS, NOBODY, ZONE, Settings, inputs, read
from cocm_bot.slack.visit import OUT_OF_DATE, ForAnyone, Memo, Request, Visit

NO_HOLIDAYS = Choice(NOBODY, "No public holidays")


def register(entry: Entry) -> None:
    """The sections, the searches, and the modal's submission."""
    entry.redraws(re.compile(f"^{SECTION}:"), turn)
    entry.submission(CALLBACK, save)
    entry.suggestions(ZONE, ForAnyone(zones))
    entry.suggestions(HOLIDAYS, holidays)


def show(visit: Visit) -> Payload:
    """What is set now, the care policy first."""
    operation.check_settings(visit.desk, visit.actor)
    return _view(visit, Section.CARE, {}, operation.seal(visit.actor.registry))


def turn(visit: Visit) -> Payload:
    """Another section; what was entered in the one that is left is kept. What is wrong keeps it there."""
    operation.check_settings(visit.desk, visit.actor)
    shown, draft, seen = _remembered(visit)
    try:
        entered = read(shown, visit.answers, names(visit.desk, visit.actor))
    except FormErrors as wrong:
        return _view(visit, shown, draft, seen, screen.complaints(wrong.errors))
    return _view(visit, Section(visit.value), _changed(visit, draft | entered), seen)


def save(visit: Visit) -> Payload:
    """Save what was changed in all sections."""
    operation.check_settings(visit.desk, visit.actor)
    shown, draft, seen = _remembered(visit)
    before = visit.actor.registry
    wanted = draft | read(shown, visit.answers, names(visit.desk, visit.actor))
    try:
        _check_channel(visit, wanted)
        after = operation.change_settings(visit.desk, visit.actor, wanted, seen)
    except InvalidInput as wrong:
        if wrong.field is None or wrong.field in {setting.name for setting in IN_SECTION[shown]}:
            raise
        at = next(each for each in Section if NAMED[wrong.field] in IN_SECTION[each])
        return _view(visit, at, wanted, seen, screen.complaints({wrong.field: str(wrong)}))
    except operation.Overtaken:
        return _overtaken(visit, shown, wanted)
    if after == before:
        return _view(visit, shown, {}, seen, screen.nothing_changed())
    rederives = operation.rederives(before, after)
    if rederives:
        visit.wake(rederiving.KIND, after.id)
    there = replace(visit, actor=replace(visit.actor, registry=after))
    return _view(there, shown, {}, operation.seal(after), screen.saved(rederives=rederives))


def zones(request: Request) -> list[Block]:
    """The time zones that match what is being typed."""
    return [Choice(zone, zone.replace("_", " ")).option for zone in find_zones(_typed(request))]


def holidays(visit: Visit) -> list[Block]:
    """The countries, and parts of them, that match what is being typed."""
    typed = _typed(visit)
    found = [Choice(each.code, each.name) for each in find_calendars(typed)]
    none = [NO_HOLIDAYS] if NO_HOLIDAYS.text.lower().startswith(typed.lower()) else []
    return [each.option for each in (*none, *found)]


def _check_channel(visit: Visit, wanted: Settings) -> None:
    """Raise InvalidInput unless the team channel, where it is another, can be one."""
    channel = wanted.get("team_channel")
    if channel != visit.actor.registry.team_channel:
        check_team_channel(visit.gateway, channel)


def _overtaken(visit: Visit, shown: Section, wanted: Settings) -> Payload:
    """What saving again would change, from what somebody else saved meanwhile."""
    now = visit.actor.registry
    after = configured(now, wanted)
    differing = [(each, each.of(now), each.of(after)) for each in differences(now, after)]
    notice = screen.overtaken(differing, names(visit.desk, visit.actor))
    return _view(visit, shown, _changed(visit, wanted), operation.seal(now), notice)


def _view(visit: Visit, shown: Section, draft: Settings, seen: str, banner: Sequence[Block] = ()) -> Payload:
    registry = visit.actor.registry
    members = names(visit.desk, visit.actor) if shown is Section.MESSAGES else {}
    elsewhere = [NAMED[name] for name in draft if NAMED[name] not in IN_SECTION[shown]]
    memo = Memo(section=shown, draft=draft or None, seen=seen)
    return settings_view(
        registry,
        shown,
        inputs(shown, values(registry) | draft, members),
        memo.packed(),
        [*banner, *screen.unsaved(elsewhere)],
    )


def _remembered(visit: Visit) -> tuple[Section, Settings, str]:
    """The section that is shown, what was changed in others, and the seal of what was drawn."""
    memo = visit.memo
    if memo.section is None or memo.seen is None:
        raise InvalidInput(OUT_OF_DATE)
    draft = {
        name: tuple(each) if isinstance(each, list) else each for name, each in (memo.draft or {}).items()
    }
    return Section(memo.section), draft, memo.seen


def _changed(visit: Visit, wanted: Mapping[str, Any]) -> Settings:
    """What of it is not so already."""
    registry: Registry = visit.actor.registry
    return {name: value for name, value in wanted.items() if value != NAMED[name].of(registry)}


def _typed(request: Request) -> str:
    return str(request.body.get("value", ""))
