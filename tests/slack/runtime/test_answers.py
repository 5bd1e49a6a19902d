"""Each method of Slack × each way to answer badly: what the bot takes it for, and never anything else."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from cocm_bot.playground import cast
from cocm_bot.playground.state import Upload
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.kit import loading, message, section
from cocm_bot.slack.runtime.client.failures import Gone, RateLimited, Refused, SlackFailure, TooLate, Unclear
from cocm_bot.slack.runtime.client.gateway import Gateway, Sent, web_client
from tests.faults.slack import FAILURES, failing
from tests.rig.seats import PATIENCE
from tests.rig.servers.standing import running_workspace

pytestmark = pytest.mark.slow

SAID = message("A note", [section("Something")])
HOME = {"type": "home", "blocks": []}

METHODS: Mapping[str, Callable[[Gateway, Workspace], object]] = {
    "auth.test": lambda gateway, _: gateway.home(),
    "users.info": lambda gateway, _: gateway.person(cast.MAYA),
    "users.list": lambda gateway, _: list(gateway.everybody()),
    "users.lookupByEmail": lambda gateway, _: gateway.account_with("maya.okafor@example.org"),
    "chat.postMessage": lambda gateway, _: gateway.tell(cast.MAYA, SAID, "r1"),
    "chat.update": lambda gateway, here: gateway.update_message(_sent(here), SAID, "r1"),
    "conversations.open": lambda gateway, _: list(gateway.direct_messages(cast.MAYA, 0.0)),
    "conversations.history": lambda gateway, _: list(gateway.direct_messages(cast.MAYA, 0.0)),
    "conversations.info": lambda gateway, _: gateway.silenced_by(cast.LOBBY),
    "files.delete": lambda gateway, here: gateway.delete_file(_file(here)),
    "files.getUploadURLExternal": lambda gateway, _: gateway.upload("a.png", b"png"),
    "files.completeUploadExternal": lambda gateway, _: gateway.upload("a.png", b"png"),
    "conversations.open for a file": lambda gateway, _: gateway.send_file(cast.MAYA, "a.csv", b"a", "Here"),
    "files.completeUploadExternal for somebody": lambda gateway, _: gateway.send_file(
        cast.MAYA, "a.csv", b"a", "Here"
    ),
    "files.info": lambda gateway, here: gateway.shared_file(_file(here)),
    "views.open": lambda gateway, here: gateway.open_view(
        here.fresh_trigger(cast.MAYA), loading("Patient"), on_top=False
    ),
    "views.publish": lambda gateway, _: gateway.publish_home(cast.MAYA, HOME),
}
WITHOUT_FIELDS = {"chat.update", "files.delete", "views.publish"}
"""Methods of whose answer nothing is needed."""

OTHERS: Mapping[str, tuple[dict[str, Any], type[SlackFailure]]] = {
    "token_revoked": ({"error": "token_revoked"}, Unclear),
    "account_inactive": ({"error": "account_inactive"}, Unclear),
    "missing_scope": ({"error": "missing_scope"}, Unclear),
    "channel_not_found": ({"error": "channel_not_found"}, Gone),
    "an unknown word": ({"error": "no_such_word_yet"}, Unclear),
    "a sentence": ({"error": "Ana Muñoz is not here"}, Unclear),
    "half of JSON": ({"page": '{"ok": tr'}, Unclear),
    "nothing at all": ({"page": " "}, Unclear),
    "a list": ({"page": "[]"}, Unclear),
    "a list with something": ({"page": '["ok"]'}, Unclear),
    "null": ({"page": "null"}, Unclear),
    "a word": ({"page": '"ok"'}, Unclear),
    "a number": ({"page": "1"}, Unclear),
    "ok as a word": ({"page": '{"ok": "no"}'}, Unclear),
    "brackets without end": ({"page": "[" * 100_000}, Unclear),
    "a list as the error": ({"page": '{"ok": false, "error": ["Ana"]}'}, Unclear),
    "no error": ({"page": '{"ok": false}'}, Unclear),
    "forbidden": ({"page": "<html>Ana</html>", "status": 403}, Unclear),
    "gone": ({"page": "", "status": 410, "error": "x"}, Unclear),
}
WITHOUT: Mapping[str, str] = {
    "ok and nothing else": '{"ok": true}',
    "ok and nulls": '{"ok": true, "user": null, "channel": null, "members": null, "messages": null,'
    ' "view": null, "file": null, "team_id": null}',
    "ok and empty parts": '{"ok": true, "user": {}, "channel": {}, "view": {}, "files": []}',
    "ok and lists of words": '{"ok": true, "user": [], "channel": ["x"], "view": ["x"], "file": ["x"],'
    ' "members": ["x"], "messages": ["x"], "files": ["x"]}',
    "ok and a file of any size": '{"ok": true, "file": {"user": "U1", "size": "big"}}',
    "ok and numbers": '{"ok": true, "file": 5, "user": 5, "channel": 5, "view": 5,'
    ' "members": 5, "messages": 5}',
    "ok and words": '{"ok": true, "file": "x", "user": "x", "channel": {"id": null}, "view": "x",'
    ' "messages": null}',
}
"""Answers that say it went well, and lack what was asked for."""
KINDS: Mapping[str, type[SlackFailure]] = {
    "429 for a second": RateLimited,
    "429 for half a minute": RateLimited,
    "expired_trigger_id": TooLate,
    "invalid_blocks": Refused,
}


def _sent(here: Workspace) -> Sent:
    posted = next(each for each in here.messages if each.author == cast.BOT)
    return Sent(posted.channel, posted.ts)


def _file(here: Workspace) -> str:
    here.uploads["F1"] = Upload("F1", "a.png", 3, b"png", shared=True)
    return "F1"


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with running_workspace() as running:
        fresh(running).tell(cast.MAYA, SAID, "r1")
        yield running


def fresh(workspace: Workspace) -> Gateway:
    """One that has asked nothing yet."""
    return Gateway(web_client(workspace.token, workspace.api_url, PATIENCE))


def name_of(method: str) -> str:
    """Return Slack's name of a method: what follows it says who calls it."""
    return method.partition(" ")[0]


