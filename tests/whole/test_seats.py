"""People of the tests: what they do next meets what the bot answered last, however busy the machine is."""

import pytest

from cocm_bot.playground import cast
from tests.rig.clinic import Clinic
from tests.rig.scenes import sees


@pytest.mark.parametrize(
    ("command", "method", "answer"),
    [("/cocm add", "views.open", "Add a patient"), ("/cocm help", "response_url", "/cocm today")],
)
def test_a_command_over_an_open_window_is_answered_before_the_next_act(
    clinic: Clinic, command: str, method: str, answer: str
) -> None:
    maya = clinic.seat()
    maya.go(cast.BOT)
    maya.command("/cocm team")
    sees(maya, "Team")
    covered, said = maya.view, len(maya.messages())
    clinic.workspace.fail(method, hang=0.4)
    maya.command(command)
    assert (maya.view is not covered) or len(maya.messages()) > said
    if maya.view is covered:
        maya.close(everything=True)
    sees(maya, answer)
