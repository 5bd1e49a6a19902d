"""Safety alerts: raised with what calls for them, sent by the clock, and taken by somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.contacts.contact import at_risk
from cocm_bot.domain.errors import Conflict, no_such_patient
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.course import Alert
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.alerts import (
    alert_of,
    is_open,
    is_paging,
    with_corrected,
    with_raised,
    with_taken,
)
from cocm_bot.domain.safety.self_harm import calls_for_page, quiet_alerts
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.card import patient_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.operations.roster import named, names
from cocm_bot.store import jobs, registries, sent_messages
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import changing, history, patients
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.sent_messages import SentMessage
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people


@dataclass(frozen=True)
class Case:
    """An alert with all that its messages show, as things are now."""

    registry: Registry
    team: Sequence[RegistryUser]
    patient: Patient
    alert: Alert
    log: TreatmentLog | None
    """The contact that says so; None for a flag raised by hand."""
    told: Sequence[SentMessage]

    @property
    def names(self) -> Mapping[str, str]:
        """The members' names by user id."""
        return named(self.team)


def raising(
    actor: Actor,
    patient: Patient,
    now: datetime,
    *,
    measures: Sequence[str] = (),
    log: TreatmentLog | None = None,
    quiet: bool = False,
) -> tuple[tuple[Alert, ...], list[Write]]:
    """Return all of the patient's alerts with a new one, and the job that sends it, for the same transaction.

    A quiet one is sent to nobody: it is shown on the card.
    """
    at = now.timestamp()
    alert = Alert(
        id=new_id(),
        raised_by=actor.user_id,
        at=at,
        measures=tuple(measures),
        log_id=log.id if log else None,
        contact_date=log.date if log else None,
        quiet=quiet,
    )
    told = [] if quiet else [sending(actor.registry, patient, alert.id, at)]
    return with_raised(patient, alert), told


def after_contact(
    actor: Actor,
    patient: Patient,
    log: TreatmentLog | None,
    others: Sequence[TreatmentLog],
    now: datetime,
    replaced: TreatmentLog | None = None,
) -> tuple[tuple[Alert, ...], list[Write]]:
    """All of the patient's alerts once a contact is logged, corrected or voided, with the work they call for.

    `others` are the patient's other contacts. A risk that the entry it replaces paged the team about already
    pages nobody again; `calls_for_page` says whether a new one does.
    """
    registry, at = actor.registry, now.timestamp()
    risky = _at_risk(log, registry.policy)
    pages = log is not None and calls_for_page(
        log, others, patient.alerts, registry.policy, registry.alerts.history_days, at
    )
    known = bool(_at_risk(replaced, registry.policy))
    unheard = replaced is not None and any(
        each.log_id == replaced.id for each in quiet_alerts(patient.alerts)
    )
    if log and risky and (not known or (unheard and pages)):
        rest = _without_quiet(patient, replaced)
        return raising(actor, rest, now, measures=risky, log=log, quiet=not pages)
    if replaced is None:
        return patient.alerts, []
    alerts = with_corrected(patient, replaced.id, log, risky, at)
    return alerts, ending(registry, patient, alerts, at)


def _without_quiet(patient: Patient, replaced: TreatmentLog | None) -> Patient:
    """The patient without what was said on the card alone of an entry that is replaced."""
    gone = [each.id for each in quiet_alerts(patient.alerts) if replaced and each.log_id == replaced.id]
    return patient.model_copy(
        update={"alerts": tuple(each for each in patient.alerts if each.id not in gone)}
    )


def sending(registry: Registry, patient: Patient, alert_id: str, at: float) -> Write:
    """The clock's work to bring an alert to those it concerns, at an instant (seconds UTC).

    It takes the place of such work that waits, whoever holds that.
    """
    return jobs.adding(
        jobs.new_job(JobKind.ALERT, alert_id, registry.id, at, {"handle": patient.handle, "begun": at})
    )


def ending(registry: Registry, before: Patient, after: Sequence[Alert], at: float) -> list[Write]:
    """Return the jobs that show of each alert that has ended what became of it."""
    stood = {each.id for each in before.alerts if is_paging(each)}
    over = [each.id for each in after if each.id in stood and not is_paging(each)]
    return [sending(registry, before, alert_id, at) for alert_id in over]


def take(ctx: Context, actor: Actor, handle: str, alert_id: str) -> Patient:
    """Say that one sees to the risk: recorded on the alert and on the open flag, for the first who says so.

    Raises NotAllowed, NotFound, Unavailable, or Conflict that says who has it, or that it is over.
    """
    authorise(ctx, actor, Action.TAKE_ALERT)
    at = ctx.now().timestamp()

    def add(patient: Patient, logs: list[TreatmentLog]) -> Edit:
        alert = alert_of(patient, alert_id)
        if not is_open(alert):
            raise Conflict(_meanwhile(alert, names(ctx, actor), actor.registry.policy))
        alerts, flags = with_taken(patient, actor.user_id, at)
        return edited(
            ctx,
            actor,
            patient,
            logs,
            {"alerts": alerts, "flags": flags},
            action=AuditAction.ALERT_TAKEN,
            along=ending(actor.registry, patient, alerts, at),
        )

    # One press is one request: pressed twice by the same person, it is taken once.
    return changing.change(
        ctx.table, actor.registry.id, handle, add, request_id=f"take-{alert_id}-{actor.user_id}"
    )


def case_for(ctx: Context, actor: Actor, handle: str, alert_id: str) -> Case:
    """An alert as the actor is about to be shown it; the view is logged.

    Raises NotAllowed, NotFound or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_PATIENT)
    patient = patient_of(ctx, actor, handle)
    record_view(ctx, actor, Action.VIEW_PATIENT, (patient.id,))
    return _case(ctx, actor.registry, patient, alert_id)


def case_of(ctx: Context, registry_id: str, handle: str, alert_id: str) -> Case | None:
    """Return an alert as the clock sends it; None for one that is over long since.

    Raises NotFound when its patient is not there, or Unavailable.
    """
    registry = registries.get(ctx.table, registry_id)
    patient = patients.by_handle(ctx.table, registry_id, handle)
    if registry is None or patient is None:
        raise no_such_patient()
    known = any(each.id == alert_id for each in patient.alerts)
    return _case(ctx, registry, patient, alert_id) if known else None


def _case(ctx: Context, registry: Registry, patient: Patient, alert_id: str) -> Case:
    alert = alert_of(patient, alert_id)
    logs = history.contacts(ctx.table, *patient.histories) if alert.log_id else []
    return Case(
        registry=registry,
        team=people.members(ctx.table, registry.id).records,
        patient=patient,
        alert=alert,
        log=next((log for log in logs if log.id == alert.log_id), None),
        told=sent_messages.of(ctx.table, alert_id).records,
    )


def _at_risk(log: TreatmentLog | None, policy: CarePolicy) -> list[str]:
    if log is None:
        return []
    scores = {score.score_name: score.score_value for score in log.scores}
    return at_risk(policy, scores, log.answers, log.self_harm)


def _meanwhile(alert: Alert, names: Mapping[str, str], policy: CarePolicy) -> str:
    if alert.taken_by is None or alert.taken_at is None:
        return "This is over: the risk was resolved, or the entry corrected, meanwhile."
    at = datetime.fromtimestamp(alert.taken_at, policy.zone)
    return f"{names.get(alert.taken_by, 'A former member')} has had this since {at:%H:%M}."
