"""Roles and what each may do: one table of roles and actions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import NotAllowed
from cocm_bot.domain.members import Registry
from cocm_bot.domain.vocabulary import Role


class Action(StrEnum):
    """An action that a member can do in a registry; the value completes "You may not …"."""

    VIEW_CASELOAD = "see the caseload"
    VIEW_PATIENT = "see a patient"
    SEARCH = "search for a patient"
    ENROL_PATIENT = "add a patient"
    LOG_CONTACT = "log a contact"
    CORRECT_CONTACT = "correct a contact"
    RAISE_FLAG = "raise a flag"
    RESOLVE_FLAG = "resolve a flag"
    TAKE_ALERT = "take a safety alert"
    SCREEN_RISK = "record a risk screen or safety plan"
    CHANGE_STATUS = "change a patient's status"
    RECORD_CONSENT = "record consent"
    WRITE_PLAN = "write a relapse prevention plan"
    EDIT_PATIENT = "edit a patient"
    EDIT_CARE = "edit a patient's care details"
    RECORD_MEDICATION = "record a patient's medication"
    ANSWER_RECOMMENDATION = "answer a recommendation"
    REVIEW_CASELOAD = "review the caseload"
    ASSIGN = "assign a patient"
    HAND_OVER = "hand patients over"
    SNOOZE = "snooze a patient"
    BE_AWAY = "be away, and name who covers"
    EXPORT_HANDLES = "export handles"
    EXPORT_PATIENT = "export a patient"
    VIEW_BILLING = "see the month's billing"
    VIEW_FIGURES = "see the program's figures"
    VIEW_TEAM = "see the team"

    @property
    def logged(self) -> str:
        """Return what the access log calls it: by the member's name, which is stored and never changes."""
        return self.name.lower()


class AdminRight(StrEnum):
    """A right of a registry's admins beside those of their role; none of them alone shows a patient."""

    INVITE = "invite people"
    CHANGE_ROLE = "change a member's role"
    CHANGE_ADMIN = "say who is an admin"
    REMOVE_MEMBER = "remove a member"
    FORGET_ACCOUNT = "let a member come with another Slack account"
    READ_ACCESS_LOG = "read the access log"
    RENAME = "rename the registry"
    CHANGE_SETTINGS = "change the registry's settings"
    CHOOSE_MEASURES = "choose the measures"
    IMPORT = "import patients"
    SEE_CLOCK = "see how the clock stands"
    MERGE = "merge records of a patient they may see"


class AccessAction(StrEnum):
    """Further actions with entries in the access log; stored, so that a value is never reworded."""

    ENTER = "enter"
    CREATE_REGISTRY = "create_registry"
    ADD_ADMIN = "add_admin"
    ADD_MEMBER = "add_member"
    INVITE = "invite"
    RESEND_INVITE = "resend_invite"
    WITHDRAW_INVITE = "withdraw_invite"
    ACCEPT_INVITE = "accept_invite"
    DECLINE_INVITE = "decline_invite"
    TO_CARE_MANAGER = "change a role to Care Manager"
    TO_PSYCHIATRIST = "change a role to Consulting Psychiatrist"
    TO_PCP = "change a role to Primary Care Physician"
    TO_CLINICAL_OPS = "change a role to Clinical Ops"
    TO_FINANCE = "change a role to Finance"
    MAKE_ADMIN = "make an admin"
    TAKE_ADMIN = "take the admin mark away"
    FORGET_ACCOUNT = "forget a Slack account"
    LET_ACCOUNT_IN = "let a Slack account in"
    UNBIND_USER = "unbind_user"
    LET_IN_USER = "let_in_user"
    SET_FULL_TIME = "set a full-time equivalent"
    SET_ABSENCE = "set an absence"
    END_ABSENCE = "end an absence"
    END_COVER = "end a cover"
    SET_REMINDERS = "set_reminders"
    LOAD_MEASURES = "load_measures"
    RECALCULATE = "compute_anew"
    EMERGENCY_CASELOAD = "emergency_caseload"
    EMERGENCY_CASELOAD_WITH_NAMES = "emergency_caseload_with_names"
    EXPORT_LOG = "export the access log"
    EXPORT_BILLING = "export the billing list"
    CLOSE_MONTH = "close a billing month"
    LOAD_CODES = "load_codes"
    EXPORT_FIGURES = "export figures"
    REPAIR = "repair"
    LOCATE = "locate a record"
    UNDO_IMPORT = "undo an import"
    EXPORT_PATIENTS = "export patients"
    COMPARE_RECORDS = "compare two records"
    ASK_ERASURE = "ask for an erasure"
    RENAME_MEMBER = "rename a member"
    CONFIRM_ERASURE = "confirm an erasure"
    WITHDRAW_ERASURE = "withdraw an erasure"
    ERASE = "erase a patient"
    LIST_RETENTION = "list records past retention"


