"""A patient on paper: the words of a summary of care, for whoever takes the care over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.fields import age
from cocm_bot.domain.members import Registry
from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.outcomes.progress import progress, word
from cocm_bot.domain.patients.trend import Trend, trend
from cocm_bot.domain.people import full_name
from cocm_bot.domain.records.agreements import Recommendation, RelapsePlan
from cocm_bot.domain.records.course import MeasureCourse, PatientFlag
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.safety_plan import STEPS
from cocm_bot.domain.safety.self_harm import answer_of
from cocm_bot.domain.settings.policy import CarePolicy

LATEST_CONTACTS = 6
LATEST_RECOMMENDATIONS = 5
FORMER_MEMBER = "a former member"
NOT_THE_RECORD = "It is not the medical record."


@dataclass(frozen=True)
class Section:
    """A part of the page: a heading, and lines as a label (perhaps empty) and its words."""

    heading: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Summary:
    """The page: who it is about, what is so, and how it came to be."""

    handle: str
    name: str
    identity: str
    care: Sequence[Section]
    """Above the picture of the scores."""
    trend: Trend
    history: Sequence[Section]
    """Below it."""
    foot: str


def summary_of(each: Arrival, registry: Registry, names: Mapping[str, str], now: datetime) -> Summary:
    """Return the summary of a patient as of now; `names` are the members' by user id.

    Voided entries are left out. A section that would hold nothing says so where a reader would miss it.
    """
    patient, policy = each.patient, registry.policy
    gone = {void.log_id for void in each.voids}
    logs = [log for log in in_order(each.logs, policy) if log.id not in gone]
    shown = trend(patient, logs, policy)
    care = [
        Section("Care", list(_care(patient, policy, names))),
        Section("Open flags", list(_flags(patient.flags, policy)) or [("", "None.")]),
        Section("Diagnoses", [("", str(one)) for one in patient.diagnoses] or [("", "None recorded.")]),
        Section("Medication", [("", str(one)) for one in patient.medications] or [("", "None recorded.")]),
        Section("Measures", list(_measures(patient, policy)) or [("", "None scored.")]),
    ]
    history = [
        Section("Latest contacts", list(_contacts(logs, policy, names)) or [("", "None yet.")]),
        Section("Recommendations", list(_recommendations(patient, logs, policy, names)) or [("", "None.")]),
        *_plans(patient, policy, names),
    ]
    made = f"Made on {_day(policy.local_date(now.timestamp()))} from the registry {registry.name}."
    return Summary(
        handle=patient.handle,
        name=full_name(patient),
        identity=_identity(patient, policy.local_date(now.timestamp())),
        care=care,
        trend=shown,
        history=history,
        foot=f"{made} {NOT_THE_RECORD}",
    )


def _identity(patient: Patient, today: date) -> str:
    born = patient.born
    parts = [
        patient.handle,
        f"MRN {patient.patient_mrn}",
        f"born {_day(born)} ({age(born, today)} years)" if born else "birth date not known",
        str(patient.sex_at_birth or "").lower(),
        patient.phone_number,
        patient.email,
        patient.payer or "",
    ]
    return " · ".join(filter(None, parts))


def _care(patient: Patient, policy: CarePolicy, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    ended = patient.episodes[-1] if patient.episodes else None
    why = f": {ended.reason}" if ended and ended.ended and ended.reason else ""
    weeks = patient.weeks_since_initial_assessment
    week = f", week {weeks}" if weeks is not None and not (ended and ended.ended) else ""
    yield "Status", f"{patient.status}{week}, since {_on(patient.status_since, policy)}{why}"
    yield "Care manager", _who(patient.care_manager, names) if patient.care_manager else "not assigned"
    treating = patient.treating_clinician
    yield "Treating clinician", names.get(treating.user_id or "", treating.name) if treating else "not named"
    consent = patient.consent
    yield "Consent", f"{consent.kind}, {_on(consent.date, policy)}" if consent else "not on record"
    yield "Enrolled", _on(patient.date_created, policy)
    yield "Initial assessment", _on(patient.initial_assessment, policy)
    yield "Last follow-up", _on(patient.last_follow_up, policy)
    yield "Last psychiatric consult", _on(patient.last_psychiatric_consult, policy)
    yield "Sessions", str(patient.total_sessions or 0)
    if patient.next_appointment:
        yield "Next appointment", _day(date.fromisoformat(patient.next_appointment))
    for screen in patient.risk_screens[-1:]:
        yield "Last risk screen", f"{screen.triage}, {_on(screen.at, policy)}"


def _flags(flags: Iterable[PatientFlag], policy: CarePolicy) -> Iterator[tuple[str, str]]:
    for flag in flags:
        if flag.resolved_date is None:
            since = f"since {_on(flag.created_date, policy)}"
            yield str(flag.flag_type), f"{since}: {flag.reason}" if flag.reason else since


def _measures(patient: Patient, policy: CarePolicy) -> Iterator[tuple[str, str]]:
    for name, course in patient.course.scores.items():
        yield name, _course(course, name, policy)
    for name, at in patient.course.self_harm_open.items():
        yield name, f"the answer to its self-harm item on {_on(at, policy)} is not known"


def _course(course: MeasureCourse, name: str, policy: CarePolicy) -> str:
    measure = policy.measure(name)
    latest = f"{course.latest:g} on {_on(course.latest_date, policy)}"
    band = measure.band(course.latest) if measure else None
    latest = f"{latest} ({band})" if band else latest
    if course.count == 1:
        return latest
    read = word(progress(course, measure)) if measure else ""
    told = f"{course.first:g} on {_on(course.first_date, policy)}, now {latest}, {course.count} scores"
    return f"{told}: {read}" if read else told


def _contacts(
    logs: Sequence[TreatmentLog], policy: CarePolicy, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for log in [log for log in logs if log.is_contact][: -LATEST_CONTACTS - 1 : -1]:
        scores = ", ".join(f"{one.score_name} {one.score_value:g}" for one in log.scores)
        told = [(measure, answer_of(log, measure)) for measure in policy.about_self_harm]
        harm = ", ".join(f"{one.name} self-harm item {answer}" for one, answer in told if answer is not None)
        by = names.get(log.provider) or log.provider_name
        parts = (
            f"{log.contact_type}{' (no-show)' if log.no_show else ''}",
            str(log.visit_type or ""),
            by,
            scores,
            harm,
            "; ".join(map(str, log.medication_changes)),
            log.note,
        )
        yield _on(log.date, policy), " · ".join(filter(None, parts))


def _recommendations(
    patient: Patient, logs: Sequence[TreatmentLog], policy: CarePolicy, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    # The patient holds the answers; the contacts hold those that were closed long ago.
    kept = {given.id: given for given in patient.recommendations}
    listed = [kept.get(log.id, log.recommendation) for log in logs if log.recommendation]
    for given in [given for given in listed if given][: -LATEST_RECOMMENDATIONS - 1 : -1]:
        yield _on(given.at, policy), _recommendation(given, names)


def _recommendation(given: Recommendation, names: Mapping[str, str]) -> str:
    words = ": ".join(filter(None, (", ".join(map(str, given.kinds)), given.text)))
    latest = given.latest
    if latest is None:
        answer = "not answered yet"
    else:
        reason = f" ({latest.reason})" if latest.reason else ""
        answer = f"{str(latest.answer).lower()} by {_who(latest.user_id, names)}{reason}"
    return f"{words} · by {_who(given.by, names)} · {answer}"


def _plans(patient: Patient, policy: CarePolicy, names: Mapping[str, str]) -> Iterator[Section]:
    if patient.plan:
        yield Section("Relapse prevention plan", list(_plan(patient.plan, policy, names)))
    else:
        yield Section("Relapse prevention plan", [("", "None yet.")])
    safety = patient.safety_plan
    if safety:
        steps = [(words, getattr(safety, name)) for name, words in STEPS.items()]
        reviewed = (
            "Last reviewed",
            f"{_on(safety.reviewed_at, policy)} by {_who(safety.reviewed_by, names)}",
        )
        yield Section("Safety plan", [*(step for step in steps if step[1]), reviewed])


def _plan(plan: RelapsePlan, policy: CarePolicy, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "Warning signs", plan.warning_signs
    yield "What helps", plan.what_helps
    if plan.medication:
        yield "Medication", plan.medication
    yield "Whom to call", plan.whom_to_call
    yield "Next check", _day(date.fromisoformat(plan.next_check))
    yield "Written", f"{_on(plan.written_at, policy)} by {_who(plan.written_by, names)}"


def _who(user_id: str, names: Mapping[str, str]) -> str:
    return names.get(user_id, FORMER_MEMBER if user_id else "the import")


def _on(at: float | None, policy: CarePolicy) -> str:
    return "–" if at is None else _day(policy.local_date(at))


def _day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"
