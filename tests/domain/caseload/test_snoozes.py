from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.caseload.snoozes import active_snooze, check_snooze, outlasting
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.patient import Patient, Snooze
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain import build

POLICY = build.policy()
TODAY = date(2026, 3, 16)


def snoozed(until: str = "2026-03-19", **changes: Any) -> Patient:
    snooze = Snooze(until=until, by="user-1", at=build.at("2026-03-16 09:00"), reason="on holiday")
    who = build.derived(build.patient(**changes), [build.assessment("2026-02-16", PHQ9=18)], "2026-03-16")
    return who.model_copy(update={"snoozed": snooze})


@pytest.mark.parametrize(
    ("now", "hidden"),
    [
        ("2026-03-16 09:00", True),
        ("2026-03-18 23:59", True),
        ("2026-03-19 00:00", False),
        ("2026-04-01 09:00", False),
    ],
)
def test_a_patient_is_back_when_the_day_begins_where_the_registry_is(now: str, hidden: bool) -> None:
    who = snoozed()
    assert active_snooze(who, POLICY, build.moment(now)) == (who.snoozed if hidden else None)


def test_a_safety_risk_is_never_hidden() -> None:
    who = snoozed(flags=[build.flag(Flag.SAFETY_RISK, "2026-03-15")])
    assert active_snooze(who, POLICY, build.moment("2026-03-16 09:00")) is None


def test_a_snooze_that_is_over_is_forgotten_with_the_next_change() -> None:
    logs = [build.assessment("2026-02-16", PHQ9=18)]
    assert build.derived(snoozed(), logs, "2026-03-18").snoozed is not None
    assert build.derived(snoozed(), logs, "2026-03-19").snoozed is None


BEFORE = snoozed()
ENDED_BY = {
    "a contact": (BEFORE, [build.follow_up("2026-03-16")]),
    "a no-show": (BEFORE, [build.follow_up("2026-03-16", no_show=True)]),
    "a consult": (BEFORE, [build.consult("2026-03-16")]),
    "a flag": (BEFORE.model_copy(update={"flags": (build.flag(Flag.REVIEW, "2026-03-16"),)}), []),
    "a recommendation": (
        BEFORE.model_copy(update={"recommendations": (build.recommendation("2026-03-16"),)}),
        [],
    ),
    "a status": (BEFORE.model_copy(update={"status": Status.RELAPSE_PREVENTION}), []),
}


@pytest.mark.parametrize("what", ENDED_BY)
def test_what_happens_meanwhile_ends_it(what: str) -> None:
    after, logs = ENDED_BY[what]
    assert outlasting(BEFORE, after, logs) is None


def test_other_changes_leave_it() -> None:
    corrected = build.follow_up("2026-03-10").model_copy(update={"corrects": "log-1"})
    moved = BEFORE.model_copy(update={"care_manager": "user-2", "phone_number": "555-010-0199"})
    assert outlasting(BEFORE, moved, []) == BEFORE.snoozed
    assert outlasting(BEFORE, BEFORE, [corrected]) == BEFORE.snoozed
    resolved = (build.flag(Flag.REVIEW, "2026-03-01", "2026-03-16"),)
    flagged = BEFORE.model_copy(update={"flags": (build.flag(Flag.REVIEW, "2026-03-01"),)})
    assert outlasting(flagged, flagged.model_copy(update={"flags": resolved}), []) == BEFORE.snoozed


@pytest.mark.parametrize(
    ("patient", "until", "sentence"),
    [
        (build.patient(), date(2026, 3, 16), "Choose a day from tomorrow on"),
        (build.patient(), date(2026, 3, 1), "Choose a day from tomorrow on"),
        (build.patient(), date(2026, 6, 15), "Choose a day from tomorrow on"),
        (build.patient(flags=[build.flag(Flag.SAFETY_RISK, "2026-03-15")]), date(2026, 3, 17), "safety risk"),
        (build.patient(Status.DEACTIVATED), date(2026, 3, 17), "deactivated"),
    ],
)
def test_what_can_not_be_snoozed(patient: Patient, until: date, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        check_snooze(patient, until, TODAY)


@pytest.mark.parametrize("until", [date(2026, 3, 17), date(2026, 6, 14)])
def test_from_tomorrow_to_ninety_days_ahead(until: date) -> None:
    check_snooze(build.patient(), until, TODAY)
