"""Any source is read, asked about or refused in a sentence, and never a crash."""

import copy
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.arrivals import Arrival, arrival
from cocm_bot.domain.exchange.trackers.grid import Sheet
from cocm_bot.domain.exchange.trackers.tracker import read_tracker
from cocm_bot.operations.exchange.sources import Source
from tests.operations.exchange.conftest import landing, reading
from tests.operations.exchange.test_fhir import PHQ, POINTS, answered, bundle, observed, person
from tests.operations.exchange.test_older_tables import contact, lines
from tests.operations.exchange.test_older_tables import person as older_person

TODAY = date(2031, 3, 3)
HEADER = ["MRN", "Name", "DOB", "Phone", "E-mail", "Status", "Enrolled", "Initial Assessment", "Last Session"]
HEADER += ["PHQ-9 first", "PHQ-9 last", "GAD-7", "Flags", "Consent", "Last case review", "Discharge date"]
LOG = ["MRN", "Date", "Type", "Visit Type", "No show", "Minutes", "PHQ-9", "PHQ-9 Q9", "GAD-7", "Notes", "By"]
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["1", "12/27", ">20", "N/A", "2/30/2026", "13/7/26", "2/29/1984", "0:45", "Safety Risk", "7"]
    ),
)
CELLS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


def check(each: Arrival) -> None:
    """Check that an arrival is valid, from any source."""
    policy = landing().policy
    for log in each.logs:
        assert policy.local_date(log.date) <= TODAY
        assert log.history
        for score in log.scores:
            measure = policy.measure(score.score_name)
            assert measure is not None
            assert measure.accepts(score.score_value)
    assert all(alert.quiet for alert in each.patient.alerts)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(CELLS, max_size=len(HEADER)), max_size=5),
    st.lists(st.lists(CELLS, max_size=len(LOG)), max_size=5),
)
def test_any_cells(caseload: list[list[Any]], log: list[list[Any]]) -> None:
    where = landing()
    sheets = [Sheet("A", [HEADER, *caseload]), Sheet("B", [LOG, *log])]
    intake = read_tracker(sheets, None, where.policy.measures, TODAY)
    for each in intake.patients:
        check(arrival(each, where, []))


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    try:
        reading(data)
    except InvalidInput:
        assert Source(data).digest


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from places(each, (*path, number))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    found = copy.deepcopy(value)
    if not path:
        return by
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = by
    return found


FHIR = json.loads(
    bundle(
        person(telecom=[{"system": "phone", "value": "206-555-0134"}]),
        answered("2031-01-13T14:30:00-05:00", PHQ, POINTS),
        observed("44261-6", "2031-01-20", valueQuantity={"value": 12}),
        {
            "resourceType": "Encounter",
            "id": "e",
            "status": "finished",
            "class": {"code": "VR"},
            "type": [{"text": "Follow up"}],
            "subject": {"reference": "Patient/p1"},
            "participant": [{"individual": {"display": "Maya Okafor"}}],
            "period": {"start": "2031-01-13T14:30:00-05:00", "end": "2031-01-13T15:15:00-05:00"},
        },
        {
            "resourceType": "Flag",
            "id": "f",
            "status": "active",
            "code": {"text": "Safety"},
            "subject": {"reference": "Patient/p1"},
        },
        {
            "resourceType": "EpisodeOfCare",
            "id": "c",
            "status": "active",
            "patient": {"reference": "Patient/p1"},
            "period": {"start": "2031-01-02"},
        },
    )
)
OLDER = older_person(
    "A-1",
    flags=[{"flag_type": "Needs Discussion", "created_date": 1.9e9, "resolved_date": None}],
    treatment_logs=[contact(63, "Initial Assessment", scores={"PHQ-9": 18}), contact(2, scores={"PHQ-9": 9})],
)


@settings(max_examples=100)
@given(st.data())
def test_fhir_with_anything_anywhere(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(places(FHIR))))
    broken = replaced(FHIR, path, data.draw(JSON))
    try:
        found = reading(json.dumps(broken))
    except InvalidInput:
        return
    for each in found.patients.values():
        check(each)


@settings(max_examples=100)
@given(st.data())
def test_an_older_item_with_anything_anywhere(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([each for each in places(OLDER) if each]))
    broken = replaced(OLDER, path, data.draw(JSON))
    try:
        found = reading(json.dumps([broken]))
    except InvalidInput:
        return
    for each in found.patients.values():
        check(each)


def test_what_is_varied_is_read() -> None:
    assert len(reading(json.dumps(FHIR)).patients) == 1
    assert len(reading(lines(iter([OLDER]))).patients) == 1
