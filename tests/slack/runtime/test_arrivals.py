"""Work that can wait begins after the requests that are not acknowledged yet, and never waits for long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from unittest import mock

import pytest

from cocm_bot.slack.runtime.server import pools
from cocm_bot.slack.runtime.server.pools import GIVING_WAY, Arrivals, Kind, Pool

PATIENCE = 30.0


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def test_work_begins_once_all_that_came_are_acknowledged(executor: ThreadPoolExecutor) -> None:
    arrivals, begun = Arrivals(), Event()
    with mock.patch.object(pools, "GIVE_WAY_SECONDS", PATIENCE):
        with arrivals.in_hand():
            with arrivals.in_hand():
                done = Pool(executor, 2, arrivals).submit(begun.set)
            assert not begun.is_set()
        done.result(timeout=PATIENCE)
        assert begun.is_set()


def test_work_begins_after_a_moment_however_many_come(executor: ThreadPoolExecutor) -> None:
    arrivals = Arrivals()
    with mock.patch.object(pools, "GIVE_WAY_SECONDS", 0.01), arrivals.in_hand():
        assert Pool(executor, 2, arrivals).submit(lambda: "done").result(timeout=PATIENCE) == "done"


def test_what_slack_waits_for_does_not_wait(executor: ThreadPoolExecutor) -> None:
    assert not GIVING_WAY & {Kind.ANSWER, Kind.OPEN}
    with mock.patch.object(pools, "GIVE_WAY_SECONDS", PATIENCE), Arrivals().in_hand():
        assert Pool(executor, 2).submit(lambda: "done").result(timeout=PATIENCE) == "done"


def test_a_request_that_fails_is_no_longer_in_hand(executor: ThreadPoolExecutor) -> None:
    arrivals = Arrivals()
    with pytest.raises(ValueError, match="gone"), arrivals.in_hand():
        raise ValueError("gone")
    with mock.patch.object(pools, "GIVE_WAY_SECONDS", PATIENCE):
        assert Pool(executor, 2, arrivals).submit(lambda: "done").result(timeout=PATIENCE) == "done"


def test_many_threads_count_together(executor: ThreadPoolExecutor) -> None:
    arrivals, begun = Arrivals(), Event()

    def come_and_go() -> None:
        for _ in range(500):
            with arrivals.in_hand():
                pass

    threads = [Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    with mock.patch.object(pools, "GIVE_WAY_SECONDS", PATIENCE):
        Pool(executor, 2, arrivals).submit(begun.set).result(timeout=PATIENCE)
    assert begun.is_set()
