"""A team channel that becomes shared: the admins of its registries are notified, once."""

from cocm_bot.playground import cast
from tests.rig.clinic import Clinic
from tests.rig.scenes import second_registry, sees, team_channel


def shared(clinic: Clinic, channel: str) -> None:
    """Slack reports that a channel is shared now."""
    clinic.workspace.places[channel].is_ext_shared = True
    clinic.workspace.event(
        {
            "type": "channel_shared",
            "connected_team_id": cast.OTHER_TEAM,
            "channel": channel,
            "event_ts": "1.2",
        }
    )


def test_the_admins_are_told_at_once_and_once(clinic: Clinic) -> None:
    team_channel(clinic, clinic.registry_id, cast.TEAM_CHANNEL)
    shared(clinic, cast.TEAM_CHANNEL)
    maya = clinic.seat()
    maya.go(cast.BOT)
    sees(maya, "The team channel", "is now shared with another company. I no longer post there.")
    shared(clinic, cast.TEAM_CHANNEL)
    clinic.workspace.settled()
    assert [call.arguments["channel"] for call in clinic.calls("chat.postMessage")] == [cast.MAYA]


def test_each_registry_of_the_channel_is_told(clinic: Clinic) -> None:
    for registry_id in (clinic.registry_id, second_registry(clinic)):
        team_channel(clinic, registry_id, cast.TEAM_CHANNEL)
    shared(clinic, cast.TEAM_CHANNEL)
    clinic.workspace.wait_until(lambda: len(clinic.calls("chat.postMessage")) == 2, "two messages")


def test_nobody_is_told_of_a_channel_that_is_no_team_channel_any_more(clinic: Clinic) -> None:
    team_channel(clinic, clinic.registry_id, cast.TEAM_CHANNEL)
    team_channel(clinic, clinic.registry_id, cast.LOBBY)
    shared(clinic, cast.TEAM_CHANNEL)
    clinic.workspace.settled()
    assert clinic.calls("chat.postMessage") == []
