"""Every kind of outsider is refused on every surface, with the same sentence, and written down."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground import cast, views
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.runtime.auth import OUTSIDERS, SHARED, UNSEEN
from tests.rig import forged
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, sees
from tests.store import faults
from tests.store.build import end_membership

STRANGER = "You are not in a patient registry yet. Ask the admin of your clinic's registry to add you"
SILENT = "Slack does not answer right now. Please try again in a moment."
UNSEARCHED = "I can't search right now. Please type it again in a moment."
OF_ANA = ("Ana", "Muñoz", "A.M.", "A-1001", "1984-02-29", "29 Feb 1984", "555-010-0134", "ana.munoz")


@dataclass(frozen=True)
class Asked:
    """Somebody asks about a patient, at a place; `view` is a modal of a member's, which they forge."""

    clinic: Clinic
    seat: Seat
    view: dict[str, Any]
    about: str

    def answer(self, act: Callable[[], object]) -> str:
        """The text of the message that comes of it, without the minute in which it came."""
        before = len(self.seat.messages())
        act()
        self.clinic.workspace.wait_until(lambda: len(self.seat.messages()) > before, "an answer")
        return re.sub(r"APP \d\d:\d\d", "APP", sees(self.seat))

    def modal(self, act: Callable[[], object]) -> str:
        """The text of the modal that comes of it, once it is no longer loading."""
        act()
        self.clinic.workspace.wait_until(
            lambda: self.seat.view and "Loading" not in self.seat.screen, "a modal"
        )
        text = sees(self.seat)
        self.seat.close()
        return text


def a_command(asked: Asked) -> str:
    return asked.answer(lambda: asked.seat.command("/cocm caseload"))


def a_modal_command(asked: Asked) -> str:
    return asked.modal(lambda: asked.seat.command(f"/cocm patient {asked.about}"))


def a_button(asked: Asked) -> str:
    user, place = asked.seat.person.id, asked.seat.place
    return asked.answer(lambda: forged.click(asked.clinic, user, "command:today", "", place))


def a_menu(asked: Asked) -> str:
    user, place = asked.seat.person.id, asked.seat.place
    return asked.modal(
        lambda: forged.click(asked.clinic, user, "patient-menu", f"open {asked.about} today", place)
    )


def a_submission(asked: Asked) -> str:
    reply = forged.submission(asked.clinic, asked.seat.person.id, asked.view)
    [sentence] = reply.json["errors"].values()
    return str(sentence)


def a_search(asked: Asked) -> str:
    reply = forged.search(asked.clinic, asked.seat.person.id, "find-patient", asked.about)
    return "".join(option["text"]["text"] for option in reply.json["options"])


def the_home(asked: Asked) -> str:
    asked.clinic.workspace.homes.pop(asked.seat.person.id, None)
    asked.seat.open_home()
    asked.clinic.workspace.wait_until(lambda: asked.seat.home, "a home")
    text = sees(asked.seat)
    asked.seat.at_home = False
    return text


IN_CHANNELS = (a_command, a_modal_command, a_button, a_menu)
EVERYWHERE = (*IN_CHANNELS, a_submission, a_search, the_home)

NAMED_OUTSIDERS = {
    "Gus Moreau": "guest",
    "Solveig Berg": "guest of one channel",
    "Emil Castellanos": "of another company",
    "Daria Petrov": "deactivated",
    "Reminder Bot": "bot",
}


@contextmanager
def a_patient(clinic: Clinic) -> Iterator[tuple[str, dict[str, Any]]]:
    """A patient's handle, and the modal in which Maya is about to log a contact."""
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    maya.command(f"/cocm log {handle}")
    maya.fill(ASSESSED)
    assert maya.view is not None
    view = views.as_slack(maya.view)
    maya.close()
    clinic.workspace.settled()
    calls = clinic.workspace.calls
    before = len(calls)
    logged = len(clinic.accesses())
    yield handle, view
    sent = "\n".join(
        repr(call.arguments if call.to == "slack" else call.answer)
        for call in clinic.workspace.calls[before:]
    )
    assert [word for word in (*OF_ANA, handle) if word in sent] == []
    assert clinic.patients()[0].treatment_logs == ()
    assert len(clinic.accesses()) == logged
    assert [entry.outcome for entry in clinic.accesses("-")] == ["refused"] * len(clinic.accesses("-"))


