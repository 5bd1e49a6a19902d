"""Screens when Slack fails: each kind of screen × each method × each failure × once or always.

A screen's cells are in `SCENES`, by the part a method has in it: one for each method that it calls, which a
run without faults shows. Of all other methods it is shown that their failures change nothing.

Of the failures that are one to the bot (`test_answers` holds that they are), each cell tries one, in turn.
"""

import copy
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import pytest

from cocm_bot import bootstrap
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.context import new_id
from cocm_bot.operations.registries.setup import create_registry, new_registry
from cocm_bot.operations.team.invites import NewInvite, invite
from cocm_bot.playground import cast, interactions, payloads
from cocm_bot.playground.seats import finding
from cocm_bot.playground.seats.finding import Surface
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.state import Message
from cocm_bot.slack.patients.course.trend_view import NOT_TAKEN
from cocm_bot.slack.runtime.auth import UNSEEN
from cocm_bot.slack.shared_views.notices import UNSEARCHED, UNSHOWN, UNSHOWN_SAVED
from cocm_bot.store import registries as registries_kept
from cocm_bot.store.table import keys
from cocm_bot.store.table.wire import Item, wire_key
from tests.faults.slack import FAILURES, Failure, Resting, failing
from tests.rig import crowd
from tests.rig.clinic import ZONE, Clinic, running_clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, with_item
from tests.store import faults

pytestmark = [pytest.mark.slow, pytest.mark.long(30)]

METHODS = (
    "views.open",
    "views.push",
    "views.update",
    "views.publish",
    "response_url",
    "users.info",
    "conversations.info",
    "files.getUploadURLExternal",
    "upload",
    "files.completeUploadExternal",
    "chat.postMessage",
    "chat.update",
    "conversations.open",
)
ALIKE = ("500", "timeout", "connection reset", "no JSON", "bad gateway")
"""The failures that are one to the bot, whatever the method."""
SCREEN, UNCHANGED, LOADING = "the screen", "as before", "Loading…"
NOTE = "A note from cocm_bot"


@dataclass(frozen=True)
class Seen:
    """The screen in front of the person, and their private messages."""

    front: str
    notes: tuple[str, ...] = ()


Cell = Callable[[Failure, bool], Seen]
"""The outcome of a failure, once or always."""


def well(failure: Failure, always: bool) -> bool:
    """Return whether the second try repairs it."""
    return failure.passing and not always


def told(sentence: str) -> Seen:
    """Nothing is drawn: one private message says why."""
    return Seen(UNCHANGED, (UNSHOWN.format(why=sentence),))


def opening(failure: Failure, always: bool) -> Seen:
    """The call that opens the modal."""
    return Seen(SCREEN) if well(failure, always) else told(failure.said)


def filling(failure: Failure, always: bool) -> Seen:
    """The call that fills the modal: it says what failed, and if not even that works, a message does."""
    if well(failure, always):
        return Seen(SCREEN)
    return Seen(LOADING, told(failure.said).notes) if always else Seen(failure.said)


def redrawing(failure: Failure, always: bool) -> Seen:
    """The call that redraws a modal without inputs, or the App Home."""
    if well(failure, always):
        return Seen(SCREEN)
    return told(failure.said) if always else Seen(failure.said)


def redrawing_inputs(failure: Failure, always: bool) -> Seen:
    """The call that redraws a modal somebody types in: all of it stays."""
    if well(failure, always):
        return Seen(SCREEN)
    return told(failure.said) if always else Seen(f"{failure.said} + {UNCHANGED}")


def redrawing_below(failure: Failure, always: bool) -> Seen:
    """The call that shows what was saved."""
    if well(failure, always):
        return Seen(SCREEN)
    return Seen(UNCHANGED, (UNSHOWN_SAVED,)) if always else Seen(UNSHOWN_SAVED)


def answering(failure: Failure, always: bool) -> Seen:
    """The call that answers with a message, in a place of its own or another's."""
    if well(failure, always):
        return Seen(SCREEN)
    return told(failure.said) if always else Seen(UNCHANGED, (failure.said,))


def answering_newer(failure: Failure, always: bool) -> Seen:
    """The same with a block that Slack may not know: refused once, the older form of it is sent."""
    refused = (failure.fault or {}).get("error") == "invalid_blocks"
    return Seen(SCREEN) if refused and not always else answering(failure, always)


