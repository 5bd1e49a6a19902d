import io
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from cocm_bot.playground import cast
from cocm_bot.playground.sender import signature
from cocm_bot.slack.runtime.server.http import http_app
from cocm_bot.slack.runtime.server.readiness import KEPT_SECONDS
from tests.rig.clinic import Clinic
from tests.rig.servers.standing import served
from tests.store import faults

FORM = "application/x-www-form-urlencoded"
SECRET_WORDS = "Ana Muñoz A-1001"
COMMAND = urlencode(
    {"command": "/cocm", "text": f"patient {SECRET_WORDS}", "user_id": cast.MAYA, "team_id": cast.TEAM}
)
SUBMISSION = urlencode(
    {"payload": json.dumps({"type": "view_submission", "user": {"id": cast.MAYA}, "said": SECRET_WORDS})}
)


def post(clinic: Clinic, body: str | bytes, headers: dict[str, str]) -> int:
    data = body.encode() if isinstance(body, str) else body
    answer = urllib3.request(
        "POST", f"{clinic.url}/slack/events", body=data, headers={"Content-Type": FORM, **headers}
    )
    return answer.status


def signed(clinic: Clinic, body: str, *, age: float = 0.0, secret: str | None = None) -> dict[str, str]:
    timestamp = str(int(time.time() - age))
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret or clinic.workspace.signing_secret, timestamp, body),
    }


@pytest.mark.parametrize("body", [COMMAND, SUBMISSION], ids=["command", "submission"])
def test_what_slack_did_not_sign_is_refused_and_not_logged(
    log: io.StringIO, clinic: Clinic, body: str
) -> None:
    unsigned = {
        "wrong secret": signed(clinic, body, secret="another-secret"),
        "6 minutes old": signed(clinic, body, age=360),
        "6 minutes ahead": signed(clinic, body, age=-360),
        "signature of another body": signed(clinic, body + "&more=1"),
        "no signature": {"X-Slack-Request-Timestamp": str(int(time.time()))},
        "nothing": {},
    }
    assert {what: post(clinic, body, headers) for what, headers in unsigned.items()} == dict.fromkeys(
        unsigned, 401
    )
    assert [word for word in ("Ana", "oz", "A-1001", cast.MAYA, "/cocm") if word in log.getvalue()] == []
    assert clinic.workspace.calls == []


def test_what_is_signed_is_taken_up_to_five_minutes_later(clinic: Clinic) -> None:
    assert post(clinic, COMMAND, signed(clinic, COMMAND, age=280)) == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"\xff\xfe", 401), (b"x" * 1_000_001, 401)],
    ids=["not UTF-8", "longer than anything Slack sends"],
)
def test_what_nobody_signed_is_refused_before_it_is_read(clinic: Clinic, body: bytes, status: int) -> None:
    assert post(clinic, body, {}) == status


def test_only_the_three_addresses_exist(clinic: Clinic) -> None:
    statuses = {
        path: urllib3.request("GET", f"{clinic.url}{path}").status
        for path in ("/", "/slack/events", "/healthz", "/readyz", "/docs")
    }
    assert statuses == {"/": 404, "/slack/events": 405, "/healthz": 200, "/readyz": 200, "/docs": 404}


class Seconds:
    """A clock of seconds that stops until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def probed(clinic: Clinic, seconds: Seconds) -> Iterator[str]:
    """The address of the clinic's bot, served once more, by that clock."""
    bot = clinic.bot
    with served(http_app(bot.bolt, bot.ready, clinic.workspace.signing_secret, clock=seconds)) as url:
        yield url


def ready(url: str) -> tuple[int, str]:
    answer = urllib3.request("GET", f"{url}/readyz")
    return answer.status, answer.data.decode()


def test_it_is_ready_only_while_table_and_slack_answer(clinic: Clinic, probed: str, seconds: Seconds) -> None:
    assert ready(probed) == (200, "table: ok\nslack: ok")
    clinic.workspace.fail("auth.test", error="invalid_auth")
    seconds.now += KEPT_SECONDS
    assert ready(probed) == (503, "table: ok\nslack: refuses the token")
    seconds.now += KEPT_SECONDS
    with faults.on(clinic.ctx.table.client, "*", faults.refuse("InternalServerError", 500)):
        assert ready(probed) == (503, "table: no answer\nslack: ok")
        assert urllib3.request("GET", f"{probed}/healthz").status == 200
    seconds.now += KEPT_SECONDS
    assert ready(probed) == (200, "table: ok\nslack: ok")


@pytest.mark.parametrize(
    "fault", [{"error": "ratelimited", "retry_after": 30}, {"error": "internal_error"}, {"broken": True}]
)
def test_it_stays_ready_while_slack_only_limps(
    clinic: Clinic, probed: str, seconds: Seconds, fault: dict[str, Any]
) -> None:
    """Another replica would meet the same, and a balancer without replicas loses every click."""
    clinic.workspace.fail("auth.test", **fault)
    seconds.now += KEPT_SECONDS
    assert ready(probed) == (200, "table: ok\nslack: no answer, degraded")


def test_probes_share_one_question(clinic: Clinic, probed: str, seconds: Seconds) -> None:
    clinic.workspace.fail("auth.test", times=1, hang=0.3)
    with faults.on(clinic.ctx.table.client, "*", faults.none) as asked, ThreadPoolExecutor(30) as probes:
        answers = set(probes.map(lambda _: ready(probed), range(30)))
        seconds.now += KEPT_SECONDS - 0.1
        answers.add(ready(probed))
        assert answers == {(200, "table: ok\nslack: ok")}
        assert (len(clinic.calls("auth.test")), len(asked)) == (1, 1)
        seconds.now += 0.2
        ready(probed)
        assert (len(clinic.calls("auth.test")), len(asked)) == (2, 2)


def test_a_wrong_clock_is_degraded_and_recovers(clinic: Clinic, seconds: Seconds) -> None:
    ahead = [timedelta(minutes=10)]
    with clinic.restarted(lambda: datetime.now(UTC) + ahead[0], seconds) as url:

        def asked(path: str) -> tuple[int, str]:
            answer = urllib3.request("GET", f"{url}{path}", retries=False)
            return answer.status, answer.data.decode()

        wrong = "table: ok\nslack: ok\nclock: wrong by more than a minute"
        assert asked("/readyz") == (503, wrong)
        assert asked("/healthz") == (200, "ok")
        ahead[0] = timedelta()
        seconds.now += KEPT_SECONDS
        assert asked("/readyz") == (200, "table: ok\nslack: ok")
