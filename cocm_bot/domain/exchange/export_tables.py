"""An export as tables for people: a row a patient, contact, score, flag and recommendation."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy

Row = tuple["Kind", Sequence[object]]


class Kind(StrEnum):
    """The kinds of rows, each a table of its own."""

    CASELOAD = "caseload"
    CONTACTS = "contacts"
    SCORES = "scores"
    FLAGS = "flags"
    RECOMMENDATIONS = "recommendations"

    @property
    def columns(self) -> Sequence[str]:
        """The headers, which an import reads as well."""
        return _COLUMNS[self]


_COLUMNS: Mapping[Kind, Sequence[str]] = {
    Kind.CASELOAD: (
        *("Handle", "MRN", "Last Name", "First Name", "DOB", "Phone", "E-mail", "Payer", "Status"),
        *("Care Manager", "Enrollment Date", "Initial Assessment", "Last Follow Up"),
        *("Last Psychiatric Consult", "Discharge Date", "Discharge Reason", "Consent Date"),
        *("Total Sessions", "Minutes this month", "Flags"),
    ),
    Kind.CONTACTS: (
        *("Handle", "MRN", "Date", "Contact Type", "Visit Type", "No Show", "Minutes", "Provider"),
        *("Note", "Voided", "History"),
    ),
    Kind.SCORES: ("Handle", "MRN", "Date", "Measure", "Total", "Answers", "Self-harm answer", "Voided"),
    Kind.FLAGS: ("Handle", "MRN", "Flag", "Raised", "Raised by", "Reason", "Resolved", "Resolved by"),
    Kind.RECOMMENDATIONS: ("Handle", "MRN", "Date", "By", "Kinds", "Text", "Answer", "Answered by"),
}


def rows_of(each: Arrival, policy: CarePolicy, names: Mapping[str, str]) -> Iterator[Row]:
    """Return the rows of one patient; `names` are the members' by user id."""
    patient = each.patient
    known = (patient.handle, patient.patient_mrn)
    voided = {void.log_id for void in each.voids}
    yield Kind.CASELOAD, (*known, *_patient(patient, policy, names))
    for log in each.logs:
        gone = "yes" if log.id in voided else ""
        yield Kind.CONTACTS, (*known, *_contact(log, policy, names), gone, "yes" if log.history else "")
        for row in _scores(log):
            yield Kind.SCORES, (*known, _day(log.date, policy), *row, gone)
        if log.recommendation:
            yield Kind.RECOMMENDATIONS, (*known, *_recommendation(patient, log, policy, names))
    for flag in patient.flags:
        raised, resolved = _day(flag.created_date, policy), _day(flag.resolved_date, policy)
        by = names.get(flag.created_by_provider_id, flag.created_by_provider_id)
        resolver = names.get(flag.resolved_by_provider_id or "", flag.resolved_by_provider_id or "")
        yield Kind.FLAGS, (*known, str(flag.flag_type), raised, by, flag.reason, resolved, resolver)


def _patient(patient: Patient, policy: CarePolicy, names: Mapping[str, str]) -> Sequence[object]:
    ended = patient.episodes[-1] if patient.episodes else None
    open_flags = [str(flag.flag_type) for flag in patient.flags if flag.resolved_date is None]
    return (
        patient.last_name,
        patient.first_name,
        patient.date_of_birth,
        patient.phone_number,
        patient.email,
        patient.payer or "",
        str(patient.status),
        names.get(patient.care_manager or "", ""),
        _day(patient.date_created, policy),
        _day(patient.initial_assessment, policy),
        _day(patient.last_follow_up, policy),
        _day(patient.last_psychiatric_consult, policy),
        _day(ended.ended, policy) if ended else "",
        str(ended.reason or "") if ended else "",
        _day(patient.consent.date, policy) if patient.consent else "",
        patient.total_sessions,
        patient.minutes_this_month,
        ", ".join(dict.fromkeys(open_flags)),
    )


def _contact(log: TreatmentLog, policy: CarePolicy, names: Mapping[str, str]) -> Sequence[object]:
    return (
        _day(log.date, policy),
        str(log.contact_type),
        str(log.visit_type or ""),
        "Y" if log.no_show else "N",
        log.minutes,
        names.get(log.provider, log.provider_name or log.provider),
        log.note,
    )


def _scores(log: TreatmentLog) -> Iterator[Sequence[object]]:
    scores = {score.score_name: score.score_value for score in log.scores}
    for name in dict.fromkeys((*scores, *log.answers, *log.self_harm)):
        answers = " ".join(map(str, log.answers.get(name, ())))
        yield name, scores.get(name, ""), answers, log.self_harm.get(name, "")


def _recommendation(
    patient: Patient, log: TreatmentLog, policy: CarePolicy, names: Mapping[str, str]
) -> Sequence[object]:
    # The patient holds the answers of those that are open or were closed last, the contact what was given.
    given = next((each for each in patient.recommendations if each.id == log.id), log.recommendation)
    if given is None:
        return ()
    latest = given.latest
    return (
        _day(given.at, policy),
        names.get(given.by, given.by),
        ", ".join(map(str, given.kinds)),
        given.text,
        str(latest.answer) if latest else "",
        names.get(latest.user_id, latest.user_id) if latest else "",
    )


def _day(at: float | None, policy: CarePolicy) -> str:
    return "" if at is None else datetime.fromtimestamp(at, policy.zone).date().isoformat()
