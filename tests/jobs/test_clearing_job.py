"""Screens somebody has in Slack of a registry once they are not the person drawn for: a table of both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.records.agreements import RecommendationKind
from cocm_bot.domain.vocabulary import ContactType, Flag, Role
from cocm_bot.operations.access import accounts
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.operations.team import team
from cocm_bot.operations.team.assignment import assign_one
from cocm_bot.playground import cast, reading, views
from cocm_bot.playground.seats import text
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job, JobKind
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, sees
from tests.rig.scenes import log_contact as log_at_the_screen

NOOR = "Noor Rahimi"
ADDRESS = "noor.rahimi@example.org"
MARKS = ("A.M.", "Muñoz")
"""The text about the patient in messages, and in the App Home."""


@dataclass
class Scene:
    """Noor, a care manager, with everything about a patient in front of her that the bot draws."""

    clinic: Clinic
    handle: str

    @property
    def home(self) -> str:
        return self._text(self.clinic.workspace.homes[cast.UNKNOWN])

    def shown(self) -> Mapping[str, str]:
        """Her App Home and direct messages: what each is, by the mark it was drawn with at first."""
        said = [self._text(each) for each in self.clinic.seat(NOOR).messages(cast.BOT)]
        return {"home": self.home, "messages": "\n".join(said)}

    def _text(self, front: object) -> str:
        return reading.words(text.drawing(self.clinic.workspace, front, cast.UNKNOWN))  # type: ignore[arg-type] # any screen

    def jobs(self) -> list[Job]:
        table, far = self.clinic.ctx.table, self.clinic.clock().timestamp() + 10_000
        waiting = [each for shard in range(jobs.SHARDS) for each in jobs.due(table, shard, far).waiting]
        found = (jobs.get(table, *each) for each in waiting if each.kind == JobKind.CLEARING)
        return [each for each in found if each]

    def user(self) -> str:
        return self.clinic.member(NOOR).user_id


@pytest.fixture
def scene(clinic: Clinic) -> Scene:
    clinic.add_member(NOOR, Role.CARE_MANAGER)
    maya, noor = clinic.seat(), clinic.seat(NOOR)
    handle = add_patient(maya)
    maya.close(everything=True)
    noor.command("/cocm caseload")
    sees(noor, "Caseload")
    advice = Advice(kinds=(RecommendationKind.MEDICATION,), text="Raise the dose.")
    consultation = Contact(
        contact_type=ContactType.CONSULTATION, day=clinic.clock().date(), minutes=10, advice=advice
    )
    assign_one(clinic.ctx, clinic.actor(), handle, clinic.member(NOOR).user_id, "assign")
    log_contact(clinic.ctx, clinic.actor("Iris Lindqvist"), handle, consultation, new_id())
    risk = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
    raise_flags(clinic.ctx, clinic.actor("Iris Lindqvist"), handle, risk, new_id())
    clinic.tick()
    clinic.clock.forward(days=1)
    clinic.tick()
    noor.open_home()
    sees(noor, "Muñoz")
    found = Scene(clinic, handle)
    said = found.shown()["messages"]
    assert said.count("A.M.") >= 3, said
    return found


def change(clinic: Clinic, role: Role) -> None:
    team.change_role(clinic.ctx, clinic.actor(), clinic.member(NOOR).user_id, role)


def to_finance(scene: Scene) -> None:
    change(scene.clinic, Role.FINANCE)


def to_ops(scene: Scene) -> None:
    change(scene.clinic, Role.CLINICAL_OPS)


def to_psychiatrist(scene: Scene) -> None:
    change(scene.clinic, Role.PSYCHIATRIST)


def removed(scene: Scene) -> None:
    team.remove(scene.clinic.ctx, scene.clinic.actor(), scene.user())


def forgotten(scene: Scene) -> None:
    team.forget_account(scene.clinic.ctx, scene.clinic.actor(), scene.user())


def unbound(scene: Scene) -> None:
    accounts.unbind(scene.clinic.ctx, ADDRESS, "operator")


def replaced(scene: Scene) -> None:
    accounts.let_in(scene.clinic.ctx, ADDRESS, (cast.TEAM, "U0NEWNOOR"), "operator")


def a_guest(scene: Scene) -> None:
    noor = scene.clinic.workspace.people[cast.UNKNOWN]
    noor.is_restricted = True
    scene.clinic.workspace.event({"type": "user_change", "user": noor.as_slack()})
    scene.clinic.workspace.settled()


CHANGES: Mapping[str, Callable[[Scene], None]] = {
    "another role that sees patients": to_psychiatrist,
    "Finance": to_finance,
    "Clinical Ops": to_ops,
    "removed": removed,
    "the account forgotten by an admin": forgotten,
    "the account unbound from the command line": unbound,
    "another account let in": replaced,
    "made a guest in Slack": a_guest,
}


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_drawn_for_who_they_were_is_left(scene: Scene, name: str) -> None:
    before = scene.shown()
    assert all(any(mark in shown for mark in MARKS) for shown in before.values())
    CHANGES[name](scene)
    scene.clinic.tick()
    assert {where: mark for where, shown in scene.shown().items() for mark in MARKS if mark in shown} == {}
    scene.clinic.clock.forward(minutes=5)
    scene.clinic.tick()
    assert scene.jobs() == []
    assert {where: mark for where, shown in scene.shown().items() for mark in MARKS if mark in shown} == {}
    # What others do about the patient draws nothing of it for them again.
    log_at_the_screen(scene.clinic.seat(), scene.handle, Minutes="20")
    scene.clinic.workspace.settled()
    scene.clinic.tick()
    assert {where: mark for where, shown in scene.shown().items() for mark in MARKS if mark in shown} == {}
    assert [each for each in scene.clinic.workspace.refusals if not each.race] == []


@pytest.mark.parametrize("method", ["views.publish", "conversations.history", "chat.update"])
def test_a_slack_that_does_not_answer_only_delays_it(scene: Scene, method: str) -> None:
    scene.clinic.workspace.settled()  # or what is still being drawn would meet the failure
    scene.clinic.workspace.fail(method, times=1, error="fatal_error")
    to_finance(scene)
    scene.clinic.tick()
    shown = "\n".join(scene.shown().values())
    assert any(mark in shown for mark in MARKS)
    assert len(scene.jobs()) == 1
    scene.clinic.clock.forward(minutes=2)
    scene.clinic.tick()
    shown = "\n".join(scene.shown().values())
    assert [mark for mark in MARKS if mark in shown] == []


def test_what_was_on_its_way_is_taken_back_at_the_second_look(scene: Scene) -> None:
    clinic = scene.clinic
    late = next(each for each in clinic.seat(NOOR).messages(cast.BOT) if "A.M." in str(each.blocks))
    blocks = list(late.blocks)
    to_finance(scene)
    clinic.tick()
    late.blocks = blocks
    clinic.clock.forward(minutes=4)
    clinic.tick()
    assert "A.M." not in scene.shown()["messages"]


@pytest.mark.parametrize("go", [to_finance, to_psychiatrist, removed])
def test_a_window_drawn_for_the_old_role_saves_nothing(scene: Scene, go: Callable[[Scene], None]) -> None:
    noor = scene.clinic.seat(NOOR)
    noor.command(f"/cocm log {scene.handle}")
    noor.fill({"Minutes": "20"})
    assert noor.view is not None
    go(scene)
    before = scene.clinic.patients()
    errors = noor.submit()
    assert errors
    said = "You are not in a patient registry yet" if go is removed else "has changed since this was opened"
    assert said in str(errors)
    assert scene.clinic.patients()[0].total_sessions == before[0].total_sessions
    assert views.as_slack(noor.view)["state"]["values"], "what was typed is still there"


def test_who_becomes_an_admin_meanwhile_loses_nothing_they_typed(scene: Scene) -> None:
    noor = scene.clinic.seat(NOOR)
    noor.command(f"/cocm log {scene.handle}")
    noor.fill({"Minutes": "20"})
    team.set_admin(scene.clinic.ctx, scene.clinic.actor(), scene.user(), is_admin=True)
    assert noor.submit() is None
    assert scene.jobs() == []


def test_an_admin_who_steps_down_keeps_what_their_role_sees(scene: Scene) -> None:
    clinic = scene.clinic
    team.set_admin(clinic.ctx, clinic.actor(), scene.user(), is_admin=True)
    clinic.seat(NOOR).open_home()
    clinic.workspace.settled()
    team.set_admin(clinic.ctx, clinic.actor(), scene.user(), is_admin=False)
    clinic.tick()
    assert "Muñoz" not in scene.home
    assert "Your role in Riverside Clinic has changed: you are Care Manager now." in scene.home
    assert "A.M." in scene.shown()["messages"]
