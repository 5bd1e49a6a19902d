"""Connections to Slack over TLS: kept, shared, checked; nothing is sent twice by itself."""

import base64
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cocm_bot.playground import cast, messages
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.kit import loading
from cocm_bot.slack.runtime.client import connections
from cocm_bot.slack.runtime.client.connections import Connections, Unanswered
from cocm_bot.slack.runtime.client.failures import RateLimited, Unclear
from cocm_bot.slack.runtime.client.gateway import JSON, Gateway, web_client
from tests.rig.clinic import running_clinic
from tests.rig.scenes import add_patient, sees
from tests.rig.seats import PATIENCE
from tests.rig.servers.standing import running_workspace
from tests.rig.servers.tls import HERE, Certificate, Reply, answering, certificate, trusted

SAID = {"text": "A note", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "A note"}}]}


def plain(_number: int, _path: str) -> Reply:
    return Reply()


@pytest.fixture
def own() -> Certificate:
    return certificate()


@pytest.fixture
def there(own: Certificate) -> Connections:
    """Connections that trust the tests' authority."""
    return Connections(own.trusting())


@pytest.fixture
def encrypted(own: Certificate) -> Iterator[Workspace]:
    """A workspace over HTTPS that this process trusts."""
    with trusted(own), running_workspace(ack_seconds=PATIENCE, tls=own) as running:
        yield running


def test_calls_one_after_another_take_one_handshake(own: Certificate, there: Connections) -> None:
    with answering(plain, own.serving()) as server:
        for _ in range(20):
            assert there.post(f"{server.url}/api/x", b"{}", JSON, 5).body == '{"ok": true}'
        assert (server.connections, len(server.requests)) == (1, 20)


def test_threads_share_connections_and_each_gets_its_own_answer(own: Certificate, there: Connections) -> None:
    threads, calls = 8, 200

    def named(_number: int, path: str) -> Reply:
        return Reply(body=path.encode())

    with answering(named, own.serving()) as server, ThreadPoolExecutor(threads) as pool:
        paths = [f"/{number}" for number in range(calls)]
        asked = pool.map(lambda path: there.post(f"{server.url}{path}", b"", {}, PATIENCE).body, paths)
        assert list(asked) == paths
        assert server.connections <= threads


def test_a_connection_the_server_has_closed_is_opened_again_and_nothing_sent_twice(
    own: Certificate, there: Connections
) -> None:
    with answering(lambda *_: Reply(close=True), own.serving()) as server:
        for _ in range(3):
            there.post(f"{server.url}/api/chat.postMessage", b"{}", JSON, 5)
        assert (server.connections, len(server.requests)) == (3, 3)


