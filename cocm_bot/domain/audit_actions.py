"""The actions of a patient's audit entries: stored for years, and read by rules of the digests."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class AuditObject(StrEnum):
    """The part of a patient's record that was changed."""

    PATIENT = "patient"
    CONTACT = "treatment_log"
    FLAG = "flag"
    ALERT = "alert"
    CONSENT = "consent"
    RECOMMENDATION = "recommendation"
    PLAN = "relapse_prevention_plan"
    HISTORY = "history"
    SCREEN = "risk_screen"
    SAFETY_PLAN = "safety_plan"


class AuditAction(StrEnum):
    """An action. A value is never reworded: entries written before would no longer be known by it."""

    ENROLLED = "enrolled"
    IMPORTED = "imported"
    EDITED = "edited"
    CARE_EDITED = "care details edited"
    MOVED = "moved"
    DEACTIVATED = "deactivated"
    DEACTIVATION_UNDONE = "deactivation undone"
    REOPENED = "reopened"
    EPISODE_RESUMED = "episode resumed"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    SNOOZED = "snoozed"
    SNOOZE_ENDED = "snooze ended"
    CONTACT_LOGGED = "contact logged"
    NO_SHOW_LOGGED = "no-show logged"
    WORK_LOGGED = "work logged"
    CONTACT_CORRECTED = "contact corrected"
    CONTACT_VOIDED = "contact voided"
    FLAG_RAISED = "flag raised"
    FLAG_RESOLVED = "flag resolved"
    ALERT_TAKEN = "safety alert taken"
    CONSENT_RECORDED = "consent recorded"
    RECOMMENDATION_ACCEPTED = "recommendation accepted"
    RECOMMENDATION_DECLINED = "recommendation declined"
    RECOMMENDATION_DONE = "recommendation done"
    PLAN_WRITTEN = "plan written"
    PLAN_REVISED = "plan revised"
    HISTORY_ACCEPTED = "history accepted"
    SCREEN_RECORDED = "risk screen recorded"
    SAFETY_PLAN_WRITTEN = "safety plan written"
    SAFETY_PLAN_REVISED = "safety plan revised"
    SAFETY_PLAN_REVIEWED = "safety plan reviewed"
    MERGED = "merged"
    MERGED_AWAY = "merged into another record"
    MERGE_UNDONE = "merge undone"
    HELD = "legal hold set"
    HOLD_LIFTED = "legal hold lifted"

    @property
    def object_name(self) -> AuditObject:
        """The part of the record that this changes."""
        return _OBJECTS.get(self, AuditObject.PATIENT)


_OBJECTS: Mapping[AuditAction, AuditObject] = MappingProxyType(
    {
        AuditAction.CONTACT_LOGGED: AuditObject.CONTACT,
        AuditAction.NO_SHOW_LOGGED: AuditObject.CONTACT,
        AuditAction.WORK_LOGGED: AuditObject.CONTACT,
        AuditAction.CONTACT_CORRECTED: AuditObject.CONTACT,
        AuditAction.CONTACT_VOIDED: AuditObject.CONTACT,
        AuditAction.FLAG_RAISED: AuditObject.FLAG,
        AuditAction.FLAG_RESOLVED: AuditObject.FLAG,
        AuditAction.ALERT_TAKEN: AuditObject.ALERT,
        AuditAction.CONSENT_RECORDED: AuditObject.CONSENT,
        AuditAction.RECOMMENDATION_ACCEPTED: AuditObject.RECOMMENDATION,
        AuditAction.RECOMMENDATION_DECLINED: AuditObject.RECOMMENDATION,
        AuditAction.RECOMMENDATION_DONE: AuditObject.RECOMMENDATION,
        AuditAction.PLAN_WRITTEN: AuditObject.PLAN,
        AuditAction.PLAN_REVISED: AuditObject.PLAN,
        AuditAction.HISTORY_ACCEPTED: AuditObject.HISTORY,
        AuditAction.SCREEN_RECORDED: AuditObject.SCREEN,
        AuditAction.SAFETY_PLAN_WRITTEN: AuditObject.SAFETY_PLAN,
        AuditAction.SAFETY_PLAN_REVISED: AuditObject.SAFETY_PLAN,
        AuditAction.SAFETY_PLAN_REVIEWED: AuditObject.SAFETY_PLAN,
    }
)
"""Actions that change none of the patient's own attributes."""

SEEN_TO = frozenset({AuditAction.CONTACT_LOGGED, AuditAction.NO_SHOW_LOGGED})
"""The actions that say that somebody saw to a patient."""
