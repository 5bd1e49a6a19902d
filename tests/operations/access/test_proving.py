"""Any tampering with the log, its checkpoints or a history is found: a table of tamperings.

Three days, four processes: A and B serve, C is the command line, D serves with a newer key from the second
afternoon on. One patient is from before there were seals.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import NO_REGISTRY, record_export, record_refusal
from cocm_bot.operations.access.checkpoints import checkpoint
from cocm_bot.operations.access.proving import MOVED_BEGINNING, prove
from cocm_bot.operations.checking import Kind, check
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.safety.flags import raise_flags
from cocm_bot.store.audit import access_log, checkpoints
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.audit.audit_proof import ALTERED, MISSING, MOVED, TWICE, UNKNOWN_KEY, sealed
from cocm_bot.store.audit.audit_trail import AuditTrail, beginning
from cocm_bot.store.audit.checkpoint_proof import SHORT
from cocm_bot.store.audit.checkpoints import Checkpoint
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.patients import history, patients
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.keys import SEAL, Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import key_of, to_wire, wire_key
from tests.operations.conftest import MONDAY, Office
from tests.operations.contacts.test_log_contact import assessment, contact
from tests.operations.safety.test_flags import REVIEW
from tests.store import build, engines

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.slow

REGISTRY = build.REGISTRY
OLD, NEW = "the key of the first days, for tests", "the key of the days after, for tests"
RING = Keyring({"new": NEW, "old": OLD})
FIRST, SECOND, THIRD = (MONDAY.date() + timedelta(days=number) for number in range(3))
Items = dict[Key, dict[str, Any]]
HISTORY = {Kind.ENTRY_ALTERED, Kind.ENTRY_UNSEALED, Kind.ENTRY_GONE}
DERIVED = {Kind.DERIVED, Kind.TAIL}


@dataclass
class Clinic:
    """The three days on a table, and what a tampering needs to know of them."""

    table: Table
    moment: datetime = MONDAY
    copy: str = ""
    noon: set[Key] = field(default_factory=set)
    """The state on the second day at noon."""
    handles: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def ctx(self, ring: Keyring) -> Context:
        return Context(self.table, self.now, AuditTrail(ring, 6, self.now))

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def play(self) -> None:
        build.found_registry(self.table) if not self.table.get(keys.registry(REGISTRY)) else None
        old = Keyring({"old": OLD})
        office = Office(self.table)
        a, b, command, d = (self.ctx(ring) for ring in (old, old, old, RING))
        office.__dict__["ctx"] = a
        begin(self.table, a, MONDAY)
        actor = office.actor()
        self.handles = [office.enrolled() for _ in range(2)]
        checkpoint(a)
        older = Checkpoints(self).older_patient()
        self.handles.append(older.handle)
        first, second, old_one = self.handles
        for number in range(2):
            log_contact(a, actor, first, contact(), f"first-{number}")
        log_contact(a, actor, second, assessment(), "second")
        self.look(a, actor, b)
        record_export(command, REGISTRY, AccessAction.EXPORT_LOG, "root")
        record_refusal(a, "U9", "command", "Stranger")
        checkpoint(a)
        self.moment = MONDAY + timedelta(days=1)
        raise_flags(a, actor, old_one, REVIEW, "flag")
        raise_flags(a, actor, first, REVIEW, "flag-first")
        self.look(b, actor, a)
        self.noon = set(stored(self.table))
        found = checkpoint(a)
        assert found
        self.copy = found.copy_for_people
        log_contact(a, actor, first, contact(minutes=40), "third")
        last = history.contacts(self.table, office.patient(first).id)[-1].id
        correct_contact(a, actor, first, last, Correction(reason="Twice"), "void")
        self.look(a, actor, b)
        record_export(command, REGISTRY, AccessAction.EXPORT_LOG, "root")
        self.look(d, actor, a)
        self.moment = MONDAY + timedelta(days=2)
        log_contact(d, actor, first, contact(minutes=15), "fourth")
        self.look(d, actor, a)
        self.ids = [office.patient(handle).id for handle in self.handles]

    def look(self, one: Context, actor: Any, other: Context) -> None:
        """Cards are opened in two processes, and both make a checkpoint."""
        for ctx in (one, other, one):
            open_card(ctx, actor, self.handles[0])
        checkpoint(one)
        checkpoint(other)


@dataclass
class Checkpoints:
    """A patient from before there were seals."""

    clinic: Clinic

    def older_patient(self) -> Patient:
        table = self.clinic.table
        at = MONDAY.timestamp() - 40 * 86400
        log = build.contact("older", at, minutes=25)
        audit = build.audit("older-audit", at)
        added = build.patient(77, date_created=at, treatment_logs=(log,), audit_logs=(audit,))
        patients.create(table, REGISTRY, added, audit, logs=[log], request_id="older")
        found = patients.get(table, REGISTRY, added.patient_mrn)
        assert found
        return found


def begin(table: Table, ctx: Context, moment: datetime) -> None:
    at = moment.timestamp()
    item = dict(table.get(keys.registry(REGISTRY)) or {})
    seal = ctx.trail.keyring.sign(beginning(REGISTRY, at))
    table.client.put_item(
        TableName=table.name, Item={**item, **to_wire({"created_date": at, "created_seal": seal})}
    )


def stored(table: Table) -> Items:
    pages = table.client.get_paginator("scan").paginate(TableName=table.name)
    return {key_of(item): dict(item) for page in pages for item in page["Items"]}


def fill(table: Table, wanted: Items) -> None:
    there = stored(table)
    for key in there.keys() - wanted.keys():
        table.client.delete_item(TableName=table.name, Key=wire_key(key))
    for key, item in wanted.items():
        if there.get(key) != item:
            table.client.put_item(TableName=table.name, Item=item)


@dataclass
class Scene:
    """The table as it looks to somebody with its credentials, but no key."""

    items: Items
    clinic: Clinic

    def log(self, day: date, registry_id: str = REGISTRY) -> list[Key]:
        pk = keys.access_day(registry_id, day)
        return sorted(key for key in self.items if key.pk == pk)

    def chain(self, day: date | None = None) -> list[Key]:
        wanted = (
            [keys.checkpoints(day)] if day else [keys.checkpoints(each) for each in (FIRST, SECOND, THIRD)]
        )
        return sorted(key for key in self.items if key.pk in wanted)

    def entries(self, patient: int, kind: str) -> list[Key]:
        pk = keys.patient_log(self.clinic.ids[patient])
        return sorted(key for key in self.items if key.pk == pk and key.sk.startswith(kind))

    def drop(self, *gone: Key) -> None:
        for key in gone:
            del self.items[key]

    def put(self, item: Mapping[str, Any]) -> None:
        self.items[key_of(item)] = dict(item)

    def change(self, key: Key, **attributes: Any) -> None:
        for name, value in attributes.items():
            self.items[key].pop(name, None)
            if value is not None:
                self.items[key] |= to_wire({name: value})

    def text(self, key: Key, name: str) -> str:
        return str(self.items[key].get(name, {}).get("S", ""))

    def rekey(self, key: Key, to: Key) -> None:
        item = self.items.pop(key)
        self.put({**item, **wire_key(to)})


# The old five.


def edited(at: Scene) -> None:
    at.change(at.log(SECOND)[2], user_id="user-9")


def deleted(at: Scene) -> None:
    at.drop(at.log(SECOND)[2])


def inserted(at: Scene) -> None:
    item = at.items[at.log(SECOND)[1]]
    forged = items.read(AccessEntry, item).model_copy(update={"id": "forged", "sequence": 99})
    at.put(access_log.item_of(sealed(forged, Keyring({"old": "a key that somebody made up"}))))


def copied(at: Scene) -> None:
    item = at.items[at.log(SECOND)[1]]
    at.put({**item, "SK": {"S": item["SK"]["S"] + "x"}})


def moved(at: Scene) -> None:
    key = at.log(SECOND)[1]
    at.rekey(key, Key(keys.access_day(REGISTRY, FIRST), key.sk))


# What left no trace.


def whole_day(at: Scene) -> None:
    at.drop(*at.log(SECOND))


def first_day(at: Scene) -> None:
    at.drop(*at.log(FIRST))


def writer_of(at: Scene, key: Key) -> str:
    return at.text(key, "writer")


def tail(at: Scene) -> None:
    last = at.log(THIRD)[-1]
    at.drop(last)


def one_writers_day(at: Scene) -> None:
    name = writer_of(at, at.log(SECOND)[-1])
    at.drop(*(key for key in at.log(SECOND) if writer_of(at, key) == name))


def command_line(at: Scene) -> None:
    for day in (FIRST, SECOND, THIRD):
        at.drop(*(key for key in at.log(day) if at.text(key, "surface") == "command line"))


def moved_beginning(at: Scene) -> None:
    at.drop(*at.log(FIRST))
    at.change(keys.registry(REGISTRY), created_date=(MONDAY + timedelta(days=1)).timestamp())


def contact_changed(at: Scene) -> None:
    at.change(at.entries(0, keys.TREATMENTS)[0], minutes=55)


def replayed_day(at: Scene) -> None:
    """The second day as it was at noon."""
    at.drop(*(key for key in at.log(SECOND) if key not in at.clinic.noon))


def rotation_day(at: Scene) -> None:
    newer = [key for key in at.log(SECOND) if at.text(key, "key_id") == "new"]
    at.change(newer[0], patient_ids=["somebody-else"])


NAMED: list[tuple[Callable[[Scene], None], set[str]]] = [
    (edited, {ALTERED}),
    (deleted, {MISSING}),
    (inserted, {ALTERED}),
    (copied, {MOVED, TWICE}),
    (moved, {MOVED}),
    (whole_day, {MISSING}),
    (first_day, {MISSING}),
    (tail, {MISSING}),
    (one_writers_day, {MISSING}),
    (command_line, {MISSING}),
    (moved_beginning, {MOVED_BEGINNING, MISSING}),
    (contact_changed, {Kind.ENTRY_ALTERED}),
    (replayed_day, {MISSING}),
    (rotation_day, {ALTERED}),
]
"""The fourteen that were named."""


def days_with_their_checkpoints(at: Scene) -> None:
    """The last day with all that names it but the copy of the latest checkpoint."""
    at.drop(*at.log(THIRD), *at.chain(THIRD))


def checkpoint_edited(at: Scene) -> None:
    at.change(at.chain()[1], heads=[])


def checkpoint_deleted(at: Scene) -> None:
    at.drop(at.chain()[2])


def first_checkpoints_deleted(at: Scene) -> None:
    at.drop(*at.chain(FIRST))


def all_checkpoints_deleted(at: Scene) -> None:
    at.drop(*at.chain(), keys.latest_checkpoint())


def last_checkpoints_deleted(at: Scene) -> None:
    at.drop(*at.chain()[-3:], keys.latest_checkpoint())


def checkpoint_by_another_key(at: Scene) -> None:
    key = at.chain()[1]
    read = items.read(Checkpoint, at.items[key]).model_copy(update={"heads": ()})
    at.put(checkpoints.item_of(checkpoints.sealed(read, Keyring({"old": "a key that somebody made up"}))))


def checkpoint_moved(at: Scene) -> None:
    key = at.chain(FIRST)[-1]
    at.rekey(key, Key(keys.checkpoints(SECOND), key.sk))


def checkpoint_without_key(at: Scene) -> None:
    at.change(at.chain()[1], key_id="")


def checkpoint_expires_now(at: Scene) -> None:
    at.change(at.chain()[1], expires_at=1)


def chain_begun_again(at: Scene) -> None:
    """The copy of the latest is the first one: whoever trusts it goes on with the second."""
    first = items.read(Checkpoint, at.items[at.chain()[0]])
    at.drop(*at.chain()[1:])
    at.put(items.to_item(keys.latest_checkpoint(), first))


def beginning_moved_and_unsealed(at: Scene) -> None:
    at.drop(*at.log(FIRST))
    at.change(
        keys.registry(REGISTRY), created_date=(MONDAY + timedelta(days=1)).timestamp(), created_seal="x:y"
    )


def checkpoint_of_entry_removed(at: Scene) -> None:
    at.change(at.log(SECOND)[2], checkpoint=None)


def key_of_entry_changed(at: Scene) -> None:
    at.change(at.log(SECOND)[2], key_id="new")


def key_of_entry_unknown(at: Scene) -> None:
    at.change(at.log(SECOND)[2], key_id="other")


def refusals_gone(at: Scene) -> None:
    at.drop(*at.log(FIRST, NO_REGISTRY))


def contact_deleted(at: Scene) -> None:
    at.drop(at.entries(0, keys.TREATMENTS)[0])


def void_deleted(at: Scene) -> None:
    at.drop(*at.entries(0, keys.VOIDS))


def void_inserted(at: Scene) -> None:
    made = {"log_id": at.entries(0, keys.TREATMENTS)[0].sk.rpartition("#")[2], "by": "x", "reason": "y"}
    at.put({**wire_key(keys.voided(at.clinic.ids[0], made["log_id"])), **to_wire({**made, "at": 1.0})})


def contact_inserted(at: Scene) -> None:
    item = at.items[at.entries(0, keys.TREATMENTS)[0]]
    key = keys.treatment_log(at.clinic.ids[0], 1.0, "extra")
    made = {name: value for name, value in item.items() if name != SEAL}
    at.put({**made, **wire_key(key), **to_wire({"id": "extra", "recorded_at": 1.0, "date": 1.0})})


def contact_stripped(at: Scene) -> None:
    at.change(at.entries(0, keys.TREATMENTS)[0], minutes=55, seal=None, recorded_at=1.0)


def contact_of_another(at: Scene) -> None:
    item = at.items[at.entries(0, keys.TREATMENTS)[0]]
    at.put({**item, "PK": {"S": keys.patient_log(at.clinic.ids[1])}})


def seal_of_another_contact(at: Scene) -> None:
    one, other = at.entries(0, keys.TREATMENTS)[:2]
    at.items[one][SEAL] = at.items[other][SEAL]


def attribute_beside(at: Scene) -> None:
    at.change(at.entries(0, keys.TREATMENTS)[0], comment="x")


def audit_deleted(at: Scene) -> None:
    at.drop(at.entries(0, keys.AUDITS)[2])


def audit_of_a_flag_deleted(at: Scene) -> None:
    flagged = [key for key in at.entries(0, keys.AUDITS) if at.text(key, "action") == "flag raised"]
    at.drop(*flagged)


def audit_stripped(at: Scene) -> None:
    flagged = [key for key in at.entries(0, keys.AUDITS) if at.text(key, "action") == "flag raised"]
    at.change(flagged[0], user_id="user-9", seal=None)


def old_contact_changed(at: Scene) -> None:
    at.change(at.entries(2, keys.TREATMENTS)[0], minutes=99)


def old_contact_beside(at: Scene) -> None:
    item = at.items[at.entries(2, keys.TREATMENTS)[0]]
    key = keys.treatment_log(at.clinic.ids[2], 1.0, "extra")
    at.put({**item, **wire_key(key), **to_wire({"id": "extra", "date": 1.0})})


def all_seals_stripped(at: Scene) -> None:
    for kind in (keys.TREATMENTS, keys.AUDITS, keys.VOIDS):
        for key in at.entries(0, kind):
            at.change(key, seal=None)


UNNAMED: list[tuple[Callable[[Scene], None], set[str]]] = [
    (days_with_their_checkpoints, {MISSING}),
    (checkpoint_edited, {ALTERED}),
    (checkpoint_deleted, {MISSING}),
    (first_checkpoints_deleted, {MISSING}),
    (all_checkpoints_deleted, {SHORT}),
    (last_checkpoints_deleted, {SHORT}),
    (checkpoint_by_another_key, {ALTERED}),
    (checkpoint_moved, {MOVED}),
    (checkpoint_without_key, {ALTERED}),
    (checkpoint_expires_now, {MOVED}),
    (chain_begun_again, {SHORT}),
    (beginning_moved_and_unsealed, {MOVED_BEGINNING, MISSING}),
    (checkpoint_of_entry_removed, {ALTERED}),
    (key_of_entry_changed, {ALTERED}),
    (key_of_entry_unknown, {UNKNOWN_KEY}),
    (refusals_gone, {MISSING}),
    (contact_deleted, {Kind.ENTRY_GONE}),
    (void_deleted, {Kind.ENTRY_GONE}),
    (void_inserted, {Kind.ENTRY_UNSEALED}),
    (contact_inserted, {Kind.ENTRY_UNSEALED}),
    (contact_stripped, {Kind.ENTRY_UNSEALED}),
    (contact_of_another, {Kind.ENTRY_ALTERED}),
    (seal_of_another_contact, {Kind.ENTRY_ALTERED}),
    (attribute_beside, {Kind.ENTRY_ALTERED}),
    (audit_deleted, {Kind.ENTRY_GONE}),
    (audit_of_a_flag_deleted, {Kind.ENTRY_GONE}),
    (audit_stripped, {Kind.ENTRY_UNSEALED}),
    (old_contact_changed, {Kind.ENTRY_UNSEALED}),
    (old_contact_beside, {Kind.ENTRY_UNSEALED}),
]
"""Those nobody named."""


def scan_of_proof(clinic: Clinic) -> set[str]:
    """Return what `audit verify`, of the registry and of nobody's, and `check` say."""
    ctx = clinic.ctx(RING)
    said: set[str] = set()
    for registry_id, since in ((REGISTRY, None), (NO_REGISTRY, FIRST)):
        said |= {fault.what for fault in prove(ctx, registry_id, since, None).faults}
    said |= {each.finding.kind for each in check(ctx, REGISTRY) if each.finding.kind in HISTORY | DERIVED}
    return said


