"""A scene for each thing the clock does in Slack: how it comes about, and what tells that it arrived."""

import copy
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from unittest import mock

from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.recommendations.recommendations import state_of
from cocm_bot.domain.records.agreements import Answer, RecommendationKind
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType
from cocm_bot.jobs import slack_directory
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.digests.live_rows import changed_digests
from cocm_bot.operations.recommendations import answers
from cocm_bot.operations.registries import measures
from cocm_bot.operations.registries.recalculation import Progress
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.operations.team import team
from cocm_bot.operations.team.invites import NewInvite, invite
from cocm_bot.operations.uploads import delete_later
from cocm_bot.playground import cast
from cocm_bot.playground.state import Upload
from cocm_bot.slack.registries.recalculation_view import progress_message
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from tests.jobs.scenes import work_scenes
from tests.jobs.scenes.environment import SUNDAY, Environment, running_house
from tests.operations.test_checking import alter
from tests.rig import crowd

MAYA, IRIS, SAMUEL, LENA = "Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi", "Lena Novak"
MONDAY = "2031-03-03 08:00"
POST = "chat.postMessage"
ALERT = "A patient needs your attention now"
TAKEN = ("A safety alert was taken", "The safety alert you raised was taken")
RECOMMENDED = "A recommendation awaits your answer"
ANSWERED = "A recommendation was answered"
INVITED = "You are invited to a patient registry"
NOTE = "A note for the admins of a registry"
DIGESTS = ("Your caseload for today", "The program's week")
FILE = "F0PICTURE"


@dataclass(frozen=True)
class Scene:
    """A scene: the kinds of its jobs, how it is set up, and how many of its recipients have it."""

    kinds: tuple[JobKind, ...]
    begin: Callable[[Environment], None]
    arrived: Callable[[Environment], int]
    one_by_one: int = slack_directory.ONE_BY_ONE
    """The number of people asked for one by one before all are listed."""


@dataclass(frozen=True)
class Begun:
    """The table and workspace once a scene is set up."""

    moment: datetime
    items: list[Item]
    workspace: Mapping[str, Any]


KEPT = ("people", "places", "messages", "homes", "uploads", "enterprise_id", "org_install")


class Stage:
    """One table and one workspace for all scenes: each is set up once, and put back for each of its cells."""

    def __init__(self, environment: Environment) -> None:
        self._first = environment
        self._empty = crowd.stored(self._first.table)
        self._begun: dict[str, Begun] = {}

    def come(self, name: str) -> Environment:
        """Return a process that knows nothing yet, with the scene before it."""
        if name not in self._begun:
            self._put_back(Begun(SUNDAY, self._empty, self._workspace_as_new()))
            environment = self._fresh(SUNDAY)
            SCENES[name].begin(environment)
            self._begun[name] = Begun(environment.moment, crowd.stored(self._first.table), self._workspace())
        begun = self._begun[name]
        self._put_back(begun)
        return self._fresh(begun.moment)

    def _fresh(self, moment: datetime) -> Environment:
        self._first.moment = moment
        self._first.start()
        return self._first

    def _workspace(self) -> Mapping[str, Any]:
        return {each: copy.deepcopy(getattr(self._first.workspace, each)) for each in KEPT}

    def _workspace_as_new(self) -> Mapping[str, Any]:
        new = type(self._first.workspace)()
        return {each: getattr(new, each) for each in KEPT}

    def _put_back(self, begun: Begun) -> None:
        workspace = self._first.workspace
        crowd.restore(self._first.table, begun.items)
        workspace.faults.clear()
        workspace.calls.clear()
        for each, value in begun.workspace.items():
            setattr(workspace, each, copy.deepcopy(value))


@contextmanager
def running_stage(table: Table) -> Iterator[Stage]:
    few = mock.patch.object(jobs, "SHARDS", 2)
    with ThreadPoolExecutor(1) as hands, few, running_house(table, hands) as environment:
        # Iris is known by her account, the others by their addresses alone.
        iris = environment.member(IRIS).user_id
        alter(table, keys.user(iris), slack_user_id=cast.PSYCHIATRIST, slack_team_id=cast.TEAM)
        yield Stage(environment)


def texts(*wanted: str) -> Callable[[Environment], int]:
    return lambda environment: sum(each.text in wanted for each in environment.workspace.messages)


