"""A process is killed at every request of an operation: what is left is all of it or nothing, and passes.

Two deaths at each request: before it is sent, and once DynamoDB has done it, with the answer lost.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.patients.derive import as_of, derive
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.flags import open_flags
from cocm_bot.domain.vocabulary import Role
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.tick import LEASE_SECONDS, JobContext, Ticker
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.caseload.bulk import confirm, propose_flags, propose_handover, undo
from cocm_bot.operations.checking import check
from cocm_bot.operations.figures.records import moved, tracked
from cocm_bot.operations.registries import measures, recalculation
from cocm_bot.operations.team.invites import NewInvite, invite
from cocm_bot.operations.team.joining import accept
from cocm_bot.operations.team.team import remove
from cocm_bot.playground.servers.server import running_workspace
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.store import bulk_changes, jobs
from cocm_bot.store.jobs import JobKind, JobRef
from cocm_bot.store.patients import changing, history, lists
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import invites, people
from tests.operations.conftest import Office
from tests.rig import crowd
from tests.rig.killing import Death, deaths, dying
from tests.rig.seats import PATIENCE
from tests.store import engines
from tests.store.build import REGISTRY, counts, found_registry, user

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = [pytest.mark.slow, pytest.mark.long(15), pytest.mark.timeout(600)]

NORA = SlackUser("U-NORA", "T1", "nora@example.org", None, "Nora", "Newcomer")
KINDS = (JobKind.OFFBOARDING, JobKind.RECALCULATION, JobKind.BULK)

whenever = pytest.mark.parametrize("done", [False, True], ids=["before it is sent", "its answer lost"])


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    """A Slack in which nobody of the registry has an account, so that there is nobody to notify."""
    with running_workspace() as workspace:
        yield workspace


class Clinic:
    """A registry of an admin and a care manager with patients; whatever process runs on its table."""

    def __init__(self, table: Table, workspace: Workspace) -> None:
        self.table = table
        self.workspace = workspace
        self.office = Office(table)
        crowd.prepare(table, "a clinic of two", self._found)

    def _found(self) -> None:
        found_registry(self.table)
        people.add_member(self.table, REGISTRY, user(2), Role.CARE_MANAGER, is_admin=False, at=1)

    def admin(self) -> Actor:
        return replace(self.office.actor(), is_admin=True)

    def enrol(self, number: int) -> None:
        """Enrol patients of the care manager who is no admin; before anything else is done here."""
        crowd.prepare(self.table, f"a clinic of two with {number}", partial(self._enrol, number))

    def _enrol(self, number: int) -> None:
        office, registry = self.office, self.office.actor().registry
        for _ in range(number):
            office.enrolled()
        for entry in lists.directory(self.table, REGISTRY):
            before = office.patient(entry.handle)
            logs = history.contacts(self.table, before.id)
            after = derive(before, logs, registry.policy, office.moment)
            audit = before.audit_logs[-1].model_copy(update={"id": f"assigned-{before.id}", "version": 2})
            after = after.model_copy(
                update={"care_manager": "user-2", "audit_logs": (*before.audit_logs, audit)}
            )
            after = tracked(after, (*before.audit_logs, audit))
            counted = moved(registry, before, logs, after, logs)
            changing.save(
                self.table, REGISTRY, before, after, audit, along=counted, request_id=f"assign-{before.id}"
            )

    def restart(self) -> None:
        """Another process takes over when the leases of the one before have ended."""
        self.office = Office(self.table, self.office.moment)
        with self.clock() as ticker:
            for pause in (LEASE_SECONDS, recalculation.SETTLED_SECONDS):
                self.office.forward(seconds=pause)
                ticker.tick()

    def clock(self) -> "Ticking":
        """Return what does the clock's work in this process."""
        return Ticking(self.office, self.workspace)

    def passes(self) -> bool:
        """Return whether a check finds nothing."""
        return [each.finding for each in check(self.office.ctx)] == []

    def everyone(self) -> list[Patient]:
        """All patients as read now."""
        policy = self.office.actor().registry.policy
        found = [self.office.patient(each.handle) for each in lists.directory(self.table, REGISTRY)]
        return [as_of(each, policy, self.office.moment) for each in found]

    def follows_the_policy(self, patient: Patient) -> bool:
        """Return whether the patient is as the policy of now would have it."""
        logs = history.contacts(self.table, patient.id)
        return derive(patient, logs, self.office.actor().registry.policy, self.office.moment) == patient


