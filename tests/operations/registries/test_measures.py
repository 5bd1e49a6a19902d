from collections.abc import Callable
from dataclasses import replace

import pytest

from cocm_bot.domain.access import Actor, AdminRight
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.measures.definition import own_measure
from cocm_bot.domain.vocabulary import ContactType, Role, VisitType
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.registries import measures, recalculation
from cocm_bot.store import jobs, registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import history
from cocm_bot.store.registries import save_measures
from tests.operations.conftest import Office
from tests.store.build import REGISTRY

WELLBEING = own_measure(
    {"name": "WB", "items": 5, "maximum": 25, "higher_is_worse": False, "improved": 10, "remission": 13}
)


def admin(office: Office, role: Role = Role.CARE_MANAGER) -> Actor:
    return replace(office.actor(role), is_admin=True)


def asked(office: Office) -> list[str]:
    return [measure.name for measure in office.actor().registry.policy.measures]


@pytest.mark.parametrize("role", Role)
def test_an_admin_of_any_role_chooses_and_nobody_else(office: Office, role: Role) -> None:
    with pytest.raises(NotAllowed, match="Only an admin"):
        measures.choose(office.ctx, office.actor(role), ["GAD-7"])
    assert office.refusals() == [AdminRight.CHOOSE_MEASURES]
    measures.choose(office.ctx, admin(office, role), ["GAD-7", "PHQ-9"])
    assert asked(office) == ["GAD-7", "PHQ-9"]
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    assert sorted((entry.action, entry.outcome) for entry in entries) == [
        (AdminRight.CHOOSE_MEASURES, "allowed"),
        (AdminRight.CHOOSE_MEASURES, "refused"),
    ]


@pytest.mark.parametrize("names", [[], ["None such"], ["PHQ-9", "WB"]])
def test_only_what_is_on_offer_can_be_asked_for(office: Office, names: list[str]) -> None:
    with pytest.raises(InvalidInput):
        measures.choose(office.ctx, admin(office), names)


def test_a_definition_is_asked_for_kept_when_left_out_and_replaced_by_its_name(office: Office) -> None:
    before = asked(office)
    measures.define(office.ctx, admin(office), WELLBEING)
    assert asked(office) == [*before, "WB"]
    measures.choose(office.ctx, admin(office), ["PHQ-9"])
    assert asked(office) == ["PHQ-9"]
    measures.choose(office.ctx, admin(office), ["PHQ-9", "WB"])
    measures.define(office.ctx, admin(office), WELLBEING.model_copy(update={"maximum": 30.0}))
    registry = office.actor().registry
    assert [measure.maximum for measure in registry.policy.measures] == [27, 30]
    assert len(registry.own_measures) == 1


def test_two_admins_at_once_do_not_undo_each_other(office: Office) -> None:
    first, second = admin(office), admin(office)
    office.forward(minutes=1)
    measures.choose(office.ctx, first, ["GAD-7"])
    with pytest.raises(Conflict):
        measures.choose(office.ctx, second, ["PHQ-9"])
    assert asked(office) == ["GAD-7"]


def test_the_counts_are_not_written_back(office: Office) -> None:
    stale = office.actor().registry
    office.enrolled()
    save_measures(office.table, stale, stale.model_copy(update={"modified_date": stale.modified_date + 1}))
    current = registries.get(office.table, REGISTRY)
    assert current is not None
    assert current.active_patients == 1


def test_what_is_due_follows_the_measures(office: Office, requests: Callable[[], str]) -> None:
    measures.define(office.ctx, admin(office), WELLBEING)
    handle = office.enrolled()
    office.enrolled()
    day = office.actor().registry.policy.local_date(office.moment.timestamp())
    contact = Contact(
        contact_type=ContactType.INITIAL_ASSESSMENT,
        visit_type=VisitType.CLINIC,
        day=day,
        minutes=30,
        scores={"PHQ-9": 18, "WB": 8},
    )
    log_contact(office.ctx, office.actor(), handle, contact, requests())
    before = office.patient(handle)
    assert before.course.scores["WB"].not_improved_since is not None

    # A score of 8 is beyond the line and in remission now: nothing is left to improve.
    lower = {"improved_below": 5.0, "remission_below": 7.0}
    measures.define(office.ctx, admin(office), WELLBEING.model_copy(update=lower))
    called = jobs.get(office.table, JobKind.RECALCULATION, REGISTRY)
    assert called
    assert (called.due_at, called.state["by"]) == (office.moment.timestamp(), "user-1")
    _, steps = recalculation.steps(office.ctx, REGISTRY)
    assert len(list(steps)) == 2
    after = office.patient(handle)
    assert after.course.scores["WB"].not_improved_since is None
    assert after.course.scores["PHQ-9"] == before.course.scores["PHQ-9"]
    [log] = history.contacts(office.table, after.id)
    assert log.scores == before.treatment_logs[0].scores
    assert after.audit_logs == before.audit_logs


def test_from_the_command_line(office: Office) -> None:
    measures.load(office.ctx, REGISTRY, [WELLBEING])
    assert asked(office)[-1] == "WB"
    called = jobs.get(office.table, JobKind.RECALCULATION, REGISTRY)
    assert called
    assert called.state["by"] == ""
    with pytest.raises(NotFound):
        measures.load(office.ctx, "no-registry", [WELLBEING])
