"""The clock notices by itself what no list of today shows, tells it once, and reads little for it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.jobs.clock.tick import LEASE_SECONDS
from cocm_bot.jobs.safety import watch_job
from cocm_bot.jobs.safety.watch_job import ALL, EVERY_SECONDS, ensure_watch
from cocm_bot.operations.context import new_id
from cocm_bot.operations.registries import measures
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.safety.flags import Flagging, raise_flags, resolve_flags
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind, JobRef
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table import keys
from tests.jobs.safety.test_unread_risk import CASES, OTHERS, TEAM, warned
from tests.jobs.scenes.environment import Environment
from tests.operations.test_checking import alter, take
from tests.store import faults

RISK = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
FLAG = {
    "flag_type": "Safety Risk",
    "created_by_provider_id": "elsewhere",
    "created_date": 1_930_000_000.0,
    "reason": "",
    "resolved_reason": "",
}


def rounds(environment: Environment, count: int = 1) -> None:
    """The clock works for so many rounds of the watch, and nobody opens a list."""
    ensure_watch(environment.ctx)
    for _ in range(count):
        environment.tick()
        environment.forward(seconds=EVERY_SECONDS)
    environment.tick()


def patient_key(environment: Environment) -> keys.Key:
    return keys.patient(environment.registry_id, "MRN-1")


def unalerted(environment: Environment, name: str) -> list[str]:
    return [text for each in environment.said(name) if "no alert was sent" in (text := str(each.blocks))]


def unlisted(environment: Environment, name: str) -> list[str]:
    return [text for each in environment.said(name) if "leave out" in (text := str(each.blocks))]


@pytest.mark.parametrize("case", CASES)
def test_a_risk_on_a_record_that_can_not_be_read_is_noticed_without_a_list(
    environment: Environment, case: str
) -> None:
    name = CASES[case](environment)
    rounds(environment, 3)
    assert [len(warned(environment, member)) for member in (*TEAM, *OTHERS)] == [1, 1, 1, 0, 0]
    assert name in warned(environment, TEAM[0])[0]


def test_a_risk_of_the_index_alone_is_told_once_where_the_record_is_damaged(environment: Environment) -> None:
    handle = environment.enrol()
    alter(environment.table, patient_key(environment), patient_flag="Safety Risk", alerts="none")
    rounds(environment, 2)
    assert [handle in each for each in warned(environment, TEAM[0])] == [True]
    assert unalerted(environment, TEAM[0]) == []


def flagged_elsewhere(environment: Environment) -> None:
    alter(
        environment.table,
        patient_key(environment),
        patient_flag="Safety Risk",
        flags=[FLAG],
    )


def flag_alone(environment: Environment) -> None:
    alter(environment.table, patient_key(environment), patient_flag="Safety Risk")


def alert_without_job(environment: Environment) -> None:
    raise_flags(environment.ctx, environment.actor, handle_of(environment), RISK, new_id())
    [alert_id] = [each.id for each in patient_of(environment).alerts]
    take(environment.table, keys.work(JobKind.ALERT, alert_id))


def off_the_index(environment: Environment) -> None:
    flagged_elsewhere(environment)
    alter(environment.table, patient_key(environment), GSI1PK=None, GSI1SK=None)


def newer_than_its_alert(environment: Environment) -> None:
    raised_and_taken(environment)
    later = {**FLAG, "created_date": environment.moment.timestamp() + 60}
    alter(environment.table, patient_key(environment), flags=[later])


ELSEWHERE: Mapping[str, Callable[[Environment], None]] = {
    "a flag of another writer": flagged_elsewhere,
    "the mark alone": flag_alone,
    "an alert whose job is gone": alert_without_job,
    "a record that the index lacks": off_the_index,
    "a flag newer than any alert": newer_than_its_alert,
}


def handle_of(environment: Environment) -> str:
    [entry] = lists.directory(environment.table, environment.registry_id)
    return entry.handle


def patient_of(environment: Environment) -> Patient:
    found = patients.get(environment.table, environment.registry_id, "MRN-1")
    assert found is not None
    return found


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_risk_of_which_no_alert_tells_is_noticed_and_told_once(environment: Environment, case: str) -> None:
    handle = environment.enrol()
    ELSEWHERE[case](environment)
    rounds(environment, 3)
    assert [len(unalerted(environment, member)) for member in (*TEAM, *OTHERS)] == [1, 1, 1, 0, 0]
    assert handle in unalerted(environment, TEAM[0])[0]
    assert "Ada" not in unalerted(environment, TEAM[0])[0]


def raised(environment: Environment) -> None:
    raise_flags(environment.ctx, environment.actor, handle_of(environment), RISK, new_id())


def raised_and_taken(environment: Environment) -> None:
    raised(environment)
    environment.tick()
    [alert] = patient_of(environment).alerts
    alerts.take(environment.ctx, environment.actor, handle_of(environment), alert.id)


def resolved(environment: Environment) -> None:
    raised_and_taken(environment)
    resolve_flags(environment.ctx, environment.actor, handle_of(environment), RISK, new_id())


def taken_elsewhere(environment: Environment) -> None:
    taken = {**FLAG, "taken_by_provider_id": "elsewhere", "taken_date": 1.0}
    alter(environment.table, patient_key(environment), patient_flag="Safety Risk", flags=[taken])


@pytest.mark.parametrize("known", [lambda _: None, raised, raised_and_taken, resolved, taken_elsewhere])
def test_what_is_known_wakes_nobody(environment: Environment, known: Callable[[Environment], None]) -> None:
    environment.enrol()
    known(environment)
    rounds(environment, 2)
    for member in TEAM:
        assert unalerted(environment, member) == warned(environment, member) == []
        assert unlisted(environment, member) == []


def listed_for(environment: Environment, day: str) -> None:
    alter(environment.table, patient_key(environment), GSI1SK=f"{day}#{patient_of(environment).id}")


@pytest.mark.parametrize(
    ("day", "told"), [("2031-06-01", 1), (keys.NEVER_DUE, 1), ("2031-03-01", 0), ("2031-03-11", 0)]
)
def test_a_patient_who_is_due_and_listed_for_later_is_noticed(
    environment: Environment, day: str, told: int
) -> None:
    """Ada, enrolled on the 2nd, is to be assessed by the 9th; the 11th, the day it is, is not later."""
    environment.enrol()
    environment.until("2031-03-11 05:00")
    listed_for(environment, day)
    rounds(environment, 2)
    assert [len(unlisted(environment, member)) for member in (*TEAM, *OTHERS)] == [told] * 3 + [0, 0]


def test_an_index_that_follows_a_new_policy_is_no_alarm(environment: Environment) -> None:
    environment.enrol()
    environment.until("2031-03-11 05:00")
    listed_for(environment, "2031-06-01")
    measures.choose(environment.ctx, environment.actor, ("GAD-7",))
    watch_job.ensure_watch(environment.ctx)
    environment.ticker.do(JobRef(JobKind.WATCH, ALL))
    environment.tick()
    assert unlisted(environment, TEAM[0]) == []


def test_a_registry_that_can_not_be_read_keeps_no_other_from_being_watched(environment: Environment) -> None:
    environment.enrol()
    flagged_elsewhere(environment)
    for damaged in ("0-damaged", "1-gone"):
        look = jobs.new_job(JobKind.DIGEST, damaged, damaged, environment.moment.timestamp() + 10**6)
        environment.table.transact([jobs.adding(look)])
    alter(environment.table, keys.registry("0-damaged"), name=7)
    rounds(environment)
    assert len(unalerted(environment, TEAM[0])) == 1


def test_the_watch_goes_on_where_its_lease_ended(environment: Environment) -> None:
    environment.enrol()
    flagged_elsewhere(environment)
    ensure_watch(environment.ctx)
    before = jobs.get(environment.table, JobKind.WATCH, ALL)
    assert before is not None
    last = f"{environment.registry_id}~"
    environment.table.transact([jobs.adding(before.model_copy(update={"state": {"after": last}}))])
    environment.tick()
    assert unalerted(environment, TEAM[0]) == [], "all have been looked through in this round"
    environment.forward(seconds=EVERY_SECONDS)
    environment.tick()
    environment.tick()
    assert len(unalerted(environment, TEAM[0])) == 1


def test_a_process_that_stops_leaves_the_rest_of_a_round_to_another(environment: Environment) -> None:
    environment.enrol()
    off_the_index(environment)
    ensure_watch(environment.ctx)
    now = environment.moment.timestamp()
    job = jobs.claim(environment.table, JobRef(JobKind.WATCH, ALL), now, LEASE_SECONDS)
    assert job is not None
    again: list[JobRef] = []
    stopping = threading.Event()
    stopping.set()
    stopped = replace(
        environment.job_context, again=lambda waiting, _: again.append(waiting), stopping=stopping
    )
    watch_job.keep_watch(stopped, job)
    assert again == [], "not begun again by the one that stops"
    assert unalerted(environment, TEAM[0]) == []
    environment.tick()
    assert len(unalerted(environment, TEAM[0])) == 1, "due at once, with the records, for whoever ticks"


def test_a_round_reads_the_index_once_and_the_records_once_an_hour(environment: Environment) -> None:
    environment.enrol()
    environment.tick()
    ensure_watch(environment.ctx)
    counts = []
    for _ in range(8):
        with faults.on(environment.table.client, "Query", faults.none) as asked:
            environment.ticker.do(JobRef(JobKind.WATCH, ALL))
        own = [str(each.get("ExpressionAttributeValues")) for each in asked]
        counts.append(sum(keys.patients(environment.registry_id) in each for each in own))
        environment.forward(seconds=EVERY_SECONDS)
    # The part up to today and the rest; with the records: the index and the table once more.
    assert counts == [4, 2, 2, 2, 2, 2, 4, 2]


def test_a_watch_that_is_lost_or_can_not_be_read_is_queued_again(environment: Environment) -> None:
    key = keys.work(JobKind.WATCH, ALL)
    ensure_watch(environment.ctx)
    alter(environment.table, key, tries="many")
    ensure_watch(environment.ctx)
    found = jobs.get(environment.table, JobKind.WATCH, ALL)
    assert found is not None
    environment.tick()
    waits = jobs.get(environment.table, JobKind.WATCH, ALL)
    ensure_watch(environment.ctx)
    assert jobs.get(environment.table, JobKind.WATCH, ALL) == waits, "one that waits is left alone"
    take(environment.table, key)
    with faults.on(environment.table.client, "*", faults.refuse("AccessDeniedException")):
        ensure_watch(environment.ctx)
    ensure_watch(environment.ctx)
    assert environment.table.get(key) is not None
