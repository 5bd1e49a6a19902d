"""Correcting or voiding a contact recorded wrong: the old entry stays, marked, and counts for nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, StringConstraints

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.care.medication import check_changes
from cocm_bot.domain.contacts.contact import Contact, check, check_advice, check_day, completed
from cocm_bot.domain.errors import Conflict, InvalidInput, NotFound, no_such_patient
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.ordering import in_order, in_place_of
from cocm_bot.domain.patients.derive import as_of, weeks_in_treatment
from cocm_bot.domain.patients.patient_status import status_with, status_without
from cocm_bot.domain.recommendations.recommendations import kept
from cocm_bot.domain.records.agreements import Recommendation
from cocm_bot.domain.records.history import Change, TreatmentLog, Voided
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.self_harm import answer_of
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Role, WorkKind
from cocm_bot.operations.access.access_logging import authorise, record_view, refuse
from cocm_bot.operations.contacts.log_contact import (
    Logged,
    flag_changes,
    flags_after,
    gravest,
    recommendation,
    treatment_log,
)
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.card import card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.operations.recommendations.sending import sending
from cocm_bot.operations.safety.alerts import after_contact
from cocm_bot.store.patients import changing, patients
from cocm_bot.store.patients import history as histories
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.team import people

LONGEST_REASON = 500
Answered = TypeVar("Answered")


class Correction(BaseModel):
    """The reason an entry is wrong, and the right one; None when it should not be there at all."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]
    contact: Contact | None = None


@dataclass(frozen=True)
class Entries:
    """A patient with the contacts the actor may correct, latest first."""

    patient: Patient
    logs: list[TreatmentLog]


def correctable(ctx: Context, actor: Actor, handle: str) -> Entries:
    """The current contacts that the actor may correct. Raises NotAllowed, NotFound or Unavailable."""
    authorise(ctx, actor, Action.CORRECT_CONTACT)
    patient = patients.by_handle(ctx.table, actor.registry.id, handle)
    if patient is None:
        raise no_such_patient()
    record_view(ctx, actor, Action.CORRECT_CONTACT, (patient.id,))
    logs = in_order(histories.contacts(ctx.table, patient.id), actor.registry.policy)
    return Entries(patient, [log for log in reversed(logs) if log.counts and may_correct(actor, log)])


def correct_contact(
    ctx: Context, actor: Actor, handle: str, log_id: str, correction: Correction, request_id: str
) -> Logged:
    """Void an entry, and record another in its place unless it should not be there at all.

    Only whoever recorded it, or a care manager, may. The new entry stays the old one's provider's. Once per
    request id. Raises NotAllowed, InvalidInput with the field (or measure) at fault, NotFound, Conflict when
    the entry was voided before, or Unavailable.
    """
    authorise(ctx, actor, Action.CORRECT_CONTACT)
    now, policy = ctx.now(), actor.registry.policy
    contact = correction.contact and completed(correction.contact, policy)
    if contact:
        check(contact, policy, now)
    members = people.members(ctx.table, actor.registry.id).records if contact and contact.advice else []
    written: list[tuple[Patient, TreatmentLog | None, TreatmentLog]] = []

    def settle(patient: Patient, history: list[TreatmentLog]) -> Edit:
        old = _entry(ctx, actor, history, log_id)
        others = [log for log in history if log.counts and log.id != old.id]
        new, flags = None, patient.flags
        if contact:
            _check_kept(old, contact)
            check_changes(contact.medication_changes, contact.day, others, policy)
            if policy.local_date(old.date) != contact.day:
                check_day(contact.day, patient, policy)
            flags = flags_after(actor, patient, contact, now)
            flag = old.flag if flags == patient.flags else gravest(flags)
            new = _replacement(ctx, actor, patient, old, contact, members, others)
            new = new.model_copy(update={"flag": flag})
        written.append((patient, new, old))
        alerts, along = after_contact(actor, patient, new, others, now, replaced=old)
        advised = {each.recommendation.id for each in (old, new) if each and each.recommendation}
        for each in advised:
            along.append(sending(actor.registry, patient, each, actor.user_id, now.timestamp()))
        void = Voided(
            log_id=old.id,
            by=actor.user_id,
            at=now.timestamp(),
            reason=correction.reason,
            replaced_by=new.id if new else None,
        )
        return edited(
            ctx,
            actor,
            patient,
            history,
            {"flags": flags, "alerts": alerts, **_followed(patient, old, new, others, policy)},
            action=AuditAction.CONTACT_CORRECTED if new else AuditAction.CONTACT_VOIDED,
            changes=[
                Change(attribute="reason", before="", after=correction.reason),
                *_compared(old, new, policy),
                *flag_changes(patient, flags),
            ],
            logs=(new,) if new else (),
            voids=(void,),
            along=along,
        )

    after = changing.change(ctx.table, actor.registry.id, handle, settle, request_id=request_id)
    before, log, replaced = written[-1] if written else (None, None, None)
    was = None if before is None else as_of(before, policy, now)
    return Logged(was, card_of(ctx, actor, after), log, replaced)


