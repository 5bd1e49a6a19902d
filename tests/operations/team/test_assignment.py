from collections.abc import Callable
from datetime import date

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.caseload.bulk import propose_assignment, propose_flags, propose_handover
from cocm_bot.operations.caseload.caseload import Own, Whose, caseload
from cocm_bot.operations.caseload.rows import Show, Sort
from cocm_bot.operations.caseload.worklist import worklist
from cocm_bot.operations.patients.handles import export_handles
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate
from cocm_bot.operations.team.absence import be_away
from cocm_bot.operations.team.assignment import assign_one
from cocm_bot.store.audit import access_log
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store.build import REGISTRY, end_membership, user

Requests = Callable[[], str]
GONE = "There is no such patient in this registry."
LEFT = "This patient is deactivated: reopen the record before assigning it."
CLINICAL = {Role.CARE_MANAGER, Role.PSYCHIATRIST, Role.PCP}


@pytest.fixture
def team(office: Office) -> Office:
    """Three care managers, of whom user-1 enrols, and a psychiatrist."""
    for number, role in ((2, Role.CARE_MANAGER), (3, Role.CARE_MANAGER), (4, Role.PSYCHIATRIST)):
        people.add_member(office.table, REGISTRY, user(number), role, is_admin=False, at=5)
    return office


def manager(office: Office, user_id: str) -> Actor:
    return office.actor(Role.CARE_MANAGER, user_id)


def mine(office: Office, user_id: str) -> set[str]:
    page = caseload(office.ctx, manager(office, user_id), Show.ALL, Sort.URGENCY)
    return {row.summary.handle for row in page.rows}


def leave(office: Office, handle: str) -> None:
    leaving = Deactivation(reason=DeactivationReason.DECLINED)
    deactivate(office.ctx, office.actor(), handle, leaving, f"leave-{handle}")


def test_who_enrols_is_assigned_if_a_care_manager(team: Office) -> None:
    assert team.patient(team.enrolled()).care_manager == "user-1"


def test_a_patient_is_assigned_once_and_it_is_told(team: Office, requests: Requests) -> None:
    handle, request = team.enrolled(), requests()
    for _ in range(2):
        card = assign_one(team.ctx, team.actor(), handle, "user-2", request)
        assert card.patient.care_manager == "user-2"
    trail = [
        [(change.attribute, change.before, change.after) for change in entry.changes]
        for entry in team.patient(handle).audit_logs
        if entry.action == "assigned"
    ]
    assert trail == [[("care_manager", "user-1", "user-2")]]
    # To whom it is assigned already: nothing to write.
    version = team.patient(handle).version
    assign_one(team.ctx, team.actor(), handle, "user-2", requests())
    assert team.patient(handle).version == version


@pytest.mark.parametrize("to", ["user-4", "user-9", ""])
def test_patients_are_assigned_to_care_managers_alone(team: Office, requests: Requests, to: str) -> None:
    handle = team.enrolled()
    with pytest.raises(InvalidInput, match="no longer a care manager"):
        assign_one(team.ctx, team.actor(), handle, to, requests())
    assert team.patient(handle).care_manager == "user-1"


def test_mine_are_my_own_those_i_cover_and_nobodys(team: Office, requests: Requests) -> None:
    first, second, third, nobodys = (team.enrolled() for _ in range(4))
    assign_one(team.ctx, team.actor(), second, "user-2", requests())
    for each in (third, nobodys):
        assign_one(team.ctx, team.actor(), each, "user-3", requests())
    be_away(team.ctx, team.actor(), "user-3", date(2031, 3, 9), "user-2")
    end_membership(team.table, "user-1")
    page = caseload(team.ctx, manager(team, "user-2"), Show.ALL, Sort.URGENCY)
    assert {row.summary.handle for row in page.rows} == {first, second, third, nobodys}
    assert page.own == Own(everyone=4, unassigned=1, covered=["Cara Manager"])
    page = caseload(team.ctx, manager(team, "user-3"), Show.ALL, Sort.URGENCY)
    assert {row.summary.handle for row in page.rows} == {first, third, nobodys}
    assert (page.matched, page.own) == (3, Own(everyone=4, unassigned=1, covered=[]))


def test_care_managers_see_their_own_first_the_others_everybodys(team: Office) -> None:
    team.enrolled()
    team.forward(days=30)
    seen = {
        (role, whose): worklist(team.ctx, team.actor(role, "user-2"), whose=whose).matched
        for role in sorted(CLINICAL)
        for whose in (None, *Whose)
    }
    assert seen == {
        (role, whose): 1 if (whose is Whose.ALL or (whose is None and role is not Role.CARE_MANAGER)) else 0
        for role in CLINICAL
        for whose in (None, *Whose)
    }


def test_handles_are_exported_and_that_is_logged(team: Office) -> None:
    first, second = team.enrolled(), team.enrolled()
    assert export_handles(team.ctx, team.actor(), [second, "ZZZZ", first]) == [second, first]
    entries = access_log.entries(team.table, REGISTRY, team.moment.date()).records
    logged = [entry.patient_ids for entry in entries if entry.action == "export_handles"]
    assert logged == [(team.patient(second).id, team.patient(first).id)]
    with pytest.raises(NotFound):
        export_handles(team.ctx, team.actor(), ["ZZZZ"])


@pytest.mark.parametrize("role", Role)
def test_roles(team: Office, requests: Requests, role: Role) -> None:
    handle = team.enrolled()
    actor = team.actor(role, "user-1")
    deeds: dict[str, Callable[[], object]] = {
        "assign": lambda: propose_assignment(team.ctx, actor, [handle], "user-2", requests()),
        "hand_over": lambda: propose_handover(team.ctx, actor, "user-1", "user-2", requests()),
        "assign_one": lambda: assign_one(team.ctx, actor, handle, "user-2", requests()),
        "flag": lambda: propose_flags(team.ctx, actor, [handle], "Housing", requests()),
        "export": lambda: export_handles(team.ctx, actor, [handle]),
    }
    done = set()
    for name, deed in deeds.items():
        try:
            deed()
        except NotAllowed:
            continue
        done.add(name)
    assert (
        done
        == {
            Role.CARE_MANAGER: set(deeds),
            Role.PSYCHIATRIST: {"flag", "export"},
            Role.PCP: {"flag", "export"},
            Role.CLINICAL_OPS: {"hand_over"},
            Role.FINANCE: set(),
        }[role]
    )
    assert len(team.refusals()) == len(deeds) - len(done)
