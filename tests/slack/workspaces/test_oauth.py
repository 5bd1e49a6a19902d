"""Workspaces install the app in a browser: those that may, once for each link, and nobody else."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from cocm_bot.playground import cast
from cocm_bot.slack.workspaces.oauth import DONE, FAILED, NOT_INVITED, REFUSED, STALE
from cocm_bot.store.table import keys
from cocm_bot.store.workspaces.installations import everywhere
from tests.rig.grids import HERE, THERE, Hosting, running_grid, visit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def hosting(endpoint: str) -> Iterator[Hosting]:
    with running_grid(endpoint, may_install=HERE) as running:
        yield running


def test_a_workspace_that_may_installs_the_app_and_is_served(hosting: Hosting) -> None:
    page = hosting.install(HERE)
    assert (page.status, DONE in page.data.decode()) == (HTTPStatus.OK, True)
    [installed] = everywhere(hosting.table)
    assert (installed.id, installed.live, installed.installed_by) == (HERE, True, cast.MAYA)
    token = hosting.grid.workspaces[HERE].token
    assert token not in str(hosting.table.get(keys.installation(HERE)))
    noor = hosting.grid.workspaces[HERE].seat("Noor Rahimi")
    noor.command("/cocm today")
    hosting.grid.workspaces[HERE].wait_until(noor.messages, "an answer")
    assert "You are not in a patient registry yet." in noor.screen


def test_one_that_may_not_has_nothing_and_the_app_is_taken_out_again(hosting: Hosting) -> None:
    page = hosting.install(THERE)
    assert (page.status, NOT_INVITED in page.data.decode()) == (HTTPStatus.FORBIDDEN, True)
    assert hosting.grid.removed == [THERE]
    assert everywhere(hosting.table).records == []
    assert hosting.all_of.host.running() == []


def test_a_state_comes_back_once_in_the_same_browser(hosting: Hosting) -> None:
    state, cookie = hosting.begin()
    other_state, other_cookie = hosting.begin()
    code = hosting.grid.allow(HERE)
    tried = {
        "without a cookie": (state, ""),
        "with another browser's": (state, other_cookie),
        "another's state": (other_state, cookie),
        "a made up one": ("x", "slack-app-oauth-state=x"),
        "one made up in its form": ("1.2.3.4", "slack-app-oauth-state=1.2.3.4"),
        "none": ("", "slack-app-oauth-state="),
    }
    for name, (given, shown) in tried.items():
        page = hosting.come_back(given, shown, code)
        assert (page.status, STALE in page.data.decode()) == (HTTPStatus.UNAUTHORIZED, True) or (
            page.status == HTTPStatus.BAD_REQUEST
        ), name
    assert hosting.come_back(state, cookie, code).status == HTTPStatus.OK
    again = hosting.come_back(state, cookie, hosting.grid.allow(HERE))
    assert (again.status, STALE in again.data.decode()) == (HTTPStatus.UNAUTHORIZED, True)


def test_what_goes_wrong_is_said_in_a_sentence_and_stores_nothing(hosting: Hosting) -> None:
    state, cookie = hosting.begin()
    refused = visit(f"{hosting.url}/slack/oauth_redirect?error=access_denied&state={state}", Cookie=cookie)
    assert REFUSED in refused.data.decode()
    wrong = hosting.come_back(state, cookie, "a-code-of-nobody")
    assert FAILED in wrong.data.decode()
    missing = visit(f"{hosting.url}/slack/oauth_redirect?state={state}", Cookie=cookie)
    assert missing.status >= HTTPStatus.BAD_REQUEST
    long = visit(f"{hosting.url}/slack/oauth_redirect?state={'x' * 5000}")
    assert long.status == HTTPStatus.BAD_REQUEST
    marked = visit(f"{hosting.url}/slack/oauth_redirect?error=%3Cscript%3E&state={state}", Cookie=cookie)
    assert "<script>" not in marked.data.decode()
    assert everywhere(hosting.table).records == []


def test_asking_for_the_page_writes_nothing(hosting: Hosting) -> None:
    for _ in range(5):
        hosting.begin()
    assert hosting.table.query("PK = :x", {"x": keys.INSTALLATIONS}) == []
    answer = hosting.table.client.scan(TableName=hosting.table.name)
    assert [item["PK"]["S"] for item in answer["Items"] if item["PK"]["S"].startswith("oauth-state:")] == []
    page = visit(f"{hosting.url}/slack/install")
    assert page.headers["location"].startswith(hosting.settings.slack_url.removesuffix("api/"))
    assert "HttpOnly" in page.headers["set-cookie"]
    assert "secure" in page.headers["set-cookie"].lower()