def may_correct(actor: Actor, log: TreatmentLog) -> bool:
    """Return whether an entry is theirs to correct: whoever recorded it may, and care managers."""
    return actor.role is Role.CARE_MANAGER or log.provider == actor.user_id


def _entry(ctx: Context, actor: Actor, history: Sequence[TreatmentLog], log_id: str) -> TreatmentLog:
    old = next((log for log in history if log.id == log_id), None)
    if old is None:
        raise NotFound("There is no such entry in this patient's history.")
    if not may_correct(actor, old):
        refuse(
            ctx,
            actor,
            Action.CORRECT_CONTACT,
            "You may correct only what you recorded yourself. Ask a Care Manager.",
        )
    if not old.counts:
        raise Conflict("Somebody corrected or voided this entry meanwhile. Open the card again to see it.")
    return old


def _replacement(
    ctx: Context,
    actor: Actor,
    patient: Patient,
    old: TreatmentLog,
    contact: Contact,
    members: Sequence[RegistryUser],
    others: Sequence[TreatmentLog],
) -> TreatmentLog:
    """The entry in the old one's place: the provider's still, and at the same hour unless the day changed."""
    policy, now = actor.registry.policy, ctx.now()
    log = treatment_log(actor, patient, contact, new_id(), now)
    same_type = old.contact_type is log.contact_type
    update: dict[str, Any] = {
        "provider": old.provider,
        "provider_role": old.provider_role,
        "plan": old.plan if same_type else None,
    }
    if policy.local_date(old.date) == contact.day:
        update["date"] = old.date
    if not contact.no_show and (contact.with_patient or contact.contact_type is WorkKind.OUTCOME_CHECK):
        # A measure the registry no longer uses can't be entered again, and must not be lost.
        kept_scores = [score for score in old.scores if policy.measure(score.score_name) is None]
        update["scores"] = (*log.scores, *kept_scores)
        update["answers"] = log.answers | _no_longer_asked(old.answers, policy)
        update["self_harm"] = log.self_harm | _no_longer_asked(old.self_harm, policy)
        if _no_longer_asked(old.self_harm, policy) and not log.safety_action:
            update["safety_action"] = old.safety_action
    if contact.is_consultation:
        if old.recommendation or not same_type:
            check_advice(contact.advice)
        if contact.advice and contact.advice.kinds:
            given = recommendation(actor, patient, contact.advice, members, log.id, now)
            update["recommendation"] = _readvised(old.recommendation, given)
    log = in_place_of(log.model_copy(update=update), old)
    return log.model_copy(update={"weeks_in_treatment": weeks_in_treatment(patient, others, log, policy)})


def _no_longer_asked(by_measure: Mapping[str, Answered], policy: CarePolicy) -> dict[str, Answered]:
    return {name: said for name, said in by_measure.items() if policy.measure(name) is None}


