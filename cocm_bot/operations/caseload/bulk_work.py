"""The clock's part of changing many patients: each is done once, however often the work begins again."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from cocm_bot.domain.access import Actor, may
from cocm_bot.domain.caseload.bulk import BulkChange, BulkKind
from cocm_bot.domain.errors import CocmError, Conflict, InvalidInput, Unavailable
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.caseload.bulk import NEEDS, UNDOING_NEEDS
from cocm_bot.operations.context import Context
from cocm_bot.operations.safety.flags import flagging_for_discussion, raise_on, take_back
from cocm_bot.operations.team.assignment import give
from cocm_bot.store.patients import patients
from cocm_bot.store.team import people

SLICE_SECONDS = 30.0
"""Seconds between checkpoints of its progress: well within the lease."""
CLOCK = "clock"

MAY_NOT = "The person who asked for this may no longer do it."
NO_RECEIVER = "The person they were to go to is no longer a care manager here."
NO_GIVER = "The person they were with before is no longer a care manager here."
ELSEWHERE = "Somebody else was assigned to this patient meanwhile."
CHANGED = "Somebody worked with this patient or changed the record since."

Team = Mapping[str, RegistryUser]
One = Callable[[str], object]


def work_through(ctx: Context, registry: Registry, change: BulkChange) -> tuple[BulkChange, bool]:
    """Do the change, or undo it, for a slice of time; returns how far it came, and whether that is the end.

    What fails for one patient is kept with the reason, and the others go on. Raises Unavailable.
    """
    until = ctx.now() + timedelta(seconds=SLICE_SECONDS)
    team = {each.user_id: each for each in people.members(ctx.table, registry.id)}
    one = _work(ctx, registry, change, team)
    run, field = (change.back, "back") if change.back else (change.forth, "forth")
    if run is None:
        return change, True
    handles = change.forth.done if change.back and change.forth else change.handles
    for handle in handles[run.looked :]:
        if ctx.now() > until:
            return change.model_copy(update={field: run}), False
        run = run.after(handle, _why_not(one, handle))
    run = run.model_copy(update={"finished_at": ctx.now().timestamp()})
    return change.model_copy(update={field: run}), True


def _why_not(one: One, handle: str) -> str | None:
    """Do it for one patient; returns why it was not done."""
    try:
        one(handle)
    except Unavailable:
        raise
    except CocmError as error:
        return str(error)
    return None


def _work(ctx: Context, registry: Registry, change: BulkChange, team: Team) -> One:
    """Return what is done for each patient, as the team is now."""
    member = team.get(change.by)
    needed = UNDOING_NEEDS if change.back else NEEDS
    if member is None or not may(member.role, needed[change.kind]):
        return _raising(InvalidInput(MAY_NOT))
    actor = Actor(
        member.user_id,
        member.first_name,
        member.last_name,
        member.role,
        is_admin=member.is_admin,
        registry=registry,
        surface=CLOCK,
    )
    if change.kind is BulkKind.FLAG:
        return _flag_work(ctx, actor, change)
    if change.back:
        return lambda handle: _give_back(ctx, actor, change, team, handle)
    if not _is_care_manager(team, change.receiver):
        return _raising(InvalidInput(NO_RECEIVER))
    return lambda handle: _give(ctx, actor, change, team, handle)


def _flag_work(ctx: Context, actor: Actor, change: BulkChange) -> One:
    def take(handle: str) -> None:
        part = _part(change, handle)
        take_back(ctx, actor, handle, part, f"{part}-undo")

    def flag(handle: str) -> None:
        part = _part(change, handle)
        raise_on(ctx, actor, handle, flagging, part, raised_with=part)

    flagging = flagging_for_discussion(change.reason)
    return take if change.back else flag


def _give(ctx: Context, actor: Actor, change: BulkChange, team: Team, handle: str) -> None:
    def still_given(patient: Patient) -> None:
        if change.kind is not BulkKind.HANDOVER:
            return
        now = patient.care_manager
        nobodys = not _is_care_manager(team, now)
        if now != change.giver if change.giver else not nobodys:
            raise Conflict(ELSEWHERE)

    part = _part(change, handle)
    give(ctx, actor, handle, change.receiver, part, entry_id=part, allowed=still_given)


def _give_back(ctx: Context, actor: Actor, change: BulkChange, team: Team, handle: str) -> None:
    """Give a patient back to whoever had them, unless the record was changed after it was given."""
    part = _part(change, handle)
    patient = patients.by_handle(ctx.table, change.registry_id, handle)
    entries = patient.audit_logs if patient else ()
    given = next((each for each in entries if each.id == part), None)
    if given is None:
        raise Conflict(CHANGED)
    had = next((each.before for each in given.changes if each.attribute == "care_manager"), "")
    if had and not _is_care_manager(team, had):
        raise Conflict(NO_GIVER)

    def unchanged(patient: Patient) -> None:
        if patient.audit_logs[-1].id != part:
            raise Conflict(CHANGED)

    give(ctx, actor, handle, had or None, f"{part}-undo", allowed=unchanged)


def _raising(error: CocmError) -> One:
    def refuse(_handle: str) -> None:
        raise error

    return refuse


def _is_care_manager(team: Team, user_id: str | None) -> bool:
    member = team.get(user_id or "")
    return member is not None and member.role is Role.CARE_MANAGER


def _part(change: BulkChange, handle: str) -> str:
    """Return the request id of one patient's part, which is also the id of its audit entry."""
    return f"{change.id}-{handle}"
