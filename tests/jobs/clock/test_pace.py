"""The rate at which posts are let through; the seconds are worked out by hand."""

from concurrent.futures import ThreadPoolExecutor

from cocm_bot.jobs.clock.pace import AT_ONCE, Pace


class Watch:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_some_go_at_once_and_the_others_one_by_one() -> None:
    watch = Watch()
    pace = Pace(watch.read, watch.sleep, per_minute=60)
    watch.now += 3600
    went = []
    for _ in range(AT_ONCE + 3):
        pace.wait()
        went.append(watch.now - 3700)
    assert went == [0.0] * AT_ONCE + [1.0, 2.0, 3.0]


def test_a_rest_is_not_saved_up_beyond_that() -> None:
    watch = Watch()
    pace = Pace(watch.read, watch.sleep, per_minute=60)
    for rest in (5.0, 2.0, 1.0, 1.0):
        watch.now += rest
        before = watch.now
        pace.wait()
        assert watch.now == before


def test_together_many_hands_keep_the_pace() -> None:
    waited: list[float] = []
    pace = Pace(lambda: 0.0, waited.append, per_minute=120)
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda _: pace.wait(), range(40)))
    assert sorted(waited) == [number / 2 for number in range(1, 40)]
