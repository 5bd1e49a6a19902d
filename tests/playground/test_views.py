"""Modals: triggers, the stack, hashes, redrawing; and App Home."""

from typing import Any

import pytest
from slack_sdk import WebClient

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.workspace import Workspace
from tests.playground.blocks import entry, home, modal, plain, section, typed
from tests.playground.conftest import Clock
from tests.playground.test_web_api import refused


def opened(client: WebClient, workspace: Workspace, *blocks: Any, **more: Any) -> Any:
    trigger = workspace.fresh_trigger(cast.MAYA)
    return client.views_open(trigger_id=trigger, view=modal(*blocks, **more))["view"]


def test_an_opened_modal_comes_back_as_slack_writes_it(client: WebClient, workspace: Workspace) -> None:
    view = opened(client, workspace, section(), callback_id="add", private_metadata="m")
    expected: dict[str, Any] = {
        "team_id": cast.TEAM,
        "app_id": cast.APP,
        "bot_id": cast.BOT_ID,
        "type": "modal",
    }
    expected |= {"callback_id": "add", "private_metadata": "m", "external_id": "", "previous_view_id": None}
    expected |= {"state": {"values": {}}, "clear_on_close": False, "notify_on_close": False}
    assert {name: view[name] for name in expected} == expected
    assert view["root_view_id"] == view["id"]
    assert view["blocks"][0]["block_id"]


def test_a_trigger_serves_once(client: WebClient, workspace: Workspace) -> None:
    trigger = workspace.fresh_trigger(cast.MAYA)
    client.views_open(trigger_id=trigger, view=modal())
    assert refused(client.views_open, trigger_id=trigger, view=modal()) == "exchanged_trigger_id"
    assert refused(client.views_push, trigger_id=trigger, view=modal()) == "exchanged_trigger_id"


@pytest.mark.parametrize(("seconds", "error"), [(3.0, None), (3.1, "expired_trigger_id")])
def test_a_trigger_lives_three_seconds(
    client: WebClient, workspace: Workspace, clock: Clock, seconds: float, error: str | None
) -> None:
    trigger = workspace.fresh_trigger(cast.MAYA)
    clock.pass_(seconds)
    if error:
        assert refused(client.views_open, trigger_id=trigger, view=modal()) == error
    else:
        assert client.views_open(trigger_id=trigger, view=modal())["ok"]


def test_a_trigger_nobody_gave(client: WebClient) -> None:
    assert refused(client.views_open, trigger_id="1.2.made-up", view=modal()) == "invalid_trigger_id"


def test_a_bad_view_does_not_use_the_trigger_up(client: WebClient, workspace: Workspace) -> None:
    trigger = workspace.fresh_trigger(cast.MAYA)
    bad = modal(title=plain("x" * 25))
    assert refused(client.views_open, trigger_id=trigger, view=bad) == "invalid_arguments"
    assert client.views_open(trigger_id=trigger, view=modal())["ok"]


def test_three_modals_at_most(client: WebClient, workspace: Workspace, maya: Seat) -> None:
    first = opened(client, workspace)

    def push() -> dict[str, Any]:
        return {"trigger_id": workspace.fresh_trigger(cast.MAYA), "view": modal()}

    second = client.views_push(**push())["view"]
    third = client.views_push(**push())["view"]
    assert (third["root_view_id"], third["previous_view_id"]) == (first["id"], second["id"])
    assert refused(client.views_push, **push()) == "push_limit_reached"
    for expected in (third, second, first):
        assert maya.view is not None
        assert maya.view.id == expected["id"]
        maya.close()
    assert maya.view is None


def test_nothing_to_push_onto(client: WebClient, workspace: Workspace) -> None:
    trigger = workspace.fresh_trigger(cast.MAYA)
    assert refused(client.views_push, trigger_id=trigger, view=modal()) == "not_found"


