import types
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from cocm_bot.domain.members import Registry, RegistryUser, User, UserEmail, UserInvite, UserRegistry
from cocm_bot.domain.records.history import AuditLog, TreatmentLog, Voided
from cocm_bot.domain.records.patient import Patient, PatientSummary
from cocm_bot.domain.records.record import LocalDay, Record
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.requests import AppliedRequest
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.store.build import patient

PATIENT_KEY = keys.patient("r1", "MRN-1")

KEYS: dict[type[Record], Callable[[Any], Key]] = {
    Registry: lambda record: keys.registry(record.id),
    Patient: lambda record: keys.patient("r1", record.patient_mrn),
    PatientSummary: lambda record: keys.patient("r1", record.patient_mrn),
    User: lambda record: keys.user(record.id),
    RegistryUser: lambda record: keys.registry_user(record.registry_id, record.user_id),
    UserEmail: lambda record: keys.user_email(record.email, record.user_id),
    UserRegistry: lambda record: keys.user_registry(record.user_id, record.registry_id),
    UserInvite: lambda record: keys.invite(record.email, record.registry_id),
    TreatmentLog: lambda record: keys.treatment_log("p1", 1.0, record.id),
    AuditLog: lambda record: keys.audit_log("p1", 1.0, record.id),
    Voided: lambda record: keys.voided("p1", record.log_id),
    AppliedRequest: lambda _record: keys.request("q1"),
    AccessEntry: lambda record: keys.access(record.registry_id, 1.0, record.id),
}

_NUMBERS = st.integers(-(10**15), 10**15)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    bool: st.booleans(),
    int: _NUMBERS,
    float: st.one_of(_NUMBERS.map(float), st.floats(1e-9, 1e12), st.floats(-1e12, -1e-9)),
    types.NoneType: st.none(),
}


