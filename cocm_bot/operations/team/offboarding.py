"""Clean up after somebody who was removed from a registry, or is no longer a care manager.

It waits in the clock's queue from the transaction on that ends the membership or changes the role. Doing it
twice, or after an interruption, does no harm; who is a care manager again meanwhile keeps their patients.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import CocmError, NotFound
from cocm_bot.domain.members import Registry, RegistryUser, User
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import of_member, recorded
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.changes import edited
from cocm_bot.operations.roster import named
from cocm_bot.operations.team.assignment import nobodys
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job, JobKind
from cocm_bot.store.patients import changing, lists, timers
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.team import memberships, people

CLOCK = "clock"


@dataclass(frozen=True)
class Left:
    """The outcome, and the members to notify."""

    registry: Registry
    person: User
    removed: bool
    """True if they left the registry; else they are no longer a care manager."""
    by: str
    """The name of the member who did that, as `Maya Okafor`; empty for a former member."""
    nobodys: int
    """The patients of the registry who have no care manager now."""
    uncovered: Sequence[str]
    """The user ids of those whom they covered."""
    admins: Sequence[RegistryUser]


def work_after(
    ctx: Context, actor: Actor, before: RegistryUser, everybody: Sequence[RegistryUser], *, removed: bool
) -> Job:
    """The work to be put into the queue along with the change that calls for it."""
    covered = [each.user_id for each in everybody if each.covered_by == before.user_id]
    at = ctx.now().timestamp()
    state = {"user": before.user_id, "by": actor.user_id, "removed": removed, "covered": covered, "at": at}
    return jobs.new_job(JobKind.OFFBOARDING, new_id(), before.registry_id, at, state)


def settle(ctx: Context, item: Job) -> Left | None:
    """Make their patients nobody's, end the covers they gave, and their timer.

    None when there is nothing to report: they are a member, or a care manager, again. Raises Unavailable, or
    Conflict when others keep changing the same; the rest is done the next time.
    """
    registry, person = (
        registries.get(ctx.table, item.registry_id),
        people.user(ctx.table, item.state["user"]),
    )
    if registry is None or person is None or _is_back(ctx, item):
        return None
    _end_timer(ctx, item)
    actor = Actor(
        item.state["by"], "", "", Role.CLINICAL_OPS, is_admin=True, registry=registry, surface=CLOCK
    )
    for user_id in item.state["covered"]:
        _end_cover(ctx, actor, item, user_id)
    listing = lists.caseload(ctx.table, registry.id).records
    theirs = [each.handle for each in listing if each.care_manager == person.id]
    try:
        for handle in theirs:
            _unassign(ctx, actor, handle, person.id, f"{item.id}-{handle}")
    except _BackAgain:
        return None
    team = people.members(ctx.table, registry.id).records
    names = named(team)
    # The index follows a moment later: what was just done is known anyway.
    waiting = {*theirs, *(each.handle for each in nobodys(listing, team))}
    return Left(
        registry,
        person,
        removed=bool(item.state["removed"]),
        by=names.get(item.state["by"], ""),
        nobodys=len(waiting),
        uncovered=item.state["covered"],
        admins=[each for each in team if each.is_admin],
    )


class _BackAgain(CocmError):
    """The person is a care manager again: what is assigned to them now is theirs."""


class _NotTheirs(CocmError):
    """The patient is somebody else's by now."""


def _is_back(ctx: Context, item: Job) -> bool:
    now = people.membership(ctx.table, item.registry_id, item.state["user"])
    return now is not None and (bool(item.state["removed"]) or now.role is Role.CARE_MANAGER)


def _end_timer(ctx: Context, item: Job) -> None:
    timer = timers.running(ctx.table, item.state["user"])
    if item.state["removed"] and timer and timer.registry_id == item.registry_id:
        timers.stop(ctx.table, item.state["user"], timer.id)


def _end_cover(ctx: Context, actor: Actor, item: Job, user_id: str) -> None:
    covered = people.membership(ctx.table, item.registry_id, user_id)
    if covered and covered.covered_by == item.state["user"]:
        with recorded(ctx, actor, AccessAction.END_COVER, of=of_member(user_id)) as entry:
            people.cover(ctx.table, covered, None, covered.cover_until, entry, since=covered.away_from)


def _unassign(ctx: Context, actor: Actor, handle: str, user_id: str, request_id: str) -> None:
    """Make a patient nobody's, provided that in the same instant the person is no care manager."""
    gone = memberships.is_no_care_manager(actor.registry.id, user_id, lambda _: _BackAgain())

    def take(patient: Patient, history: list[TreatmentLog]) -> Edit:
        if patient.care_manager != user_id:
            raise _NotTheirs
        update = {"care_manager": None}
        return edited(ctx, actor, patient, history, update, action=AuditAction.UNASSIGNED, along=[gone])

    try:
        changing.change(ctx.table, actor.registry.id, handle, take, request_id=request_id)
    except (_NotTheirs, NotFound):
        return
