import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.billing.minutes import seconds_of
from cocm_bot.domain.contacts.contact import MOST_MINUTES
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.errors import NotAllowed, NotFound
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.contacts import timers
from tests.domain.build import contact
from tests.operations.conftest import MONDAY, Office


@pytest.mark.parametrize(
    ("seconds", "elapsed", "minutes"),
    [
        (0, 1, 0),
        (1, 1, 0.02),
        (59.9, 1, 0.98),
        (60, 1, 1),
        (61, 2, 1.02),
        (320, 6, 5.33),
        (1320, 22, 22),
        (480 * 60, 480, 480),
        (480 * 60 + 1, 481, 480),
        (-30, 1, 0),
    ],
)
def test_a_timer_fills_in_no_more_than_it_ran(seconds: float, elapsed: int, minutes: float) -> None:
    timer = Timer(id="t", registry_id="r", handle="K7Q4", started=MONDAY.timestamp() - seconds)
    assert (timer.elapsed(MONDAY), timer.minutes(MONDAY)) == (elapsed, minutes)


@given(st.floats(0, 10**7))
def test_the_minutes_are_always_some_a_contact_may_have(seconds: float) -> None:
    timer = Timer(id="t", registry_id="r", handle="K7Q4", started=MONDAY.timestamp() - seconds)
    assert 0 <= timer.minutes(MONDAY) <= MOST_MINUTES


@given(st.integers(0, MOST_MINUTES * 60))
def test_billing_counts_each_second_a_timer_ran(seconds: int) -> None:
    timer = Timer(id="t", registry_id="r", handle="K7Q4", started=MONDAY.timestamp() - seconds)
    assert seconds_of(contact("2031-03-03", minutes=timer.minutes(MONDAY))) == seconds


def test_one_timer_per_person(office: Office) -> None:
    first, second = office.enrolled(), office.enrolled()
    maya, noor = office.actor(user_id="maya"), office.actor(user_id="noor")
    started = timers.start(office.ctx, maya, first)
    office.forward(minutes=5)
    assert timers.start(office.ctx, maya, second) == started
    assert timers.start(office.ctx, noor, second).handle == second
    assert timers.running(office.ctx, maya) == started
    moved = timers.start(office.ctx, maya, second, instead=True)
    assert timers.running(office.ctx, maya) == moved
    assert timers.running_for(office.ctx, maya, first) is None
    assert timers.running_for(office.ctx, maya, second) == moved


def test_only_the_timer_that_was_meant_is_ended(office: Office) -> None:
    handle, actor = office.enrolled(), office.actor()
    old = timers.start(office.ctx, actor, handle)
    new = timers.start(office.ctx, actor, handle, instead=True)
    assert not timers.stop(office.ctx, actor, old.id)
    assert timers.running(office.ctx, actor) == new
    assert timers.stop(office.ctx, actor, new.id)
    assert not timers.stop(office.ctx, actor, new.id)
    assert timers.running(office.ctx, actor) is None


@pytest.mark.parametrize("handle", ["", "ZZZZ"])
def test_no_timer_without_a_patient(office: Office, handle: str) -> None:
    with pytest.raises(NotFound):
        timers.start(office.ctx, office.actor(), handle)


@pytest.mark.parametrize("role", [Role.PCP, Role.CLINICAL_OPS, Role.FINANCE])
def test_who_logs_no_contact_has_no_timer(office: Office, role: Role) -> None:
    with pytest.raises(NotAllowed):
        timers.start(office.ctx, office.actor(role), office.enrolled())
    assert office.refusals() == ["log_contact"]
