"""The rows of today's digests as they are now: which are done with, and by what."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from cocm_bot.domain.access import Actor
from cocm_bot.domain.audit_actions import SEEN_TO
from cocm_bot.domain.due.rules import due
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.review.agenda import point
from cocm_bot.domain.team.assignment import concerns, in_charge
from cocm_bot.domain.team.physicians import addressees
from cocm_bot.domain.vocabulary import Flag, Role
from cocm_bot.operations.context import Context
from cocm_bot.store.digests import live_digests
from cocm_bot.store.digests.live_digests import LiveDigest
from cocm_bot.store.patients import patients
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.items import Listing
from cocm_bot.store.team import people

LEFT = "No longer for you"


def changed_digests(ctx: Context, registry: Registry, handles: Collection[str]) -> Iterator[LiveDigest]:
    """Today's digests in which rows of these patients change now, with the change written down.

    One query shows that there is none. Raises Unavailable.
    """
    today = registry.policy.local_date(ctx.now().timestamp())
    every = live_digests.of_day(ctx.table, registry.id, today).records
    listed = {handle for digest in every for handle in digest.handles if handle in handles}
    read = (_readable(ctx, registry.id, handle) for handle in listed)
    known = {patient.handle: patient for patient in read if patient}
    if not known:
        return
    team = people.members(ctx.table, registry.id)
    for digest in every:
        said = {
            handle: _settled(ctx, registry, known[handle], team, digest.user_id, digest.at)
            for handle in digest.handles
            if handle in known
        }
        changed = {handle: each for handle, each in said.items() if (each is None) is (handle in digest.done)}
        if changed and (after := live_digests.settle(ctx.table, registry.id, digest, changed)):
            yield after


def reread(ctx: Context, registry_id: str, digest: LiveDigest) -> LiveDigest | None:
    """The same digest as it is by now. Raises Unavailable."""
    return live_digests.get(ctx.table, registry_id, date.fromisoformat(digest.day), digest.user_id)


def settled_since(ctx: Context, actor: Actor, patient: Patient, since: float) -> str | None:
    """Return what settled a row the actor was shown then (seconds UTC); None while there is something
    to do.
    """
    team = people.members(ctx.table, actor.registry.id)
    return _settled(ctx, actor.registry, patient, team, actor.user_id, since)


def _settled(
    ctx: Context,
    registry: Registry,
    patient: Patient,
    team: Listing[RegistryUser],
    user_id: str,
    since: float,
) -> str | None:
    reader = next((member for member in team if member.user_id == user_id), None)
    if reader is None:
        # Whose membership can't be read is not known to have left.
        return None if team.broken else LEFT
    current, now = as_of(patient, registry.policy, ctx.now()), ctx.now()
    if _is_open(registry, current, reader, team.records, since, now):
        return None
    return _happened(registry, current, team.records, since)


def _readable(ctx: Context, registry_id: str, handle: str) -> Patient | None:
    """Return a patient; None for one that can't be read: that is no reason to leave the others' rows."""
    try:
        return patients.by_handle(ctx.table, registry_id, handle)
    except BrokenItem:
        return None


def _is_open(
    registry: Registry,
    patient: Patient,
    reader: RegistryUser,
    team: Sequence[RegistryUser],
    since: float,
    now: datetime,
) -> bool:
    """Return whether there is still something to do for the reader, by the digest of their role."""
    policy = registry.policy
    today = policy.local_date(now.timestamp())
    if Flag.SAFETY_RISK in patient.course.open_flags:
        return True
    if reader.role is Role.PCP:
        waiting = (each for each in still_open(patient) if each.unanswered)
        return any(reader.user_id in addressees(each, patient, team, today) for each in waiting)
    if _seen(patient, since):
        return False
    if reader.role is Role.PSYCHIATRIST:
        return point(patient, policy, now) is not None
    charge = in_charge(team, today)
    theirs = concerns(patient.care_manager, reader.user_id, charge)
    return theirs and bool(due(patient, policy, now)) and patient.snoozed is None


def _seen(patient: Patient, since: float) -> bool:
    return any(each.action in SEEN_TO and each.created_date >= since for each in patient.audit_logs)


def _happened(registry: Registry, patient: Patient, team: Sequence[RegistryUser], since: float) -> str:
    """Like `Contact logged by Cora at 10:12`: a contact, or else the latest change."""
    later = [each for each in reversed(patient.audit_logs) if each.created_date >= since]
    entry = next((each for each in later if each.action in SEEN_TO), next(iter(later), None))
    if entry is None:
        return LEFT
    by = next((each.first_name for each in team if each.user_id == entry.user_id), "a former member")
    at = datetime.fromtimestamp(entry.created_date, registry.policy.zone)
    return f"{entry.action.capitalize()} by {by} at {at:%H:%M}"
