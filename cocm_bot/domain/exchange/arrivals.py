"""A patient of a source as the record it becomes, with its whole history; nobody is paged for it."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.contacts.contact import at_risk
from cocm_bot.domain.exchange.intake import ContactIn, PatientIn
from cocm_bot.domain.exchange.notes import Note, NoteKind, Place
from cocm_bot.domain.exchange.people import Team
from cocm_bot.domain.fields import US, one_line
from cocm_bot.domain.patients.derive import NOTHING_YET, derive, weeks_in_treatment
from cocm_bot.domain.people import full_name
from cocm_bot.domain.records.agreements import Consent
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.records.course import Alert, Course, Episode, PatientFlag
from cocm_bot.domain.records.history import AuditLog, Change, Score, TreatmentLog, Voided
from cocm_bot.domain.records.patient import SCHEMA_VERSION, Patient
from cocm_bot.domain.safety.self_harm import told_none
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, Status


@dataclass(frozen=True)
class Arrival:
    """A record that is to be written, with all of its history."""

    place: Place
    patient: Patient
    logs: Sequence[TreatmentLog]
    audits: Sequence[AuditLog]
    voids: Sequence[Voided] = ()


@dataclass(frozen=True)
class Landing:
    """Shared facts of all records of one import; `at` is when it began (seconds UTC)."""

    import_id: str
    registry_id: str
    by: str
    """The user id of who imports; empty for the command line."""
    at: datetime
    policy: CarePolicy
    team: Team
    country: str = US
    """The country of phone numbers without `+`."""

    def id_for(self, *parts: object) -> str:
        """Return an opaque id that is the same whenever this import is run again."""
        text = "\0".join(map(str, (self.registry_id, self.import_id, *parts)))
        return hashlib.sha256(text.encode()).hexdigest()[:26]


def arrival(source: PatientIn, landing: Landing, notes: list[Note]) -> Arrival:
    """Return the record of a patient, every derived field computed; what was assumed is noted."""
    source = _legible(source, notes)
    contacts = _plausible(source, landing, notes)
    enrolled = _enrolled(source, contacts, landing, notes)
    patient_id = landing.id_for("patient", source.mrn)
    logs = [_log(source, number, each, landing) for number, each in enumerate(contacts)]
    audit = _audit(source, patient_id, logs, landing)
    patient = _record(source, patient_id, audit, enrolled, contacts, landing, notes)
    logs = [
        log.model_copy(update={"weeks_in_treatment": weeks_in_treatment(patient, logs, log, landing.policy)})
        for log in logs
    ]
    patient = patient.model_copy(update={"alerts": _alerts(patient, logs, landing)})
    return Arrival(source.place, derive(patient, logs, landing.policy, landing.at), logs, (audit,))


EARLIEST_CARE = date(1990, 1, 1)
"""Collaborative Care is no older, and figures go back no further: a day before is a slip of the year."""
_WRITTEN = ("first_name", "last_name", "phone_number", "payer", "care_manager", "treating_clinician")


def _legible(source: PatientIn, notes: list[Note]) -> PatientIn:
    """Return the patient without characters that nobody sees: they would let one name pose as another."""
    changed: dict[str, Any] = {}
    for name in _WRITTEN:
        given = getattr(source, name)
        shown = one_line(given)
        if shown != " ".join(unicodedata.normalize("NFC", given).split()):
            why = "characters that nobody sees: left out"
            notes.append(Note(NoteKind.CHANGED, source.place, name, given, why, shown))
        changed[name] = shown
    return replace(source, **changed)


def instant(day: date, landing: Landing) -> float:
    """Return the instant (seconds UTC) of a local day."""
    return landing.policy.instant(day, landing.at)


def _plausible(source: PatientIn, landing: Landing, notes: list[Note]) -> list[ContactIn]:
    """Return the contacts that can be true, oldest first: none before birth, none in the future."""
    today, kept = landing.policy.local_date(landing.at.timestamp()), []
    for each in sorted(source.contacts, key=lambda each: each.day):
        if each.day > today:
            why = "a contact in the future: not taken"
        elif each.day < EARLIEST_CARE:
            why = "a contact before 1990: is the year right? Not taken"
        elif source.born is not None and each.day < source.born:
            why = "a contact before the patient was born: not taken"
        else:
            kept.append(each)
            continue
        notes.append(Note(NoteKind.REFUSED, each.place, "contact_date", str(each.day), why))
    return kept


def _enrolled(source: PatientIn, contacts: Sequence[ContactIn], landing: Landing, notes: list[Note]) -> date:
    """Return the day of enrollment: as given, but no later than the first contact; else that, else today."""
    first = contacts[0].day if contacts else None
    today = landing.policy.local_date(landing.at.timestamp())
    if source.enrolled is not None and EARLIEST_CARE <= source.enrolled <= (first or today):
        return source.enrolled
    day = min(first or source.left_on or today, today)
    said = "not known"
    if source.enrolled:
        early = source.enrolled < EARLIEST_CARE
        said = "before 1990" if early else "after the first contact, or to come"
    why = f"the day of enrollment is {said}: the first contact's is taken, else that of leaving, else today"
    value = str(source.enrolled or "")
    notes.append(Note(NoteKind.ASSUMED, source.place, "enrolled", value, why, str(day)))
    return day


def _log(source: PatientIn, number: int, contact: ContactIn, landing: Landing) -> TreatmentLog:
    member = landing.team.member(contact.provider)
    consult = contact.contact_type is ContactType.CONSULTATION
    role = member.role if member else Role.PSYCHIATRIST if consult else None
    return TreatmentLog(
        id=landing.id_for("log", source.mrn, number),
        patient_mrn=source.mrn,
        provider=member.user_id if member else "",
        provider_name="" if member else contact.provider,
        provider_role=role,
        no_show=contact.no_show,
        flag=None,
        weeks_in_treatment=0,
        contact_type=contact.contact_type,
        visit_type=contact.visit_type,
        scores=tuple(Score(score_name=name, score_value=each) for name, each in contact.scores.items()),
        minutes=float(contact.minutes),
        date=contact.at if contact.at is not None else instant(contact.day, landing),
        note=contact.note,
        # Entries of one day keep the order they stand in.
        recorded_at=landing.at.timestamp() + number / 1000,
        answers=dict(contact.answers),
        self_harm=dict(contact.self_harm),
        history=True,
    )


def _audit(source: PatientIn, patient_id: str, logs: Sequence[TreatmentLog], landing: Landing) -> AuditLog:
    told = f"{len(logs)} contacts" if len(logs) != 1 else "1 contact"
    return AuditLog(
        id=landing.id_for("audit", patient_id),
        object_name=AuditAction.IMPORTED.object_name,
        action=AuditAction.IMPORTED,
        user_id=landing.by,
        created_date=landing.at.timestamp(),
        changes=(
            Change(attribute="imported", before="", after=told),
            Change(attribute="source", before="", after=f"{source.place.sheet} {source.place.cell}".strip()),
        ),
        version=1,
    )


def _record(
    source: PatientIn,
    patient_id: str,
    audit: AuditLog,
    enrolled: date,
    contacts: Sequence[ContactIn],
    landing: Landing,
    notes: list[Note],
) -> Patient:
    status, since = _status(source, enrolled, contacts, landing)
    left = status is Status.DEACTIVATED
    started = instant(enrolled, landing)
    ended = _ended(source, contacts, started, landing, notes) if left else None
    episode = Episode(
        started=started, ended=ended, reason=source.reason if left else None, note=source.reason_note
    )
    manager = landing.team.member(source.care_manager)
    return Patient(
        id=patient_id,
        handle="",
        patient_mrn=source.mrn,
        first_name=source.first_name,
        last_name=source.last_name,
        phone_number=source.phone_number,
        email=source.email,
        date_of_birth=source.born.isoformat() if source.born else "",
        payer=source.payer or None,
        status=status,
        status_since=ended if ended is not None else since,
        date_created=started,
        date_modified=landing.at.timestamp(),
        date_graduated=ended if source.reason and source.reason.name == "GRADUATED" else None,
        **NOTHING_YET,
        flags=_flags(source, ended, landing, notes),
        audit_logs=(audit,),
        episodes=(episode,),
        course=Course(episode_started=started),
        schema_version=SCHEMA_VERSION,
        consent=_consent(source, landing),
        care_manager=manager.user_id if manager and manager.role is Role.CARE_MANAGER else None,
        treating_clinician=_clinician(source, landing),
        diagnoses=source.diagnoses,
        imported=landing.import_id,
        version=1,
    )


def _clinician(source: PatientIn, landing: Landing) -> Clinician | None:
    """Return who treats the patient: a member where the name is one's for sure, else the name alone."""
    if not source.treating_clinician:
        return None
    member = landing.team.member(source.treating_clinician)
    if member is None:
        return Clinician(name=source.treating_clinician)
    return Clinician(name=full_name(member), user_id=member.user_id)