def _check_kept(old: TreatmentLog, contact: Contact) -> None:
    """Raise InvalidInput when a correction would make a contact of other work, or the other way round."""
    if old.is_contact != isinstance(contact.contact_type, ContactType):
        raise InvalidInput(
            f"This entry is {old.contact_type}: void it and log another instead.", "contact_type"
        )


def _readvised(old: Recommendation | None, given: Recommendation) -> Recommendation:
    """The recommendation in its new words: the same one still, for those who were sent it."""
    if old is None:
        return given
    return old.model_copy(update={"kinds": given.kinds, "text": given.text})


def _followed(
    patient: Patient,
    old: TreatmentLog,
    new: TreatmentLog | None,
    others: Sequence[TreatmentLog],
    policy: CarePolicy,
) -> Mapping[str, Any]:
    """Return what else of the patient follows the entry: status, recommendations, plan."""
    status, since = status_without(patient, old, others, policy)
    if new:
        without = patient.model_copy(update={"status": status, "status_since": since})
        status, since = status_with(without, new, policy)
    update: dict[str, Any] = {
        "status": status,
        "status_since": since,
        "recommendations": _recommendations(patient, old, new),
    }
    if old.plan is not None and old.plan == patient.plan:
        standing = in_order([*others, new] if new else others, policy)
        update["plan"] = next((log.plan for log in reversed(standing) if log.plan), None)
    return update


def _recommendations(
    patient: Patient, old: TreatmentLog, new: TreatmentLog | None
) -> tuple[Recommendation, ...]:
    """Those of the patient without the entry's, or with its new words, which are to be answered again."""
    given = new.recommendation if new else None
    found: list[Recommendation] = []
    for each in patient.recommendations:
        if old.recommendation is None or each.id != old.recommendation.id:
            found.append(each)
        elif given is not None:
            same = (each.kinds, each.text) == (given.kinds, given.text)
            found.append(each if same else given.model_copy(update={"answers": ()}))
    if given is not None and old.recommendation is None:
        found.append(given)
    return kept(found)


def _compared(old: TreatmentLog, new: TreatmentLog | None, policy: CarePolicy) -> list[Change]:
    """Return what the entry said and says now, in words; nothing is said now by a voided one."""
    before, after = _fields(old, policy), _fields(new, policy) if new else {}
    return [
        Change(attribute=name, before=before.get(name, ""), after=after.get(name, ""))
        for name in dict.fromkeys((*before, *after))
        if before.get(name, "") != after.get(name, "")
    ]


def _self_harm_fields(log: TreatmentLog, policy: CarePolicy) -> dict[str, str]:
    """The answers to the self-harm items, and whether the entry was marked as history."""
    asked = {each.name: each for each in policy.about_self_harm}
    fields = {
        f"{name} item {measure.self_harm_item}": measure.answer_words(answer)
        for name, measure in asked.items()
        if (answer := answer_of(log, measure)) is not None
    }
    return fields | {"history": "yes" if log.history else ""}


def _fields(log: TreatmentLog, policy: CarePolicy) -> dict[str, str]:
    given = log.recommendation
    advice = given and ": ".join(filter(None, (", ".join(given.kinds), given.text)))
    return {
        "contact": log.contact_type,
        "date": policy.local_date(log.date).isoformat(),
        "minutes": f"{log.minutes:g}",
        "visit type": log.visit_type or "",
        "attendance": ("no-show" if log.no_show else "attended") if log.with_patient else "",
        "medication": "; ".join(map(str, log.medication_changes)),
        "next appointment": log.next_appointment or "",
        "next consult": log.next_consult or "",
        **{score.score_name: f"{score.score_value:g}" for score in log.scores},
        **{f"{name} items": ", ".join(map(str, answers)) for name, answers in log.answers.items()},
        **_self_harm_fields(log, policy),
        "difficulty": log.difficulty or "",
        "safety action": log.safety_action,
        "recommendation": advice or "",
        "note": log.note,
    }
