"""Adding a patient to the registry."""

import secrets
from datetime import date

from pydantic import BaseModel

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.care.referral import check_referral
from cocm_bot.domain.contacts.line import is_taken_for_more
from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.fields import NO_PHONE, Email, Line, Mrn, PersonName, can_be_dialed, phone_end
from cocm_bot.domain.handles import HANDLE_ALPHABET, HANDLE_LENGTH
from cocm_bot.domain.patients.derive import NOTHING_YET, derive
from cocm_bot.domain.patients.duplicates import Likeness, Person, likenesses
from cocm_bot.domain.records.course import Course, Episode
from cocm_bot.domain.records.history import AuditLog
from cocm_bot.domain.records.patient import SCHEMA_VERSION, Patient
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.access.access_logging import authorise, record_view, recorded
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.figures import records
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.consents import Consented, consent
from cocm_bot.store import requests
from cocm_bot.store.patients import patients
from cocm_bot.store.table.errors import AlreadyApplied, HandleTaken, MrnTaken

HANDLE_TRIES = 20
EARLIEST_BIRTH = date(1900, 1, 1)


class Details(BaseModel):
    """A patient's personal data; all of it can be edited later."""

    patient_mrn: Mrn
    first_name: PersonName
    last_name: PersonName
    date_of_birth: date
    phone_number: Line = ""
    email: Email = ""
    payer: Line = ""


class Enrolment(Details):
    """The entered fields of a patient who is referred to the program."""

    consent: Consented | None = None
    date_referred: date | None = None


def enrol(ctx: Context, actor: Actor, enrolment: Enrolment, request_id: str) -> Card:
    """Add a patient to the actor's registry, once per request id.

    Raises NotAllowed, InvalidInput (MRN taken, impossible birth date), Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.ENROL_PATIENT)
    check_birth_date(ctx, actor, enrolment.date_of_birth)
    check_phone(actor, enrolment.phone_number)
    if enrolment.date_referred:
        today = actor.registry.policy.local_date(ctx.now().timestamp())
        check_referral(enrolment.date_referred, enrolment.date_of_birth, today)
    registry_id = actor.registry.id
    for _ in range(HANDLE_TRIES):
        patient = _new_patient(ctx, actor, enrolment)
        try:
            _create(ctx, actor, patient, request_id)
        except HandleTaken:
            continue
        except MrnTaken:
            raise InvalidInput("This MRN is already in the registry.", "patient_mrn") from None
        except AlreadyApplied as applied:
            patient = patients.by_handle(ctx.table, registry_id, applied.result) or patient
        return card_of(ctx, actor, patient)
    raise Conflict("No free handle was found for this patient. Try again.")


def _create(ctx: Context, actor: Actor, patient: Patient, request_id: str) -> None:
    [audit] = patient.audit_logs
    patient = records.tracked(patient, [audit])
    counted = records.begun(actor.registry, patient, ())
    with recorded(ctx, actor, AuditAction.ENROLLED, (patient.id,)) as access:
        patients.create(
            ctx.table,
            actor.registry.id,
            patient,
            audit,
            along=(*access, *counted),
            ring=ctx.trail.keyring,
            request_id=request_id,
        )


def alike(ctx: Context, actor: Actor, details: Details, request_id: str) -> list[Likeness]:
    """Return who of the registry may be the same person; nobody once this request was applied.

    Nor where the very number is taken: that is refused anyway. Whoever is returned is about to be shown, and
    logged. Raises NotAllowed, InvalidInput (impossible birth date) or Unavailable.
    """
    authorise(ctx, actor, Action.ENROL_PATIENT)
    check_birth_date(ctx, actor, details.date_of_birth)
    check_phone(actor, details.phone_number)
    if requests.applied(ctx.table, request_id) is not None:
        return []
    person = Person(
        details.patient_mrn,
        details.first_name,
        details.last_name,
        details.date_of_birth.isoformat(),
        phone_end(details.phone_number),
        details.email,
    )
    entries = ctx.memory.of(actor.registry.id, ctx.now().timestamp()).directory(ctx.table)
    if any(entry.patient_mrn == person.mrn for entry in entries):
        return []
    found = likenesses(entries, person)
    if found:
        record_view(ctx, actor, Action.SEARCH, tuple(each.entry.patient_id for each in found))
    return found


def new_handle() -> str:
    """A handle drawn at random, which means nothing else where it is typed; it may be another patient's."""
    while is_taken_for_more(handle := "".join(secrets.choice(HANDLE_ALPHABET) for _ in range(HANDLE_LENGTH))):
        pass
    return handle


def check_phone(actor: Actor, phone: str) -> None:
    """Raise InvalidInput unless a number could be dialed, a national one in the registry's country."""
    if not can_be_dialed(phone, actor.registry.phone_country):
        raise InvalidInput(NO_PHONE, "phone_number")


def check_birth_date(ctx: Context, actor: Actor, born: date) -> None:
    """Raise InvalidInput for a birth date that can't be true."""
    today = actor.registry.policy.local_date(ctx.now().timestamp())
    if born > today:
        raise InvalidInput("The birth date can't be in the future.", "date_of_birth")
    if born < EARLIEST_BIRTH:
        raise InvalidInput("Check the year of the birth date.", "date_of_birth")


def _new_patient(ctx: Context, actor: Actor, enrolment: Enrolment) -> Patient:
    now = ctx.now()
    at = now.timestamp()
    done = AuditAction.ENROLLED
    audit = AuditLog(
        id=new_id(), object_name=done.object_name, action=done, user_id=actor.user_id, created_date=at
    )
    given = enrolment.consent
    agreed = consent(ctx, actor, given, enrolment.date_of_birth) if given else None
    patient = Patient(
        id=new_id(),
        handle=new_handle(),
        patient_mrn=enrolment.patient_mrn,
        first_name=enrolment.first_name,
        last_name=enrolment.last_name,
        phone_number=enrolment.phone_number,
        email=enrolment.email,
        date_of_birth=enrolment.date_of_birth.isoformat(),
        payer=enrolment.payer or None,
        date_referred=enrolment.date_referred.isoformat() if enrolment.date_referred else None,
        status=Status.ENROLLED,
        status_since=at,
        date_created=at,
        date_modified=at,
        date_graduated=None,
        **NOTHING_YET,
        flags=(),
        audit_logs=(audit,),
        episodes=(Episode(started=at),),
        course=Course(episode_started=at),
        schema_version=SCHEMA_VERSION,
        consent=agreed,
        care_manager=actor.user_id if actor.role is Role.CARE_MANAGER else None,
        version=1,
    )
    return derive(patient, (), actor.registry.policy, now)
