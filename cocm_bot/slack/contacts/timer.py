"""The timer: started from a card, shown, discarded, and stopped by logging the contact."""

from cocm_bot.operations.contacts import timers
from cocm_bot.slack.contacts import log_contact
from cocm_bot.slack.contacts.timer_view import DISCARD, LOG, MOVE, SHOW, TITLE, no_timer_view, timer_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.shared_views.card_actions import TIMER

NONE_RUNS = "No timer is running. Start one from a patient's card."


def register(entry: Entry) -> None:
    """The card's button, App Home's, and those of the timer's own modal."""
    entry.opens(TIMER, TITLE, start, changes=True)
    entry.opens(SHOW, TITLE, show)
    entry.redraws(LOG, lambda visit: log_contact.form(visit, visit.value))
    entry.redraws(DISCARD, discard, changes=True)
    entry.redraws(MOVE, move, changes=True)


def start(visit: Visit) -> Payload:
    """Start the timer for a patient; one that runs for another patient is asked about."""
    timer = timers.start(visit.desk, visit.actor, visit.value)
    other = None if timers.is_for(timer, visit.actor, visit.value) else visit.value
    return timer_view(visit.actor, timer, visit.desk.now(), other)


def show(visit: Visit) -> Payload:
    """The timer that runs."""
    timer = timers.running(visit.desk, visit.actor)
    return timer_view(visit.actor, timer, visit.desk.now()) if timer else no_timer_view(NONE_RUNS)


def discard(visit: Visit) -> Payload:
    """Discard the timer that was shown."""
    ended = timers.stop(visit.desk, visit.actor, visit.value)
    return no_timer_view("The timer is discarded." if ended else NONE_RUNS)


def move(visit: Visit) -> Payload:
    """Discard the timer that runs and start one for the patient."""
    timer = timers.start(visit.desk, visit.actor, visit.value, instead=True)
    return timer_view(visit.actor, timer, visit.desk.now())
