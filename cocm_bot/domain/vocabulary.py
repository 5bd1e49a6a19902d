"""The words of the field as they are stored: flags, statuses, contact and visit types, roles."""

from enum import StrEnum


class Flag(StrEnum):
    """A reason why a patient needs attention."""

    NEEDS_DISCUSSION = "Needs Discussion"
    REVIEW = "Review with Psychiatrist"
    SAFETY_RISK = "Safety Risk"


GRAVEST_FIRST = (Flag.SAFETY_RISK, Flag.REVIEW, Flag.NEEDS_DISCUSSION)


class Status(StrEnum):
    """A patient's place between referral and graduation."""

    ENROLLED = "Enrolled"
    TREATMENT = "Treatment"
    RELAPSE_PREVENTION = "Relapse Prevention Plan"
    DEACTIVATED = "Deactivated"


class ContactType(StrEnum):
    """The purpose of a contact."""

    INITIAL_ASSESSMENT = "Initial Assessment"
    FOLLOW_UP = "Follow Up"
    CONSULTATION = "Psychiatric Consultation"
    RELAPSE_PREVENTION = "Relapse Prevention Plan"


class WorkKind(StrEnum):
    """Work for a patient that is no contact with them: it moves no contact date and clears nothing.

    The older system's reader does not know these, so they are never in a patient's `treatment_logs`.
    """

    CARE_COORDINATION = "Care Coordination"
    """Calls to a pharmacy, a school or another clinician, charting, the care manager's own review time."""
    OUTREACH = "Outreach Attempt"
    """A voicemail, or no answer."""
    OUTCOME_CHECK = "Outcome Check"
    """Scores of somebody who has left the program."""


EntryType = ContactType | WorkKind
"""Anything that can be logged for a patient."""
ENTRY_TYPES: tuple[EntryType, ...] = (*ContactType, *WorkKind)


class VisitType(StrEnum):
    """The way a contact took place."""

    CLINIC = "Clinic"
    PHONE = "Phone"
    IN_PERSON = "In-person w/ Patient"
    VIDEO = "Video"
    TELEHEALTH = "Telehealth"
    GROUP = "Group"
    HOME_VISIT = "Home Visit"


class Role(StrEnum):
    """A member's role in the team."""

    CARE_MANAGER = "Care Manager"
    PSYCHIATRIST = "Consulting Psychiatrist"
    PCP = "Primary Care Physician"
    CLINICAL_OPS = "Clinical Ops"
    FINANCE = "Finance"
