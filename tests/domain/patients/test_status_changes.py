from typing import Any

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.patients.status_changes import deactivated, leaving_reasons, moved, moves, reopened
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.records.course import Episode
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain import build

ENROLLED, TREATMENT = Status.ENROLLED, Status.TREATMENT
PREVENTION, DEACTIVATED = Status.RELAPSE_PREVENTION, Status.DEACTIVATED
LEFT = DeactivationReason
NOW = build.at("2026-06-01")


def patient(status: Status, planned: str | None = None, **changes: Any) -> Patient:
    when = None if planned is None else int(build.at(planned))
    who = build.patient(status, **changes)
    return who.model_copy(update={"relapse_prevention_plan": when})


MOVES = [
    (patient(ENROLLED), (TREATMENT,)),
    (patient(TREATMENT), ()),
    (patient(TREATMENT, planned="2026-05-01"), (PREVENTION,)),
    # Recorded from before the referral: the first episode takes it in.
    (patient(TREATMENT, planned="2025-12-01"), (PREVENTION,)),
    # A plan of an earlier episode is none for this one.
    (patient(TREATMENT, planned="2026-05-01", reopened="2026-05-04"), ()),
    (patient(TREATMENT, planned="2026-05-04", reopened="2026-05-04"), (PREVENTION,)),
    (patient(PREVENTION), (TREATMENT,)),
    (patient(DEACTIVATED), ()),
]


@pytest.mark.parametrize(("who", "offered"), MOVES)
def test_where_a_patient_can_be_moved(who: Patient, offered: tuple[Status, ...]) -> None:
    assert moves(who) == offered
    for status in Status:
        if status in offered:
            assert moved(who, status, NOW) == {"status": status, "status_since": NOW}
        else:
            with pytest.raises(InvalidInput, match=f"is {who.status} now and can't move to {status}"):
                moved(who, status, NOW)


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        (ENROLLED, tuple(each for each in LEFT if each is not LEFT.GRADUATED)),
        (TREATMENT, tuple(LEFT)),
        (PREVENTION, tuple(LEFT)),
        (DEACTIVATED, ()),
    ],
)
def test_what_a_patient_can_leave_for(status: Status, reasons: tuple[LEFT, ...]) -> None:
    assert leaving_reasons(status) == reasons
    for reason in LEFT:
        if reason in reasons:
            assert deactivated(patient(status), reason, "", "user-1", NOW)["status"] is DEACTIVATED
        else:
            with pytest.raises(InvalidInput) as refused:
                deactivated(patient(status), reason, "", "user-1", NOW)
            assert refused.value.field == "reason"


@pytest.mark.parametrize(("reason", "graduated"), [(LEFT.GRADUATED, NOW), (LEFT.MOVED, None)])
def test_leaving_ends_the_episode(reason: LEFT, graduated: float | None) -> None:
    before = patient(PREVENTION, reopened="2026-02-02", flags=[build.flag(Flag.REVIEW, "2026-03-02")])
    update = deactivated(before, reason, "to Ohio", "user-2", NOW)
    after = before.model_copy(update=update)
    assert (after.status, after.status_since, after.date_graduated) == (DEACTIVATED, NOW, graduated)
    assert after.episodes[0] == before.episodes[0]
    assert after.episodes[1] == Episode(
        started=build.at("2026-02-02"), ended=NOW, reason=reason, note="to Ohio"
    )
    [flag] = after.flags
    assert (flag.resolved_by_provider_id, flag.resolved_date) == ("user-2", NOW)
    assert flag.resolved_reason == f"Deactivated: {reason}"


def test_nobody_leaves_with_an_open_safety_risk() -> None:
    at_risk = patient(TREATMENT, flags=[build.flag(Flag.SAFETY_RISK, "2026-03-02")])
    with pytest.raises(InvalidInput, match="A Safety Risk flag is open: resolve it"):
        deactivated(at_risk, LEFT.LOST, "", "user-1", NOW)
    resolved = patient(TREATMENT, flags=[build.flag(Flag.SAFETY_RISK, "2026-03-02", "2026-03-03")])
    assert deactivated(resolved, LEFT.LOST, "", "user-1", NOW)["flags"] == resolved.flags


def test_coming_back_begins_an_episode_and_keeps_the_old() -> None:
    before = patient(PREVENTION)
    gone = before.model_copy(update=deactivated(before, LEFT.GRADUATED, "", "user-1", NOW))
    later = build.at("2026-11-02")
    back = gone.model_copy(update=reopened(gone, later))
    assert (back.status, back.status_since, back.date_graduated) == (ENROLLED, later, None)
    assert back.episodes == (
        Episode(started=before.date_created, ended=NOW, reason=LEFT.GRADUATED),
        Episode(started=later),
    )


def test_a_record_without_episodes_gets_its_first() -> None:
    """As tables of an older system have them."""
    before = patient(TREATMENT).model_copy(update={"episodes": ()})
    gone = before.model_copy(update=deactivated(before, LEFT.MOVED, "", "user-1", NOW))
    assert gone.episodes == (Episode(started=before.date_created, ended=NOW, reason=LEFT.MOVED),)
    imported = patient(DEACTIVATED).model_copy(update={"episodes": ()})
    assert reopened(imported, NOW)["episodes"] == (Episode(started=before.date_created), Episode(started=NOW))


@pytest.mark.parametrize("status", [ENROLLED, TREATMENT, PREVENTION])
def test_only_who_left_can_come_back(status: Status) -> None:
    with pytest.raises(InvalidInput, match="already"):
        reopened(patient(status), NOW)
