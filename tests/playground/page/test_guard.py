"""The page answers its own address only, and nothing that another site asks for."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from cocm_bot.playground.state import Upload
from tests.playground.studio import Studio, running_studio

SAY = json.dumps({"person": "U0MAYA", "place": "C0CARETEAM", "line": "hello"})


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    with running_studio() as running:
        yield running


def ask(studio: Studio, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    address = urlsplit(studio.url)
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=5)
    connection.putrequest(method, path, skip_host=True)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in ({"Host": address.netloc, "Content-Length": str(len(body))} | named).items():
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/traces", "/api/auth.test", "/files/F1"])
@pytest.mark.parametrize("host", ["cocm.example.org", "127.0.0.1", "127.0.0.1:1", "localhost.example.org"])
def test_other_hosts_are_refused(studio: Studio, path: str, host: str) -> None:
    assert ask(studio, "GET", path, Host=host)[0] == 403


def test_its_own_names_are_answered(studio: Studio) -> None:
    port = urlsplit(studio.url).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        status, body = ask(studio, "GET", "/", Host=host)
        assert status == 200
        assert "Not Slack" in body


@pytest.mark.parametrize("path", ["/do/type", "/api/chat.postMessage", "/respond/R1", "/upload/F1"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_posts_of_other_sites_are_refused(studio: Studio, path: str, headers: dict[str, str]) -> None:
    assert ask(studio, "POST", path, SAY, **headers)[0] == 403
    assert studio.workspace.messages == []


def test_a_link_from_elsewhere_may_be_followed_to_the_page_alone(studio: Studio) -> None:
    assert ask(studio, "GET", "/", Sec_Fetch_Site="cross-site")[0] == 200
    assert ask(studio, "GET", "/traces", Sec_Fetch_Site="cross-site")[0] == 403


def test_what_makes_no_sense_is_said_so(studio: Studio) -> None:
    status, body = ask(studio, "POST", "/do/type", "{}")
    assert (status, "person" in body) == (400, True)
    gone = json.dumps({"person": "U0MAYA", "view": "V1", "chosen": {"block": "b", "action": "a"}})
    assert ask(studio, "POST", "/do/act", gone) == (200, '{"problem":"This screen is no longer there."}')


def test_a_picture_is_shown_and_anything_else_is_a_download(studio: Studio) -> None:
    for name, content in (("F1", b"\x89PNG..."), ("F2", b"<script>alert(1)</script>")):
        studio.workspace.uploads[name] = Upload(name, name, len(content), content)
    address = urlsplit(studio.url)
    kinds = []
    for name in ("F1", "F2"):
        connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=5)
        connection.request("GET", f"/files/{name}", headers={"Host": address.netloc})
        answer = connection.getresponse()
        kinds.append((answer.getheader("Content-Type"), answer.getheader("Content-Disposition")))
        connection.close()
    assert kinds == [("image/png", None), ("application/octet-stream", "attachment")]
