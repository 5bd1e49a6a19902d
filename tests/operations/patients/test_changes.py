"""The audit entry of a change says what the change did, and not what the calendar did."""

from cocm_bot.domain.access import Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.changes import edited
from cocm_bot.store import registries
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.table.table import Table
from tests.domain.build import assessment, moment, patient, policy
from tests.store.build import REGISTRY


def test_minutes_of_a_month_that_is_over_are_no_change(table: Table) -> None:
    registry = registries.get(table, REGISTRY)
    assert registry is not None
    actor = Actor("user-1", "Cara", "Manager", Role.CARE_MANAGER, is_admin=True, registry=registry)
    history = [assessment("2026-01-20").model_copy(update={"minutes": 45})]
    before = derive(patient(), history, policy(), moment("2026-01-20"))
    assert before.minutes_this_month == 45
    now = moment("2026-02-03")
    ctx = Context(table, lambda: now, AuditTrail("key", 6, lambda: now))
    edit = edited(ctx, actor, before, history, {"payer": "Medicaid"}, action=AuditAction.EDITED)
    assert [(each.attribute, each.before, each.after) for each in edit.audit.changes] == [
        ("payer", before.payer or "", "Medicaid")
    ]
    assert edit.after.minutes_this_month == 0