def raised(workspace: Workspace, method: str) -> object:
    try:
        METHODS[method](fresh(workspace), workspace)
    except SlackFailure as failed:
        return f"{failed} {failed.reason}" if "Ana" in f"{failed} {failed.reason}" else type(failed)
    except Exception as error:  # noqa: BLE001 - anything else is what must not happen
        return repr(error)
    return None


@pytest.mark.parametrize("method", METHODS)
def test_what_a_failure_is_taken_for(workspace: Workspace, method: str) -> None:
    found = {}
    for name, how in FAILURES.items():
        with failing(workspace, name_of(method), how, always=True):
            found[name] = raised(workspace, method)
    assert found == {name: KINDS.get(name, Unclear) for name in FAILURES}


@pytest.mark.parametrize("method", METHODS)
def test_what_is_no_answer_of_slacks_is_taken_for(workspace: Workspace, method: str) -> None:
    found = {}
    for name, (fault, _) in OTHERS.items():
        workspace.fail(name_of(method), times=100, **fault)
        found[name] = raised(workspace, method)
        workspace.faults.clear()
    assert found == {name: expected for name, (_, expected) in OTHERS.items()}


@pytest.mark.parametrize("method", sorted(set(METHODS) - WITHOUT_FIELDS))
def test_an_answer_that_lacks_what_was_asked_is_none(workspace: Workspace, method: str) -> None:
    found = {}
    for name, page in WITHOUT.items():
        workspace.fail(name_of(method), times=100, page=page)
        found[name] = raised(workspace, method)
        workspace.faults.clear()
    assert found == dict.fromkeys(WITHOUT, Unclear)


def test_who_slack_answers_with_is_who_was_asked_for(workspace: Workspace) -> None:
    """Another's answer, however it came there, is nobody's."""
    other = '{"ok": true, "user": {"id": "U0OTHER"}, "channel": {"id": "C0OTHER", "is_ext_shared": false}}'
    for method in ("users.info", "conversations.info"):
        workspace.fail(name_of(method), times=2, page=other)
        assert raised(workspace, method) is Unclear
        workspace.faults.clear()


def test_a_channel_of_which_nothing_is_said_is_not_taken_for_our_own(workspace: Workspace) -> None:
    workspace.fail("conversations.info", page=f'{{"ok": true, "channel": {{"id": "{cast.LOBBY}"}}}}')
    assert raised(workspace, "conversations.info") is Unclear


def test_a_message_without_metadata_is_no_post_of_the_bots(workspace: Workspace) -> None:
    page = '{"ok": true, "messages": [{"ts": "1.0", "metadata": null}, {"ts": "2.0", "metadata": {}}]}'
    workspace.fail("conversations.history", times=1, page=page)
    assert fresh(workspace).arrived(cast.MAYA, "post-1", 0.0) is None
    workspace.faults.clear()
