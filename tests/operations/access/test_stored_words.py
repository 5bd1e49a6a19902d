"""The words stored in audit entries and in the access log: years of entries are read by them."""

from collections.abc import Iterable

import pytest

from cocm_bot.domain.access import AccessAction, Action, AdminRight
from cocm_bot.domain.audit_actions import SEEN_TO, AuditAction, AuditObject
from cocm_bot.domain.records.agreements import Answer
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.recommendations.answers import DONE
from cocm_bot.operations.team.team import ROLE_CHANGES

WHY = "Entries written before are known by these words: never reword or remove one, add a new one here."

AUDITED = {
    "enrolled": "patient",
    "imported": "patient",
    "edited": "patient",
    "care details edited": "patient",
    "moved": "patient",
    "deactivated": "patient",
    "deactivation undone": "patient",
    "reopened": "patient",
    "episode resumed": "patient",
    "assigned": "patient",
    "unassigned": "patient",
    "snoozed": "patient",
    "snooze ended": "patient",
    "contact logged": "treatment_log",
    "no-show logged": "treatment_log",
    "work logged": "treatment_log",
    "contact corrected": "treatment_log",
    "contact voided": "treatment_log",
    "flag raised": "flag",
    "flag resolved": "flag",
    "safety alert taken": "alert",
    "consent recorded": "consent",
    "recommendation accepted": "recommendation",
    "recommendation declined": "recommendation",
    "recommendation done": "recommendation",
    "plan written": "relapse_prevention_plan",
    "plan revised": "relapse_prevention_plan",
    "history accepted": "history",
    "risk screen recorded": "risk_screen",
    "safety plan written": "safety_plan",
    "safety plan revised": "safety_plan",
    "safety plan reviewed": "safety_plan",
    "merged": "patient",
    "merged into another record": "patient",
    "merge undone": "patient",
    "legal hold set": "patient",
    "legal hold lifted": "patient",
}
LOGGED = {
    "undo an import",
    "export patients",
    "enter",
    "create_registry",
    "add_admin",
    "add_member",
    "invite",
    "resend_invite",
    "withdraw_invite",
    "accept_invite",
    "decline_invite",
    "change a role to Care Manager",
    "change a role to Consulting Psychiatrist",
    "change a role to Primary Care Physician",
    "change a role to Clinical Ops",
    "change a role to Finance",
    "make an admin",
    "take the admin mark away",
    "forget a Slack account",
    "let a Slack account in",
    "unbind_user",
    "let_in_user",
    "set an absence",
    "set a full-time equivalent",
    "end an absence",
    "end a cover",
    "set_reminders",
    "load_measures",
    "compute_anew",
    "emergency_caseload",
    "emergency_caseload_with_names",
    "export the access log",
    "export the billing list",
    "close a billing month",
    "load_codes",
    "export figures",
    "repair",
    "locate a record",
    "compare two records",
    "rename a member",
    "ask for an erasure",
    "confirm an erasure",
    "withdraw an erasure",
    "erase a patient",
    "list records past retention",
}
RIGHTS = {
    "invite people",
    "change a member's role",
    "say who is an admin",
    "remove a member",
    "let a member come with another Slack account",
    "read the access log",
    "rename the registry",
    "change the registry's settings",
    "choose the measures",
    "import patients",
    "see how the clock stands",
    "merge records of a patient they may see",
}
VIEWS = {
    "view_caseload",
    "view_patient",
    "search",
    "enrol_patient",
    "log_contact",
    "correct_contact",
    "raise_flag",
    "resolve_flag",
    "take_alert",
    "screen_risk",
    "change_status",
    "record_consent",
    "write_plan",
    "edit_patient",
    "edit_care",
    "record_medication",
    "answer_recommendation",
    "review_caseload",
    "assign",
    "hand_over",
    "snooze",
    "be_away",
    "export_handles",
    "export_patient",
    "view_billing",
    "view_figures",
    "view_team",
}


def test_what_audit_entries_say_was_done_to_what() -> None:
    assert {str(action): str(action.object_name) for action in AuditAction} == AUDITED, WHY
    assert {action.object_name for action in AuditAction} == set(AuditObject)


@pytest.mark.parametrize(
    ("known", "stored"),
    [
        (AccessAction, LOGGED),
        (AdminRight, RIGHTS),
        ((action.logged for action in Action), VIEWS),
    ],
    ids=["else", "rights", "views"],
)
def test_what_the_access_log_says(known: Iterable[str], stored: set[str]) -> None:
    assert {str(word) for word in known} == stored, WHY


def test_no_word_of_the_access_log_means_two_things() -> None:
    words = [*AuditAction, *AccessAction, *AdminRight, *(action.logged for action in Action)]
    assert len(words) == len({str(word) for word in words})


def test_a_contact_logged_and_a_missed_one_say_that_a_patient_was_seen_to() -> None:
    assert {str(action) for action in SEEN_TO} == {"contact logged", "no-show logged"}, WHY


def test_every_answer_and_every_role_has_its_word() -> None:
    assert {answer: str(DONE[answer]) for answer in Answer} == {
        answer: f"recommendation {answer.lower()}" for answer in Answer
    }, WHY
    assert {role: str(ROLE_CHANGES[role]) for role in Role} == {
        role: f"change a role to {role}" for role in Role
    }, WHY
