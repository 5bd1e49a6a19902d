"""The timer: what it says, and what can be done with it. It knows handles only, so it fits any place."""

from datetime import datetime

from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.contact import MOST_MINUTES
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import Block, Payload, actions, button, confirm, modal, section
from cocm_bot.slack.shared_views.card_actions import LOG_CONTACT

SHOW = "timer-show"
LOG = "timer-log"
DISCARD = "timer-discard"
MOVE = "timer-move"
TITLE = "Timer"


def since(timer: Timer, policy: CarePolicy, now: datetime) -> str:
    """Return how long it has run: `23 min, since 09:12`, with the day where that is not today."""
    started = datetime.fromtimestamp(timer.started, policy.zone)
    today = policy.local_date(now.timestamp())
    day = "" if started.date() == today else f" on {started.day} {started:%b}"
    return f"{timer.elapsed(now)} min, since {started:%H:%M}{day}"


def filled(timer: Timer, policy: CarePolicy, now: datetime) -> str:
    """Return what the contact modal says of the minutes that the timer filled in."""
    line = f"Your timer: {since(timer, policy, now)}. It stops when you save."
    if timer.elapsed(now) > MOST_MINUTES:
        return f"{line} A contact has at most {MOST_MINUTES}: enter the minutes you really worked."
    return line


def running_blocks(actor: Actor, timer: Timer, now: datetime) -> list[Block]:
    """The running timer for the App Home: how long, and the buttons to log the contact or manage it."""
    line = f"⏱ Your timer: {_where(actor, timer)}, {since(timer, actor.registry.policy, now)}"
    log = [button("Stop and log", LOG_CONTACT, timer.handle)] if _here(actor, timer) else []
    return [section(line), actions(*log, button("Timer…", SHOW))]


def timer_view(actor: Actor, timer: Timer, now: datetime, wanted: str | None = None) -> Payload:
    """The timer that runs; `wanted` is another patient it was asked for."""
    line = f"⏱ *{_where(actor, timer)}*: {since(timer, actor.registry.policy, now)}"
    log = button("Stop and log the contact", LOG, timer.handle, style="primary")
    drop = button("Discard", DISCARD, timer.id, confirm=_sure(timer, now, "Discard"))
    if wanted is None:
        body = [section(f"{line}. It runs until you log the contact, also when you close this window.")]
        return modal(TITLE, [*body, actions(*([log] if _here(actor, timer) else []), drop)], "timer")
    start = f"Discard it, start for {wanted}"
    move = button(start, MOVE, wanted, confirm=_sure(timer, now, "Discard and start"))
    body = [section(f"Your timer runs for another patient, and you have one.\n{line}")]
    return modal(TITLE, [*body, actions(*([log] if _here(actor, timer) else []), move)], "timer")


def no_timer_view(sentence: str) -> Payload:
    """Return the sentence for when no timer is running."""
    return modal(TITLE, [section(sentence)], "timer")


def _where(actor: Actor, timer: Timer) -> str:
    return timer.handle if _here(actor, timer) else f"{timer.handle} in another registry"


def _here(actor: Actor, timer: Timer) -> bool:
    return timer.registry_id == actor.registry.id


def _sure(timer: Timer, now: datetime, yes: str) -> Block:
    return confirm("Discard the timer?", f"{timer.elapsed(now)} minutes will not be recorded.", yes)