def asking(instead: Callable[[str], Seen]) -> Cell:
    """The call that says who somebody is; `instead` of the screen, what failed is said."""
    return lambda failure, always: Seen(SCREEN) if well(failure, always) else instead(failure.said)


def looking(instead: Callable[[str], Seen]) -> Cell:
    """The call that says who is in the channel."""
    return lambda failure, always: Seen(SCREEN) if well(failure, always) else instead(UNSEEN)


def uploading(failure: Failure, always: bool) -> Seen:
    """The first and last call for a picture; a file is no call that does the same twice."""
    moment = failure.fault == {"retry_after": 1}
    return Seen(SCREEN) if moment and not always else Seen(NOT_TAKEN)


def sending_bytes(_failure: Failure, _always: bool) -> Seen:
    return Seen(NOT_TAKEN)


def noted(sentence: str) -> Seen:
    return Seen(UNCHANGED, (sentence,))


def above(sentence: str) -> Seen:
    return Seen(f"{sentence} + {UNCHANGED}")


MODAL = {"users.info": asking(Seen), "views.update": filling}
IN_CHANNEL = {"conversations.info": looking(Seen)}
FILES = {
    "files.getUploadURLExternal": uploading,
    "upload": sending_bytes,
    "files.completeUploadExternal": uploading,
}


@dataclass(frozen=True)
class Scene:
    """One kind of screen: the way to it, the request for it, and the sign that it is there."""

    shown: str
    cells: Mapping[str, Cell]
    ask: Callable[[Seat, str], object]
    come: Callable[[Seat, str], object] = lambda _seat, _handle: None
    below: bool = False
    """True when the screen is in the modal below the one that is sent off."""
    who: str = "Maya Okafor"
    place: str = ""
    """The place they look at; the place they type in, if it is not said."""
    prepare: Callable[[Clinic], None] | None = None
    """Prepares the table: such a scene can be asked for once only, so it is put back for each cell."""


def helped(seat: Seat, _handle: str) -> None:
    seat.command("/cocm help")
    seat.expect("Hello Maya")


def registries(seat: Seat, _handle: str) -> None:
    seat.command("/cocm registry")
    seat.expect("you work here")


def searching(seat: Seat, _handle: str) -> None:
    seat.command("/cocm patient")
    seat.expect("Which patient?")


def card(seat: Seat, handle: str) -> None:
    seat.command(f"/cocm patient {handle}")
    seat.expect("Ana Muñoz")


def form(seat: Seat, handle: str) -> None:
    seat.command(f"/cocm log {handle}")
    seat.fill({"Minutes": "20", **with_item({"PHQ-9 total": "9"})})


def form_on_card(seat: Seat, handle: str) -> None:
    card(seat, handle)
    seat.press("Log a contact")
    seat.fill({"Minutes": "20", **with_item({"PHQ-9 total": "9"})})


def home(seat: Seat, _handle: str) -> None:
    seat.open_home()
    seat.expect("Hello Maya")


def invite_noor(clinic: Clinic) -> None:
    noor = NewInvite(
        email="noor.rahimi@example.org", first_name="Noor", last_name="Rahimi", role=Role.CARE_MANAGER
    )
    invite(clinic.ctx, clinic.actor(), noor, new_id())
    clinic.tick()


def invite_maya(clinic: Clinic) -> None:
    """Somebody's other registry wants her too."""
    wanted = new_registry(
        name="Harbor Clinic",
        admin_email="lena.novak@example.org",
        first_name="Lena",
        last_name="Novak",
        role=Role.CLINICAL_OPS,
        timezone=ZONE,
    )
    harbor = registries_kept.get(clinic.ctx.table, create_registry(clinic.ctx, wanted).registry_id)
    assert harbor is not None
    lena = clinic.actor("Lena Novak")
    maya = NewInvite(
        email="maya.okafor@example.org", first_name="Maya", last_name="Okafor", role=Role.CARE_MANAGER
    )
    invite(clinic.ctx, replace(lena, registry=harbor, is_admin=True), maya, new_id())