def at_risk(environment: Environment) -> None:
    handle = environment.enrol()
    risk = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
    raise_flags(environment.ctx, environment.actor, handle, risk, new_id())


def taken(environment: Environment) -> None:
    environment.tick()
    at_risk(environment)
    environment.tick()
    [entry] = lists.directory(environment.table, environment.registry_id)
    patient = patients.by_handle(environment.table, environment.registry_id, entry.handle)
    assert patient is not None
    alerts.take(environment.ctx, environment.acting(IRIS), entry.handle, patient.alerts[0].id)


def reaching_nobody(environment: Environment) -> None:
    """Remove all of the team from Slack; there is a team channel."""
    environment.set(team_channel=cast.TEAM_CHANNEL)
    at_risk(environment)
    for name in (MAYA, IRIS, SAMUEL):
        del environment.workspace.people[environment.workspace.seat(name).person.id]


def advised(environment: Environment) -> None:
    consultation = Contact(
        contact_type=ContactType.CONSULTATION,
        day=environment.moment.date(),
        minutes=10,
        advice=Advice(kinds=(RecommendationKind.MEDICATION,), text="Raise the dose."),
    )
    log_contact(environment.ctx, environment.acting(IRIS), environment.enrol(), consultation, new_id())


def declined(environment: Environment) -> None:
    advised(environment)
    environment.tick()
    [entry] = lists.directory(environment.table, environment.registry_id)
    patient = patients.by_handle(environment.table, environment.registry_id, entry.handle)
    assert patient is not None
    [given] = patient.recommendations
    answers.answer(
        environment.ctx,
        environment.acting(SAMUEL),
        entry.handle,
        given.id,
        Answer.DECLINED,
        "QT prolonged.",
        new_id(),
        seen=state_of(given),
    )


def invited(environment: Environment) -> None:
    noor = NewInvite(
        email="noor.rahimi@example.org", first_name="Noor", last_name="Rahimi", role=Role.CARE_MANAGER
    )
    invite(environment.ctx, environment.actor, noor, new_id())


def morning(environment: Environment) -> None:
    """Let the day begin for two, Maya and Lena."""
    environment.let_only(MAYA, LENA)
    environment.until(MONDAY)


def of_an_organization(environment: Environment) -> None:
    """Let the day begin where an organization installed the app for all its workspaces."""
    state = environment.workspace
    state.enterprise_id, state.org_install = cast.ENTERPRISE, True
    for id_, person in state.people.items():
        if person.team_id == cast.TEAM:
            state.people[id_] = replace(person, enterprise_id=cast.ENTERPRISE, teams=(cast.TEAM,))
    morning(environment)


def in_channel(environment: Environment) -> None:
    environment.set(team_channel=cast.TEAM_CHANNEL)
    environment.let_only()
    environment.until(MONDAY)


def unheard(environment: Environment) -> None:
    """Send a digest whose answer is lost; its row is handled before anybody looks at the outcome."""
    environment.let_only(MAYA)
    environment.until("2031-03-02 17:00")
    handle = environment.enrol()
    for day in range(3, 8):
        environment.tick(f"2031-03-{day:02} 08:00")
    environment.workspace.messages.clear()
    environment.workspace.fail(POST, status=500, applied=True)
    environment.tick("2031-03-10 08:00")
    environment.forward(seconds=30)
    seen = Contact(
        contact_type=ContactType.INITIAL_ASSESSMENT,
        visit_type=VisitType.CLINIC,
        day=environment.moment.date(),
        minutes=20,
    )
    log_contact(environment.ctx, environment.actor, handle, seen, new_id())
    list(changed_digests(environment.ctx, environment.registry, [handle]))
    environment.forward(seconds=31)


def struck(environment: Environment) -> int:
    """Two once it is known to have arrived, and its row is struck."""
    posted = environment.outcome("2031-03-10").get("Maya") == "posted"
    return posted + ("~" in str(environment.said(MAYA)[-1].blocks))


def now_in_finance(environment: Environment) -> None:
    """Move Samuel to Finance, with an alert and an App Home: he may no longer see patients."""
    environment.tick()
    at_risk(environment)
    environment.tick()
    samuel = environment.acting(SAMUEL)
    team.change_role(environment.ctx, environment.actor, samuel.user_id, Role.FINANCE)


