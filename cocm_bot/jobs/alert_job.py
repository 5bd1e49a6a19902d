"""Safety alerts: told in rounds until somebody takes them. At least once to each, and never given up."""

import logging
from collections.abc import Iterator

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.record import Record
from cocm_bot.domain.safety.alerts import ADMINS, TEAM, circle, next_round_at, standing
from cocm_bot.jobs.patient_messages import deliver, pause_after, redraw, remember
from cocm_bot.jobs.tick import Rounds
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.safety.alerts import Case
from cocm_bot.slack.runtime.failures import Gone, Refused
from cocm_bot.slack.runtime.gateway import Sent
from cocm_bot.slack.safety.alert_view import alert_message, unreached_message
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Work

MOST_REDRAWS = 5
"""How often it is tried to say in all messages what became of an alert: pressed, each says it anyway."""

logger = logging.getLogger(__name__)


class Course(Record):
    """How far the telling of an alert came."""

    handle: str
    begun: float
    """When this round began (seconds UTC)."""
    round: int = TEAM
    owned_up: bool = False
    """Whether who raised it was told whom it did not reach."""

    def next(self, now: float) -> "Course":
        """The round after this one."""
        return self.model_copy(update={"round": self.round + 1, "begun": now})


def alert(rounds: Rounds, held: Work) -> None:
    """Tell all of the round that is due, and wait for the next; once it is taken or over, tell them that.

    Who was told is remembered one by one. Where nobody can be reached at all, the next round begins at once.
    """
    desk, course = rounds.desk, Course.model_validate(held.state)
    failures: list[CocmError] = []
    case = _case(rounds, held)
    if case and standing(case.alert):
        if (now := desk.now().timestamp()) >= _next_at(case, course):
            course = course.next(now)
        course, failures = _tell(rounds, held, course)
        case = _case(rounds, held)
    if case is None or not standing(case.alert):
        _close(rounds, held, case)
        return
    following = _next_at(case, course)
    if failures:
        following = min(following, desk.now().timestamp() + pause_after(failures, tries=1))
    jobs.put_off(desk.table, held, following, course.model_dump())


def _tell(rounds: Rounds, held: Work, course: Course) -> tuple[Course, list[CocmError]]:
    """Tell everybody who is to know by now and does not; gives what failed and may work later."""
    tried: set[str] = set()
    failures: list[CocmError] = []
    while True:
        # Everything is read again before each message: the team, the patient, and whether somebody has it.
        case = _case(rounds, held)
        if case is None or not standing(case.alert):
            return course, []
        member = next((each for each in _waiting(rounds, case, course) if each.user_id not in tried), None)
        if member is not None:
            tried.add(member.user_id)
            try:
                sent = _deliver(rounds, case, course, member)
                remember(rounds.desk, held.id, member.user_id, sent, course.round)
            except (Gone, Refused):
                continue
            except CocmError as error:
                failures.append(error)
        elif case.told or failures or course.round >= ADMINS:
            return _own_up(rounds, case, course), failures
        else:
            course = course.next(rounds.desk.now().timestamp())


def _waiting(rounds: Rounds, case: Case, course: Course) -> Iterator[RegistryUser]:
    """Who is to be told: in this round, or in an earlier one that did not reach them."""
    now = rounds.desk.now().timestamp()
    told, lately = (
        {each.user_id for each in case.told},
        {each.user_id for each in case.told if each.round == course.round},
    )
    for number in range(course.round + 1):
        for member in circle(number, case.registry, case.team, case.patient, case.alert, now):
            if member.user_id not in (lately if number == course.round else told):
                yield member


def _deliver(rounds: Rounds, case: Case, course: Course, member: RegistryUser) -> Sent:
    now = rounds.desk.now().timestamp()
    again = course.round > TEAM
    full = alert_message(case, member.role, now, again=again)
    try:
        return deliver(rounds, case.registry, member, case.patient, full)
    except Refused as refused:
        # What people wrote may be what Slack does not take: the alert itself must arrive.
        logger.warning("refused kind=alert reason=%s", refused.reason)
        short = alert_message(case, member.role, now, again=again, in_short=True)
        return deliver(rounds, case.registry, member, case.patient, short)


def _own_up(rounds: Rounds, case: Case, course: Course) -> Course:
    """Tell who raised it, once, whom of those who treat the patient it did not reach."""
    now = rounds.desk.now().timestamp()
    first = circle(TEAM, case.registry, case.team, case.patient, case.alert, now)
    told = {each.user_id for each in case.told}
    missed = sorted(case.names[each.user_id] for each in first if each.user_id not in told)
    raiser = next((each for each in case.team if each.user_id == case.alert.raised_by), None)
    if course.owned_up or raiser is None or not missed:
        return course
    logger.error("missed kind=alert count=%d", len(missed))
    reached = list(dict.fromkeys(case.names.get(each.user_id, "") for each in case.told))
    try:
        note = unreached_message(case, missed, reached)
        deliver(rounds, case.registry, raiser, case.patient, note)
    except CocmError as error:
        logger.warning("not owned up kind=alert error=%s", type(error).__name__)
        return course
    return course.model_copy(update={"owned_up": True})


def _close(rounds: Rounds, held: Work, case: Case | None) -> None:
    """Say in every message what became of the alert, as long as that is known, and be done."""
    desk, now = rounds.desk, rounds.desk.now().timestamp()
    failures = _redraw(rounds, case, now) if case else []
    if failures and held.tries < MOST_REDRAWS:
        jobs.put_off(desk.table, held, now + pause_after(failures, held.tries), held.state, tries=held.tries)
    else:
        jobs.finish(desk.table, held)


def _redraw(rounds: Rounds, case: Case, now: float) -> list[CocmError]:
    roles = {member.user_id: member.role for member in case.team}
    failures: list[CocmError] = []
    for delivery in case.told:
        role = roles.get(delivery.user_id)
        if role is None:
            continue
        try:
            redraw(rounds, case.registry, delivery, alert_message(case, role, now))
        except CocmError as error:
            failures.append(error)
    return failures


def _case(rounds: Rounds, held: Work) -> Case | None:
    return alerts.case_of(rounds.desk, held.registry_id, str(held.state["handle"]), held.id)


def _next_at(case: Case, course: Course) -> float:
    minutes = case.registry.alerts.escalate_minutes
    return next_round_at(course.round, course.begun, minutes, case.registry.policy)
