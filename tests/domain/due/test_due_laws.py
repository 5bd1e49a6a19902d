"""Laws of dues for every patient and every history."""

import math
from collections.abc import Iterable
from datetime import date

from hypothesis import given

from cocm_bot.domain.due.rules import Reason, due, next_due
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Flag
from tests.domain.build import moment, policy
from tests.domain.cases import LATER
from tests.domain.histories import histories, instants, patients


def _cause(reason: Reason, summary: Patient) -> float:
    """The instant the latest fact the reason rests on became true."""
    course, status_since = summary.course, summary.status_since
    assessed = status_since if summary.initial_assessment is None else summary.initial_assessment
    measures = course.scores.values()
    not_improved = min((each.not_improved_since or math.inf for each in measures), default=math.inf)
    return {
        Reason.SAFETY_RISK: course.open_flags.get(Flag.SAFETY_RISK, math.inf),
        Reason.SELF_HARM_OPEN: min(course.self_harm_open.values(), default=math.inf),
        Reason.RELAPSE: _first(each.relapse_since for each in measures),
        Reason.WORSENING: _first(each.worse_since for each in measures),
        Reason.NOT_IMPROVING: max(assessed, not_improved),
        Reason.FLAGGED: course.review_flagged or math.inf,
        Reason.NEVER_REVIEWED: min(status_since, assessed),
        Reason.STALE_CONSULT: summary.last_psychiatric_consult or math.inf,
        Reason.FOLLOW_UP: status_since if course.last_contact is None else course.last_contact,
        Reason.APPOINTMENT: course.appointment_agreed or math.inf,
        Reason.MEASURE: assessed,
        Reason.ASSESSMENT: status_since,
        Reason.PLAN: max((each.remission_confirmed or 0 for each in measures), default=math.inf),
        Reason.PLAN_CHECK: summary.plan.written_at if summary.plan else math.inf,
        Reason.RECOMMENDATION: course.recommended or math.inf,
        Reason.TO_DISCUSS: course.open_flags.get(Flag.NEEDS_DISCUSSION, math.inf),
        Reason.LOST: course.episode_started if course.last_contact is None else course.last_contact,
    }[reason]


def _first(dates: Iterable[float | None]) -> float:
    return min((when for when in dates if when is not None), default=math.inf)


@given(patients(), histories(), instants())
def test_nothing_is_due_before_its_cause(who: Patient, logs: list[TreatmentLog], now: str) -> None:
    summary = derive(who, logs, policy(), moment(now))
    for each in due(summary, policy(), moment(now)):
        assert each.since >= policy().local_date(_cause(each.reason, summary))


@given(patients(), histories(), instants())
def test_something_is_due_today_exactly_when_the_next_day_has_come(
    who: Patient, logs: list[TreatmentLog], now: str
) -> None:
    summary = derive(who, logs, policy(), moment(now))
    today = policy().local_date(moment(now).timestamp())
    coming = next_due(summary, policy())
    assert summary.next_due == (coming and coming.isoformat())
    assert (coming is not None and coming <= today) == bool(due(summary, policy(), moment(now)))


@given(patients(), histories(), instants())
def test_what_is_due_is_sorted_and_stays_due_while_nothing_happens(
    who: Patient, logs: list[TreatmentLog], now: str
) -> None:
    summary = derive(who, logs, policy(), moment(now))
    today = due(summary, policy(), moment(now))
    assert [each.reason.gravity for each in today] == sorted({each.reason.gravity for each in today})
    later = {(each.reason, each.since) for each in due(summary, policy(), moment(LATER))}
    assert {(each.reason, each.since) for each in today} <= later


@given(patients(), histories(), instants())
def test_no_shows_never_put_a_follow_up_off(who: Patient, logs: list[TreatmentLog], now: str) -> None:
    def since(history: list[TreatmentLog]) -> date | None:
        summary = derive(who, history, policy(), moment(now))
        days = [
            each.since for each in due(summary, policy(), moment(LATER)) if each.reason is Reason.FOLLOW_UP
        ]
        return days[0] if days else None

    logs = [log.model_copy(update={"next_appointment": None}) for log in logs]
    kept = since([log for log in logs if not log.no_show])
    missed = since(logs)
    assert (kept is None) == (missed is None)
    assert kept is None or missed is None or missed <= kept
