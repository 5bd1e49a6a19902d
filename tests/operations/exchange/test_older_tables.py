"""An older system's table, with every trap it is known for, into a registry; the original stays as it was."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.exchange.trackers.mapping import SheetMapping, SourceMapping
from cocm_bot.operations.caseload.emergency import emergency_caseload
from cocm_bot.operations.exchange.importing import Outcome, prepare
from cocm_bot.operations.exchange.sources import Source
from cocm_bot.store.exchange.wire_json import snapshot
from cocm_bot.store.patients import patients
from tests.operations.conftest import MONDAY, Office
from tests.store.build import REGISTRY, counts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
OLD = "0f0e"
DAY = 86_400


def ms(days_ago: float) -> int:
    """An instant, days before Monday 3 March 2031, in milliseconds as a browser counts them."""
    return int((MONDAY.timestamp() - days_ago * DAY) * 1000)


def contact(days_ago: float, kind: str = "Follow Up", **changes: Any) -> Item:
    scores = [{"score_name": name, "score_value": value} for name, value in changes.pop("scores", {}).items()]
    return {
        "patient_mrn": "x",
        "provider": None,
        "no_show": False,
        "flag": None,
        "weeks_in_treatment": 0,
        "contact_type": kind,
        "visit_type": "Phone",
        "minutes": 20,
        "date": ms(days_ago),
        "scores": scores,
        **changes,
    }


def person(mrn: str, **changes: Any) -> Item:
    return {
        "partition_key": f"registry-patient:{OLD}",
        "sort_key": mrn,
        "id": OLD,
        "patient_mrn": mrn,
        "first_name": "Ada",
        "last_name": f"Example{mrn}",
        "date_of_birth": "1984-02-29",
        "status": "Treatment",
        "date_created": ms(70),
        "date_graduated": None,
        "phone_number": "001-555-010-0013x3890",
        "email": "",
        "patient_flag": None,
        "flags": [],
        "treatment_logs": [],
        # Of the last entry of any kind, as the older system wrote them.
        "initial_assessment": ms(1),
        "last_follow_up": ms(1),
        "total_sessions": 0,
        "minutes_this_month": 0,
        **changes,
    }


def sixty() -> Iterator[Item]:
    """Twenty each: improved, not improving, and left; of each hundredth minute a hand can work out."""
    yield {"partition_key": f"registry:{OLD}", "sort_key": "metadata", "id": OLD, "name": "Old", "members": 0}
    yield {
        "partition_key": f"registry-user:{OLD}",
        "sort_key": "user:u9",
        "first_name": "Cara",
        "last_name": "Manager",
        "email": "person.1@example.org",
        "role": "Care Manager",
    }
    for number in range(20):
        assessed = contact(63, "Initial Assessment", scores={"PHQ-9": 18, "GAD-7": 14}, minutes=45)
        better = contact(2, scores={"PHQ-9": 9, "GAD-7": 24}, minutes=20.5, provider="u9")
        missed = contact(1, no_show=True, scores={"PHQ-9": 0, "GAD-7": 0}, minutes=5)
        yield person(f"I{number:02}", treatment_logs=[assessed, better, missed])
        worse = contact(2, scores={"PHQ-9": 19})
        yield person(f"N{number:02}", treatment_logs=[assessed, worse], flag="Safety Risk")
        yield person(
            f"L{number:02}",
            status="Deactivated",
            date_graduated=ms(10) / 1000,
            treatment_logs=[contact(60, "Initial Assessment", scores={"PHQ-9": 15})],
            flags=[{"flag_type": "Needs Discussion", "created_date": ms(50), "resolved_date": None}],
        )


def typed(item: Item) -> Item:
    found: Item = {}
    for name, value in json.loads(json.dumps(item), parse_float=str).items():
        found[name] = TypeSerializer().serialize(value)
    return found


def lines(items: Iterator[Item]) -> bytes:
    return "\n".join(json.dumps({"Item": typed(each)}) for each in items).encode()


def as_scan(items: Iterator[Item]) -> bytes:
    return json.dumps({"Items": [typed(each) for each in items], "Count": 62}, indent=1).encode()


def as_plain(items: Iterator[Item]) -> bytes:
    return json.dumps(list(items)).encode()


@pytest.mark.parametrize("form", [lines, as_scan, as_plain, lambda items: gzip.compress(lines(items))])
def test_every_form_of_an_export_is_read_alike(
    read_source: Callable[..., Any], form: Callable[[Iterator[Item]], bytes]
) -> None:
    found = read_source(form(sixty()))
    assert (found.reading.rows, len(found.patients)) == (60, 60)
    assert [(day, scores) for day, _, scores in found.days("I00")] == [
        ("2030-12-30", {"PHQ-9": 18, "GAD-7": 14}),
        ("2031-03-01", {"PHQ-9": 9}),
        ("2031-03-02", {}),
    ]


def test_a_live_table_becomes_a_caseload_and_stays_as_it_was(
    office: Office, client: "DynamoDBClient"
) -> None:
    name = f"{office.table.name}-older"
    client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "partition_key", "KeyType": "HASH"},
            {"AttributeName": "sort_key", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "partition_key", "AttributeType": "S"},
            {"AttributeName": "sort_key", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for each in sixty():
        client.put_item(TableName=name, Item=_decimal(each))
    before = client.scan(TableName=name)["Items"]
    importing = prepare(office.ctx, REGISTRY, Source(snapshot(client, name)), "tester")
    assert list(importing.apply()) == [Outcome.TAKEN] * 60
    assert client.scan(TableName=name)["Items"] == before
    assert counts(office.table) == (1, 40)
    _check_by_hand(office)
    again = prepare(office.ctx, REGISTRY, Source(snapshot(client, name)), "tester")
    assert list(again.apply()) == [Outcome.THERE] * 60


def _check_by_hand(office: Office) -> None:
    policy = office.actor().registry.policy
    improved = patients.get(office.table, REGISTRY, "I07")
    assert improved is not None
    # Assessed 63 days ago; the no-show of yesterday moves nothing; March has the minutes of 1 and 2 March.
    assert policy.local_date(improved.initial_assessment or 0) == date(2030, 12, 30)
    assert policy.local_date(improved.last_follow_up or 0) == date(2031, 3, 1)
    assert (improved.weeks_since_initial_assessment, improved.total_sessions) == (9, 2)
    assert improved.minutes_this_month == 25  # 20.5 and 5, rounded down once
    assert improved.date_created == pytest.approx(
        datetime(2030, 12, 23, 17, tzinfo=UTC).timestamp()  # local noon of the day 70 days ago
    )
    assert [log.provider for log in improved.treatment_logs] == ["", "user-1", ""]
    # Four weeks of treatment without a consult: 28 days after 30 December.
    assert improved.next_due == "2031-01-27"
    worse = patients.get(office.table, REGISTRY, "N07")
    assert worse is not None
    assert (worse.patient_flag, worse.next_due) == ("Safety Risk", "2031-01-27")
    left = patients.get(office.table, REGISTRY, "L07")
    assert left is not None
    assert (left.status, left.episodes[-1].reason, left.patient_flag) == ("Deactivated", "Graduated", None)
    found = emergency_caseload(office.ctx, REGISTRY, "tester", names=False)
    reasons = [{str(due.reason) for due in row.due} for row in found.rows]
    assert len(found.rows) == 40
    assert sum("Safety risk" in each for each in reasons) == 20
    assert sum("Consult due: not improving" in each for each in reasons) == 20


def _decimal(item: Item) -> Item:
    held: Item = json.loads(json.dumps(item), parse_float=Decimal)
    return {name: TypeSerializer().serialize(value) for name, value in held.items()}


def test_the_traps_of_single_items(read_source: Callable[..., Any]) -> None:
    items = [
        person("AK 2 ", date_of_birth="3/4/80", first_name=" bob ", patient_flag="", flag=""),
        person("B", date_of_birth="2031-01-05T00:00:00.000Z", date_created=ms(57)),
        person("C", date_of_birth="soon"),
        {"partition_key": f"registry-patient:{OLD}", "sort_key": "PHANTOM", "status": "Treatment"},
        person("D", treatment_logs=[contact(9, minutes=1e9), contact(8, date=None), contact(7, date="x"), 5]),
        person("E", treatment_logs=[contact(9, "Psychiatric Consultation", scores={"PHQ-9": 9})]),
        person("F", treatment_logs=[contact(9, scores={"ISI": 9, "phq9": 8, "GAD-7": "7"})]),
        {"partition_key": "invite:x@y.z", "sort_key": OLD, "email": "x@y.z"},
    ]
    found = read_source(json.dumps(items).encode())
    assert list(found.patients) == ["AK 2", "B", "C", "D", "E", "F"]
    bob = found.patients["AK 2"].patient
    assert (bob.first_name, bob.date_of_birth, bob.patient_flag) == ("bob", "", None)
    assert bob.phone_number == "001-555-010-0013x3890"
    asked = [(cell, field) for cell, field, _ in found.notes(NoteKind.ASKED)]
    assert {("AK 2", "date_of_birth"), ("B", "date_of_birth"), ("PHANTOM", "item")} <= set(asked)
    refused = [(cell, value) for cell, _, value in found.notes(NoteKind.REFUSED)]
    assert {("C", "soon"), ("D, contact 1", "1000000000.0"), ("D, contact 2", "None")} <= set(refused)
    assert found.days("F") == [("2031-02-22", "Follow Up", {"PHQ-9": 8, "GAD-7": 7})]
    mapping = SourceMapping(sheets={"patients": SheetMapping(dates={"date_of_birth": "mdy"})})
    again = read_source(json.dumps(items).encode(), mapping)
    assert again.patients["AK 2"].patient.date_of_birth == "1980-03-04"


ODD: list[tuple[str, Item, tuple[int, int, dict[str, float], float], str]] = [
    ("no-show as a text", {"no_show": "true"}, (1, 0, {}, 20), "20"),
    ("no-show as a word", {"no_show": "maybe"}, (1, 1, {}, 20), "maybe"),
    ("time as a text", {"date": str(ms(9))}, (1, 1, {}, 20), ""),
    ("time as ISO", {"date": "2031-02-22T17:00:00Z"}, (1, 1, {}, 20), ""),
    ("time without a zone", {"date": "2031-02-22T17:00:00"}, (0, 0, {}, 0), "2031-02-22T17:00:00"),
    ("time in microseconds", {"date": ms(9) * 1000}, (0, 0, {}, 0), str(ms(9) * 1000)),
    ("minutes as a text", {"minutes": "20.50"}, (1, 1, {}, 20.5), ""),
    ("a score as a text", {"scores": {"PHQ-9": "12.0"}}, (1, 1, {"PHQ-9": 12}, 20), ""),
    ("a score that is none", {"scores": {"PHQ-9": "twelve"}}, (1, 1, {}, 20), "twelve"),
]


@pytest.mark.parametrize(("what", "changes", "taken", "noted"), ODD, ids=[each[0] for each in ODD])
def test_values_of_odd_types(
    read_source: Callable[..., Any],
    what: str,
    changes: Item,
    taken: tuple[int, int, dict[str, float], float],
    noted: str,
) -> None:
    given = {"scores": {"PHQ-9": 15}, **changes} if what == "no-show as a text" else changes
    found = read_source(json.dumps([person("A", treatment_logs=[contact(9, **given)])]).encode())
    logs = found.patients["A"].logs
    scores = {each.score_name: each.score_value for log in logs for each in log.scores}
    attended = sum(not log.no_show for log in logs)
    assert (len(logs), attended, scores, sum(log.minutes for log in logs)) == taken
    if what == "no-show as a text":
        noted = "15"
    assert [each.value for each in found.reading.notes if each.kind is not NoteKind.LEFT] == (
        [noted] if noted else []
    )


def test_nothing_of_another_form_is_lost_unseen(read_source: Callable[..., Any]) -> None:
    items = [
        person("A", flags=["Safety Risk"]),
        person("B", flags=[{"flag_type": "On fire", "created_date": ms(9)}], flag="Safety Risk, x"),
        person("C", flags={"flag_type": "Safety Risk"}, treatment_logs={"0": contact(9)}),
        person("D", treatment_logs=[contact(9) | {"scores": {"PHQ-9": 12}}]),
        person("E", treatment_logs=[contact(9, id="one"), contact(9, id="one"), contact(8, id="two")]),
        person(
            "F",
            treatment_logs=[
                contact(9)
                | {
                    "scores": [
                        {"score_name": name, "score_value": value}
                        for name, value in (("PHQ-9", 12), ("phq9", 15), ("GAD-7", 3))
                    ]
                }
            ],
        ),
        person("G", status="Active"),
    ]
    found = read_source(json.dumps(items).encode())
    asked = {(cell, field) for cell, field, _ in found.notes(NoteKind.ASKED)}
    assert asked == {
        ("B", "flags"),
        ("B", "flag"),
        ("C", "flags"),
        ("C", "treatment_logs"),
        ("D, contact 1", "scores"),
        ("E, contact 2", "id"),
        ("F, contact 1", "phq9"),
    }
    assert [found.patients[mrn].patient.patient_flag for mrn in "ABC"] == ["Safety Risk", "Safety Risk", None]
    assert len(found.patients["E"].logs) == 2
    assert found.days("F") == [("2031-02-22", "Follow Up", {"PHQ-9": 12, "GAD-7": 3})]
    assert [each.field for each in found.about("Active")] == ["status"]


def test_a_table_of_several_registries_asks_which(read_source: Callable[..., Any]) -> None:
    other = {**person("Z"), "partition_key": "registry-patient:ffff"}
    data = json.dumps([person("A"), other]).encode()
    with pytest.raises(Exception, match="--from-registry"):
        read_source(data)
    assert list(read_source(data, registry="ffff").patients) == ["Z"]
