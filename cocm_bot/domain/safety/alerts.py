"""Safety alerts: their recipients and rounds, until somebody takes one or it is over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.course import Alert, PatientFlag
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import TAIL, Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.team.assignment import away, in_charge, unassigned, with_covers
from cocm_bot.domain.team.physicians import may_treat, physicians_for
from cocm_bot.domain.vocabulary import Flag, Role

TEAM, COVER, ADMINS = 0, 1, 2
"""The rounds of an alert: those who treat the patient, the cover, the admins, and the admins again."""
QUICK_ROUNDS = 5
"""The last round that follows the one before as soon as the registry's settings say."""
SLOW = timedelta(hours=4)
"""The time between later rounds,"""
DAYTIME = (time(8), time(20))
"""in the registry's daytime."""


def is_open(alert: Alert) -> bool:
    """Return whether nobody has taken it yet, and it is not over."""
    return alert.taken_by is None and alert.over_at is None


def is_paging(alert: Alert) -> bool:
    """Return whether the team is still to be notified."""
    return is_open(alert) and not alert.quiet


def alert_of(patient: Patient, alert_id: str) -> Alert:
    """One of the patient's alerts; raises NotFound for one that is over long since."""
    for each in patient.alerts:
        if each.id == alert_id:
            return each
    raise NotFound("This alert is over: the patient's card shows the latest.")


def with_raised(patient: Patient, alert: Alert) -> tuple[Alert, ...]:
    """All alerts with a new one."""
    return _kept((*patient.alerts, alert))


def with_taken(patient: Patient, by: str, at: float) -> tuple[tuple[Alert, ...], tuple[PatientFlag, ...]]:
    """Return all alerts and flags once somebody takes the open ones: one taker has all of the patient's."""
    taken = {"taken_by": by, "taken_at": at}
    alerts = _kept(each.model_copy(update=taken) if is_open(each) else each for each in patient.alerts)
    had = {"taken_by_provider_id": by, "taken_date": at}
    flags = (flag.model_copy(update=had) if _open_risk(flag) else flag for flag in patient.flags)
    return alerts, tuple(flags)


def with_ended(patient: Patient, at: float) -> tuple[Alert, ...]:
    """All alerts once the risk is resolved."""
    return _kept(
        each.model_copy(update={"over_at": at}) if is_open(each) else each for each in patient.alerts
    )


def with_corrected(
    patient: Patient, log_id: str, corrected: TreatmentLog | None, measures: Sequence[str], at: float
) -> tuple[Alert, ...]:
    """All alerts once a contact is voided, or corrected by another, whose measures at risk are given.

    What was said of the contact is now said of the other. Where no risk is left the alert is over, unless a
    Safety Risk flag is still open.
    """
    if corrected and measures:
        update: Mapping[str, object] = {
            "log_id": corrected.id,
            "measures": tuple(measures),
            "contact_date": corrected.date,
        }
    elif any(_open_risk(flag) for flag in patient.flags):
        update = {}
    else:
        update = {"over_at": at}
    return _kept(
        each.model_copy(update=update) if is_open(each) and each.log_id == log_id else each
        for each in patient.alerts
    )


def unheard_risk(patient: Patient) -> bool:
    """Return whether a Safety Risk flag is open that no alert tells of and nobody took.

    The bot raises an alert with each; a flag without one is another writer's.
    """
    stands = [flag for flag in patient.flags if _open_risk(flag)]
    if not stands:
        return patient.patient_flag is Flag.SAFETY_RISK
    raised = max((alert.at for alert in patient.alerts), default=0.0)
    return any(flag.taken_by_provider_id is None and flag.created_date > raised for flag in stands)


def circle(
    round_number: int,
    registry: Registry,
    members: Iterable[RegistryUser],
    patient: Patient,
    alert: Alert,
    now: float,
) -> list[RegistryUser]:
    """Return the recipients of a round, as the team is now.

    First the psychiatrists, the physicians who answer for the patient and who looks after them, but not who
    raised it: they know. Then the cover, and their own cover, or without one the admins, and with them
    the physicians who were spared at first. In all later rounds the admins.
    """
    team, day = list(members), registry.policy.local_date(now)
    admins = [each for each in team if each.is_admin]
    if round_number > COVER:
        return admins
    others = [each for each in team if each.user_id != alert.raised_by]
    physicians = _physicians(patient, others, day)
    if round_number == TEAM:
        looking_after = _looking_after(patient, team, day)
        return [
            each
            for each in others
            if each.role is Role.PSYCHIATRIST or each in physicians or each.user_id in looking_after
        ]
    named = with_covers(filter(None, [registry.alerts.cover]), team, day)
    cover = [each for each in team if each.user_id in named] or admins
    # Nobody took it: now notify everybody who would have been, were there no treating clinician.
    spared = [each for each in others if may_treat(each) and each not in physicians]
    return cover + [each for each in spared if each not in cover]


def next_round_at(round_number: int, begun: float, escalate_minutes: int, policy: CarePolicy) -> float:
    """Return when the round after one that began at an instant is due (both seconds UTC)."""
    if round_number < QUICK_ROUNDS:
        return begun + escalate_minutes * 60
    local = (datetime.fromtimestamp(begun, UTC) + SLOW).astimezone(policy.zone)
    first, last = DAYTIME
    if local.time() >= last:
        local = datetime.combine(local.date() + timedelta(days=1), first, policy.zone)
    elif local.time() < first:
        local = datetime.combine(local.date(), first, policy.zone)
    return local.timestamp()


def _looking_after(patient: Patient, team: Sequence[RegistryUser], day: date) -> frozenset[str]:
    """Return who looks after a patient on a local day; their care manager is notified even while away."""
    charge = in_charge(team, day)
    if unassigned(patient.care_manager, charge):
        managers = {each.user_id for each in team if each.role is Role.CARE_MANAGER}
        return frozenset(charge) | (managers & {patient.care_manager or ""})
    return charge[str(patient.care_manager)]


def _physicians(patient: Patient, others: Sequence[RegistryUser], day: date) -> list[RegistryUser]:
    """Return the first physicians to notify: the treating one alone only with a psychiatrist who is there."""
    if any(each.role is Role.PSYCHIATRIST and not away(each, day) for each in others):
        return physicians_for(patient, others, day)
    return [each for each in others if may_treat(each)]


def _kept(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Those nobody has taken, and the latest others."""
    every = list(alerts)
    others = [each.id for each in every if not is_open(each)][-TAIL:]
    return tuple(each for each in every if is_open(each) or each.id in others)


def _open_risk(flag: PatientFlag) -> bool:
    return flag.flag_type is Flag.SAFETY_RISK and flag.resolved_date is None