SCENES: Mapping[str, Scene] = {
    "command, message": Scene(
        "1 patient, sorted by urgency",
        {"response_url": answering_newer, "users.info": asking(noted), "conversations.info": looking(noted)},
        lambda seat, _: seat.command("/cocm caseload"),
    ),
    "command, modal": Scene(
        "Ana Muñoz",
        {"views.open": opening, **MODAL, **IN_CHANNEL},
        lambda seat, handle: seat.command(f"/cocm patient {handle}"),
    ),
    "button in a message, modal": Scene(
        "To the registry",
        {"views.open": opening, **MODAL, **IN_CHANNEL},
        lambda seat, _: seat.press("Add a patient"),
        helped,
    ),
    "button in a modal, modal on top": Scene(
        "Contact type",
        {"views.push": opening, **MODAL},
        lambda seat, _: seat.press("Log a contact"),
        card,
    ),
    "button, message redrawn": Scene(
        "Nothing is due",
        {"response_url": answering, "users.info": asking(noted), "conversations.info": looking(noted)},
        lambda seat, _: seat.press("Today"),
        helped,
    ),
    "button, modal redrawn": Scene(
        "Initial assessment due",
        {"views.update": redrawing, "users.info": asking(Seen)},
        lambda seat, _: seat.press("Settings"),
        registries,
    ),
    "choice, modal with inputs redrawn": Scene(
        "Recommendation",
        {"views.update": redrawing_inputs, "users.info": asking(above)},
        lambda seat, _: seat.fill({"Contact type": "Psychiatric Consultation"}),
        form,
    ),
    "menu, modal on top": Scene(
        "Initial Assessment",
        {"views.push": opening, **MODAL},
        lambda seat, _: seat.choose("More…", "History"),
        card,
    ),
    "submission, in its place": Scene(
        "Saved.",
        {"users.info": asking(above)},
        lambda seat, _: seat.submit(),
        form,
    ),
    "submission, modal below redrawn": Scene(
        "Saved.",
        {"views.update": redrawing_below, "users.info": asking(above)},
        lambda seat, _: seat.submit(),
        form_on_card,
        below=True,
    ),
    "shortcut, modal": Scene(
        "To the registry",
        {"views.open": opening, **MODAL},
        lambda seat, _: seat.sender.interact(
            payloads.shortcut(seat.workspace, seat.person.id, "shortcut:add")
        ),
    ),
    "App Home opened": Scene(
        "My day",
        {"views.publish": redrawing, "users.info": asking(Seen)},
        lambda seat, _: seat.open_home(),
    ),
    "button in the App Home, modal": Scene(
        "To the registry",
        {"views.open": opening, **MODAL},
        lambda seat, _: seat.press("Add a patient"),
        home,
    ),
    "button in the App Home, App Home redrawn": Scene(
        "My day",
        {"views.publish": redrawing, "users.info": asking(Seen)},
        lambda seat, _: seat.press("Accept"),
        home,
        prepare=invite_maya,
    ),
    "button in an invitation, message redrawn": Scene(
        "You are in",
        {"response_url": answering, "users.info": asking(noted), "conversations.info": looking(noted)},
        lambda seat, _: seat.press("Accept"),
        who="Noor Rahimi",
        place=cast.BOT,
        prepare=invite_noor,
    ),
    "picture of the trend": Scene(
        "Scores of",
        {"views.push": opening, **MODAL, **FILES},
        lambda seat, _: seat.press("Trend"),
        card,
    ),
}


CELLS = [(name, method) for name, scene in SCENES.items() for method in scene.cells]
CASES = [
    (*cell, failure)
    for turn, cell in enumerate(CELLS)
    for failure in FAILURES
    if failure not in ALIKE or failure == ALIKE[turn % len(ALIKE)]
]
SEARCH = Scene("", {}, lambda _seat, _handle: None, searching)