@pytest.fixture(scope="module")
def played(endpoint: str) -> Iterator[tuple[Clinic, Items]]:
    with engines.fresh_table(engines.client_of(endpoint)) as table:
        clinic = Clinic(table)
        clinic.play()
        yield clinic, stored(table)


@pytest.fixture
def scene(played: tuple[Clinic, Items]) -> Scene:
    """The three days as they were played."""
    clinic, everything = played
    fill(clinic.table, everything)
    return Scene({key: dict(item) for key, item in everything.items()}, clinic)


def test_three_days_with_a_change_of_keys_are_clean(scene: Scene) -> None:
    assert scan_of_proof(scene.clinic) == set()
    keys_of_day = {scene.text(key, "key_id") for key in scene.log(SECOND)}
    assert keys_of_day == {"old", "new"}
    proof = prove(scene.clinic.ctx(RING), REGISTRY, None, None, copy=scene.clinic.copy)
    assert (proof.faults, proof.since, proof.until) == ([], FIRST, THIRD)
    assert proof.heads == proof.writers == 4
    assert proof.checkpoints == len(scene.chain())


@pytest.mark.timeout(600)
def test_each_tampering_is_found(scene: Scene) -> None:
    clinic, before = scene.clinic, {key: dict(item) for key, item in scene.items.items()}
    tried, lost = [*NAMED, *UNNAMED], {}
    for tamper, expected in tried:
        at = Scene({key: dict(item) for key, item in before.items()}, clinic)
        tamper(at)
        fill(clinic.table, at.items)
        said = scan_of_proof(clinic)
        if not expected <= said or said & DERIVED:
            lost[tamper.__name__] = said
    print(f"{len(NAMED)} named and {len(UNNAMED)} others tried, {len(tried) - len(lost)} held")
    assert lost == {}
