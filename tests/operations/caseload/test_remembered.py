"""The lists from what a process remembers, beside the same worked out of the whole index, as lists once were.

Two processes, each with a memory of its own, change patients in between; both must show what the table holds,
to the byte. `REMEMBERED_EXAMPLES` says of how many registries.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocm_bot.domain import pages
from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.figures.counts import figures, numbers
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, Role, Status, VisitType
from cocm_bot.operations.caseload.caseload import ROWS_PER_PAGE, Page, Whose, caseload, own_rows
from cocm_bot.operations.caseload.listing import current_list, numbers_of
from cocm_bot.operations.caseload.rows import Show, Sort, places, row_of, shown_in
from cocm_bot.operations.caseload.worklist import due_page, due_rows, worklist
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import Context
from cocm_bot.operations.digests.overview import program
from cocm_bot.operations.gaps import all_gaps, gaps_of
from cocm_bot.operations.roster import members
from cocm_bot.slack.shared_views.patient_lists import caseload_message, worklist_message
from cocm_bot.store import registries
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.exchange import imports
from cocm_bot.store.patients import changing, lists, patients
from cocm_bot.store.table.table import Table
from tests.rig import crowd
from tests.store.build import audit, found_registry

NOW = datetime(2031, 3, 3, 14, tzinfo=UTC)
EXAMPLES = int(os.environ.get("REMEMBERED_EXAMPLES", "20"))
ROLES = (Role.CARE_MANAGER, Role.PSYCHIATRIST, Role.PCP)
MANAGERS = ("user-1", "user-2", None)
_numbers = count(1)


@dataclass
class Clinic:
    """A registry of a few invented patients, and two processes that serve it."""

    table: Table
    registry_id: str
    random: Random
    processes: list[Context]

    def actor(self, role: Role) -> Actor:
        registry = registries.get(self.table, self.registry_id)
        assert registry is not None
        return Actor("user-1", "Cara", "Manager", role, is_admin=False, registry=registry)

    def somebody(self) -> Patient | None:
        entries = lists.directory(self.table, self.registry_id)
        if not entries:
            return None
        return patients.by_handle(self.table, self.registry_id, self.random.choice(entries).handle)

    def other(self, **changes: object) -> Patient:
        """Another invented patient, with ids of their own."""
        number = next(_numbers)
        ids = {
            "id": f"patient-{number}",
            "handle": f"Y{number:05X}",
            "patient_mrn": f"MRN-{number}",
            "care_manager": self.random.choice(MANAGERS),
            "version": 1,
        }
        return self.random.choice(crowd.invented(NOW)).model_copy(update=ids | changes)

    def save(self, before: Patient, after: Patient) -> None:
        name = f"change-{next(_numbers)}"
        changing.save(self.table, self.registry_id, before, after, audit(name), request_id=name)


def enrol(clinic: Clinic) -> None:
    added, name = clinic.other(), f"change-{next(_numbers)}"
    patients.create(clinic.table, clinic.registry_id, added, audit(name), request_id=name)


def change(clinic: Clinic) -> None:
    """Everything about them but who they are."""
    if before := clinic.somebody():
        kept = {name: getattr(before, name) for name in ("id", "handle", "patient_mrn")}
        clinic.save(before, clinic.other(**kept))


def rename(clinic: Clinic) -> None:
    if before := clinic.somebody():
        name = {"last_name": "Ångström", "patient_mrn": f"NEW-{next(_numbers)}"}
        clinic.save(before, before.model_copy(update=name))


def leave(clinic: Clinic) -> None:
    if before := clinic.somebody():
        clinic.save(before, before.model_copy(update={"status": Status.DEACTIVATED}))


def take_back(clinic: Clinic) -> None:
    if before := clinic.somebody():
        imports.take_back(clinic.table, clinic.registry_id, "import-1", before, ())


def derive_again(clinic: Clinic) -> None:
    def due_later(patient: Patient, _logs: list[TreatmentLog]) -> Patient:
        return patient.model_copy(update={"next_due": "2031-02-01"})

    if entries := lists.directory(clinic.table, clinic.registry_id):
        changing.recompute(clinic.table, clinic.registry_id, clinic.random.choice(entries), due_later)


def log(clinic: Clinic) -> None:
    """A contact, at one of the two processes, which learns of it by itself."""
    if (who := clinic.somebody()) and who.status is not Status.DEACTIVATED:
        score = {"scores": {"PHQ-9": clinic.random.randrange(28)}, "self_harm": {"PHQ-9": 0}}
        contact = Contact.model_validate(
            {
                "contact_type": ContactType.FOLLOW_UP,
                "visit_type": VisitType.PHONE,
                "day": NOW.date(),
                "minutes": 20,
            }
            | clinic.random.choice(({}, score))
        )
        ctx, name = clinic.random.choice(clinic.processes), f"contact-{next(_numbers)}"
        with suppress(InvalidInput):
            log_contact(ctx, clinic.actor(Role.CARE_MANAGER), who.handle, contact, name)


CHANGES: list[Callable[[Clinic], None]] = [
    *(enrol, change, change, rename, leave, take_back, derive_again),
    *(log, log, log),
]


def plain_caseload(ctx: Context, actor: Actor, show: Show, sort: Sort, number: int, whose: Whose) -> Page:
    """The page from the index as it is, with nothing remembered."""
    policy, now = actor.registry.policy, ctx.now()
    listing = lists.caseload(ctx.table, actor.registry.id)
    rows = [row_of(summary, policy, now) for summary in listing.records]
    kept, own = own_rows(ctx, actor, [row for row in rows if show in shown_in(row, policy)], whose)
    kept.sort(key=lambda row: places(row, policy)[sort])
    gaps = gaps_of(ctx, actor.registry, listing, nothing_left=not kept)
    return Page(pages.page_of(kept, number, ROWS_PER_PAGE), gaps, own=own)


def plain_worklist(ctx: Context, actor: Actor, number: int, whose: Whose, *, snoozed: bool) -> Page:
    rows, gaps = due_rows(ctx, actor.registry)
    team = members(ctx, actor) if whose is Whose.MINE else None
    return due_page(
        ctx, actor, rows, team, number, gaps, lambda: all_gaps(ctx, actor.registry), snoozed=snoozed
    )


def look(ctx: Context, clinic: Clinic) -> None:
    """One screen of each kind, with and without what is remembered."""
    random, actor = clinic.random, clinic.actor(clinic.random.choice(ROLES))
    show, sort, whose = random.choice(list(Show)), random.choice(list(Sort)), random.choice(list(Whose))
    number, snoozed = random.choice([1, 1, 2]), random.random() < 0.3
    shown = caseload(ctx, actor, show, sort, number, whose)
    plain = plain_caseload(ctx, actor, show, sort, number, whose)
    assert drawn(caseload_message(actor, shown, whose, show, sort, NOW)) == drawn(
        caseload_message(actor, plain, whose, show, sort, NOW)
    )
    assert (shown.rows, shown.own, shown.gaps) == (plain.rows, plain.own, plain.gaps)
    today = worklist(ctx, actor, number, whose, snoozed=snoozed)
    plain = plain_worklist(ctx, actor, number, whose, snoozed=snoozed)
    assert drawn(worklist_message(actor, today, whose, snoozed=snoozed)) == drawn(
        worklist_message(actor, plain, whose, snoozed=snoozed)
    )
    policy, now = actor.registry.policy, ctx.now()
    everybody = lists.caseload(ctx.table, actor.registry.id).records
    assert numbers_of(current_list(ctx, actor.registry).rows) == numbers(everybody, policy, now)
    counted, _, _ = program(ctx, clinic.actor(Role.CLINICAL_OPS))
    assert counted == figures(everybody, policy, now)


def drawn(screen: object) -> bytes:
    return json.dumps(screen).encode()


def served(table: Table) -> Context:
    def now() -> datetime:
        return NOW

    return Context(table, now, AuditTrail("a key for the tests and for nothing else", 6, now))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), size=st.integers(0, 24), steps=st.integers(1, 4))
def test_screens_are_the_same_with_and_without_what_is_remembered(
    table: Table, seed: int, size: int, steps: int
) -> None:
    registry_id = f"clinic-{next(_numbers)}"
    found_registry(table, registry_id)
    clinic = Clinic(table, registry_id, Random(seed), [served(table), served(table)])
    crowd.load(table, registry_id, [clinic.other() for _ in range(size)])
    for _ in range(steps):
        look(clinic.random.choice(clinic.processes), clinic)
        clinic.random.choice(CHANGES)(clinic)
    for process in clinic.processes:
        look(process, clinic)
