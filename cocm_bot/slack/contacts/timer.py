"""The timer: started from a card, shown, discarded, and stopped by logging the contact."""

from cocm_bot.operations.contacts import timers
from cocm_bot.slack.contacts import log_contact
from cocm_bot.slack.contacts.timer_view import DISCARD, LOG, MOVE, SHOW, TITLE, no_timer_view, timer_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import TIMER

NONE_RUNS = "No timer is running. Start one from a patient's card."


def register(router: Router) -> None:
    """The card's button, App Home's, and those of the timer's own modal."""
    router.opens(TIMER, TITLE, start, changes=True)
    router.opens(SHOW, TITLE, show)
    router.redraws(LOG, lambda request: log_contact.form(request, request.value))
    router.redraws(DISCARD, discard, changes=True)
    router.redraws(MOVE, move, changes=True)


def start(request: MemberRequest) -> Payload:
    """Start the timer for a patient; one that runs for another patient is asked about."""
    timer = timers.start(request.ctx, request.actor, request.value)
    other = None if timers.is_for(timer, request.actor, request.value) else request.value
    return timer_view(request.actor, timer, request.ctx.now(), other)


def show(request: MemberRequest) -> Payload:
    """The timer that runs."""
    timer = timers.running(request.ctx, request.actor)
    return timer_view(request.actor, timer, request.ctx.now()) if timer else no_timer_view(NONE_RUNS)


def discard(request: MemberRequest) -> Payload:
    """Discard the timer that was shown."""
    ended = timers.stop(request.ctx, request.actor, request.value)
    return no_timer_view("The timer is discarded." if ended else NONE_RUNS)


def move(request: MemberRequest) -> Payload:
    """Discard the timer that runs and start one for the patient."""
    timer = timers.start(request.ctx, request.actor, request.value, instead=True)
    return timer_view(request.actor, timer, request.ctx.now())
