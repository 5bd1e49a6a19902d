"""Legal holds: a record under one is neither erased nor merged away, nor proposed after its retention."""

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.records.history import AuditLog, Change, TreatmentLog
from cocm_bot.domain.records.patient import TAIL, LegalHold, Patient
from cocm_bot.operations.access.access_logging import recorded_by_account
from cocm_bot.operations.context import Context, new_id
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit

LONGEST_REASON = 200


def set_hold(ctx: Context, registry_id: str, handle: str, reason: str, account: str) -> Patient:
    """Put a record under legal hold; raises InvalidInput without a reason, NotFound or Conflict."""
    told = " ".join(reason.split())
    if not told or len(told) > LONGEST_REASON:
        raise InvalidInput(f"Give the reason in {LONGEST_REASON} characters at most: a case number, say.")
    hold = LegalHold(by=f"account {account}", at=ctx.now().timestamp(), reason=told)
    return _change(ctx, registry_id, handle, hold, account)


def lift_hold(ctx: Context, registry_id: str, handle: str, account: str) -> Patient:
    """End a record's legal hold; raises NotFound, Conflict where there is none, or Unavailable."""
    return _change(ctx, registry_id, handle, None, account)


def _change(ctx: Context, registry_id: str, handle: str, hold: LegalHold | None, account: str) -> Patient:
    action = AuditAction.HELD if hold else AuditAction.HOLD_LIFTED

    def apply(before: Patient, _logs: list[TreatmentLog]) -> Edit:
        if (hold is None) is (before.legal_hold is None):
            raise Conflict(
                "This record is under legal hold already." if hold else "There is no hold to lift."
            )
        at = ctx.now().timestamp()
        old, new = (each.reason if each else "" for each in (before.legal_hold, hold))
        audit = AuditLog(
            id=new_id(),
            object_name=action.object_name,
            action=action,
            user_id=f"account {account}",
            created_date=at,
            changes=(Change(attribute="legal_hold", before=old, after=new),),
            version=before.version + 1,
        )
        update = {
            "legal_hold": hold,
            "date_modified": at,
            "audit_logs": (*before.audit_logs, audit)[-TAIL:],
        }
        access = recorded_by_account(ctx, registry_id, action, account, (before.id,))
        return Edit(before.model_copy(update=update), audit, access=access, ring=ctx.trail.keyring)

    return changing.change(ctx.table, registry_id, handle.strip().upper(), apply, request_id=new_id())
