"""The audit entries that figures follow, cut to what they need: a patient carries them for good.

So an outcome record can be made again at each change without reading all audit entries.
"""

from collections.abc import Iterable, Iterator

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.records.history import AuditLog, Change, Turn

FOLLOWED = frozenset(
    {
        AuditAction.DEACTIVATED,
        AuditAction.DEACTIVATION_UNDONE,
        AuditAction.EPISODE_RESUMED,
        AuditAction.MOVED,
        AuditAction.RECOMMENDATION_DONE,
    }
)
"""Actions that matter whatever they changed."""
BY_HAND = frozenset({AuditAction.EPISODE_RESUMED, AuditAction.MOVED})
"""Actions in which somebody set the status; elsewhere it follows from a contact or from leaving."""
ALWAYS = frozenset({"care_manager", "payer"})
"""Attributes whose change matters whatever the action."""
OF_MERGES = frozenset({AuditAction.MERGED, AuditAction.MERGED_AWAY, AuditAction.MERGE_UNDONE})
"""Entries of which nothing is followed: they join or part histories whose own entries are."""
REASON = "reason"


def turns_of(audits: Iterable[AuditLog]) -> tuple[Turn, ...]:
    """Return what figures follow of audit entries in any order, oldest first."""
    return tuple(turn for audit in sorted(audits, key=_written) for turn in _turn(audit))


def followed_by(turns: Iterable[Turn], audit: AuditLog) -> tuple[Turn, ...]:
    """Return the turns of a patient after one more entry."""
    return tuple(sorted((*turns, *_turn(audit)), key=lambda turn: turn.at))


def _written(audit: AuditLog) -> tuple[float, int]:
    """Return the place of an entry: of one instant the patient's versions tell the order."""
    return audit.created_date, audit.version or 0


def _turn(audit: AuditLog) -> Iterator[Turn]:
    if audit.action in OF_MERGES:
        return
    changes = tuple(_kept(audit))
    if changes or audit.action in FOLLOWED:
        yield Turn(at=audit.created_date, action=audit.action, changes=changes)


def _kept(audit: AuditLog) -> Iterator[Change]:
    for change in audit.changes:
        if change.attribute in ALWAYS or (change.attribute == "status" and audit.action in BY_HAND):
            yield change
        elif change.attribute == REASON and audit.action == AuditAction.DEACTIVATED:
            # A note may follow the reason: it is nothing to count.
            yield Change(attribute=REASON, before="", after=change.after.split(":")[0])
