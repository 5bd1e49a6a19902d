"""An item of every kind, damaged in every way: check names what it can and never ends in a traceback."""

from typing import Any

import pytest

from cocm_bot.operations.checking import check
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.wire import key_of, wire_key
from tests.operations.conftest import Office
from tests.operations.erasure.test_erasing import scene
from tests.store.build import REGISTRY

pytestmark = pytest.mark.slow

DAMAGES: dict[str, Any] = {
    "missing": None,
    "a text": {"S": "x"},
    "no text": {"S": ""},
    "a number": {"N": "7"},
    "a huge number": {"N": "-1e30"},
    "binary": {"B": b"\xff"},
    "an empty map": {"M": {}},
    "an empty list": {"L": []},
    "null": {"NULL": True},
    "a list of maps": {"L": [{"M": {}}]},
    "binary within": {"M": {"a": {"B": b"x"}}},
    "a set": {"SS": ["a"]},
    "numbers": {"NS": ["1"]},
}
STEPS = (0, 3, 7)
"""The places of the attributes that are damaged, in the order of their names."""
ODD_KEYS = [
    ("patient-log:x", "treatment#"),
    ("patient-log:x", "audit#soon#1"),
    ("patient-log:x", "void#"),
    ("patient-log:x", "#"),
    (f"billing:{REGISTRY}:2031-99", "patient#"),
    (f"billing:{REGISTRY}", "closing"),
    ("billing:x", "closed#one"),
    ("billing-mrn:2031-03:1", "other"),
    ("work:alert:", "work"),
    ("work::", "work"),
    ("work:x", "other"),
    (f"registry-patient:{REGISTRY}", "a b"),
    (f"patient-directory:{REGISTRY}", "?"),
    (f"registry-user:{REGISTRY}", "user:"),
    (f"registry-user:{REGISTRY}", "other"),
    ("user-registry:user-1", "registry:"),
    ("user-email:@", "#lock"),
    ("user-email:x", "user-9"),
    ("invite:x", "bare"),
    ("channel:C", "registry:"),
    (f"access-log:{REGISTRY}:someday", "1"),
    ("audit-checkpoint:someday", "1"),
    ("audit-head", "other"),
    ("clock", "p"),
    (f"merged:{REGISTRY}", "1"),
    ("merge-before:1", "third"),
    (f"erasure:{REGISTRY}", "1"),
    ("imported:1", "1"),
    (f"digest:{REGISTRY}:someday", "u"),
    (f"post:{REGISTRY}:someday", "u"),
    (f"review:{REGISTRY}", "u"),
    ("draft:u", "d"),
    ("unheard-of:1", "1"),
    ("#", "#"),
]


@pytest.fixture
def office(office: Office) -> Office:
    """A registry with something of every kind."""
    scene(office)
    return office


def samples(office: Office) -> dict[str, Any]:
    """Return one item of each kind, but the registry, whose damage hides its patients."""
    pages = office.table.client.get_paginator("scan").paginate(TableName=office.table.name)
    found: dict[str, Any] = {}
    for item in (item for page in pages for item in page["Items"]):
        pk, sk = key_of(item)
        entries = pk.startswith(("billing:", "patient-log:", "user-email:"))
        kind = pk.partition(":")[0] + (sk.partition("#")[0] if entries else "")
        if kind != "registry":
            found.setdefault(kind, item)
    return found


def put(office: Office, item: Any) -> None:
    office.table.client.put_item(TableName=office.table.name, Item=item)


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_attribute_of_every_kind_damaged(office: Office, damage: str) -> None:
    every = samples(office)
    assert len(every) > 25
    for step in STEPS:
        for item in every.values():
            names = [name for name in sorted(item) if name not in ("PK", "SK", "GSI1PK", "GSI1SK")]
            if not names:
                continue
            name = names[step % len(names)]
            bad = {each: value for each, value in item.items() if each != name}
            put(office, bad | ({name: DAMAGES[damage]} if DAMAGES[damage] else {}))
        assert list(check(office.ctx))
        for item in every.values():
            put(office, item)


def test_items_of_keys_alone_and_of_odd_keys(office: Office) -> None:
    for item in samples(office).values():
        put(office, wire_key(key_of(item)))
    for pk, sk in ODD_KEYS:
        put(office, wire_key(Key(pk, sk)))
    assert len(list(check(office.ctx))) > len(ODD_KEYS) // 2


@pytest.mark.parametrize("damage", ["missing", "a text", "binary", "an empty map", "a list of maps"])
def test_a_damaged_registry_is_one_finding(office: Office, damage: str) -> None:
    item = dict(office.table.get(Key(f"registry:{REGISTRY}", "metadata")) or {})
    for name in ("questionnaires", "timezone", "cadence"):
        bad = {each: value for each, value in item.items() if each != name}
        put(office, bad | ({name: DAMAGES[damage]} if DAMAGES[damage] else {}))
        list(check(office.ctx))
    put(office, wire_key(key_of(item)))
    assert "BROKEN" in {each.finding.kind.name for each in check(office.ctx)}
