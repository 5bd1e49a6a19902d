"""App Homes are drawn at most once in a few seconds for a person, and always after the last change."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from threading import Event, Thread

import pytest

from cocm_bot.slack.runtime.home_redraws import PAUSE_SECONDS, HomeRedraws


@dataclass
class Simulated:
    """A clock that stops until it is moved, and the work that waits for it."""

    seconds: float = 100.0
    waiting: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    drawn: list[tuple[float, str, int]] = field(default_factory=list)
    """The time, the person and the last change that each drawing shows."""
    changes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.homes = HomeRedraws(lambda: self.seconds, self.after)

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        self.waiting.append((self.seconds + seconds, do))

    def forward(self, seconds: float) -> None:
        until = self.seconds + seconds
        while due := sorted((each for each in self.waiting if each[0] <= until), key=lambda each: each[0]):
            self.waiting.remove(due[0])
            self.seconds = max(self.seconds, due[0][0])
            due[0][1]()
        self.seconds = until

    def draw(self, person: str) -> None:
        self.drawn.append((self.seconds, person, self.changes[person]))

    def change(self, person: str = "maya") -> None:
        self.changes[person] = self.changes.get(person, 0) + 1
        draw = partial(self.draw, person)
        self.homes.ask(person, draw, draw)


@pytest.fixture
def clock() -> Simulated:
    return Simulated()


def test_the_first_change_is_drawn_at_once(clock: Simulated) -> None:
    clock.change()
    assert clock.drawn == [(100.0, "maya", 1)]
    assert clock.waiting == []


def test_changes_within_the_pause_are_drawn_together_at_its_end(clock: Simulated) -> None:
    for _ in range(5):
        clock.change()
        clock.forward(0.1)
    assert len(clock.drawn) == 1
    clock.forward(PAUSE_SECONDS)
    assert clock.drawn == [(100.0, "maya", 1), (100.0 + PAUSE_SECONDS, "maya", 5)]
    clock.forward(100)
    assert len(clock.drawn) == 2
    assert clock.waiting == []


def test_a_change_after_the_pause_is_drawn_at_once(clock: Simulated) -> None:
    clock.change()
    clock.forward(PAUSE_SECONDS)
    clock.change()
    assert [at for at, *_ in clock.drawn] == [100.0, 100.0 + PAUSE_SECONDS]


def test_people_do_not_wait_for_each_other(clock: Simulated) -> None:
    clock.change("maya")
    clock.change("iris")
    assert [person for _, person, _ in clock.drawn] == ["maya", "iris"]


@pytest.mark.parametrize("seed", range(20))
def test_the_last_change_is_always_drawn_and_no_two_within_the_pause(clock: Simulated, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(200):
        clock.change(dice.choice(("maya", "iris", "omar")))
        clock.forward(dice.choice((0.0, 0.01, 0.5, PAUSE_SECONDS, 7.0)))
    clock.forward(PAUSE_SECONDS)
    for person, last in clock.changes.items():
        drawn = [(at, change) for at, name, change in clock.drawn if name == person]
        assert drawn[-1][1] == last
        times = [at for at, _ in drawn]
        assert all(after - before >= PAUSE_SECONDS - 1e-9 for before, after in pairwise(times))


def test_what_changes_while_it_is_drawn_is_drawn_after(clock: Simulated) -> None:
    def drawing() -> None:
        clock.draw("maya")
        clock.seconds += 3 * PAUSE_SECONDS  # a slow Slack
        clock.change()

    clock.changes["maya"] = 0
    clock.homes.ask("maya", drawing, drawing)
    assert [change for *_, change in clock.drawn] == [0]
    clock.forward(0.0)
    assert [change for *_, change in clock.drawn] == [0, 1]


def test_a_change_of_another_thread_does_not_wait_for_a_drawing_under_way(clock: Simulated) -> None:
    begun, go_on = Event(), Event()

    def drawing() -> None:
        begun.set()
        assert go_on.wait(30)

    clock.changes["maya"] = 0
    drawer = Thread(target=clock.homes.ask, args=("maya", drawing, drawing))
    drawer.start()
    assert begun.wait(30)
    clock.change()
    assert clock.drawn == []
    go_on.set()
    drawer.join(30)
    clock.forward(PAUSE_SECONDS)
    assert [change for *_, change in clock.drawn] == [1]


def test_one_that_fails_does_not_keep_the_next_from_being_drawn(
    clock: Simulated, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> None:
        raise ValueError("Ada Example")

    clock.homes.ask("maya", failing, failing)
    clock.change()
    clock.forward(PAUSE_SECONDS)
    assert [change for *_, change in clock.drawn] == [1]
    assert "error=ValueError" in caplog.text
    assert "Ada" not in caplog.text


def test_what_waits_at_the_end_is_drawn_then_and_later_ones_at_once(clock: Simulated) -> None:
    clock.change()
    clock.change()
    clock.homes.end()
    assert [change for *_, change in clock.drawn] == [1, 2]
    clock.change()
    assert [change for *_, change in clock.drawn] == [1, 2, 3]
    clock.forward(10)
    assert len(clock.drawn) == 3


def test_nothing_is_kept_of_who_has_been_idle(clock: Simulated) -> None:
    for number in range(50):
        clock.change(f"user-{number}")
    clock.forward(PAUSE_SECONDS)
    clock.change()
    assert clock.homes._people.keys() == {"maya"}