def refused(clinic: Clinic, seat: Seat, view: dict[str, Any], surfaces: Any, handle: str) -> list[str]:
    """The answers on all surfaces, asked about a patient who exists and one who does not: the same."""
    answers = []
    for surface in surfaces:
        known, unknown = (surface(Asked(clinic, seat, view, about)) for about in (handle, "Z0Z0"))
        assert known == unknown
        answers.append(known)
    return answers


def test_outsiders_are_refused_on_every_surface(clinic: Clinic) -> None:
    with a_patient(clinic) as (handle, view):
        for name in NAMED_OUTSIDERS:
            seat = clinic.seat(name)
            answers = refused(clinic, seat, view, EVERYWHERE, handle)
            assert [OUTSIDERS in answer for answer in answers if answer] == [True] * 6, name
            entries = [e for e in clinic.accesses("-") if e.slack_user_id == seat.person.id]
            assert len(entries) == 2 * len(EVERYWHERE)
            assert {(entry.action, entry.reason) for entry in entries} == {("enter", "Outsider")}
            assert {entry.surface for entry in entries} == {"message", "modal", "search", "App Home"}


@pytest.mark.parametrize(
    "change",
    [{"team_id": cast.OTHER_TEAM}, {"is_stranger": True}, {"email": None}, {"is_ultra_restricted": True}],
    ids=["another workspace", "external", "without an address", "guest of one channel"],
)
def test_a_members_own_address_does_not_let_them_in_as_an_outsider(
    clinic: Clinic, change: dict[str, Any]
) -> None:
    people_there = clinic.workspace.people
    people_there[cast.MAYA] = replace(people_there[cast.MAYA], **change)
    clinic.seat().command("/cocm caseload")
    sees(clinic.seat(), OUTSIDERS)


def test_a_member_of_no_registry_is_told_whom_to_ask_on_every_surface(clinic: Clinic) -> None:
    with a_patient(clinic) as (handle, view):
        noor = clinic.seat("Noor Rahimi")
        answers = refused(clinic, noor, view, EVERYWHERE, handle)
        assert [STRANGER in answer for answer in answers if answer] == [True] * 6
        assert {entry.reason for entry in clinic.accesses("-")} == {"Stranger"}
        assert len(clinic.accesses("-")) == 2 * len(EVERYWHERE)


@pytest.mark.parametrize(
    ("place", "sentence", "reason"),
    [
        (cast.SHARED, SHARED, "SharedChannel"),
        (cast.PRIVATE, UNSEEN, "UncheckedChannel"),
        ("is_pending_ext_shared", SHARED, "SharedChannel"),
        # the playground is of no organization: nobody it could be shared with is one of them
        ("is_org_shared", SHARED, "SharedChannel"),
    ],
)
def test_members_get_nothing_where_others_listen(
    clinic: Clinic, place: str, sentence: str, reason: str
) -> None:
    with a_patient(clinic) as (handle, view):
        if place.startswith("is_"):
            setattr(clinic.workspace.places[cast.LOBBY], place, True)
            place = cast.LOBBY
        iris = clinic.seat("Iris Lindqvist")
        iris.place = place
        answers = refused(clinic, iris, view, IN_CHANNELS, handle)
        assert [sentence in answer for answer in answers] == [True] * len(IN_CHANNELS)
        assert {entry.reason for entry in clinic.accesses("-")} == {reason}


def test_whoever_slack_does_not_vouch_for_is_refused_and_written_down(clinic: Clinic) -> None:
    with a_patient(clinic) as (handle, view):
        clinic.clock.forward(minutes=6)
        for surface in EVERYWHERE:
            clinic.workspace.fail("users.info", times=2, error="internal_error")
            answer = surface(Asked(clinic, clinic.seat(), view, handle))
            assert SILENT in answer or UNSEARCHED in answer
        assert len(clinic.accesses("-")) == len(EVERYWHERE)


def test_a_membership_that_ends_is_over_at_the_next_request(clinic: Clinic) -> None:
    iris = clinic.seat("Iris Lindqvist")
    iris.command("/cocm today")
    sees(iris, "There are no patients in this registry yet.")
    end_membership(clinic.ctx.table, clinic.member("Iris Lindqvist").user_id, clinic.registry_id)
    iris.command("/cocm today")
    sees(iris, STRANGER)


