import pytest

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import NotAllowed
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise, record_refusal, record_view
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.access_log import AccessEntry
from tests.operations.conftest import Office
from tests.store.build import REGISTRY


def entries(office: Office, registry_id: str = REGISTRY) -> list[AccessEntry]:
    return access_log.entries(office.table, registry_id, office.moment.date()).records


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_table_says_and_every_refusal_is_written_down(
    office: Office, role: Role
) -> None:
    actor = office.actor(role)
    refused = []
    for action in Action:
        try:
            authorise(office.ctx, actor, action)
        except NotAllowed:
            refused.append(action)
    assert refused == [action for action in Action if not may(role, action)]
    assert sorted(office.refusals()) == sorted(action.name.lower() for action in refused)


def test_a_refusal_says_who_was_refused_what_and_why(office: Office) -> None:
    with pytest.raises(NotAllowed, match=r"As Finance you may not see a patient\. Ask a Care Manager, "):
        authorise(office.ctx, office.actor(Role.FINANCE, "user-9"), Action.VIEW_PATIENT)
    [entry] = entries(office)
    assert (entry.registry_id, entry.user_id, entry.action) == (REGISTRY, "user-9", "view_patient")
    assert (entry.outcome, entry.reason, entry.patient_ids) == ("refused", "role Finance", ())
    assert (entry.at, entry.surface) == (office.moment.timestamp(), "command line")


def test_a_view_says_whom_it_showed(office: Office) -> None:
    record_view(office.ctx, office.actor(), Action.VIEW_CASELOAD, ["patient-1", "patient-2"])
    [entry] = entries(office)
    assert (entry.action, entry.patient_ids, entry.outcome) == (
        "view_caseload",
        ("patient-1", "patient-2"),
        "allowed",
    )


def test_who_reached_no_registry_is_written_down_under_none(office: Office) -> None:
    record_refusal(office.ctx, "U0GUS", "modal", "Outsider")
    assert entries(office) == []
    [entry] = entries(office, "-")
    assert (entry.slack_user_id, entry.surface, entry.reason) == ("U0GUS", "modal", "Outsider")
    assert (entry.action, entry.outcome, entry.user_id) == ("enter", "refused", "")