@dataclass
class Responder:
    """The clinic, one patient, and what the workspace looked like when each scene was about to begin."""

    clinic: Clinic
    resting: Resting
    handle: str
    begun: dict[str, dict[str, Any]]
    stored: dict[str, list[Item]]
    """The table as a scene begins that can be asked for once, and before any such."""
    changed: bool = False
    """True when such a scene was the last."""

    def come(self, scene: Scene, name: str) -> Seat:
        """Bring the person there, or back there."""
        workspace, seat = self.clinic.workspace, self.clinic.seat(scene.who)
        if scene.prepare and not self.changed:
            self.stored["before"] = crowd.stored(self.clinic.ctx.table)
        elif self.changed:
            crowd.restore(self.clinic.ctx.table, self.stored["before"])
        self.changed = scene.prepare is not None
        if name not in self.begun:
            workspace.modals.clear()
            workspace.homes.clear()
            workspace.messages.clear()
            if scene.prepare:
                scene.prepare(self.clinic)
            scene.come(seat, self.handle)
            self.resting.wait()
            if scene.prepare:
                self.stored[name] = crowd.stored(self.clinic.ctx.table)
            self.begun[name] = {"at_home": seat.at_home} | {
                kept: copy.deepcopy(getattr(workspace, kept))
                for kept in ("modals", "homes", "messages", "links")
            }
        kept = copy.deepcopy(self.begun[name])
        seat.at_home = kept.pop("at_home")
        for what, value in kept.items():
            setattr(workspace, what, value)
        workspace.calls.clear()
        if scene.place:
            seat.go(scene.place)
        if scene.prepare:
            crowd.restore(self.clinic.ctx.table, self.stored[name])
        # An App Home that another scene opened would be drawn again after a submission.
        table, home = self.clinic.ctx.table, keys.home(seat.person.id)
        table.client.delete_item(TableName=table.name, Key=wire_key(home))
        # What the bot remembers of people and channels, it forgets by then.
        self.clinic.clock.forward(minutes=1)
        return seat

    def ask(self, scene: Scene, seat: Seat) -> Seen:
        """Let the person ask, and see what they see once all is done."""
        before = said(front(seat))
        lower = said(seat.workspace.modals[seat.person.id][0]) if scene.below else before
        noted = len(notes(seat))
        scene.ask(seat, self.handle)
        self.resting.wait()
        now = said(front(seat))
        return Seen(UNCHANGED if now == lower else seen(scene, before, now), tuple(notes(seat)[noted:]))


def front(seat: Seat) -> Surface | None:
    if seat.view:
        return seat.view
    if seat.at_home:
        return seat.home
    return next((each for each in reversed(seat.messages()) if each.text != NOTE), None)


def notes(seat: Seat) -> list[str]:
    """Return the person's private messages, beside what they asked or by direct message."""
    direct = seat.workspace.direct(seat.person.id, cast.BOT).id
    mine = [each for each in seat.workspace.messages if each.text == NOTE]
    assert all(each.only_for == seat.person.id or each.channel == direct for each in mine)
    return [said(each) for each in mine]


def said(surface: Surface | Message | None) -> str:
    """All words of a surface, as one line, without the references of failures."""
    if surface is None:
        return ""
    texts = [*getattr(surface, "errors", {}).values(), *_texts(surface.blocks)]
    return re.sub(r" \(Reference \w+\)", "", " ".join(" ".join(texts).split()))


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name in {"text", "alt_text"} and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)


def seen(scene: Scene, before: str, now: str) -> str:
    if now == before:
        return UNCHANGED
    if NOT_TAKEN in now:
        return NOT_TAKEN
    if scene.shown in now:
        return SCREEN
    if before and now.endswith(before):
        return f"{now.removesuffix(before).removeprefix('⚠️').strip()} + {UNCHANGED}"
    return now


@pytest.fixture(scope="module")
def stage(endpoint: str) -> Iterator[Responder]:
    with running_stage(endpoint) as running:
        yield running


@pytest.fixture(scope="module")
def worn(endpoint: str) -> Iterator[Responder]:
    """One whose table fails so often that its client ceases to try again by itself."""
    with running_stage(endpoint) as running:
        yield running


@contextmanager
def running_stage(endpoint: str) -> Iterator[Responder]:
    resting = Resting()
    with mock.patch.object(bootstrap, "ThreadPoolExecutor", resting.pool), running_clinic(endpoint) as clinic:
        maya = clinic.seat()
        handle = add_patient(maya)
        maya.close()
        assert log_contact(maya, handle, **ASSESSED) is None
        maya.close()
        yield Responder(clinic, resting, handle, {}, {})


@pytest.mark.parametrize("name", SCENES)
def test_a_screen_calls_these_methods_and_no_others(stage: Responder, name: str) -> None:
    scene = SCENES[name]
    seat = stage.come(scene, name)
    assert stage.ask(scene, seat) == Seen(SCREEN)
    called = {call.name for call in stage.clinic.workspace.calls if call.to == "slack"}
    if "upload" in scene.cells:
        called |= {"upload"}
    assert called == set(scene.cells)
    assert called <= set(METHODS)