def cleared(environment: Environment) -> int:
    samuel = environment.workspace.seat(SAMUEL).person.id
    messages = [each for each in environment.said(SAMUEL) if each.text != ALERT]
    return (samuel in environment.workspace.homes) + len(messages)


def noticed(environment: Environment) -> None:
    member = environment.member(LENA).user_id
    tell_admins(environment.ctx, environment.registry_id, Notice.MEMBER_GONE, member)


def removed(environment: Environment) -> None:
    environment.tick()
    team.remove(environment.ctx, environment.actor, environment.member(LENA).user_id)


def recalculated(environment: Environment) -> None:
    """Change the policy, with a message of its progress."""
    environment.enrol()
    measures.choose(environment.ctx, environment.actor, ("GAD-7",))
    maya = environment.member(MAYA).user_id
    shown = Progress(by=maya, looked=1, total=9)
    account = environment.workspace.seat(MAYA).person.id
    gateway = environment.job_context.gateway
    sent = gateway.tell(account, progress_message(shown), environment.registry_id)
    job = jobs.get(environment.table, JobKind.RECALCULATION, environment.registry_id)
    assert job is not None
    state = job.state | shown.model_copy(update=sent._asdict()).model_dump()
    environment.table.transact([jobs.adding(job.model_copy(update={"state": state}))])


def done(environment: Environment) -> int:
    return sum("settings is applied." in str(each.blocks) for each in environment.workspace.messages)


def uploaded(environment: Environment) -> None:
    environment.workspace.uploads[FILE] = Upload(FILE, "trend.png", 3, b"png", shared=True)
    environment.set(privacy=environment.registry.privacy.model_copy(update={"file_hours": 1}))
    delete_later(environment.ctx, environment.registry, FILE)
    environment.forward(hours=1)


SCENES: Mapping[str, Scene] = {
    "safety alert": Scene((JobKind.ALERT,), at_risk, texts(ALERT)),
    "safety alert, taken": Scene((JobKind.ALERT,), taken, texts(*TAKEN)),
    "safety alert, to nobody": Scene((JobKind.ALERT,), reaching_nobody, texts(NOTE)),
    "recommendation": Scene((JobKind.RECOMMENDATION,), advised, texts(RECOMMENDED)),
    "recommendation, declined": Scene((JobKind.RECOMMENDATION,), declined, texts(ANSWERED)),
    "invite": Scene((JobKind.INVITE,), invited, texts(INVITED)),
    "digest": Scene((JobKind.DIGEST,), morning, texts(*DIGESTS)),
    "digest, many people": Scene((JobKind.DIGEST,), morning, texts(*DIGESTS), one_by_one=0),
    "digest, of an organization": Scene((JobKind.DIGEST,), of_an_organization, texts(*DIGESTS), one_by_one=0),
    "digest, in the channel": Scene((JobKind.DIGEST,), in_channel, texts("The team's day")),
    "digest, unheard": Scene((JobKind.DIGEST,), unheard, struck),
    "clearing": Scene((JobKind.CLEARING,), now_in_finance, cleared),
    "notice": Scene((JobKind.ADMIN_NOTICE,), noticed, texts(NOTE)),
    "offboarding": Scene(
        (JobKind.OFFBOARDING,), removed, texts("A note from cocm_bot", "A change in the team of a registry")
    ),
    "recalculation": Scene((JobKind.RECALCULATION,), recalculated, done),
    "digest, first of the month": Scene(
        (JobKind.DIGEST,), work_scenes.first_of_the_month, work_scenes.figures
    ),
    "many patients": Scene((JobKind.BULK,), work_scenes.handed_over, work_scenes.told_of_it),
    "closed month changed": Scene(
        (JobKind.BILLING_CHANGE, JobKind.BILLED_TWICE),
        work_scenes.billed_otherwise,
        texts("A closed billing month has changed.", "Two registries bill the same patient record."),
    ),
    "erased": Scene((JobKind.ERASED,), work_scenes.erased, work_scenes.emptied),
    "import": Scene((JobKind.IMPORT,), work_scenes.given, work_scenes.read),
    "import, confirmed": Scene((JobKind.IMPORT,), work_scenes.import_confirmed, work_scenes.imported),
    "import, undone": Scene((JobKind.IMPORT,), work_scenes.import_undone, work_scenes.taken_back),
    "upload": Scene(
        (JobKind.UPLOAD,), uploaded, lambda environment: FILE not in environment.workspace.uploads
    ),
}
