"""Making checkpoints of the access log: every few minutes, and after each entry of the command line."""

from cocm_bot.operations.context import Context
from cocm_bot.store.audit import checkpoints
from cocm_bot.store.audit.checkpoints import Checkpoint, Head
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import BrokenItem, CheckpointOvertaken

MAKE_TRIES = 8
"""Times a checkpoint that met another one is made again."""


def checkpoint(ctx: Context) -> Checkpoint | None:
    """Name all that this process wrote to the access log and no checkpoint names; returns the latest.

    Writes nothing where there is nothing to name and the table still has the latest checkpoint that this
    process knows. Raises Conflict when it can't get through, or Unavailable.
    """
    while True:
        heads = ctx.trail.unnamed()
        made = _checkpoint(ctx, heads)
        if not heads or len(heads) < checkpoints.MOST_HEADS:
            return made


def newest(ctx: Context) -> Checkpoint | None:
    """The newest checkpoint in the table if its seal fits; None if there is none. Raises Unavailable."""
    found = _latest(ctx)
    return found if found and checkpoints.genuine(found, ctx.trail.keyring) else None


def _checkpoint(ctx: Context, heads: list[Head]) -> Checkpoint | None:
    for _ in tries(MAKE_TRIES):
        read, known = _latest(ctx), ctx.trail.checkpoint
        before = _later(read, known)
        if before is None:
            _learn(ctx)
            before = ctx.trail.checkpoint
        if read and read == before:
            ctx.trail.named(read)
            if not heads:
                return read
        if before is None and not heads:
            return None
        made = _after(ctx, before, heads)
        try:
            checkpoints.add(ctx.table, made, read)
        except CheckpointOvertaken:
            # Another process was first; or the copy of the latest is older than the chain.
            _learn(ctx)
            continue
        ctx.trail.named(made, heads)
        return made
    raise CheckpointOvertaken


def _latest(ctx: Context) -> Checkpoint | None:
    """The latest by the table's own copy of it; None where it is none of ours.

    One under a key that is not in the ring is taken as it is: during a change of keys another process has it.
    """
    try:
        found = checkpoints.latest(ctx.table)
    except BrokenItem:
        return None
    ring = ctx.trail.keyring
    return found if found and (checkpoints.genuine(found, ring) or not ring.knows(found.key_id)) else None


def _learn(ctx: Context) -> None:
    """Take in the last genuine checkpoint of today, whatever the copy of the latest says."""
    for item in reversed(checkpoints.stored(ctx.table, ctx.now().date())):
        found = checkpoints.read(item)
        if found and checkpoints.genuine(found, ctx.trail.keyring):
            ctx.trail.named(found)
            return


def _later(read: Checkpoint | None, known: Checkpoint | None) -> Checkpoint | None:
    if read and known:
        return read if read.number >= known.number else known
    return read or known


def _after(ctx: Context, before: Checkpoint | None, heads: list[Head]) -> Checkpoint:
    at = ctx.now().timestamp()
    made = Checkpoint(
        number=before.number + 1 if before else 1,
        at=at,
        since=before.since if before else at,
        process=ctx.trail.process,
        heads=checkpoints.text_of(heads),
        previous=before.mac if before else "",
        previous_day=before.day.isoformat() if before else "",
        kept_until=ctx.trail.kept_until(at),
    )
    return checkpoints.sealed(made, ctx.trail.keyring)