class Ticking:
    """A clock with one hand, for as long as the block runs."""

    def __init__(self, office: Office, workspace: Workspace) -> None:
        gateway = Gateway(web_client(workspace.token, workspace.api_url, PATIENCE))
        pace = Pace(lambda: 0, lambda _: None, per_minute=1)
        self._job_context = JobContext(office.ctx, gateway, Directory(gateway, lambda: 0), pace)
        self._hand = ThreadPoolExecutor(1)

    def __enter__(self) -> Ticker:
        return Ticker(self._job_context, {kind: HANDLERS[kind] for kind in KINDS}, self._hand)

    def __exit__(self, *_: object) -> None:
        self._hand.shutdown()


Scene = Callable[[], Any]


@pytest.fixture
def scene(client: "DynamoDBClient", workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Makes a clinic on a table of its own, as often as is asked."""
    monkeypatch.setattr(jobs, "SHARDS", 2)  # enough for one registry, and quicker to look through
    open_tables: list[Any] = []

    def make() -> Clinic:
        context = engines.fresh_table(client)
        open_tables.append(context)
        return Clinic(context.__enter__(), workspace)

    yield make
    for context in open_tables:
        context.__exit__(None, None, None)


@whenever
def test_accepting(scene: Callable[[], Clinic], done: bool) -> None:
    def run(at: int) -> Death:
        clinic = scene()
        wanted = NewInvite(email=NORA.email, first_name="Nora", last_name="Newcomer", role=Role.PCP)
        invite(clinic.office.ctx, clinic.admin(), wanted, "invite-1")
        with dying(clinic.table.client, at, done=done) as death:
            accept(clinic.office.ctx, NORA, REGISTRY, "message")
        clinic.restart()
        joined = people.user_by_email(clinic.table, NORA.email) is not None
        waits = invites.get(clinic.table, NORA.email, REGISTRY) is not None
        assert (joined, counts(clinic.table)[0]) == ((False, 2) if waits else (True, 3)), at
        assert clinic.passes(), at
        accept(clinic.office.ctx, NORA, REGISTRY, "message")
        assert counts(clinic.table)[0] == 3
        assert clinic.passes(), at
        return death

    assert deaths(run) >= 5


@whenever
def test_removing(scene: Callable[[], Clinic], done: bool) -> None:
    def run(at: int) -> Death:
        clinic = scene()
        clinic.enrol(2)
        with dying(clinic.table.client, at, done=done) as death:
            waiting = remove(clinic.office.ctx, clinic.admin(), "user-2")
            with clinic.clock() as ticker:
                for job_ref in waiting:
                    ticker.do(job_ref)
        clinic.restart()
        stays = people.membership(clinic.table, REGISTRY, "user-2") is not None
        assigned = {patient.care_manager for patient in clinic.everyone()}
        assert (counts(clinic.table)[0], assigned) == ((2, {"user-2"}) if stays else (1, {None})), at
        assert queued(clinic, JobKind.OFFBOARDING) == []
        assert clinic.passes(), at
        return death

    assert deaths(run) >= 15


@whenever
def test_deriving_anew(scene: Callable[[], Clinic], done: bool) -> None:
    def run(at: int) -> Death:
        clinic = scene()
        clinic.enrol(2)
        with dying(clinic.table.client, at, done=done) as death:
            measures.choose(clinic.office.ctx, clinic.admin(), ["GAD-7"])
            with clinic.clock() as ticker:
                ticker.do(JobRef(JobKind.RECALCULATION, REGISTRY))
                clinic.office.forward(seconds=recalculation.SETTLED_SECONDS)
                ticker.do(JobRef(JobKind.RECALCULATION, REGISTRY))
        clinic.restart()
        assert all(clinic.follows_the_policy(patient) for patient in clinic.everyone()), at
        assert queued(clinic, JobKind.RECALCULATION) == []
        assert clinic.passes(), at
        return death

    assert deaths(run) >= 15


@whenever
def test_handing_over(scene: Callable[[], Clinic], done: bool) -> None:
    def run(at: int) -> Death:
        clinic = scene()
        clinic.enrol(2)
        with dying(clinic.table.client, at, done=done, writing=True) as death:
            handed_over(clinic)
            confirm(clinic.office.ctx, clinic.admin(), "ask")
            with clinic.clock() as ticker:
                ticker.do(JobRef(JobKind.BULK, "ask"))
        clinic.restart()
        change = bulk_changes.get(clinic.table, REGISTRY, "ask")
        assigned = {patient.care_manager for patient in clinic.everyone()}
        assert assigned == ({"user-1"} if change and change.forth else {"user-2"}), at
        assert written(clinic, "assigned") == (2 if change and change.forth else 0), at
        assert queued(clinic, JobKind.BULK) == []
        assert clinic.passes(), at
        # Pressed again, it goes on, or says what happened.
        handed_over(clinic)
        confirm(clinic.office.ctx, clinic.admin(), "ask")
        clinic.restart()
        assert {patient.care_manager for patient in clinic.everyone()} == {"user-1"}, at
        assert written(clinic, "assigned") == 2, at
        return death

    assert deaths(run) >= 6


@whenever
def test_undoing_a_hand_over(scene: Callable[[], Clinic], done: bool) -> None:
    def run(at: int) -> Death:
        clinic = scene()
        clinic.enrol(2)
        handed_over(clinic)
        confirm(clinic.office.ctx, clinic.admin(), "ask")
        clinic.restart()
        with dying(clinic.table.client, at, done=done, writing=True) as death:
            undo(clinic.office.ctx, clinic.admin(), "ask")
            with clinic.clock() as ticker:
                ticker.do(JobRef(JobKind.BULK, "ask"))
        clinic.restart()
        change = bulk_changes.get(clinic.table, REGISTRY, "ask")
        assert change is not None
        back = change.back is not None
        assert {patient.care_manager for patient in clinic.everyone()} == {"user-2" if back else "user-1"}, at
        assert written(clinic, "assigned") == (4 if back else 2), at
        assert change.back is None or (len(change.back.done), change.back.failed) == (2, {}), at
        assert queued(clinic, JobKind.BULK) == []
        assert clinic.passes(), at
        return death

    assert deaths(run) >= 4


@whenever
def test_flagging_several_and_undoing_it(scene: Callable[[], Clinic], done: bool) -> None:
    """One death anywhere from the first press to the last write of the undoing."""

    def run(at: int) -> Death:
        clinic = scene()
        clinic.enrol(2)
        with dying(clinic.table.client, at, done=done, writing=True) as death:
            flagged(clinic)
            confirm(clinic.office.ctx, clinic.admin(), "ask")
            with clinic.clock() as ticker:
                ticker.do(JobRef(JobKind.BULK, "ask"))
                undo(clinic.office.ctx, clinic.admin(), "ask")
                ticker.do(JobRef(JobKind.BULK, "ask"))
        clinic.restart()
        change = bulk_changes.get(clinic.table, REGISTRY, "ask")
        raised = 2 if change and change.forth else 0
        taken_back = 2 if change and change.back else 0
        assert written(clinic, "flag raised") == raised, at
        assert written(clinic, "flag resolved") == taken_back, at
        assert sum(len(open_flags(each)) for each in clinic.everyone()) == raised - taken_back, at
        assert queued(clinic, JobKind.BULK) == []
        assert clinic.passes(), at
        # Pressed again, all of it goes on, or says what happened.
        flagged(clinic)
        confirm(clinic.office.ctx, clinic.admin(), "ask")
        clinic.restart()
        undo(clinic.office.ctx, clinic.admin(), "ask")
        clinic.restart()
        counts = [written(clinic, action) for action in ("flag raised", "flag resolved")]
        assert counts == [2, 2], at
        assert not any(open_flags(each) for each in clinic.everyone()), at
        return death

    assert deaths(run) >= 8


def flagged(clinic: Clinic) -> None:
    """Ask for both patients to be flagged for discussion."""
    handles = [entry.handle for entry in lists.directory(clinic.table, REGISTRY)]
    propose_flags(clinic.office.ctx, clinic.admin(), handles, "Housing", "ask")


def handed_over(clinic: Clinic) -> None:
    """Ask for both patients to go from the care manager to the admin."""
    propose_handover(clinic.office.ctx, clinic.admin(), "user-2", "user-1", "ask")


def written(clinic: Clinic, action: str) -> int:
    """Return how many entries of an action the histories have, without those of the scene itself."""
    trails = (history.audit_trail(clinic.table, patient.id) for patient in clinic.everyone())
    entries = [each for trail in trails for each in trail]
    return sum(each.action == action and not each.id.startswith("assigned-") for each in entries)


def queued(clinic: Clinic, kind: str) -> list[str]:
    """The ids of the work of a kind that is left."""
    far = clinic.office.moment.timestamp() + 365 * 24 * 3600
    found = [each for shard in range(jobs.SHARDS) for each in jobs.due(clinic.table, shard, far).waiting]
    return [each.id for each in found if each.kind == kind]
