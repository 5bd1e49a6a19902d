import pytest

from cocm_bot.domain.access import ALLOWED, Action, Actor, may, require
from cocm_bot.domain.errors import NotAllowed
from cocm_bot.domain.members import Registry
from cocm_bot.domain.vocabulary import Role

TABLE = """
                  Care Manager  Consulting Psychiatrist  Primary Care Physician  Clinical Ops  Finance
VIEW_CASELOAD     yes           yes                      yes                     no            no
VIEW_PATIENT      yes           yes                      yes                     no            no
SEARCH            yes           yes                      yes                     no            no
ENROL_PATIENT     yes           no                       no                      no            no
LOG_CONTACT       yes           yes                      no                      no            no
CORRECT_CONTACT   yes           yes                      no                      no            no
SCREEN_RISK       yes           yes                      yes                     no            no
RAISE_FLAG        yes           yes                      yes                     no            no
RESOLVE_FLAG      yes           yes                      yes                     no            no
TAKE_ALERT        yes           yes                      yes                     no            no
CHANGE_STATUS     yes           no                       no                      no            no
RECORD_CONSENT    yes           no                       yes                     no            no
WRITE_PLAN        yes           yes                      no                      no            no
EDIT_PATIENT      yes           no                       no                      no            no
EDIT_CARE         yes           yes                      yes                     no            no
RECORD_MEDICATION yes           yes                      yes                     no            no
ANSWER_RECOMMENDATION  yes      no                       yes                     no            no
REVIEW_CASELOAD   yes           yes                      no                      no            no
ASSIGN            yes           no                       no                      no            no
HAND_OVER         yes           no                       no                      yes           no
SNOOZE            yes           no                       no                      no            no
BE_AWAY           yes           yes                      yes                     yes           no
EXPORT_HANDLES    yes           yes                      yes                     no            no
EXPORT_PATIENT    yes           yes                      yes                     no            no
VIEW_BILLING      no            no                       no                      no            yes
VIEW_FIGURES      no            no                       no                      yes           no
VIEW_TEAM         yes           yes                      yes                     yes           yes
"""
_ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
_ROLES = (Role.CARE_MANAGER, Role.PSYCHIATRIST, Role.PCP, Role.CLINICAL_OPS, Role.FINANCE)
CELLS = [
    (role, Action[name], answer == "yes")
    for name, *answers in _ROWS
    for role, answer in zip(_ROLES, answers, strict=True)
]


def actor(role: Role, *, is_admin: bool = False) -> Actor:
    registry = Registry(
        id="registry-1",
        name="North Clinic",
        modified_date=0,
        created_date=0,
        members=1,
        active_patients=0,
        questionnaires=(),
    )
    return Actor("user-1", "Ada", "Example", role, is_admin, registry)


def test_the_table_names_every_role_and_every_action() -> None:
    assert {action for _, action, _ in CELLS} == set(Action)
    assert {role for role, _, _ in CELLS} == set(Role) == set(ALLOWED)


@pytest.mark.parametrize(("role", "action", "allowed"), CELLS)
def test_each_cell_of_the_table(role: Role, action: Action, allowed: bool) -> None:
    assert may(role, action) is allowed


@pytest.mark.parametrize(("role", "action", "allowed"), CELLS)
def test_what_is_not_allowed_is_refused(role: Role, action: Action, allowed: bool) -> None:
    if allowed:
        require(actor(role), action)
    else:
        with pytest.raises(NotAllowed, match=f"As {role} you may not {action}"):
            require(actor(role), action)


def test_a_refusal_says_whom_to_ask() -> None:
    with pytest.raises(NotAllowed) as refusal:
        require(actor(Role.FINANCE), Action.LOG_CONTACT)
    assert str(refusal.value) == (
        "As Finance you may not log a contact. Ask a Care Manager or Consulting Psychiatrist."
    )
    with pytest.raises(NotAllowed) as refusal:
        require(actor(Role.FINANCE), Action.VIEW_CASELOAD)
    assert str(refusal.value).endswith(
        "Ask a Care Manager, Consulting Psychiatrist or Primary Care Physician."
    )
    with pytest.raises(NotAllowed) as refusal:
        require(actor(Role.FINANCE), Action.ASSIGN)
    assert str(refusal.value).endswith("Ask a Care Manager.")


def test_being_an_admin_opens_no_clinical_door() -> None:
    with pytest.raises(NotAllowed):
        require(actor(Role.CLINICAL_OPS, is_admin=True), Action.VIEW_PATIENT)
