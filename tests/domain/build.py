"""Patients, contacts and flags for the tests: only what a case is about has to be said."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import count
from types import MappingProxyType
from zoneinfo import ZoneInfo

from cocm_bot.domain.measures.catalogue import CATALOGUE, DEFAULT_MEASURES
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.agreements import (
    Answer,
    Recommendation,
    RecommendationAnswer,
    RecommendationKind,
)
from cocm_bot.domain.records.course import Course, Episode, PatientFlag
from cocm_bot.domain.records.history import Score, TreatmentLog
from cocm_bot.domain.records.patient import SCHEMA_VERSION, Patient
from cocm_bot.domain.settings.policy import Cadence, CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, Status

NEW_YORK = "America/New_York"
_numbers = count(1)


def policy(zone: str = NEW_YORK, measures: Iterable[str] = DEFAULT_MEASURES) -> CarePolicy:
    return CarePolicy(ZoneInfo(zone), Cadence(), tuple(CATALOGUE[name] for name in measures))


def at(local: str, zone: str = NEW_YORK) -> float:
    """The instant (seconds UTC) of a local `2026-03-09` (noon) or `2026-03-09 15:00`."""
    moment = datetime.fromisoformat(local if " " in local else f"{local} 12:00")
    return moment.replace(tzinfo=ZoneInfo(zone)).timestamp()


def moment(local: str, zone: str = NEW_YORK) -> datetime:
    """The same as the aware UTC datetime the rules take as `now`."""
    return datetime.fromtimestamp(at(local, zone), UTC)


def contact(
    when: str,
    contact_type: ContactType = ContactType.FOLLOW_UP,
    *,
    scores: Mapping[str, float] = MappingProxyType({}),
    minutes: float = 20,
    no_show: bool = False,
    role: Role | None = Role.CARE_MANAGER,
    zone: str = NEW_YORK,
    self_harm: Mapping[str, int] | None = None,
) -> TreatmentLog:
    """A contact; without `self_harm` the items that ask about it are answered with 0."""
    number = next(_numbers)
    return TreatmentLog(
        id=f"log-{number:06}",
        patient_mrn="MRN-1",
        provider="user-1",
        provider_role=role,
        no_show=no_show,
        flag=None,
        weeks_in_treatment=0,
        contact_type=contact_type,
        visit_type=None,
        scores=tuple(Score(score_name=name, score_value=value) for name, value in scores.items()),
        minutes=minutes,
        date=at(when, zone),
        recorded_at=at(when, zone) + number / 1_000_000,
        self_harm=answered(scores) if self_harm is None else dict(self_harm),
    )


def answered(scores: Mapping[str, float]) -> dict[str, int]:
    """The self-harm items answered with 0, so that none is open, where the totals can be true with it."""
    asking = (CATALOGUE[name] for name in scores if name in CATALOGUE)
    return {
        each.name: 0
        for each in asking
        if each.self_harm_item is not None and scores[each.name] <= each.most_without_self_harm
    }


def assessment(when: str, *, no_show: bool = False, **scores: float) -> TreatmentLog:
    """An initial assessment; scores as `PHQ9=18, GAD7=14`."""
    return contact(when, ContactType.INITIAL_ASSESSMENT, scores=_named(scores), no_show=no_show)


def follow_up(when: str, *, no_show: bool = False, **scores: float) -> TreatmentLog:
    return contact(when, scores=_named(scores), no_show=no_show)


def consult(when: str) -> TreatmentLog:
    return contact(when, ContactType.CONSULTATION)


def plan(when: str) -> TreatmentLog:
    return contact(when, ContactType.RELAPSE_PREVENTION)


def flag(flag_type: Flag, raised: str, resolved: str | None = None) -> PatientFlag:
    return PatientFlag(
        flag_type=flag_type,
        created_by_provider_id="user-1",
        created_date=at(raised),
        resolved_by_provider_id=resolved and "user-1",
        resolved_date=at(resolved) if resolved else None,
    )


def recommendation(given: str, *answers: Answer) -> Recommendation:
    """A recommendation to the care manager and the PCP, answered a day apart each."""
    when = at(given)
    return Recommendation(
        id=f"log-{next(_numbers):06}",
        kinds=(RecommendationKind.MEDICATION,),
        text="Raise the dose.",
        by="user-2",
        at=when,
        addressed_to=("user-1", "user-3"),
        answers=tuple(
            RecommendationAnswer(user_id="user-3", answer=answer, at=when + number * 86_400)
            for number, answer in enumerate(answers, start=1)
        ),
    )


def patient(
    status: Status = Status.TREATMENT,
    *,
    enrolled: str = "2026-01-05",
    status_since: str | None = None,
    reopened: str | None = None,
    flags: Iterable[PatientFlag] = (),
    recommendations: Iterable[Recommendation] = (),
    zone: str = NEW_YORK,
) -> Patient:
    """A patient as enrolled, nothing derived yet; `reopened` begins a second episode."""
    start = at(enrolled, zone)
    episodes = [Episode(started=start)]
    if reopened:
        episodes = [Episode(started=start, ended=at(reopened, zone)), Episode(started=at(reopened, zone))]
    return Patient(
        id="patient-1",
        handle="K7Q4",
        patient_mrn="MRN-1",
        first_name="Ada",
        last_name="Example",
        payer=None,
        status=status,
        status_since=at(status_since or reopened or enrolled, zone),
        patient_flag=None,
        date_created=start,
        initial_assessment=None,
        last_follow_up=None,
        last_psychiatric_consult=None,
        relapse_prevention_plan=None,
        total_sessions=None,
        minutes_this_month=None,
        minutes_month="",
        course=Course(episode_started=episodes[-1].started),
        date_graduated=None,
        date_modified=start,
        phone_number="+1 555-0100",
        email="ada@example.org",
        date_of_birth="1980-02-29",
        treatment_logs=(),
        audit_logs=(),
        flags=tuple(flags),
        recommendations=tuple(recommendations),
        weeks_since_initial_assessment=None,
        schema_version=SCHEMA_VERSION,
        episodes=tuple(episodes),
        version=1,
    )


def derived(
    who: Patient, logs: Iterable[TreatmentLog], now: str, care: CarePolicy | None = None, zone: str = NEW_YORK
) -> Patient:
    return derive(who, logs, care or policy(zone), moment(now, zone))


def _named(scores: dict[str, float]) -> dict[str, float]:
    """`PHQ9` is written `PHQ-9`."""
    return {f"{name[:-1]}-{name[-1]}": value for name, value in scores.items()}
