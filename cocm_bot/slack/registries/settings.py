"""The settings of a registry: the modal, its sections, and saving what was changed in any of them."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.registries.configure import configured, differences, values
from cocm_bot.domain.settings.calendars import find_calendars
from cocm_bot.domain.settings.zones import find_zones, zone_words
from cocm_bot.operations.registries import registries as operation
from cocm_bot.operations.roster import names
from cocm_bot.slack.forms import Choice, FormErrors
from cocm_bot.slack.kit import Block, Payload
from cocm_bot.slack.registries import settings_view as screen
from cocm_bot.slack.registries.channels import check_team_channel
from cocm_bot.slack.registries.settings_form import HOLIDAYS, NOBODY, ZONE, Settings, inputs, read
from cocm_bot.slack.registries.settings_view import (
    CALLBACK,
    IN_SECTION,
    NAMED,
    SECTION,
    Section,
    settings_view,
)
from cocm_bot.slack.runtime.memo import Memo, Opaque
from cocm_bot.slack.runtime.request import MemberRequest, OpenToGuests, Request
from cocm_bot.slack.runtime.router import Router
from cocm_bot.store.jobs import JobKind

LONGEST_REMEMBERED = 60
"""Characters of a value as JSON that are remembered as they are."""

Values = dict[str, bool | str | int | list[str] | list[int] | None]
"""Values of a registry's settings, by their names."""


class SettingsMemo(Memo):
    """The modal's state while it is open."""

    section: Section
    """The section that is shown."""
    seen: Opaque
    """The seal of what was set when the modal was opened, or last showed what others saved."""
    draft: Values | None = None
    """The values that were changed and are not saved yet."""
    drawn: Values | None = None
    """The values in the section that is shown, when it was drawn: what is still so was not changed."""


NO_HOLIDAYS = Choice(NOBODY, "No public holidays")


@dataclass(frozen=True)
class Kept:
    """The modal's state, as settings: see SettingsMemo."""

    shown: Section
    draft: Settings
    seen: str
    """The seal of what was set when the modal was opened, or last showed what others saved."""
    drawn: Settings = field(default_factory=dict)
    """Empty for a section to be drawn from what is set now."""


def register(router: Router) -> None:
    """The sections, the searches, and the modal's submission."""
    router.redraws(re.compile(f"^{SECTION}:"), turn)
    router.submission(CALLBACK, save)
    router.suggestions(ZONE, OpenToGuests(zones))
    router.suggestions(HOLIDAYS, holidays)


def show(request: MemberRequest) -> Payload:
    """Return what is set now, the care policy first."""
    operation.check_settings(request.ctx, request.actor)
    return _view(request, Kept(Section.CARE, {}, operation.seal(request.actor.registry)))


def turn(request: MemberRequest) -> Payload:
    """Another section; what was entered in the one that is left is kept. What is wrong keeps it there."""
    operation.check_settings(request.ctx, request.actor)
    kept = _kept(request)
    try:
        wanted = _wanted(request, kept)
    except FormErrors as wrong:
        return _view(request, kept, screen.complaints(wrong.errors))
    return _view(request, Kept(Section(request.value), wanted, kept.seen))


def save(request: MemberRequest) -> Payload:
    """Save what was changed in all sections."""
    operation.check_settings(request.ctx, request.actor)
    kept, before = _kept(request), request.actor.registry
    wanted = _wanted(request, kept)
    try:
        _check_channel(request, wanted)
        after = operation.change_settings(request.ctx, request.actor, wanted, kept.seen)
    except InvalidInput as wrong:
        if wrong.field is None or NAMED[wrong.field] in IN_SECTION[kept.shown]:
            raise
        at = next(each for each in Section if NAMED[wrong.field] in IN_SECTION[each])
        complaint = screen.complaints({wrong.field: str(wrong)})
        return _view(request, Kept(at, wanted, kept.seen), complaint)
    except operation.Overtaken:
        again = replace(kept, draft=wanted, seen=operation.seal(before))
        return _view(request, again, _overtaken(request, wanted))
    if after == before:
        return _view(request, Kept(kept.shown, {}, kept.seen), screen.nothing_changed())
    rederives = operation.rederives(before, after)
    if rederives:
        request.run_soon(JobKind.RECALCULATION, after.id)
    there = replace(request, actor=replace(request.actor, registry=after))
    return _view(there, Kept(kept.shown, {}, operation.seal(after)), screen.saved(rederives=rederives))


