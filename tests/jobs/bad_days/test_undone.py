"""Nothing stops the clock, and nothing it leaves undone looks well: neither the unreadable nor what fails."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from cocm_bot.domain.vocabulary import Flag
from cocm_bot.jobs.clock.tick import PAUSES
from cocm_bot.operations import clock_status
from cocm_bot.operations.context import new_id
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.playground import cast
from cocm_bot.store import jobs
from cocm_bot.store.digests import posts
from cocm_bot.store.jobs import JobKind, JobRef
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table import keys
from cocm_bot.store.table.wire import to_wire, wire_key
from cocm_bot.store.table.writes import put
from tests.jobs.scenes.environment import Environment
from tests.store import foreign

TOLD = "A patient needs your attention now"
NOTE = "A note for the admins of a registry"
RISK = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
FIVE_MINUTES = 300


def alarm(environment: Environment) -> tuple[str, JobRef]:
    """A patient at risk: the handle, and the job that sends the alert."""
    handle = environment.enrol()
    raise_flags(environment.ctx, environment.actor, handle, RISK, new_id())
    patient = patients.by_handle(environment.table, environment.registry_id, handle)
    assert patient is not None
    return handle, JobRef(JobKind.ALERT, patient.alerts[0].id)


def spoil(environment: Environment, key: keys.Key, **attributes: object) -> None:
    """Write over attributes of an item, past the bot's own records."""
    stored = environment.table.get(key)
    assert stored is not None
    environment.table.put(put({**stored, **to_wire(attributes)}))


def minutes_of_ticks(environment: Environment, minutes: int) -> None:
    for _ in range(minutes):
        environment.tick()
        environment.forward(minutes=1)


def test_the_clock_goes_on_past_every_kind_of_foreign_item(environment: Environment) -> None:
    strange = 0
    for shard in range(jobs.SHARDS):
        for _, item in foreign.in_queue(shard, shard):
            foreign.store(environment.table, item)
            strange += 1
    day = environment.moment.astimezone().date()
    for number, (partition, begin) in enumerate(foreign.places(environment.registry_id, day, "x").values()):
        for _, item in foreign.in_list(partition, begin, number):
            foreign.store(environment.table, item)
    for _, item in foreign.in_caseload(environment.registry_id, 1):
        foreign.store(environment.table, item)
    environment.enrol()
    environment.tick("2031-03-03 08:00")
    assert [message.text for message in environment.said("Maya Okafor")] == ["Your caseload for today"]
    environment.tick("2031-03-04 08:00")
    assert len(environment.said("Maya Okafor")) == 2
    standing = clock_status.clock_health(environment.ctx)
    assert standing.unreadable + standing.foreign >= strange
    assert standing.unreadable > 0
    assert standing.foreign > 0
    assert not standing.well
    assert clock_status.days_of(environment.ctx, environment.registry_id).unreadable > 0


def test_another_programs_item_alone_is_told_and_is_no_alarm(environment: Environment) -> None:
    for kind, item in foreign.in_queue(0, 1):
        if kind in {"another's key", "a key of one word", "a patient"}:
            foreign.store(environment.table, item)
    environment.tick()
    standing = clock_status.clock_health(environment.ctx)
    assert (standing.foreign, standing.unreadable, standing.well) == (3, 0, True)


