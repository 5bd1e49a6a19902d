"""The life of installations: other processes, renewed tokens, changed keys, an app that is taken out."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from unittest import mock

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.hosting import NOT_INSTALLED
from cocm_bot.playground import cast, payloads
from cocm_bot.playground.grid import LIFE_SECONDS
from cocm_bot.slack.runtime.server.http import http_app
from cocm_bot.store.table import keys
from cocm_bot.store.workspaces.installations import Installation, everywhere
from tests.rig.clinic import AUDIT_KEY
from tests.rig.grids import HERE, THERE, Hosting, in_organization, running_grid, serving, staffed, visit
from tests.rig.scenes import sees
from tests.rig.servers.standing import served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

STRANGER = "You are not in a patient registry yet."


@pytest.fixture
def hosting(endpoint: str) -> Iterator[Hosting]:
    with running_grid(endpoint, rotating=True) as running:
        yield running


def asked(hosting: Hosting, workspace: str, name: str = "Noor Rahimi") -> str:
    seat = hosting.grid.workspaces[workspace].seat(name)
    before = len(seat.messages())
    seat.command("/cocm today")
    hosting.grid.workspaces[workspace].wait_until(lambda: len(seat.messages()) > before, "an answer")
    return sees(seat)


def stored(hosting: Hosting, workspace: str) -> Installation:
    return next(each for each in everywhere(hosting.table) if each.id == workspace)


def test_another_process_serves_what_this_one_installed_at_the_first_request(hosting: Hosting) -> None:
    with serving(hosting.settings, hosting.grid, hosting.clock) as (other, _):
        # Slack calls the other process now; the browser came back to this one.
        assert hosting.install(HERE).status == HTTPStatus.OK
        assert other.host.running() == []
        assert STRANGER in asked(hosting, HERE)
        assert len(other.host.running()) == 1


def test_a_token_is_renewed_before_it_ends_once_by_all_processes(hosting: Hosting) -> None:
    hosting.install(HERE)
    host, state = hosting.all_of.host, hosting.grid.workspaces[HERE]
    first, now = state.token, host.now
    with serving(hosting.settings, hosting.grid, hosting.clock) as (other, _):
        for each in (host, other.host):
            each.reload()
        assert (hosting.grid.renewals, state.token) == (0, first)
        for each in (host, other.host):
            each.now = lambda: now() + LIFE_SECONDS - 3600
        host.reload()
        assert hosting.grid.renewals == 1
        assert state.token != first
        other.host.now = now
        other.host.reload()
        assert hosting.grid.renewals == 1
        # Both call Slack with the new one; the old one is worth nothing.
        assert STRANGER in asked(hosting, HERE)
    hosting.grid.connect(hosting.url)
    assert STRANGER in asked(hosting, HERE, "Maya Okafor")


def test_a_renewal_that_fails_leaves_the_token_that_is_good_still(hosting: Hosting) -> None:
    hosting.install(HERE)
    host, now = hosting.all_of.host, hosting.all_of.host.now
    for refresh in [each for each in hosting.grid.tokens if each.startswith("xoxe")]:
        del hosting.grid.tokens[refresh]
    host.now = lambda: now() + LIFE_SECONDS - 3600
    host.reload()
    assert stored(hosting, HERE).live
    assert STRANGER in asked(hosting, HERE)


def test_a_changed_audit_key_seals_the_tokens_again_and_loses_none(hosting: Hosting) -> None:
    hosting.install(HERE)
    before = stored(hosting, HERE)
    assert before.sealed_token.startswith(":")
    ring = {"audit_keys": SecretStr("new:another key for the tests and nothing else")}
    both = hosting.settings.model_copy(update=ring)
    with serving(both, hosting.grid, hosting.clock):
        assert stored(hosting, HERE).sealed_token.startswith("new:")
        assert STRANGER in asked(hosting, HERE)


def test_a_token_sealed_with_a_key_nobody_has_starts_no_bot_and_stops_no_other(hosting: Hosting) -> None:
    hosting.install(HERE)
    hosting.install(THERE)
    item = dict(hosting.table.get(keys.installation(HERE)) or {})
    item["sealed_token"] = (hosting.table.get(keys.installation(THERE)) or {})["sealed_token"]
    hosting.table.client.put_item(TableName=hosting.table.name, Item=item)
    with serving(hosting.settings, hosting.grid, hosting.clock) as (other, _):
        assert len(other.host.running()) == 1
        assert STRANGER in asked(hosting, THERE)
        reply = hosting.grid.workspaces[HERE].sender.command(typed(hosting, HERE))
        assert reply.text == NOT_INSTALLED


def typed(hosting: Hosting, workspace: str) -> dict[str, str]:
    return payloads.command(hosting.grid.workspaces[workspace], cast.MAYA, cast.LOBBY, "/cocm", "today")


def test_an_app_that_is_taken_out_ends_at_once_and_keeps_its_records(hosting: Hosting) -> None:
    hosting.install(HERE)
    hosting.install(THERE)
    registry_id = staffed(hosting.bot(HERE).ctx)
    hosting.grid.uninstall(HERE)
    ended = stored(hosting, HERE)
    assert (ended.live, ended.ended_by, ended.sealed_token) == (False, "app_uninstalled", "")
    state = hosting.grid.workspaces[HERE]
    mark = len(state.calls)
    assert state.sender.command(typed(hosting, HERE)).text == NOT_INSTALLED
    assert [call.name for call in state.calls[mark:] if call.to == "slack"] == []
    assert STRANGER in asked(hosting, THERE)
    # Installed again, everything is there.
    assert hosting.install(HERE).status == HTTPStatus.OK
    clinic = hosting.clinic(HERE, registry_id)
    assert clinic.registry.name == "Riverside Clinic"
    assert STRANGER not in asked(hosting, HERE, "Maya Okafor")


def status(hosting: Hosting, *words: str, **environment: str) -> Result:
    settings = {"COCM_TABLE": hosting.table.name, "COCM_AUDIT_KEY": AUDIT_KEY, **environment}
    with mock.patch.dict(os.environ, settings):
        return CliRunner().invoke(app, ["status", *words])


@pytest.mark.usefixtures("restored_logging")
def test_status_says_how_each_workspace_is_and_which_took_the_app_out(hosting: Hosting) -> None:
    hosting.install(HERE)
    hosting.install(THERE)
    for workspace in (HERE, THERE):
        hosting.bot(workspace).clock.tick()
    hosting.grid.uninstall(THERE)
    told = status(hosting)
    assert f"{HERE} Workspace {HERE}: installed " in told.output
    assert "(app_uninstalled): nothing is sent" in told.output
    found = json.loads(status(hosting, "--json").output)
    here, there = found["workspaces"]
    assert (here["id"], "clock" in here, there["ended_by"], "clock" in there) == (
        HERE,
        True,
        "app_uninstalled",
        False,
    )
    assert not [each for each in hosting.grid.tokens if each in str(found)]
    one = status(hosting, COCM_WORKSPACE=HERE)
    assert HERE not in one.output


@pytest.mark.parametrize(
    ("event", "ends"),
    [
        ({"type": "tokens_revoked", "tokens": {"bot": [cast.BOT]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": [cast.MAYA], "bot": []}}, False),
        ({"type": "tokens_revoked", "tokens": {"oauth": [cast.MAYA]}}, False),
        ({"type": "tokens_revoked"}, False),
        ({"type": "app_uninstalled"}, True),
    ],
)
def test_only_the_bots_own_token_ends_an_installation(
    hosting: Hosting, event: dict[str, object], ends: bool
) -> None:
    hosting.install(HERE)
    hosting.grid.workspaces[HERE].event(event)
    assert stored(hosting, HERE).live is not ends


def test_a_rotated_client_secret_stops_installing_alone_until_it_is_given(hosting: Hosting) -> None:
    hosting.install(HERE)
    stale = hosting.settings.model_copy(update={"client_secret": SecretStr("the secret of before, 1a2b3c")})
    with serving(stale, hosting.grid, hosting.clock) as (_, url):
        before = replace(hosting, url=url)
        assert before.install(THERE).status >= HTTPStatus.BAD_REQUEST
        assert STRANGER in asked(hosting, HERE)
    with serving(hosting.settings, hosting.grid, hosting.clock) as (_, url):
        assert replace(hosting, url=url).install(THERE).status == HTTPStatus.OK


def test_a_rotated_signing_secret_is_the_only_one_that_is_taken(hosting: Hosting) -> None:
    hosting.install(HERE)
    sender = hosting.grid.workspaces[HERE].sender
    old, new = sender.signing_secret, "another signing secret of the tests"
    app = http_app(hosting.all_of.host, hosting.all_of.ready, new, pages=hosting.all_of.pages)
    with served(app) as url:
        hosting.grid.connect(url)
        assert sender.command(typed(hosting, HERE)).status == HTTPStatus.UNAUTHORIZED
        sender.signing_secret = new
        assert sender.command(typed(hosting, HERE)).status == HTTPStatus.OK
        sender.signing_secret = old


def test_a_token_that_leaked_is_replaced_by_installing_again(hosting: Hosting) -> None:
    hosting.install(HERE)
    state = hosting.grid.workspaces[HERE]
    leaked = state.token
    hosting.install(HERE)
    assert state.token != leaked
    assert len(hosting.all_of.host.running()) == 1
    assert STRANGER in asked(hosting, HERE)


def test_one_workspace_becomes_several_and_keeps_what_it_had(hosting: Hosting) -> None:
    hosting.install(HERE)
    hosting.install(THERE)
    ctx = replace(hosting.bot(HERE).ctx, table=hosting.table)
    staffed(ctx)  # from before there were several: its keys name no workspace
    assert STRANGER in asked(hosting, HERE, "Maya Okafor")
    known = hosting.settings.model_copy(update={"first_workspace": HERE})
    with serving(known, hosting.grid, hosting.clock):
        assert STRANGER not in asked(hosting, HERE, "Maya Okafor")
        assert STRANGER in asked(hosting, THERE, "Maya Okafor")


def test_one_that_is_taken_off_the_list_is_not_served(hosting: Hosting) -> None:
    hosting.install(HERE)
    hosting.install(THERE)
    fewer = hosting.settings.model_copy(update={"workspaces": THERE})
    with serving(fewer, hosting.grid, hosting.clock) as (other, _):
        assert len(other.host.running()) == 1
        assert hosting.grid.workspaces[HERE].sender.command(typed(hosting, HERE)).text == NOT_INSTALLED
        assert STRANGER in asked(hosting, THERE)


@pytest.mark.parametrize("revoked", [False, True])
def test_an_organization_ends_when_slack_refuses_its_token_and_not_when_a_workspace_leaves(
    hosting: Hosting, revoked: bool
) -> None:
    """Slack's event of an organization may name a workspace alone."""
    in_organization(hosting.grid)
    state = hosting.grid.workspaces[HERE]
    state.org_install = True
    hosting.install(HERE)
    state.org_install = False
    if revoked:
        del hosting.grid.tokens[state.token]
    state.event({"type": "app_uninstalled"})
    assert stored(hosting, cast.ENTERPRISE).live is not revoked