def of(annotation: Any) -> st.SearchStrategy[Any]:
    """Values of a record's attribute."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is None:
        return _plain(annotation)
    if origin is tuple:
        return st.lists(of(inner[0]), max_size=2).map(tuple)
    if origin is dict:
        return st.dictionaries(of(inner[0]), of(inner[1]), max_size=2)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is Annotated:
        return _limited(annotation)
    return st.one_of(*(of(one) for one in inner))


def _limited(annotation: Any) -> st.SearchStrategy[Any]:
    """Values that keep to a pattern, or to bounds, where the attribute has any."""
    kind = get_args(annotation)[0]
    schema = TypeAdapter(annotation).json_schema()
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    if annotation == LocalDay:
        return st.dates().map(date.isoformat)
    if "exclusiveMaximum" in schema:
        whole = st.integers(schema["minimum"], schema["exclusiveMaximum"] - 1)
        return whole if kind is int else whole.map(float)
    if "minimum" in schema and kind is float:
        return st.floats(schema["minimum"], schema["maximum"])
    if "minimum" in schema:
        return st.integers(schema["minimum"], schema["maximum"])
    return of(kind)


def _plain(kind: Any) -> st.SearchStrategy[Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    return st.sampled_from(kind) if issubclass(kind, Enum) else records(kind)


M = TypeVar("M", bound=Record)


def records(model: type[M]) -> st.SearchStrategy[M]:
    fields = {
        name: of(field.rebuild_annotation())
        for name, field in model.model_fields.items()
        # what is not stored comes from the key
        if not field.exclude
    }
    return st.fixed_dictionaries(fields).map(model.model_validate)


@pytest.mark.parametrize("model", KEYS)
def test_every_kind_of_record_comes_back_as_it_was(model: type[Record]) -> None:
    @given(records(model))
    def check(record: Record) -> None:
        item = items.to_item(KEYS[model](record), record, {"GSI1PK": "x", "GSI1SK": "y", "expires_at": 5})
        assert items.read(model, item) == record

    check()


def test_no_attribute_of_the_schema_is_left_out() -> None:
    item = items.to_item(PATIENT_KEY, patient())
    assert item["patient_flag"] == item["payer"] == {"NULL": True}
    assert item.keys() == Patient.model_fields.keys() | {"PK", "SK"}


def test_attributes_of_other_writers_are_kept() -> None:
    theirs = {
        "risk_tier": {"N": "2"},
        "weights": {"L": [{"N": "0.12345678901234567890123"}]},
        "labels": {"SS": ["a"]},
        "blob": {"B": b"\x01"},
        "nested": {"M": {"deep": {"NULL": True}}},
    }
    item = {**items.to_item(PATIENT_KEY, patient()), **theirs}
    record = items.read(Patient, item)
    assert record.model_extra is not None
    assert record.model_extra["weights"] == [Decimal("0.12345678901234567890123")]
    written = items.to_item(PATIENT_KEY, record.model_copy(update={"first_name": "Grace"}))
    assert {name: written[name] for name in theirs} == theirs
    assert written["first_name"] == {"S": "Grace"}


def test_attributes_of_other_writers_inside_a_record_are_kept() -> None:
    item = {**items.to_item(PATIENT_KEY, patient())}
    item["course"] = {"M": {**item["course"]["M"], "their": {"S": "own"}}}
    assert items.to_item(PATIENT_KEY, items.read(Patient, item)) == item


@pytest.mark.parametrize(
    ("model", "key", "attributes", "ids"),
    [
        (
            User,
            keys.user("u1"),
            {"email": "a@b.org", "first_name": "A", "last_name": "B", "phone_number": "", "registeries": []},
            {"id": "u1"},
        ),
        (
            RegistryUser,
            keys.registry_user("r1", "u1"),
            {"date_created": 5, "first_name": "A", "last_name": "B", "role": "Finance", "is_admin": False},
            {"registry_id": "r1", "user_id": "u1"},
        ),
        (
            UserEmail,
            keys.user_email("a@b.org", "u1"),
            {"email": "a@b.org", "date_created": 5},
            {"user_id": "u1"},
        ),
        (
            UserRegistry,
            keys.user_registry("u1", "r1"),
            {"date_created": 5},
            {"user_id": "u1", "registry_id": "r1"},
        ),
    ],
)
def test_a_row_with_the_schemas_attributes_alone_is_read(
    model: type[Record], key: Key, attributes: dict[str, Any], ids: dict[str, str]
) -> None:
    item = {**to_wire(attributes), **wire_key(key)}
    record = items.read(model, item).model_dump()
    assert {name: record[name] for name in ids} == ids


def test_the_key_says_whose_membership_it_is() -> None:
    member = UserRegistry(user_id="somebody-else", registry_id="another", date_created=5)
    item = items.to_item(keys.user_registry("u1", "r1"), member)
    assert items.read(UserRegistry, item) == UserRegistry(user_id="u1", registry_id="r1", date_created=5)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"status": {"S": "Gone fishing"}}, ("status",)),
        ({"total_sessions": {"N": "1.5"}}, ("total_sessions",)),
        ({"date_created": {"S": "1767268800"}}, ("date_created",)),
        ({"patient_flag": {"S": ""}, "version": {"NULL": True}}, ("patient_flag", "version")),
        ({"course": {"M": {"scores": {"M": {"Ada Example": {"S": "x"}}}}}}, ("course",)),
        ({"flags": {"L": [{"M": {"flag_type": {"S": "Ada Example"}}}]}}, ("flags",)),
    ],
)
def test_a_broken_item_is_named_by_kind_and_attributes_alone(
    wrong: dict[str, Any], named: tuple[str, ...]
) -> None:
    item = {**items.to_item(PATIENT_KEY, patient()), **wrong}
    with pytest.raises(BrokenItem) as broken:
        items.read(Patient, item)
    assert (broken.value.kind, broken.value.attributes) == ("registry patient", named)
    assert str(broken.value) == f"A registry patient item in the table can't be read: {', '.join(named)}."
    assert broken.value.__context__ is None


def test_a_phantom_is_broken_in_all_it_lacks() -> None:
    phantom = {**wire_key(PATIENT_KEY), "payer": {"S": "x"}}
    with pytest.raises(BrokenItem) as broken:
        items.read(Patient, phantom)
    required = {name for name, field in Patient.model_fields.items() if field.is_required()}
    assert set(broken.value.attributes) == required - {"payer"}


def test_a_list_shows_what_can_be_read_in_its_order_and_counts_the_rest() -> None:
    good = [items.to_item(keys.patient("r1", f"MRN-{number}"), patient(number)) for number in (1, 2, 3)]
    broken = {**good[1], "status": {"S": "?"}}
    listing = items.read_all(Patient, [good[0], broken, good[2]])
    assert (listing.records, listing.broken) == ([patient(1), patient(3)], 1)
    assert items.read_all(Patient, good) == items.Listing([patient(number) for number in (1, 2, 3)])
    assert items.read_all(Patient, []) == items.Listing([])