def test_a_role_that_changes_counts_at_the_next_request(clinic: Clinic) -> None:
    samuel = clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm add")
    sees(samuel, "As Primary Care Physician you may not add a patient. Ask a Care Manager.")
    samuel.close()
    end_membership(clinic.ctx.table, clinic.member("Samuel Adeyemi").user_id, clinic.registry_id)
    clinic.add_member("Samuel Adeyemi", Role.CARE_MANAGER)
    samuel.command("/cocm add")
    sees(samuel, "MRN", "First name")


@pytest.mark.parametrize("later", [1, -1])
def test_somebody_who_types_is_let_in_once_a_second(clinic: Clinic, later: int) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.close()
    iris = clinic.seat("Iris Lindqvist")
    iris.command("/cocm patient")
    sees(iris, "Which patient?")
    table = clinic.ctx.table.client
    asked = []
    for typed in ("Muñ", "Muño", "Muñoz"):
        with faults.on(table, "*", faults.none) as requests:
            assert iris.suggest("Handle, MRN or name", typed)
        asked.append(["RequestItems" in each for each in requests])
    # Who she is, once; then the notes of changes, and the entry of the access log.
    assert any(asked[0])
    assert asked[1:] == [[False, False], [False, False]]
    end_membership(clinic.ctx.table, clinic.member("Iris Lindqvist").user_id, clinic.registry_id)
    clinic.clock.forward(seconds=later)
    assert iris.suggest("Handle, MRN or name", "Muñoz") == []


def test_who_slack_says_somebody_is_holds_for_minutes_not_longer(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm help")
    sees(maya, "Hello Maya")
    clinic.workspace.people[cast.MAYA].is_restricted = True
    clinic.clock.forward(minutes=6)
    maya.command("/cocm help")
    sees(maya, OUTSIDERS)


def test_an_address_is_matched_whatever_its_case(clinic: Clinic) -> None:
    clinic.workspace.people[cast.MAYA].email = "Maya.OKAFOR@Example.org"
    maya = clinic.seat()
    maya.command("/cocm help")
    sees(maya, "Hello Maya")


MAY = {
    "Maya Okafor": {"today", "caseload", "patient", "add", "log", "save"},
    "Iris Lindqvist": {"today", "caseload", "patient", "log", "save"},
    "Samuel Adeyemi": {"today", "caseload", "patient"},
    "Lena Novak": set(),
    "Omar Haddad": set(),
}


@pytest.mark.parametrize("name", MAY)
def test_a_role_may_do_what_the_table_says_and_nothing_else(clinic: Clinic, name: str) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    maya.command(f"/cocm log {handle}")
    maya.fill(ASSESSED)
    assert maya.view is not None
    view = views.as_slack(maya.view)
    maya.close()

    seat = clinic.seat(name)
    asked = Asked(clinic, seat, view, handle)
    screens = {
        "today": asked.answer(lambda: seat.command("/cocm today")),
        "caseload": asked.answer(lambda: seat.command("/cocm caseload")),
        "patient": asked.modal(lambda: seat.command(f"/cocm patient {handle}")),
        "add": asked.modal(lambda: seat.command("/cocm add")),
        "log": asked.modal(lambda: seat.command(f"/cocm log {handle}")),
        "save": forged.submission(clinic, seat.person.id, view).text,
    }
    refusal = f"As {clinic.member(name).role} you may not"
    assert {what for what, screen in screens.items() if refusal not in screen} == MAY[name]
    shown = "".join(screen for what, screen in screens.items() if what not in MAY[name])
    assert [word for word in OF_ANA if word in shown] == []
    refused_here = [entry for entry in clinic.accesses() if entry.outcome == "refused"]
    assert len(refused_here) == len(screens) - len(MAY[name])
    assert len(clinic.patients()[0].treatment_logs) == ("save" in MAY[name])


def test_a_member_who_uses_the_bot_is_seen_that_day(clinic: Clinic) -> None:
    clinic.seat().command("/cocm help")
    clinic.workspace.wait_until(
        lambda: clinic.member("Maya Okafor").last_seen == "2031-03-03", "her being seen"
    )
    assert clinic.member("Iris Lindqvist").last_seen is None
