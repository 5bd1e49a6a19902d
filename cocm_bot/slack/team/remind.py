"""`/cocm remind`: a member's own reminders, by words or in a modal."""

from collections.abc import Sequence
from datetime import time
from typing import Annotated, Any

from pydantic import ValidationError

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.settings.registry_settings import Reminders
from cocm_bot.operations.digests.reminding import own_reminders, remind
from cocm_bot.operations.roster import members
from cocm_bot.slack.forms import CheckboxesInput, CheckboxInput, Choice, Form, TimeInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.memo import Memo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.team import absence
from cocm_bot.slack.team.remind_view import CALLBACK, DAYS, remind_view

AS_REGISTRY = "default"
USAGE = (
    "I understand: on, off, time 07:30, time default, days mon wed, days default, quiet on, quiet off, away."
)


class RemindForm(Form):
    """The days and time of a member's digest."""

    on: Annotated[bool, CheckboxInput("Digest", text="Send me my digest")] = True
    at: Annotated[time | None, TimeInput("Time", hint="Empty: at the registry's time.")] = None
    days: Annotated[
        tuple[str, ...], CheckboxesInput("Days", hint="Of those on which the registry works.")
    ] = ()
    quiet: Annotated[bool, CheckboxInput("Nothing due", text="Send nothing on a day when nothing is due")] = (
        False
    )


def register(router: Router) -> None:
    """The modal's submission."""
    router.submission(CALLBACK, save)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The modal; the words, if any, change something first."""
    match [word.lower() for word in words]:
        case []:
            return _view(request, own_reminders(request.ctx, request.actor))
        case ["away"]:
            return absence.form(request, ())
        case named:
            change = _change(named)
    before = own_reminders(request.ctx, request.actor).reminders
    try:
        wanted = Reminders.model_validate(before.model_dump() | change)
    except ValidationError:
        raise InvalidInput(USAGE) from None
    return _view(request, remind(request.ctx, request.actor, wanted), saved=True)


def save(request: MemberRequest) -> Payload:
    """Save what was entered, and show it."""
    entered = RemindForm.read(request.answers, options={"days": _offered(request)})
    days = tuple(sorted(int(each) for each in entered.days))
    every = days == tuple(sorted(request.actor.registry.rhythm.working_days))
    wanted = Reminders(
        on=entered.on,
        time=f"{entered.at:%H:%M}" if entered.at else None,
        days=None if every else days,
        quiet_when_empty=entered.quiet,
    )
    return _view(request, remind(request.ctx, request.actor, wanted), saved=True)


def _change(words: Sequence[str]) -> dict[str, Any]:
    match words:
        case ["on" | "off" as state]:
            return {"on": state == "on"}
        case ["time", at]:
            return {"time": None if at == AS_REGISTRY else at.zfill(5)}
        case ["days", days] if days == AS_REGISTRY:
            return {"days": None}
        case ["days", *days] if days:
            return {"days": tuple(sorted({_weekday(each) for each in days}))}
        case ["quiet", "on" | "off" as state]:
            return {"quiet_when_empty": state == "on"}
    raise InvalidInput(USAGE)


def _weekday(word: str) -> int:
    found = [
        place for place, name in enumerate(DAYS) if len(word) > 1 and name.lower().startswith(word.strip(","))
    ]
    if len(found) != 1:
        raise InvalidInput(USAGE)
    return found[0]


def _view(request: MemberRequest, member: RegistryUser, *, saved: bool = False) -> Payload:
    own, working = member.reminders, request.actor.registry.rhythm.working_days
    initial = {
        "on": own.on,
        "at": own.time,
        "days": [str(each) for each in (working if own.days is None else own.days)],
        "quiet": own.quiet_when_empty,
    }
    return remind_view(
        request.actor,
        member,
        members(request.ctx, request.actor),
        request.actor.registry.policy.local_date(request.ctx.now().timestamp()),
        RemindForm.blocks(initial, options={"days": _offered(request)}),
        Memo().packed(),
        saved=saved,
    )


def _offered(request: MemberRequest) -> list[Choice]:
    return [Choice(str(each), DAYS[each]) for each in sorted(request.actor.registry.rhythm.working_days)]