LoggedAction = AuditAction | AdminRight | AccessAction
"""The logged action of a change or an export; views and refusals are logged as `Action.logged`."""

_EVERYBODY = frozenset({Action.VIEW_TEAM})
_CLINICAL = _EVERYBODY | frozenset(
    {
        Action.VIEW_CASELOAD,
        Action.VIEW_PATIENT,
        Action.SEARCH,
        Action.RAISE_FLAG,
        Action.RESOLVE_FLAG,
        Action.TAKE_ALERT,
        Action.SCREEN_RISK,
        Action.EDIT_CARE,
        Action.RECORD_MEDICATION,
        Action.EXPORT_HANDLES,
        Action.EXPORT_PATIENT,
        Action.BE_AWAY,
    }
)

ALLOWED: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.CARE_MANAGER: _CLINICAL
        | {
            Action.ENROL_PATIENT,
            Action.LOG_CONTACT,
            Action.CORRECT_CONTACT,
            Action.CHANGE_STATUS,
            Action.RECORD_CONSENT,
            Action.WRITE_PLAN,
            Action.EDIT_PATIENT,
            Action.ANSWER_RECOMMENDATION,
            Action.REVIEW_CASELOAD,
            Action.ASSIGN,
            Action.HAND_OVER,
            Action.SNOOZE,
        },
        Role.PSYCHIATRIST: _CLINICAL
        | {Action.LOG_CONTACT, Action.CORRECT_CONTACT, Action.WRITE_PLAN, Action.REVIEW_CASELOAD},
        Role.PCP: _CLINICAL | {Action.RECORD_CONSENT, Action.ANSWER_RECOMMENDATION},
        Role.CLINICAL_OPS: _EVERYBODY | {Action.VIEW_FIGURES, Action.HAND_OVER, Action.BE_AWAY},
        Role.FINANCE: _EVERYBODY | {Action.VIEW_BILLING},
    }
)


@dataclass(frozen=True)
class Creators:
    """People who may set up a registry from Slack: addresses in normal form, and workspace admins if set."""

    addresses: frozenset[str] = frozenset()
    workspace_admins: bool = False

    def include(self, email: str, *, workspace_admin: bool) -> bool:
        """Return whether somebody is one of them."""
        return normal_email(email) in self.addresses or (self.workspace_admins and workspace_admin)


NOBODY = Creators()

CHANNEL_SURFACE = "team channel"
"""A team's channel, which is shown things as nobody in particular: `slack_user_id` is the channel's."""
DIRECT_MESSAGE = "direct message"
DIGEST = "digest"
"""The access log's names of the places where members are sent patients unasked."""
UNASKED = frozenset({CHANNEL_SURFACE, DIRECT_MESSAGE, DIGEST})
"""The places where the bot shows patients by itself."""


@dataclass(frozen=True)
class Actor:
    """The person an operation is done for, in the registry they act in, as read from the table just now."""

    user_id: str
    first_name: str
    last_name: str
    role: Role
    is_admin: bool
    registry: Registry
    slack_user_id: str = ""
    surface: str = "command line"
    """The place they asked from: a slash command, a button, a modal, …; for the access log."""
    last_seen: str | None = None
    """The last local day (`YYYY-MM-DD`) they were known to use the bot in this registry, before now."""
    email: str = field(default="", repr=False, compare=False)
    """Their address as the table has it; empty where they were not read with their profile."""
    registries: tuple[str, ...] = field(default=(), compare=False)
    """The ids of the registries their profile names; none where they were not read with it."""


def may(role: Role, action: Action) -> bool:
    """Return whether the role may do this."""
    return action in ALLOWED[role]


def require(actor: Actor, action: Action) -> None:
    """Raise NotAllowed, naming who may, unless the actor's role may do this."""
    if not may(actor.role, action):
        *others, last = (role for role in Role if may(role, action))
        who = " or ".join(filter(None, (", ".join(others), last)))
        raise NotAllowed(f"As {actor.role} you may not {action}. Ask a {who}.")