def zones(request: Request) -> list[Block]:
    """The time zones that match what is being typed, by their names, states or cities."""
    found = find_zones(_typed(request))
    return [Choice(zone, zone.replace("_", " "), zone_words(zone) or None).option for zone in found]


def holidays(request: MemberRequest) -> list[Block]:
    """The countries, and parts of them, that match what is being typed."""
    typed = _typed(request)
    found = [Choice(each.code, each.name) for each in find_calendars(typed)]
    none = [NO_HOLIDAYS] if NO_HOLIDAYS.text.lower().startswith(typed.lower()) else []
    return [each.option for each in (*none, *found)]


def _check_channel(request: MemberRequest, wanted: Settings) -> None:
    """Raise InvalidInput unless the team channel, where it is another, can be one."""
    channel = wanted.get("team_channel")
    if channel != request.actor.registry.team_channel:
        check_team_channel(request.gateway, channel)


def _overtaken(request: MemberRequest, wanted: Settings) -> list[Block]:
    """Return what saving again would change, from what somebody else saved meanwhile."""
    now = request.actor.registry
    after = configured(now, wanted)
    differing = [(each, each.of(now), each.of(after)) for each in differences(now, after)]
    return screen.overtaken(differing, names(request.ctx, request.actor))


def _view(request: MemberRequest, kept: Kept, banner: Sequence[Block] = ()) -> Payload:
    registry, shown = request.actor.registry, kept.shown
    members = names(request.ctx, request.actor) if shown is Section.MESSAGES else {}
    elsewhere = [NAMED[name] for name in kept.draft if NAMED[name] not in IN_SECTION[shown]]
    drawn = kept.drawn or {each.name: _mark(each.of(registry)) for each in IN_SECTION[shown]}
    remembered = {"section": shown, "draft": kept.draft or None, "seen": kept.seen, "drawn": drawn}
    return settings_view(
        registry,
        shown,
        inputs(shown, values(registry) | kept.draft, members),
        SettingsMemo.model_validate(remembered).packed(),
        [*banner, *screen.unsaved(elsewhere)],
    )


def _kept(request: MemberRequest) -> Kept:
    """Return what the modal remembers; raises InvalidInput for one that is not of this kind."""
    memo = request.memo(SettingsMemo)
    return Kept(memo.section, _tuples(memo.draft), memo.seen, _tuples(memo.drawn))


def _wanted(request: MemberRequest, kept: Kept) -> Settings:
    """Return what was changed, in the section that is shown and in others; raises FormErrors."""
    entered = read(kept.shown, request.answers, names(request.ctx, request.actor))
    others = {name: value for name, value in kept.draft.items() if name not in entered}
    return others | {name: value for name, value in entered.items() if _mark(value) != kept.drawn.get(name)}


def _mark(value: Any) -> Any:
    """Return what distinguishes a value from another: itself, or a digest of a long one."""
    written = json.dumps(value)
    return value if len(written) <= LONGEST_REMEMBERED else hashlib.sha256(written.encode()).hexdigest()[:16]


def _tuples(remembered: Mapping[str, Any] | None) -> Settings:
    """Values as a registry has them: JSON knows lists only."""
    known = (remembered or {}).items()
    return {name: tuple(value) if isinstance(value, list) else value for name, value in known}


def _typed(request: Request) -> str:
    return str(request.body.get("value", ""))