def test_an_event_from_before_it_was_installed_again_ends_nothing(hosting: Hosting) -> None:
    hosting.install(HERE)
    state = hosting.grid.workspaces[HERE]
    now = state.now
    state.now = lambda: now() - 600
    state.event({"type": "app_uninstalled"})
    assert stored(hosting, HERE).live


def test_an_organization_installs_it_for_all_its_workspaces(hosting: Hosting) -> None:
    grid = hosting.grid
    in_organization(grid)
    grid.workspaces[HERE].org_install = True
    assert hosting.install(HERE).status == HTTPStatus.OK
    assert [each.id for each in everywhere(hosting.table)] == [cast.ENTERPRISE]
    registry_id = staffed(hosting.bot(cast.ENTERPRISE).ctx)
    state = grid.workspaces[HERE]
    state.people[cast.HENRY] = replace(
        state.people[cast.HENRY], team_id=THERE, teams=(THERE,), email="samuel.adeyemi@example.org"
    )
    del state.people[cast.PCP]
    assert STRANGER not in asked(hosting, HERE, "Henry Osei")
    clinic = hosting.clinic(HERE, registry_id, cast.ENTERPRISE)
    clinic.tick()
    assert clinic.registry.name == "Riverside Clinic"


def test_probes_say_well_while_a_workspace_took_the_app_out(hosting: Hosting) -> None:
    assert visit(f"{hosting.url}/readyz").status == HTTPStatus.OK
    hosting.install(HERE)
    hosting.grid.uninstall(HERE)
    ready = visit(f"{hosting.url}/readyz")
    assert (ready.status, "table: ok" in ready.data.decode()) == (HTTPStatus.OK, True)


def test_no_token_is_in_any_log_or_call(hosting: Hosting, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(0):
        hosting.install(HERE)
        asked(hosting, HERE)
        hosting.install("T0SISTER")
    said = caplog.text + json.dumps([str(call.arguments) for call in hosting.grid.workspaces[HERE].calls])
    assert [each for each in hosting.grid.tokens if each in said] == []
