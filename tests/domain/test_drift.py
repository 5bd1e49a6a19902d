"""A clock's error by what servers say; all by a clock that shows Monday, 3 March 2031, 14:00."""

from datetime import UTC, datetime

import pytest

from cocm_bot.domain.drift import Drift

NOON = datetime(2031, 3, 3, 14, tzinfo=UTC)


def heard(**said: str | None) -> Drift:
    drift = Drift(lambda: NOON)
    for server, date in said.items():
        drift.hear(server, date)
    return drift


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Mon, 03 Mar 2031 14:00:00 GMT", 0),
        ("Mon, 03 Mar 2031 13:59:00 GMT", 0),  # a minute is allowed
        ("Mon, 03 Mar 2031 13:58:59 GMT", 61),
        ("Mon, 03 Mar 2031 14:01:01 GMT", -61),
        ("Mon, 03 Mar 2031 13:50:00 GMT", 600),
        ("Mon, 03 Mar 2031 09:00:00 -0500", 0),
        ("Sun, 02 Mar 2031 14:00:00 GMT", 86_400),
        (None, 0),
        ("", 0),
        ("soon", 0),
        ("Mon, 99 Mar 2031 13:50:00 GMT", 0),
        ("Mon, 03 Mar 2031 13:50:00 -0000", 0),  # no zone at all
    ],
)
def test_seconds_ahead(date: str | None, ahead: float) -> None:
    drift = heard(table=date)
    assert drift.ahead == ahead
    assert drift.off("table") is (ahead != 0)


def test_one_server_is_enough_and_the_furthest_is_told() -> None:
    drift = heard(table="Mon, 03 Mar 2031 14:00:00 GMT", slack="Mon, 03 Mar 2031 14:02:00 GMT")
    assert (drift.ahead, drift.off("table"), drift.off("slack")) == (-120, False, True)


def test_what_a_server_said_last_counts() -> None:
    drift = heard(table="Mon, 03 Mar 2031 13:50:00 GMT")
    drift.hear("table", "nothing of use")
    assert drift.ahead == 600
    drift.hear("table", "Mon, 03 Mar 2031 14:00:00 GMT")
    assert drift.ahead == 0
