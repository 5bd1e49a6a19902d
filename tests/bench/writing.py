"""Writing: what a contact costs, whether enrolments at once get in each other's way, and an idle tick."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.vocabulary import ContactType, VisitType
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.tick import JobContext, Ticker
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.logs import what
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.slack.runtime.client.connections import Connections
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from tests.bench.lines import Line
from tests.bench.rig import Rig
from tests.bench.stage import crowded
from tests.bench.stage.crowded import Crowded
from tests.rig import crowd
from tests.rig.clinic import MONDAY, running_clinic
from tests.rig.scenes import sees
from tests.store import engines

TURNS = 3
MONTH = 30 * 86_400


class Sizes(Protocol):
    """The sizes of what is written."""

    @property
    def lists(self) -> tuple[int, ...]: ...
    @property
    def histories(self) -> tuple[int, ...]: ...
    @property
    def enrolments(self) -> int: ...
    @property
    def registries(self) -> int: ...


def lines(rig: Rig, sizes: Sizes) -> Iterator[Line]:
    """All of them."""
    yield from contact_with_home(rig, sizes.lists[0])
    there = crowded.registry_of(rig.table, "written", 0)
    for number, contacts in enumerate(sizes.histories, 100):
        yield from dated_last(rig, there, contacts, number)
    yield enrolled_at_once(rig, there, sizes.enrolments)
    yield from idle_tick(rig, sizes.registries)


def contact_with_home(rig: Rig, patients: int) -> Iterator[Line]:
    """A contact sent off by somebody whose App Home is open, until all that follows is done.

    The patient is in treatment: there was one before, this month.
    """
    with running_clinic(rig.table_url) as clinic:
        crowd.load(clinic.ctx.table, clinic.registry_id, crowd.synthetic(patients, MONDAY))
        maya = clinic.seat()
        maya.open_home()
        sees(maya, "My day")
        for _ in range(2):
            maya.command("/cocm log X001")
            sees(maya, "Contact type")
            clinic.workspace.settled()
            maya.fill({"Minutes": "20", "PHQ-9 item 9": "0 · not at all", "PHQ-9 total": "9"})
            clinic.workspace.settled()
            rig.counted()
            assert maya.submit() is None
            clinic.workspace.settled()
            counted = rig.counted()
            maya.close(everything=True)
            clinic.workspace.settled()
    name = f"contact sent off with Home open, {patients:,} patients"
    yield Line(f"{name}: requests", counted["requests"], 10)
    yield Line(f"{name}: read units", counted["units"], 12)


def dated_last(rig: Rig, there: Crowded, contacts: int, number: int) -> Iterator[Line]:
    """A contact dated after all others of a patient with a long history.

    The first one packs the history, as every change since it was first packed does.
    """
    handle = crowded.patient_after(rig.table, there, contacts, number).handle
    ctx = crowded.context(rig.table)
    day = there.registry.policy.local_date(ctx.now().timestamp())
    contact = Contact(contact_type=ContactType.FOLLOW_UP, visit_type=VisitType.CLINIC, day=day, minutes=20)
    log_contact(ctx, there.actor(), handle, contact, new_id())
    rig.counted()
    log_contact(ctx, there.actor(), handle, contact, new_id())
    yield Line(f"contact dated last after {contacts:,} others: read units", rig.counted()["units"], 6)


def enrolled_at_once(rig: Rig, there: Crowded, at_once: int) -> Line:
    """Enrolments of one registry at the same moment, three times over."""
    ctx, actor = crowded.context(rig.table), there.actor()

    def one(number: int) -> str:
        entered = Enrolment.model_validate(
            {
                "patient_mrn": f"ENROLLED-{number}",
                "first_name": "Ada",
                "last_name": "Example",
                "date_of_birth": "1980-02-29",
                "phone_number": "555-010-0100",
                "email": "ada@example.org",
            }
        )
        try:
            enrol(ctx, actor, entered, f"enrol-{number}")
        except CocmError as error:
            return what(error)
        return ""

    with ThreadPoolExecutor(at_once) as people:
        done = [
            each
            for turn in range(TURNS)
            for each in people.map(one, range(turn * at_once, (turn + 1) * at_once))
        ]
    failed = Counter(filter(None, done))
    causes = "".join(f"; {times} {cause}" for cause, times in failed.items())
    return Line(f"failures of {at_once} parallel enrolments × {TURNS}{causes}", failed.total(), 0)


def idle_tick(rig: Rig, registries: int) -> Iterator[Line]:
    """A tick while no digest of so many registries is due, in a table with nothing else."""
    later = time.time() + MONTH
    names = [f"r{number}" for number in range(registries)]
    waiting = [jobs.new_job(JobKind.DIGEST, name, name, later) for name in names]
    slack = Connections(rig.tls.trusting())
    gateway = Gateway(web_client("xoxb-of-the-bench", f"{rig.slack_url}/api/", 5, slack))
    pace = Pace(time.monotonic, time.sleep, per_minute=90)
    with engines.fresh_table(rig.table.client) as table, ThreadPoolExecutor(1) as hands:
        crowd.put(table, [jobs.adding(each).parameters["Item"] for each in waiting])
        job_context = JobContext(crowded.context(table), gateway, Directory(gateway, time.monotonic), pace)
        rig.counted()
        Ticker(job_context, HANDLERS, hands).tick()
        counted = rig.counted()
    yield Line(f"tick with nothing due at {registries:,} registries: requests", counted["requests"], 17)
    yield Line(f"tick with nothing due at {registries:,} registries: read units", counted["units"], 8)
