"""A new clinic, from an empty table to a working team of five, by what is done in Slack alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.workspace import Workspace
from tests.rig.identifying import ZEPHYRINE, exposed, traces
from tests.rig.scenes import ASSESSED, handle_on, sees
from tests.rig.seats import seat_of
from tests.rig.servers.served import Served, environment, run_here, serving

pytestmark = pytest.mark.slow

REGISTRY: dict[str, Any] = {"Name": "Lakeside", "Your role": "Clinical Ops", "Team channel": "care-team"}
INVITED = {
    "Maya Okafor": "Care Manager",
    "Iris Lindqvist": "Consulting Psychiatrist",
    "Samuel Adeyemi": "Primary Care Physician",
    "Omar Haddad": "Finance",
}


@pytest.fixture
def served(endpoint: str, workspace: Workspace, tmp_path: Path) -> Iterator[Served]:
    """The bot as a process of its own, on an empty table; Lena may set registries up."""
    settings = {**environment(workspace, endpoint), "COCM_REGISTRY_CREATORS": "lena.novak@example.org"}
    assert run_here(settings, "table", "create").returncode == 0
    with serving(settings, workspace, tmp_path / "log") as bot:
        yield bot


def set_up(lena: Seat) -> None:
    """The registry, of which its creator is the first member and admin."""
    lena.command("/cocm today")
    sees(lena, "You are not in a patient registry yet.", "/cocm registry new")
    lena.command("/cocm registry new")
    sees(lena, "New registry", "Time zone")
    lena.fill(REGISTRY)
    assert lena.submit() is None
    sees(lena, "Lakeside is set up, and you work in it now as its admin.")
    lena.press("Team")
    sees(
        lena,
        "Lakeside · 1 member",
        "Lena Novak (you) · Clinical Ops · 🔑 admin",
        "You are alone here so far.",
    )


def invite(lena: Seat, name: str, role: str) -> None:
    """From the team's list: people in Slack are picked, the physician is written out."""
    lena.press("Invite…")
    sees(lena, "Invite people", "Lakeside")
    if name == "Samuel Adeyemi":
        first, last = name.split()
        address = f"{first}.{last}@example.org"
        lena.fill({"Or by e-mail": address, "First name": first, "Last name": last, "Role": role})
    else:
        lena.fill({"People in Slack": [name], "Role": role})
    assert lena.submit() is None
    sees(lena, f"{name} is invited as {role}.")
    lena.close()
    sees(lena, "Invited, not in yet", name)


def accept(workspace: Workspace, name: str, role: str) -> None:
    """By the button of the message; the psychiatrist by simply typing a command."""
    seat = seat_of(workspace, name)
    seat.go(cast.BOT)
    sees(seat, f"Lena Novak invites you to the patient registry Lakeside as {role}.")
    if name == "Iris Lindqvist":
        seat.command("/cocm today")
        sees(seat, "There are no patients in this registry yet.")
    else:
        seat.press("Accept")
        sees(seat, "You are in Lakeside.")


def complete(lena: Seat) -> None:
    """All five are in, nobody waits, and the care manager becomes an admin too."""
    lena.close(everything=True)
    lena.command("/cocm team")
    team = sees(lena, "Lakeside · 5 members", *(f"{name} · {role}" for name, role in INVITED.items()))
    assert "not in yet" not in team
    lena.press("Change…", near="*Maya Okafor*")
    lena.press("Make admin")
    lena.press("Make admin")
    sees(lena, "An admin now.")
    lena.close(everything=True)


def enrolled(maya: Seat) -> str:
    """The first patient, assessed by the care manager; returns the handle."""
    maya.command("/cocm add")
    maya.fill(ZEPHYRINE)
    assert maya.submit() is None
    handle = handle_on(sees(maya, "Added. Handle", "Zephyrine Muñoz-Kvåle"))
    maya.press("Log a contact")
    maya.fill(ASSESSED)
    assert maya.submit() is None
    sees(maya, "PHQ-9 18, the first score")
    maya.close(everything=True)
    return handle


def seen_by_those_who_may(workspace: Workspace, handle: str) -> None:
    """The clinicians see the patient; Finance what is billed, Clinical Ops nothing of them."""
    for name in ("Iris Lindqvist", "Samuel Adeyemi"):
        clinician = seat_of(workspace, name)
        clinician.command(f"/cocm patient {handle}")
        sees(clinician, "Zephyrine Muñoz-Kvåle", "PHQ-9 18", "Care manager: Maya Okafor")
        clinician.close(everything=True)
    for name, role in (("Omar Haddad", "Finance"), ("Lena Novak", "Clinical Ops")):
        seat = seat_of(workspace, name)
        seat.command(f"/cocm patient {handle}")
        assert "Zephyrine" not in sees(seat, f"As {role} you may not search for a patient.")
        seat.close(everything=True)
    omar = seat_of(workspace, "Omar Haddad")
    omar.command("/cocm billing")
    assert "Zephyrine" not in sees(omar, handle, "QX-77310", "45 before consent")


def test_from_an_empty_table_to_a_working_team_of_five(served: Served, workspace: Workspace) -> None:
    lena = seat_of(workspace, "Lena Novak")
    set_up(lena)
    for name, role in INVITED.items():
        invite(lena, name, role)
    for name, role in INVITED.items():
        accept(workspace, name, role)
    complete(lena)
    handle = enrolled(seat_of(workspace, "Maya Okafor"))
    seen_by_those_who_may(workspace, handle)
    lena.command("/cocm audit")
    sees(lena, "Omar Haddad · search for a patient · ⛔ refused, role Finance")

    assert [each for each in workspace.refusals if not each.race] == []
    assert [line for line in served.logged().splitlines() if traces(line)] == []
    assert [text for text in exposed(workspace.calls) if traces(text)] == []