def _status(
    source: PatientIn, enrolled: date, contacts: Sequence[ContactIn], landing: Landing
) -> tuple[Status, float]:
    """Return the status and since when: of somebody just in the program by whether they were assessed."""
    attended = [each for each in contacts if not each.no_show]
    assessed = [each for each in attended if each.contact_type is ContactType.INITIAL_ASSESSMENT]
    planned = [each for each in attended if each.contact_type is ContactType.RELAPSE_PREVENTION]
    seen = [each for each in attended if each.contact_type is ContactType.FOLLOW_UP]
    status = source.status
    if status is None:
        in_treatment = bool(assessed or seen)
        status = Status.TREATMENT if in_treatment else Status.ENROLLED
    begun = {
        Status.TREATMENT: assessed[:1] or seen[:1],
        Status.RELAPSE_PREVENTION: planned[-1:] or attended[-1:],
    }.get(status, [])
    return status, instant(begun[0].day if begun else enrolled, landing)


def _ended(
    source: PatientIn, contacts: Sequence[ContactIn], started: float, landing: Landing, notes: list[Note]
) -> float:
    today = landing.policy.local_date(landing.at.timestamp())
    if source.left_on is not None and source.left_on <= today:
        return max(instant(source.left_on, landing), started)
    attended = [each.day for each in contacts if not each.no_show]
    day = attended[-1] if attended else landing.policy.local_date(started)
    why = "left the program, on an unknown day: the last contact is taken, else enrollment"
    notes.append(Note(NoteKind.ASSUMED, source.place, "left_on", "", why, str(day)))
    return instant(day, landing)