@pytest.mark.parametrize(("name", "method", "failure"), CASES)
def test_what_is_seen(
    stage: Responder, name: str, method: str, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    scene, how = SCENES[name], FAILURES[failure]
    for always in (False, True):
        seat = stage.come(scene, name)
        with failing(stage.clinic.workspace, method, how, always=always):
            found = stage.ask(scene, seat)
        assert found == scene.cells[method](how, always), "always" if always else "once"


@pytest.mark.parametrize("failure", FAILURES)
def test_a_search_that_could_not_be_made_says_so(
    stage: Responder, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty list would say that there is no such patient."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    how = FAILURES[failure]
    for always in (False, True):
        seat = stage.come(SEARCH, "suggestions")
        with failing(stage.clinic.workspace, "users.info", how, always=always):
            offered = seat.suggest("find-patient", "Muñ")
        assert offered == [f"Muñoz, Ana · {stage.handle}" if well(how, always) else UNSEARCHED]
        assert notes(seat) == []


def test_what_could_not_be_searched_can_not_be_chosen(
    stage: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = stage.come(SEARCH, "suggestions")
    with failing(stage.clinic.workspace, "users.info", FAILURES["500"], always=True):
        [option] = interactions.suggest(
            seat.sender,
            seat.person.id,
            seat.front(),
            finding.menu([seat.front()], "find-patient", None).found,
            "Muñ",
        )
    interactions.act(
        seat.sender,
        seat.person.id,
        seat.front(),
        finding.menu([seat.front()], "find-patient", None).found,
        option,
    )
    stage.resting.wait()
    assert said(seat.view) == "There is no such patient in this registry."


@pytest.mark.parametrize(("turn", "name"), list(enumerate(SCENES)))
def test_a_failure_of_any_other_method_changes_nothing(stage: Responder, turn: int, name: str) -> None:
    """The cells of the methods that a screen does not call: how they fail makes no difference then."""
    scene, workspace = SCENES[name], stage.clinic.workspace
    how = list(FAILURES.values())[turn % len(FAILURES)]
    seat = stage.come(scene, name)
    with ExitStack() as ordered:
        for method in METHODS:
            if method not in scene.cells:
                ordered.enter_context(failing(workspace, method, how, always=True))
        assert stage.ask(scene, seat) == Seen(SCREEN)


# --- the table ----------------------------------------------------------------------------------------------

SILENT_TABLE = Failure("The registry does not answer right now. Please try again in a moment.", False, None)
OF_TABLE: Mapping[str, tuple[faults.Fault, bool]] = {
    "refused": (faults.refuse("AccessDeniedException"), False),
    "throttled": (faults.refuse("ProvisionedThroughputExceededException"), True),
    "broken": (faults.refuse("InternalServerError", 500), True),
    "timeout": (faults.time_out, True),
}
"""The failure of the table, and whether its client tries again by itself."""
PASSING = [failure for failure, (_, mended) in OF_TABLE.items() if mended]
"""Those that are one to whoever asks the table."""
CASES_OF_TABLE = [
    (name, failure)
    for turn, name in enumerate(SCENES)
    for failure in OF_TABLE
    if failure not in PASSING or failure == PASSING[turn % len(PASSING)]
]


@pytest.mark.parametrize(("name", "failure"), CASES_OF_TABLE)
def test_what_is_seen_when_the_table_fails_once(
    stage: Responder, name: str, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    fault, mended = OF_TABLE[failure]
    found = with_table(stage, name, faults.times(1, fault))
    assert found == (Seen(SCREEN) if mended else SCENES[name].cells["users.info"](SILENT_TABLE, True))


@pytest.mark.parametrize(("name", "failure"), CASES_OF_TABLE)
def test_what_is_seen_when_the_table_fails_always(
    worn: Responder, name: str, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same as where Slack does not say who somebody is, with another sentence."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    found = with_table(worn, name, OF_TABLE[failure][0])
    assert found == SCENES[name].cells["users.info"](SILENT_TABLE, True)


def with_table(stage: Responder, name: str, fault: faults.Fault) -> Seen:
    seat = stage.come(SCENES[name], name)
    with faults.on(stage.clinic.ctx.table.client, "*", fault):
        return stage.ask(SCENES[name], seat)