def test_a_connection_idle_for_long_is_not_trusted(
    own: Certificate, there: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(plain, own.serving()) as server:
        there.post(server.url, b"", {}, 5)
        monkeypatch.setattr(connections, "IDLE_SECONDS", -1.0)
        there.post(server.url, b"", {}, 5)
        assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize(
    ("call", "requests"), [("repeatable", 2), ("post", 1)], ids=["does no harm twice", "would show twice"]
)
def test_an_answer_lost_on_a_kept_connection(own: Certificate, call: str, requests: int) -> None:
    """The second request is read and dropped: only what does the same twice is sent once more."""
    user = (
        b'{"ok": true, "user": {"id": "U1", "team_id": "T1"}, "channel": "D1", "ts": "1.0", "team_id": "T1"}'
    )

    def drop_the_second(number: int, _path: str) -> Reply:
        return Reply(body=user, drop=number == 2)

    with trusted(own), answering(drop_the_second, own.serving()) as server:
        gateway = Gateway(web_client("xoxb-none", f"{server.url}/api/", 5), patience=1.0)
        gateway.home()
        if call == "repeatable":
            assert gateway.person("U1").id == "U1"
        else:
            with pytest.raises(Unclear):
                gateway.write("U1", SAID)
        assert len(server.requests) == 1 + requests


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(own: Certificate, status: int) -> None:
    with answering(plain, own.serving()) as elsewhere:
        moved = Reply(status, b'{"ok": true}', (("Location", f"{elsewhere.url}/api/auth.test"),))
        with trusted(own), answering(lambda *_: moved, own.serving()) as server:
            gateway = Gateway(web_client("xoxb-secret", f"{server.url}/api/", 5))
            with pytest.raises(Unclear):
                gateway.check_token()
            with pytest.raises(Unclear):
                gateway.answer(f"{server.url}/respond/x", SAID)
        assert elsewhere.requests == []


def test_a_wait_slack_asks_for_is_heard(own: Certificate) -> None:
    limited = Reply(429, b'{"ok": false, "error": "ratelimited"}', (("retry-after", "7"),))
    with trusted(own), answering(lambda *_: limited, own.serving()) as server:
        gateway = Gateway(web_client("xoxb-none", f"{server.url}/api/", 5))
        with pytest.raises(RateLimited) as raised:
            gateway.check_token()
        assert raised.value.retry_after == 7


@pytest.mark.parametrize("why", ["authority", "name"])
def test_a_server_that_is_not_who_it_should_be_gets_nothing(own: Certificate, why: str) -> None:
    other = certificate("slack.example")
    client = Connections(own.trusting() if why == "authority" else other.trusting())
    with answering(plain, other.serving()) as server:
        with pytest.raises(Unanswered, match="SSLError"):
            client.post(f"{server.url}/api/x", b"a secret", JSON, 5)
        assert server.requests == []


def test_a_server_that_says_nothing_is_waited_for_so_long(own: Certificate, there: Connections) -> None:
    go = threading.Event()

    def wait(*_: object) -> Reply:
        go.wait(PATIENCE)
        return Reply()

    with answering(wait, own.serving()) as server:
        with pytest.raises(Unanswered, match="ReadTimeoutError"):
            there.post(server.url, b"", {}, 0.2)
        go.set()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"])
def test_the_environment_s_proxy_is_used_and_told_who_asks(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with answering(plain) as proxy:
        there = proxy.url.removeprefix("http://")
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, f"http://ana:p%40ss@{there}")
        asked = Connections()
        asked.post("http://slack.example/api/x", b"{}", JSON, 5)
        [(path, _, headers)] = proxy.requests
        assert path == "http://slack.example/api/x"
        assert headers["proxy-authorization"] == f"Basic {base64.b64encode(b'ana:p@ss').decode()}"
        monkeypatch.setenv("no_proxy", HERE)
        with answering(plain) as direct:
            asked.post(f"{direct.url}/api/x", b"{}", JSON, 5)
            assert [path for path, _, _ in direct.requests] == ["/api/x"]


def test_an_https_address_behind_a_proxy_is_asked_for_by_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTP_PROXY", "http_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with answering(plain) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        # It knows no CONNECT: what matters is that the token goes to nobody but through a tunnel.
        with pytest.raises(Unanswered):
            Connections().post("https://slack.example/api/x", b"a secret", JSON, 5)
        assert proxy.connections == 1
        assert proxy.requests == []


def test_every_kind_of_call_goes_over_tls(encrypted: Workspace) -> None:
    gateway = Gateway(web_client(encrypted.token, encrypted.api_url, PATIENCE))
    assert gateway.person(cast.MAYA).id == cast.MAYA
    gateway.answer(messages.fresh_link(encrypted, cast.MAYA, cast.TEAM_CHANNEL), SAID)
    gateway.open_view(encrypted.fresh_trigger(cast.MAYA), loading("Patient"), on_top=False)
    file_id = gateway.upload("trend.png", b"picture")
    assert encrypted.uploads[file_id].content == b"picture"
    assert [each.only_for for each in encrypted.messages] == [cast.MAYA]


def test_a_clinic_whose_slack_speaks_https(endpoint: str, own: Certificate) -> None:
    """Identity, response_url and modals from the first press to the last, with certificates checked."""
    with trusted(own), running_clinic(endpoint, tls=own) as clinic:
        maya = clinic.seat()
        handle = add_patient(maya)
        maya.close()
        maya.command("/cocm caseload")
        sees(maya, handle)
        assert clinic.workspace.base_url.startswith("https://")
        assert {"users.info", "views.open", "response_url"} <= {each.name for each in clinic.workspace.calls}
