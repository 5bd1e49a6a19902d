"""What the team sees of the clock's messages when Slack fails: each kind × each method × each failure.

A cell says how many of those to be told have the message at once, and after how many seconds all have it; one
second before that nobody else has.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from unittest import mock

import pytest

from cocm_bot import bootstrap
from cocm_bot.domain.agreements import RecommendationKind
from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.vocabulary import ContactType, Flag, Role
from cocm_bot.jobs import slack_directory
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.operations.team.invites import NewInvite, invite
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from tests.clinic import Clinic, running_clinic
from tests.faults.slack import FAILURES, Failure, Resting, failing
from tests.scenes import ANA

pytestmark = [pytest.mark.slow, pytest.mark.long]

MAYA, IRIS = "Maya Okafor", "Iris Lindqvist"
POST, BY_ADDRESS = "chat.postMessage", "users.lookupByEmail"
ALERT = "A patient needs your attention now"
RECOMMENDED = "A recommendation awaits your answer"
INVITED = "You are invited to a patient registry"
DIGESTS = ("Your caseload for today", "The program's week")
NEVER = -1


class Told(NamedTuple):
    """How many have it at once, how many in the end, and after how many seconds."""

    at_once: int
    at_last: int
    seconds: int


Cell = Callable[[Failure, bool], Told]


@dataclass(frozen=True)
class Kind:
    """Something the clock tells: how it comes about, in which messages it is told, and to how many."""

    begin: Callable[["JobContext"], None]
    texts: tuple[str, ...]
    people: int
    cells: Mapping[str, Cell]


@dataclass
class JobContext:
    """A clinic whose clock ticks by hand."""

    clinic: Clinic
    resting: Resting
    patients: int = 0

    def tick(self, seconds: int = 0) -> None:
        self.clinic.clock.forward(seconds=seconds)
        self.clinic.tick()
        self.resting.wait()

    def enrol(self) -> str:
        self.patients += 1
        person = Enrolment(
            patient_mrn=f"M-{self.patients}",
            first_name="Ana",
            last_name="Example",
            date_of_birth=ANA["Birth date"],
            phone_number="555-010-0134",
            email="ana@example.org",
        )
        return enrol(self.clinic.ctx, self.clinic.actor(), person, new_id()).patient.handle


def at_risk(job_context: JobContext) -> None:
    risk = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
    raise_flags(job_context.clinic.ctx, job_context.clinic.actor(), job_context.enrol(), risk, new_id())


def advised(job_context: JobContext) -> None:
    consultation = Contact(
        contact_type=ContactType.CONSULTATION,
        day=job_context.clinic.clock().date(),
        minutes=10,
        advice=Advice(kinds=(RecommendationKind.MEDICATION,), text="Raise the dose."),
    )
    log_contact(
        job_context.clinic.ctx, job_context.clinic.actor(IRIS), job_context.enrol(), consultation, new_id()
    )


def invited(job_context: JobContext) -> None:
    wanted = NewInvite(
        email="noor.rahimi@example.org", first_name="Noor", last_name="Rahimi", role=Role.CARE_MANAGER
    )
    invite(job_context.clinic.ctx, job_context.clinic.actor(), wanted, new_id())


def morning(job_context: JobContext) -> None:
    """The next Monday at eight: two are told, the others have nothing due."""
    clock = job_context.clinic.clock
    clock.moment = (clock.moment + timedelta(days=7 - clock.moment.weekday())).replace(hour=12, minute=0)


@pytest.fixture
def job_context(endpoint: str) -> Iterator[JobContext]:
    resting = Resting()
    with (
        mock.patch.object(bootstrap, "ThreadPoolExecutor", resting.pool),
        mock.patch.object(slack_directory, "ONE_BY_ONE", 10_000),
        running_clinic(endpoint) as clinic,
    ):
        yield JobContext(clinic, resting)


def waits(failure: Failure, usual: int) -> int:
    """Seconds until the next try: as Slack says, where it says so."""
    return int((failure.fault or {}).get("retry_after", usual))


def of_alert(failure: Failure, always: bool) -> Told:
    """Return whom the first try missed is told within seconds."""
    if failure.fault == {"error": "invalid_blocks"}:
        # What somebody wrote may be at fault: the alert goes without it. If not even that is taken, the admin
        # is next in line at once, and all three are tried again.
        return Told(0, 3, 5) if always else Told(2, 2, 0)
    return Told(0 if always else 1, 2, waits(failure, 5))


def of_recommendation(failure: Failure, always: bool) -> Told:
    if failure.fault == {"error": "invalid_blocks"}:
        # It would be refused again: who recommended it is told whom it did not reach.
        return Told(0, 2, 60) if always else Told(1, 1, 0)
    return Told(0 if always else 1, 2, waits(failure, 60))


def of_invite(failure: Failure, always: bool) -> Told:
    return Told(0, 1, waits(failure, 60))


def of_digest(failure: Failure, always: bool) -> Told:
    if failure.fault == {"error": "invalid_blocks"}:
        # Given up for the day, and shown as failed by `/cocm status`.
        return Told(0, 0, 0) if always else Told(1, 1, 0)
    return Told(0 if always else 1, 2, waits(failure, 60))


KINDS: Mapping[str, Kind] = {
    "safety alert": Kind(at_risk, (ALERT,), 2, {POST: of_alert}),
    "recommendation": Kind(advised, (RECOMMENDED,), 2, {POST: of_recommendation}),
    "invite": Kind(invited, (INVITED,), 1, {POST: of_invite}),
    "digest": Kind(morning, DIGESTS, 2, {POST: of_digest}),
}


@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    ("name", "method"), [(name, method) for name, kind in KINDS.items() for method in kind.cells]
)
def test_who_is_told_and_when(
    job_context: JobContext, name: str, method: str, failure: str, always: bool
) -> None:
    kind, how = KINDS[name], FAILURES[failure]

    def told() -> int:
        return sum(each.text in kind.texts for each in job_context.clinic.workspace.messages)

    if name != "digest":
        job_context.tick()
    kind.begin(job_context)
    with failing(job_context.clinic.workspace, method, how, always=always):
        job_context.tick()
    at_once = told()
    expected = kind.cells[method](how, always)
    assert at_once == expected.at_once
    if expected.seconds:
        job_context.tick(expected.seconds - 1)
        assert told() == at_once, "sooner than it should"
        job_context.tick(1)
    assert told() == expected.at_last


def test_an_alert_that_slack_puts_off_for_a_second_waits_for_no_tick(job_context: JobContext) -> None:
    """From the screen that raised it to the message, with nobody ticking."""
    clinic, workspace = job_context.clinic, job_context.clinic.workspace
    handle = job_context.enrol()
    workspace.fail(POST, times=1, retry_after=1)
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Safety Risk"], "Why": "Called in distress"})
    assert maya.submit() is None

    def reschedule() -> bool:
        found = alert_of(clinic)
        return found is not None and found.holder is None and found.visible_at > clinic.clock().timestamp()

    def told() -> int:
        return sum(each.text == ALERT for each in workspace.messages)

    workspace.wait_until(reschedule, "the alert in the queue again")
    found = alert_of(clinic)
    assert found is not None
    assert (told(), found.visible_at - clinic.clock().timestamp()) == (1, 1.0)
    clinic.clock.forward(seconds=1)
    workspace.wait_until(lambda: told() == 2, "the second message")


def alert_of(clinic: Clinic) -> jobs.Job | None:
    raised = [alert for patient in clinic.patients() for alert in patient.alerts]
    return jobs.get(clinic.ctx.table, JobKind.ALERT, raised[0].id) if raised else None
