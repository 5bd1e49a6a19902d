"""Logging a contact with a patient, or a consultation about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.care.medication import check_changes
from cocm_bot.domain.contacts.contact import Advice, Contact, check, check_advice, check_for, completed
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.patients.derive import as_of, weeks_in_treatment
from cocm_bot.domain.patients.patient_status import status_with
from cocm_bot.domain.recommendations.recommendations import kept
from cocm_bot.domain.records.agreements import Recommendation
from cocm_bot.domain.records.course import PatientFlag
from cocm_bot.domain.records.history import Change, Score, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.flags import open_types, with_raised, with_resolved
from cocm_bot.domain.team.physicians import physicians_for
from cocm_bot.domain.vocabulary import GRAVEST_FIRST, Flag, Role, Status
from cocm_bot.operations import roster
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.operations.recommendations.sending import sending
from cocm_bot.operations.safety.alerts import after_contact
from cocm_bot.store import drafts
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit

REVIEWED = "Reviewed in the consultation."
"""The reason of a review flag that a consultation resolves."""


@dataclass(frozen=True)
class Logged:
    """The patient's card after the contact, and what the patient was before it."""

    before: Patient | None
    """None when the contact had been saved already by an earlier delivery of the same request."""
    card: Card
    log: TreatmentLog | None
    """The contact as recorded; None when it had been saved already."""
    replaced: TreatmentLog | None = None
    """The entry it takes the place of."""
    team: Sequence[RegistryUser] = ()
    """The registry's members, as they were read for the names on the card; none where they were not."""


