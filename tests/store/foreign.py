"""Items that another program might put where the bot looks: one of each kind, for each place."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, wire_key
from cocm_bot.store.table.writes import put

Attributes = Mapping[str, Any]

STRANGE: Mapping[str, Attributes] = {
    "no attributes": {},
    "foreign attributes": {"colour": {"S": "blue"}, "parts": {"L": [{"N": "1"}, {"NULL": True}]}},
    "binary and sets": {
        "blob": {"B": b"\x00\xff"},
        "blobs": {"BS": [b"a"]},
        "names": {"SS": ["a"]},
        "n": {"NS": ["1"]},
    },
    "numbers nobody has": {"at": {"N": "1E+120"}, "tries": {"N": "-0.000000000000000000000000000000000001"}},
    "wrong types": {
        name: {"M": {"x": {"BOOL": True}}}
        for name in (
            "id",
            "kind",
            "state",
            "at",
            "user_id",
            "recipient",
            "first_name",
            "handle",
            "course",
            "status",
        )
    },
    "text for numbers": {
        name: {"S": "soon"}
        for name in ("visible_at", "due_at", "tries", "at", "lease_until", "seconds", "date_created")
    },
}
"""Attributes that make no record of ours."""


def in_queue(shard: int, number: int) -> Iterator[tuple[str, Item]]:
    """Items in a part of the clock's queue, all overdue."""
    name = f"foreign-{number}"
    kinds: Mapping[str, tuple[Key, str]] = {
        "another's key": (Key(f"order:{name}", "line#1"), keys.queue_place(1.0, "order", name)),
        "a key of one word": (Key(name, name), "0"),
        "work without an id": (Key("work:alert", f"{name}"), keys.queue_place(1.0, "alert", "")),
        "work of no kind": (Key(f"work::{name}", "work"), keys.queue_place(1.0, "", name)),
        "a work's other item": (
            Key(f"work:registry:{name}", "lock"),
            keys.queue_place(1.0, "registry", name),
        ),
        "a place that is no time": (Key(f"work:registry:{name}", "work"), "!soon"),
        "an unknown kind": (keys.work("payroll", name), keys.queue_place(1.0, "payroll", name)),
        "a patient": (keys.patient("another", name), keys.queue_place(1.0, "patient", name)),
    }
    for kind, (key, place) in kinds.items():
        yield kind, _item(key, {}, shard, place)
    for kind, attributes in STRANGE.items():
        key = keys.work("letter", f"{name}-{kind}".replace(" ", "-"))
        yield f"work with {kind}", _item(key, attributes, shard, keys.queue_place(1.0, "letter", name))


def _item(key: Key, attributes: Attributes, shard: int, place: str) -> Item:
    return {**wire_key(key), **attributes, "GSI1PK": {"S": keys.work_shard(shard)}, "GSI1SK": {"S": place}}


def places(registry_id: str, day: date, subject: str) -> Mapping[str, tuple[str, str]]:
    """The partition of each list the bot reads, and what its sort keys begin with."""
    return {
        "members": (keys.registry_users(registry_id), "user:"),
        "registries": (keys.user_registries(subject), "registry:"),
        "patients": (keys.patients(registry_id), ""),
        "directory": (keys.directory(registry_id), ""),
        "posts": (keys.posts(registry_id, day), "digest#"),
        "live digests": (keys.digests(registry_id, day), ""),
        "deliveries": (keys.deliveries(subject), ""),
        "invites": (keys.registry_invites(registry_id), ""),
        "invites of an address": (keys.invites(subject), "registry:"),
        "audit trail": (keys.patient_log(subject), keys.AUDITS),
        "access log": (keys.access_day(registry_id, day), ""),
        "runs": (keys.RUNS, ""),
    }


def in_list(partition: str, begin: str, number: int) -> Iterator[tuple[str, Item]]:
    """Items in the partition of a list, under a key that looks right and under one that does not."""
    for kind, attributes in STRANGE.items():
        for form, sort in (
            ("right key", f"{begin}foreign-{number}-{kind}"),
            ("foreign key", f"~{number} {kind}"),
        ):
            yield f"{kind}, {form}", {**wire_key(Key(partition, sort)), **attributes}


def in_caseload(registry_id: str, number: int) -> Iterator[tuple[str, Item]]:
    """Items in a registry's part of the index, due before everybody else."""
    place = {"GSI1PK": {"S": keys.patients(registry_id)}, "GSI1SK": {"S": f"0001-01-01#{number}"}}
    for kind, attributes in STRANGE.items():
        for form, key in (
            ("a patient's key", keys.patient(registry_id, f"foreign-{number}-{kind}")),
            ("a foreign key", Key(f"order:{number}", kind)),
        ):
            yield f"{kind}, {form}", {**wire_key(key), **attributes, **place}


def store(table: Table, item: Item) -> None:
    """Put an item as another program does: without a condition, and past the bot's own records."""
    table.put(put(item))
