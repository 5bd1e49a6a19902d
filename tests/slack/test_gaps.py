"""Nothing says "all clear" unless all is known: each way of not knowing, on each screen that could say it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cocm_bot.domain.billing.month_words import Asked
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.billing.month_list import month_list
from cocm_bot.operations.caseload.caseload import Whose, caseload
from cocm_bot.operations.caseload.rows import Show, Sort
from cocm_bot.operations.caseload.worklist import worklist
from cocm_bot.operations.digests import digests, overview
from cocm_bot.operations.digests.program_digests import team_digest
from cocm_bot.operations.digests.registry_snapshot import due_of
from cocm_bot.operations.review import review
from cocm_bot.operations.team.recipients import reader
from cocm_bot.slack.billing.billing_view import billing_view
from cocm_bot.slack.digests.digest_view import digest_message
from cocm_bot.slack.digests.program_digest_view import team_message
from cocm_bot.slack.home_view import billing_home, day_view
from cocm_bot.slack.review.review_view import step_view
from cocm_bot.slack.shared_views.patient_lists import caseload_message, worklist_message
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import patients
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.domain import build as records
from tests.operations.conftest import Office
from tests.operations.test_checking import alter
from tests.store import build
from tests.store.build import REGISTRY

ALL_CLEAR = (
    "Nothing is due for your patients today.",
    "Nothing is due today.",
    "Nothing of this is due",
    "Nothing is due in this registry today.",
    "Nobody is on the agenda",
    "Nobody is at risk",
    "No recommendation waits",
    "No patient is under",
    "No patient of yours is under",
    "There are no patients",
)


@pytest.fixture
def office(table: Table) -> Office:
    return Office(table)


@pytest.fixture
def quiet(office: Office) -> Office:
    """A registry with one patient in the program for whom nothing is due, and one who left."""
    for number, status in ((1, Status.RELAPSE_PREVENTION), (2, Status.DEACTIVATED)):
        recent = records.patient(status, enrolled="2031-03-01")
        ids = {"id": f"patient-{number}", "handle": f"H{number:04}", "patient_mrn": f"MRN-{number}"}
        patient = recent.model_copy(update=ids)
        patients.create(office.table, REGISTRY, patient, build.audit(f"a-{number}"), request_id=f"r-{number}")
    return office


def here(office: Office) -> Registry:
    found = registries.get(office.table, REGISTRY)
    assert found is not None
    return found


def _digest(role: Role, **how: Any) -> Callable[[Office], object]:
    def draw(office: Office) -> object:
        member = RegistryUser(
            registry_id=REGISTRY,
            user_id="user-1",
            date_created=0,
            first_name="Cara",
            last_name="Manager",
            role=role,
            is_admin=False,
        )
        actor = reader(here(office), member, "U1")
        digest = digests.digest_of(office.ctx, due_of(office.ctx, here(office)), actor, **how)
        return digest and digest_message(actor, digest)

    return draw


def _team(office: Office) -> object:
    digest = team_digest(office.ctx, due_of(office.ctx, here(office)), office.actor(Role.CLINICAL_OPS))
    return team_message(here(office), digest)


def _review(office: Office) -> object:
    actor = office.actor(Role.PSYCHIATRIST)
    step = review.come_to(office.ctx, actor)
    assert isinstance(step, review.Step)
    return step_view(actor, step, office.moment)


def _home(role: Role) -> Callable[[Office], object]:
    def draw(office: Office) -> object:
        actor = office.actor(role)
        return day_view(actor, overview.day(office.ctx, actor), [], [], office.moment)

    return draw


def _worklist(whose: Whose) -> Callable[[Office], object]:
    def draw(office: Office) -> object:
        return worklist_message(office.actor(), worklist(office.ctx, office.actor(), whose=whose), whose)

    return draw


def _caseload(show: Show) -> Callable[[Office], object]:
    def draw(office: Office) -> object:
        page = caseload(office.ctx, office.actor(), show, Sort.NAME)
        return caseload_message(office.actor(), page, Whose.MINE, show, Sort.NAME, office.moment)

    return draw


SCREENS: dict[str, Callable[[Office], object]] = {
    "my worklist": _worklist(Whose.MINE),
    "everyone's worklist": _worklist(Whose.ALL),
    "flagged caseload": _caseload(Show.FLAGGED),
    "due caseload": _caseload(Show.DUE),
    "care manager's home": _home(Role.CARE_MANAGER),
    "psychiatrist's home": _home(Role.PSYCHIATRIST),
    "PCP's home": _home(Role.PCP),
    "care manager's digest": _digest(Role.CARE_MANAGER),
    "review digest": _digest(Role.PSYCHIATRIST, asked=True),
    "answers digest": _digest(Role.PCP, asked=True),
    "team channel": _team,
    "review": _review,
}


def _without_index(office: Office) -> None:
    alter(office.table, keys.patient(REGISTRY, "MRN-1"), GSI1PK=None, GSI1SK=None)


def _foreign_in_index(office: Office) -> None:
    place = {"GSI1PK": keys.patients(REGISTRY), "GSI1SK": "zzz", "color": "green"}
    item = to_wire(place) | wire_key(keys.Key("order#17", "line#1"))
    office.table.client.put_item(TableName=office.table.name, Item=item)


def _counter(office: Office) -> None:
    alter(office.table, keys.registry(REGISTRY), active_patients=2)


def _undelivered(office: Office) -> None:
    at = office.moment.timestamp() + 1800
    state = {"handle": "H0001", "begun": at - 3600}
    office.table.transact([jobs.adding(jobs.new_job(JobKind.ALERT, "alert-1", REGISTRY, at, state))])


def _unreadable_alert(office: Office) -> None:
    _undelivered(office)
    alter(office.table, keys.work(JobKind.ALERT, "alert-1"), visible_at="soon")


def _phantom(office: Office) -> None:
    alter(office.table, keys.patient(REGISTRY, "PHANTOM"), color="green")


def _damaged(name: str, value: Any = None, mrn: str = "MRN-1") -> Callable[[Office], None]:
    wrong = {"no": "such type"} if value is None else value
    return lambda office: alter(office.table, keys.patient(REGISTRY, mrn), **{name: wrong})


RECORDS = "1 record of this registry can't be read"
MISSING = "1 patient of this registry is missing from this list"
ALERT = "1 safety alert has reached nobody yet"
KINDS: dict[str, tuple[Callable[[Office], None], str]] = {
    **{f"index row: {name}": (_damaged(name), RECORDS) for name in sorted(PatientSummary.model_fields)},
    "record: contacts": (_damaged("treatment_logs", "none"), RECORDS),
    "record: flags": (_damaged("flags", "none"), RECORDS),
    "record: alerts": (_damaged("alerts", [1]), RECORDS),
    "record: birth date": (_damaged("date_of_birth", 17), RECORDS),
    "record: version": (_damaged("version", "one"), RECORDS),
    "record of one who left": (_damaged("flags", "none", "MRN-2"), RECORDS),
    "record of nothing": (_phantom, RECORDS),
    "foreign item in the index": (_foreign_in_index, RECORDS),
    "missing from the index": (_without_index, MISSING),
    "counter above the list": (_counter, MISSING),
    "undelivered alert": (_undelivered, ALERT),
    "undelivered alert that can't be read": (_unreadable_alert, ALERT),
}


def text_of(payload: object) -> str:
    return json.dumps(payload, ensure_ascii=False)


def test_each_of_these_screens_says_all_clear_when_all_is_known(quiet: Office) -> None:
    for name, draw in SCREENS.items():
        shown = text_of(draw(quiet))
        assert any(sentence in shown for sentence in ALL_CLEAR), name
        assert "⚠️" not in shown, name


@pytest.mark.parametrize("kind", KINDS)
def test_none_says_so_while_something_is_not_known(quiet: Office, kind: str) -> None:
    spoil, told = KINDS[kind]
    spoil(quiet)
    for name, draw in SCREENS.items():
        shown = text_of(draw(quiet))
        assert not [sentence for sentence in ALL_CLEAR if sentence in shown], name
        assert told in shown, name


def test_nobody_who_wants_quiet_days_is_left_in_silence_while_something_is_not_known(quiet: Office) -> None:
    draw = _digest(Role.CARE_MANAGER, quiet=True)
    assert draw(quiet) is None
    _damaged("course")(quiet)
    assert RECORDS in text_of(draw(quiet))


def test_an_empty_registry_is_not_called_empty_while_a_record_can_not_be_read(office: Office) -> None:
    assert "There are no patients" in text_of(_worklist(Whose.ALL)(office))
    _phantom(office)
    for name, draw in SCREENS.items():
        shown = text_of(draw(office))
        assert not [sentence for sentence in ALL_CLEAR if sentence in shown], name
        assert RECORDS in shown, name


def _unreadable_entry(office: Office) -> None:
    key = keys.ledger_entry(REGISTRY, "2031-03", "patient-9")
    office.table.client.put_item(TableName=office.table.name, Item={**wire_key(key), "facts": {"S": "many"}})


BILLED_UNREAD = "1 record can't be read"
BILLING: dict[str, tuple[Callable[[Office], None], str]] = {
    "entry of the ledger": (_unreadable_entry, BILLED_UNREAD),
    "undelivered alert": (_undelivered, ALERT),
    "undelivered alert that can't be read": (_unreadable_alert, ALERT),
}


@pytest.mark.parametrize("kind", BILLING)
def test_billing_says_what_it_leaves_out(quiet: Office, kind: str) -> None:
    """Minutes are read from the ledger: what a patient's record lacks is missing from no bill."""
    spoil, told = BILLING[kind]

    def drawn() -> list[str]:
        actor = quiet.actor(Role.FINANCE)
        shown = month_list(quiet.ctx, actor, Asked("2031-03"), 1)
        at_home = billing_home(actor, shown, [], [], quiet.moment)
        return [text_of(billing_view(actor, shown)), text_of(at_home)]

    assert [("No minutes are recorded in March 2031 yet." in each, "⚠️" in each) for each in drawn()] == [
        (True, False)
    ] * 2
    spoil(quiet)
    for shown in drawn():
        assert told in shown
        assert "recorded in March 2031 yet." not in shown