def test_opening_over_an_open_modal_is_put_on_record(client: WebClient, workspace: Workspace) -> None:
    opened(client, workspace)
    assert workspace.refusals == []
    opened(client, workspace)
    assert [refusal.error for refusal in workspace.refusals] == ["modal_already_open"]


def test_each_person_has_a_stack(client: WebClient, workspace: Workspace) -> None:
    mine = opened(client, workspace)
    theirs = client.views_open(trigger_id=workspace.fresh_trigger(cast.PCP), view=modal())["view"]
    shown = {user: workspace.seat(user).view for user in (cast.MAYA, cast.PCP)}
    assert {user: view and view.id for user, view in shown.items()} == {
        cast.MAYA: mine["id"],
        cast.PCP: theirs["id"],
    }


def test_each_redrawing_gives_a_new_hash_and_an_old_one_conflicts(
    client: WebClient, workspace: Workspace
) -> None:
    first = opened(client, workspace)
    again = client.views_update(view_id=first["id"], hash=first["hash"], view=modal())["view"]
    assert again["hash"] != first["hash"]
    late = {"view_id": first["id"], "hash": first["hash"], "view": modal()}
    assert refused(client.views_update, **late) == "hash_conflict"
    assert client.views_update(view_id=first["id"], view=modal())["ok"]


def test_a_closed_modal_is_not_found(client: WebClient, workspace: Workspace, maya: Seat) -> None:
    view = opened(client, workspace)
    maya.close()
    assert refused(client.views_update, view_id=view["id"], view=modal()) == "not_found"


def test_external_ids_name_an_open_modal_and_are_not_shared(client: WebClient, workspace: Workspace) -> None:
    view = opened(client, workspace, external_id="mine")
    assert client.views_update(external_id="mine", view=modal(external_id="mine"))["view"]["id"] == view["id"]
    again = {"trigger_id": workspace.fresh_trigger(cast.PCP), "view": modal(external_id="mine")}
    assert refused(client.views_open, **again) == "duplicate_external_id"


def test_what_was_typed_stays_where_the_ids_stay(client: WebClient, workspace: Workspace, maya: Seat) -> None:
    kept = entry("Kept", block_id="kept")
    view = opened(client, workspace, kept, entry("Renamed", block_id="old"), entry("Nameless"))
    maya.fill({"Kept": "mine", "Renamed": "gone", "Nameless": "gone too"})
    changed = entry("Kept", typed(initial_value="theirs"), "kept")
    redrawn = modal(changed, entry("Renamed", block_id="new"), entry("Nameless"))
    values = client.views_update(view_id=view["id"], view=redrawn)["view"]["state"]["values"]
    held = [inner["value"] for block in values.values() for inner in block.values()]
    assert held == ["mine", None, None]


def test_home_is_published_and_redrawn(client: WebClient, workspace: Workspace) -> None:
    first = client.views_publish(user_id=cast.MAYA, view=home(section("One")))["view"]
    second = client.views_publish(user_id=cast.MAYA, hash=first["hash"], view=home(section("Two")))["view"]
    assert second["id"] == first["id"]
    shown = workspace.homes[cast.MAYA]
    assert shown.blocks[0]["text"]["text"] == "Two"
    late = {"user_id": cast.MAYA, "hash": first["hash"], "view": home()}
    assert refused(client.views_publish, **late) == "hash_conflict"
    assert client.views_update(view_id=first["id"], view=home(section("Three")))["ok"]


def test_home_for_nobody(client: WebClient) -> None:
    assert refused(client.views_publish, user_id="U0NOBODY", view=home()) == "user_not_found"


def test_views_need_a_view(client: WebClient, workspace: Workspace) -> None:
    trigger = workspace.fresh_trigger(cast.MAYA)
    missing = {"api_method": "views.open", "json": {"trigger_id": trigger}}
    assert refused(client.api_call, **missing) == "invalid_arguments"
    assert refused(client.api_call, api_method="views.update", json={"view": modal()}) == "invalid_arguments"