def log_contact(ctx: Context, actor: Actor, handle: str, contact: Contact, request_id: str) -> Logged:
    """Record a contact and everything that follows from it, once per request id.

    A self-harm item above 0 needs what was done about it. The flag the person asks for is raised in the same
    transaction, and the jobs that notify others of the risk, or of a recommendation, are added. Raises
    NotAllowed, InvalidInput with the field (or measure) at fault, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.LOG_CONTACT)
    now, policy = ctx.now(), actor.registry.policy
    contact = completed(contact, policy)
    check(contact, policy, now)
    if contact.is_consultation:
        check_advice(contact.advice)
    if contact.resolve_review:
        authorise(ctx, actor, Action.RESOLVE_FLAG)
    team = roster.members(ctx, actor)
    written: list[tuple[Patient, TreatmentLog]] = []

    def add(patient: Patient, history: list[TreatmentLog]) -> Edit:
        check_for(patient, contact, policy)
        check_changes(contact.medication_changes, contact.day, history, policy)
        log_id, flags = new_id(), flags_after(actor, patient, contact, now)
        given = contact.advice and recommendation(actor, patient, contact.advice, team, log_id, now)
        log = treatment_log(actor, patient, contact, log_id, now).model_copy(
            update={"flag": gravest(flags), "recommendation": given}
        )
        log = log.model_copy(update={"weeks_in_treatment": weeks_in_treatment(patient, history, log, policy)})
        status, since = status_with(patient, log, policy)
        alerts, along = after_contact(actor, patient, log, history, now)
        if given:
            along.append(sending(actor.registry, patient, given.id, actor.user_id, now.timestamp()))
        along.append(drafts.forgetting(actor.user_id, request_id))
        written.append((patient, log))
        return edited(
            ctx,
            actor,
            patient,
            history,
            {
                "status": status,
                "status_since": since,
                "flags": flags,
                "alerts": alerts,
                "recommendations": kept((*patient.recommendations, given))
                if given
                else patient.recommendations,
            },
            action=logged_as(log),
            changes=flag_changes(patient, flags),
            logs=(log,),
            along=along,
        )

    def follows(logs: Sequence[TreatmentLog]) -> bool:
        return all(policy.local_date(each.date) <= contact.day for each in logs)

    after = changing.change(
        ctx.table,
        actor.registry.id,
        handle,
        add,
        request_id=request_id,
        follows=follows,
        memory=ctx.memory.of(actor.registry.id, now.timestamp()).rows,
    )
    before, log = written[-1] if written else (None, None)
    was = None if before is None else as_of(before, policy, now)
    return Logged(was, card_of(ctx, actor, after, team), log, team=team)


def logged_as(log: TreatmentLog) -> AuditAction:
    """Return what the audit entry of a new entry calls it."""
    if not log.is_contact:
        return AuditAction.WORK_LOGGED
    return AuditAction.NO_SHOW_LOGGED if log.no_show else AuditAction.CONTACT_LOGGED


def treatment_log(
    actor: Actor, patient: Patient, contact: Contact, log_id: str, now: datetime
) -> TreatmentLog:
    """The record of a completed contact by this actor, still without flag, weeks and recommendation."""
    answers = {
        name: tuple(answer for answer in given if answer is not None)
        for name, given in contact.answers.items()
    }
    return TreatmentLog(
        id=log_id,
        patient_mrn=patient.patient_mrn,
        provider=actor.user_id,
        provider_role=actor.role,
        no_show=contact.no_show,
        flag=None,
        weeks_in_treatment=0,
        contact_type=contact.contact_type,
        visit_type=contact.visit_type,
        scores=tuple(Score(score_name=name, score_value=value) for name, value in contact.scores.items()),
        minutes=contact.minutes,
        date=actor.registry.policy.instant(contact.day, now),
        note=contact.note,
        recorded_at=now.timestamp(),
        answers=answers,
        self_harm=contact.self_harm,
        difficulty=contact.difficulty,
        safety_action=contact.safety_action,
        history=contact.history,
        medication_changes=contact.medication_changes,
        next_appointment=contact.next_appointment.isoformat() if contact.next_appointment else None,
        next_consult=contact.next_consult.isoformat() if contact.next_consult else None,
    )


def recommendation(
    actor: Actor,
    patient: Patient,
    advice: Advice,
    members: Sequence[RegistryUser],
    log_id: str,
    now: datetime,
) -> Recommendation:
    """Return what is recommended, addressed to the treating clinician and the patient's care manager.

    A patient without a care manager who is a member has all of the registry's; one without a treating
    clinician who is there to answer has all of its physicians.
    """
    today = actor.registry.policy.local_date(now.timestamp())
    physicians = [each.user_id for each in physicians_for(patient, members, today)]
    managers = [each.user_id for each in members if each.role is Role.CARE_MANAGER]
    own = [user_id for user_id in managers if user_id == patient.care_manager]
    return Recommendation(
        id=log_id,
        kinds=advice.kinds,
        text=advice.text,
        by=actor.user_id,
        at=now.timestamp(),
        addressed_to=(*physicians, *(own or managers)),
    )


def flags_after(actor: Actor, patient: Patient, contact: Contact, now: datetime) -> tuple[PatientFlag, ...]:
    """All flags once the safety flag the person asked for is raised, or the review flag resolved.

    An open safety flag is not raised twice. Nor is one of somebody who has left, whom no list would show:
    the alert goes out all the same.
    """
    if contact.resolve_review and Flag.REVIEW in open_types(patient):
        return with_resolved(patient, (Flag.REVIEW,), REVIEWED, actor.user_id, now.timestamp())
    left = patient.status is Status.DEACTIVATED
    if left or not contact.raise_safety_flag or Flag.SAFETY_RISK in open_types(patient):
        return patient.flags
    reason = f"Self-harm item above 0. {contact.safety_action}"
    return with_raised(patient, (Flag.SAFETY_RISK,), reason, actor.user_id, now.timestamp())


def flag_changes(patient: Patient, flags: Sequence[PatientFlag]) -> list[Change]:
    """The flags that were raised or resolved, for the audit entry."""
    raised = flags[len(patient.flags) :]
    resolved = [
        (before, after)
        for before, after in zip(patient.flags, flags, strict=False)
        if before.resolved_date is None and after.resolved_date is not None
    ]
    return [
        *(Change(attribute="flag", before="", after=f"{flag.flag_type}: {flag.reason}") for flag in raised),
        *(
            Change(
                attribute="flag",
                before=f"{before.flag_type}: {before.reason}",
                after=f"resolved: {after.resolved_reason}",
            )
            for before, after in resolved
        ),
    ]


def gravest(flags: Sequence[PatientFlag]) -> Flag | None:
    """The gravest flag that is open."""
    standing = {flag.flag_type for flag in flags if flag.resolved_date is None}
    return next((flag for flag in GRAVEST_FIRST if flag in standing), None)
