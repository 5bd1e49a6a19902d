"""A safety risk on a record that can't be read reaches the team, once."""

from collections.abc import Callable

import pytest

from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.context import new_id
from cocm_bot.operations.digests import overview
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.store.table import keys
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.jobs.scenes.environment import Environment
from tests.operations.test_checking import alter

TEAM = ("Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi")
"""The admin, and those who treat patients."""
OTHERS = ("Lena Novak", "Omar Haddad")


def warned(environment: Environment, name: str) -> list[str]:
    return [text for each in environment.said(name) if "record I can't read" in (text := str(each.blocks))]


def damaged(**changes: object) -> Callable[[Environment], str]:
    def spoil(environment: Environment) -> str:
        handle = environment.enrol()
        alter(environment.table, keys.patient(environment.registry_id, "MRN-1"), **changes)
        return handle

    return spoil


def foreign(environment: Environment) -> str:
    place = {
        "GSI1PK": keys.patients(environment.registry_id),
        "GSI1SK": "2031-01-01#x",
        "flag": "Safety Risk",
    }
    key = keys.Key("order#17", "MRN 4711")
    environment.table.client.put_item(TableName=environment.table.name, Item=to_wire(place) | wire_key(key))
    return keys.fingerprint(key)


def phantom(environment: Environment) -> str:
    key = keys.patient(environment.registry_id, "MRN 4711")
    alter(environment.table, key, patient_flag="Safety Risk")
    return keys.fingerprint(key)


def forged_handle(environment: Environment) -> str:
    key = keys.patient(environment.registry_id, "MRN 4711")
    alter(environment.table, key, patient_flag="Safety Risk", handle="<!channel> Zenobia Quist")
    return keys.fingerprint(key)


OPEN = {"flag_type": "Safety Risk", "created_date": 1}
CASES = {
    "course damaged, flag readable": damaged(course="?", patient_flag="Safety Risk"),
    "an older system's attribute": damaged(course="?", flag="Safety Risk"),
    "open in the course": damaged(total_sessions="?", course={"open_flags": {"Safety Risk": 1}}),
    "open in the flags": damaged(date_of_birth=7, flags=[{"flag_type": 3}, 1, OPEN]),
    "an alert nobody took": damaged(version="?", alerts=[{"raised_by": "u"}]),
    "a foreign item": foreign,
    "a phantom": phantom,
    "a handle that is none": forged_handle,
}


@pytest.mark.parametrize("case", CASES)
def test_the_team_is_told_once(environment: Environment, case: str) -> None:
    name = CASES[case](environment)
    for _ in range(3):
        overview.day(environment.ctx, environment.actor)
        environment.tick()
        environment.forward(minutes=5)
    for member in TEAM:
        [told] = warned(environment, member)
        assert name in told
        assert not {"4711", "Zenobia", "MRN-1", "Ada"} & set(told.replace("*", " ").split())
        assert "<!channel>" not in told
    for member in OTHERS:
        assert warned(environment, member) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"course": "?"},
        {"course": "?", "flags": [{**OPEN, "resolved_date": 5}]},
        {"course": "?", "alerts": [{"raised_by": "u", "taken_by": "v"}]},
        {"course": "?", "status": "Deactivated", "patient_flag": "Safety Risk"},
        {"course": "?", "patient_flag": "Needs Discussion"},
    ],
)
def test_a_damaged_record_without_an_open_risk_wakes_nobody(
    environment: Environment, changes: dict[str, object]
) -> None:
    damaged(**changes)(environment)
    overview.day(environment.ctx, environment.actor)
    environment.tick()
    assert [warned(environment, member) for member in TEAM] == [[], [], []]


def test_an_alert_whose_patient_can_not_be_read_any_more_reaches_the_team(environment: Environment) -> None:
    handle = environment.enrol()
    flagging = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="spoke of it")
    raise_flags(environment.ctx, environment.actor, handle, flagging, new_id())
    alter(environment.table, keys.patient(environment.registry_id, "MRN-1"), treatment_logs="none")
    for _ in range(5):
        environment.tick()
        environment.forward(minutes=5)
    for member in TEAM:
        [told] = warned(environment, member)
        assert handle in told