STATES: dict[str, dict[str, Any]] = {
    "no state": {},
    "a handle that is a number": {"handle": 7, "begun": 1.0},
    "a round that is a word": {"handle": "", "begun": 1.0, "round": "first"},
    "nobody's handle": {"handle": "XXXX-XXXX", "begun": 1.0},
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_a_job_whose_state_says_nothing_waits_longer_each_time_and_stops_nobody(
    environment: Environment, state: dict[str, Any]
) -> None:
    bad = jobs.new_job(JobKind.ALERT, "bad", environment.registry_id, environment.moment.timestamp(), state)
    environment.table.transact([jobs.adding(bad)])
    _, alert = alarm(environment)
    tried = []
    for _ in range(20):
        environment.tick()
        found = jobs.get(environment.table, JobKind.ALERT, "bad")
        assert found is not None
        tried.append(found.tries)
        environment.forward(minutes=1)
    assert TOLD in [each.text for each in environment.said("Iris Lindqvist")], alert
    # At 0, 1, 3, 8 and 18 minutes: the pauses of all work that fails.
    assert tried[-1] == len([pause for pause in (0, *PAUSES) if pause < 1200])
    standing = clock_status.clock_health(environment.ctx)
    assert (standing.late_alerts, standing.well) == (1, False)


@pytest.mark.parametrize(
    "attributes",
    [{"tries": "many"}, {"due_at": None}, {"state": []}, {"kind": "notice"}, {"id": "another"}],
    ids=lambda attributes: next(iter(attributes)),
)
def test_a_job_that_can_not_be_read_is_left_told_and_replaced(
    environment: Environment, caplog: pytest.LogCaptureFixture, attributes: dict[str, object]
) -> None:
    key = keys.work(JobKind.DIGEST, environment.registry_id)
    spoil(environment, key, **attributes)
    environment.tick("2031-03-03 08:00")
    assert [each for each in caplog.records if "left kind=registry error=BrokenItem" in each.message]
    standing = clock_status.clock_health(environment.ctx)
    assert (standing.unreadable, standing.well) == (1, False)
    # Whatever has the registry looked after again repairs it.
    environment.remind("Maya Okafor")
    assert clock_status.clock_health(environment.ctx).unreadable == 0


@pytest.mark.parametrize(
    "attributes",
    [
        {"tries": "many"},
        {"id": "another"},
        {"state": "none"},
        {"registry_id": 7},
        {"registry_id": "elsewhere", "due_at": []},
        {"registry_id": "<!channel>", "visible_at": "soon"},
    ],
    ids=str,
)
def test_the_admins_are_told_once_of_an_alert_whose_job_can_not_be_read(
    environment: Environment, attributes: dict[str, object]
) -> None:
    _, alert = alarm(environment)
    key = keys.work(*alert)
    spoil(environment, key, **attributes)
    minutes_of_ticks(environment, 3)
    notes = [str(each.blocks) for each in environment.said("Maya Okafor") if each.text == NOTE]
    assert [keys.fingerprint(key) in note and "safety alert can't be read" in note for note in notes] == [
        True
    ]
    assert "channel>" not in notes[0]
    assert not clock_status.clock_health(environment.ctx).well


def test_a_post_that_can_not_be_read_is_never_sent_again_and_stops_nobody(environment: Environment) -> None:
    environment.enrol()
    maya = environment.member("Maya Okafor").user_id
    day = environment.moment.date().replace(day=3)
    key = keys.post(environment.registry_id, day, "digest", maya)
    environment.table.put(put({**wire_key(key), "state": {"S": "dreaming"}}))
    environment.tick("2031-03-03 08:00")
    assert environment.said("Maya Okafor") == []
    assert posts.of_day(environment.table, environment.registry_id, day).broken == 1
    assert environment.waits_until() == "2031-03-04 08:00", "it is not tried over and over"
    assert clock_status.days_of(environment.ctx, environment.registry_id).unreadable == 1
    environment.tick("2031-03-04 08:00")
    assert len(environment.said("Maya Okafor")) == 1


def _slack_is_down(environment: Environment) -> None:
    environment.workspace.fail("chat.postMessage", times=1000, status=503)


def _token_revoked(environment: Environment) -> None:
    environment.workspace.fail("chat.postMessage", times=1000, error="token_revoked")


def _nobody_is_there(environment: Environment) -> None:
    for name in ("Iris Lindqvist", "Samuel Adeyemi", "Maya Okafor"):
        person = environment.workspace.seat(name).person
        del environment.workspace.people[person.id]


def _patient_unreadable(environment: Environment) -> None:
    spoil(environment, keys.patient(environment.registry_id, "MRN-1"), course="none")


def _patient_gone(environment: Environment) -> None:
    [entry] = lists.directory(environment.table, environment.registry_id)
    environment.table.client.delete_item(
        TableName=environment.table.name,
        Key=wire_key(keys.directory_entry(environment.registry_id, entry.handle)),
    )


@pytest.mark.parametrize(
    "fault", [_slack_is_down, _token_revoked, _nobody_is_there, _patient_unreadable, _patient_gone]
)
def test_an_alert_that_is_not_delivered_turns_status_red_within_five_minutes(
    environment: Environment, fault: Callable[[Environment], None], caplog: pytest.LogCaptureFixture
) -> None:
    environment.tick()
    alarm(environment)
    fault(environment)
    began = environment.moment.timestamp()
    while clock_status.clock_health(environment.ctx).well:
        environment.tick()
        environment.forward(seconds=30)
        assert environment.moment.timestamp() - began <= FIVE_MINUTES
    # It stays red however often it is tried, in hand or not.
    for _ in range(30):
        environment.tick()
        environment.forward(seconds=30)
        assert clock_status.clock_health(environment.ctx).late_alerts == 1
    assert [each for each in caplog.records if each.message.startswith("undelivered kind=alert")]


@pytest.mark.parametrize("fault", [_patient_unreadable, _patient_gone])
def test_the_admins_are_told_once_of_an_alert_that_does_not_arrive(
    environment: Environment, fault: Callable[[Environment], None]
) -> None:
    channel = cast.TEAM_CHANNEL
    environment.set(team_channel=channel)
    handle, _ = alarm(environment)
    fault(environment)
    minutes_of_ticks(environment, 6)
    [note] = [each for each in environment.said("Maya Okafor") if each.text == NOTE]
    [posted] = [each for each in environment.said_in(channel) if each.text == NOTE]
    for each in (note, posted):
        assert "A safety alert does not reach everybody who should know" in str(each.blocks)
        assert handle not in str(each.blocks)


def test_an_alert_that_arrived_is_well_however_long_nobody_takes_it(environment: Environment) -> None:
    alarm(environment)
    minutes_of_ticks(environment, 30)
    assert clock_status.clock_health(environment.ctx).late_alerts == 0


def test_once_slack_is_back_it_is_delivered_and_well_again(environment: Environment) -> None:
    alarm(environment)
    _slack_is_down(environment)
    minutes_of_ticks(environment, 5)
    assert clock_status.clock_health(environment.ctx).late_alerts == 1
    environment.workspace.faults.clear()
    minutes_of_ticks(environment, 2)
    assert TOLD in [each.text for each in environment.said("Iris Lindqvist")]
    assert clock_status.clock_health(environment.ctx).late_alerts == 0


def test_a_look_that_makes_up_for_days_is_not_late_for_that(environment: Environment) -> None:
    environment.set(timezone="Europe/Berlin")
    found = jobs.get(environment.table, JobKind.DIGEST, environment.registry_id)
    assert found is not None
    assert found.due_at < environment.moment.timestamp()
    assert clock_status.clock_health(environment.ctx).behind == 0


@pytest.mark.parametrize("reason", ["missing_scope", "token_revoked", "invalid_auth", "restricted_action"])
def test_slacks_reason_stands_in_one_line(
    environment: Environment, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    alarm(environment)
    environment.workspace.fail("chat.postMessage", error=reason)
    with caplog.at_level(logging.INFO):
        environment.tick()
    assert len([each for each in caplog.records if f"reason={reason}" in each.message]) == 1


DAMAGE: dict[str, tuple[str, dict[str, object]]] = {
    "a time no calendar has": ("member", {"reminders": {"since": 1e18}}),
    "a time of day no clock has": ("member", {"reminders": {"time": "25:99"}}),
    "a day of the week there is not": ("member", {"reminders": {"days": [9]}}),
    "a role there is not": ("member", {"role": "Wizard"}),
    "a joining day that is text": ("member", {"date_created": "once"}),
    "a course without times": ("patient", {"course": {"episode_started": "long ago"}}),
    "a contact no calendar has": ("patient", {"last_follow_up": 10**18}),
    "a course no calendar has": ("patient", {"course": {"episode_started": 1e18, "last_contact": 1e18}}),
    "a snooze until no day": (
        "patient",
        {"snoozed": {"until": "soon", "by": "u", "at": 1e18, "reason": ""}},
    ),
}


@pytest.mark.parametrize(("whose", "attributes"), DAMAGE.values(), ids=DAMAGE.keys())
def test_one_damaged_record_costs_nobody_else_their_digest(
    environment: Environment, whose: str, attributes: dict[str, object]
) -> None:
    environment.enrol()
    iris = environment.member("Iris Lindqvist").user_id
    key = keys.registry_user(environment.registry_id, iris)
    spoil(
        environment,
        key if whose == "member" else keys.patient(environment.registry_id, "MRN-1"),
        **attributes,
    )
    environment.tick("2031-03-03 08:00")
    assert [each.text for each in environment.said("Maya Okafor")] == ["Your caseload for today"]
    assert environment.waits_until() == "2031-03-04 08:00"


def test_a_post_of_no_day_is_settled_and_counted(environment: Environment) -> None:
    environment.enrol()
    environment.tick("2031-03-03 08:00")
    maya = environment.member("Maya Okafor").user_id
    key = keys.post(environment.registry_id, environment.moment.date(), "digest", maya)
    spoil(environment, key, day="someday", state="sending", lease_until=0.0)
    environment.forward(minutes=2)
    environment.tick()
    assert len(environment.said("Maya Okafor")) == 1
    assert clock_status.days_of(environment.ctx, environment.registry_id).unreadable == 1