def _flags(
    source: PatientIn, ended: float | None, landing: Landing, notes: list[Note]
) -> tuple[PatientFlag, ...]:
    """Return the flags; those of somebody who left are resolved with leaving, but for a safety risk."""
    found = []
    for each in source.flags:
        raised = each.raised if each.raised is not None else landing.at.timestamp()
        resolved, reason = each.resolved, ""
        if ended is not None and resolved is None:
            if each.flag_type is Flag.SAFETY_RISK:
                why = "an open safety risk of somebody who left: see to it"
                notes.append(Note(NoteKind.ASKED, source.place, "flags", each.flag_type, why))
            else:
                raised, resolved = min(raised, ended), ended
                reason = "Left the program before the import."
        found.append(
            PatientFlag(
                flag_type=each.flag_type,
                created_by_provider_id=landing.by,
                created_date=raised,
                reason=each.reason,
                resolved_by_provider_id=landing.by if resolved is not None else None,
                resolved_date=resolved,
                resolved_reason=reason,
            )
        )
    return tuple(found)


def _consent(source: PatientIn, landing: Landing) -> Consent | None:
    if source.consent is None:
        return None
    kind, day = source.consent
    return Consent(kind=kind, date=instant(day, landing), recorded_by=landing.by)


def _alerts(patient: Patient, logs: Iterable[TreatmentLog], landing: Landing) -> tuple[Alert, ...]:
    """Return one quiet alert of the latest self-harm answer above 0, unless a later answer is 0.

    It is shown on the card and pages nobody.
    """
    latest: tuple[TreatmentLog, list[str]] | None = None
    for log in sorted(logs, key=lambda log: (log.date, log.recorded_at)):
        risky = risky_measures(log, landing.policy)
        if risky:
            latest = log, risky
        elif told_none(log, landing.policy):
            latest = None
    if latest is None:
        return ()
    log, risky = latest
    return (
        Alert(
            id=landing.id_for("alert", patient.id),
            raised_by=landing.by,
            at=landing.at.timestamp(),
            measures=tuple(risky),
            log_id=log.id,
            contact_date=log.date,
            quiet=True,
        ),
    )


def risky_measures(log: TreatmentLog, policy: CarePolicy) -> list[str]:
    """Return the measures whose self-harm item a contact says, or shows, to be above 0."""
    scores: Mapping[str, float] = {score.score_name: score.score_value for score in log.scores}
    return at_risk(policy, scores, log.answers, log.self_harm)
