from collections.abc import Callable

import pytest

from cocm_bot.domain.errors import InvalidInput, NotAllowed
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.vocabulary import Flag, Role, Status
from cocm_bot.operations.patients.patient_status import Deactivation, Unsettled, deactivate, move, reopen
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.store.patients import history
from tests.operations.conftest import Office
from tests.store.build import counts

Fresh = Callable[[], str]
MOVED_AWAY = Deactivation(reason=DeactivationReason.MOVED, note="to Ohio")

KNOWING = MOVED_AWAY.model_copy(update={"asked": True})


def test_out_and_back_again(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    assert counts(office.table) == (1, 1)
    office.forward(minutes=5)
    move(office.ctx, office.actor(), handle, Status.TREATMENT, requests())
    office.forward(days=10)
    with pytest.raises(Unsettled, match="there is no relapse prevention plan"):
        deactivate(office.ctx, office.actor(), handle, MOVED_AWAY, requests())
    gone = deactivate(office.ctx, office.actor(), handle, KNOWING, requests())
    assert counts(office.table) == (1, 0)
    assert (gone.due, gone.patient.next_due) == ([], None)
    office.forward(days=30)
    back = reopen(office.ctx, office.actor(), handle, "moved home again", requests())
    assert counts(office.table) == (1, 1)
    assert back.patient.status is Status.ENROLLED
    assert (
        back.patient.course.episode_started == back.patient.episodes[1].started == office.moment.timestamp()
    )
    # Due for an assessment 7 days after 12 April.
    assert back.patient.next_due == "2031-04-19"
    trail = history.audit_trail(office.table, back.patient.id).records
    assert [
        (entry.action, *((c.attribute, c.before, c.after) for c in entry.changes)) for entry in trail[1:]
    ] == [
        ("moved", ("status", "Enrolled", "Treatment")),
        ("deactivated", ("reason", "", "Moved away: to Ohio"), ("status", "Treatment", "Deactivated")),
        ("reopened", ("reason", "", "moved home again"), ("status", "Deactivated", "Enrolled")),
    ]


def test_each_is_done_once_per_request(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    out, back = requests(), requests()
    for _ in range(2):
        deactivate(office.ctx, office.actor(), handle, MOVED_AWAY, out)
    assert counts(office.table) == (1, 0)
    for _ in range(2):
        reopen(office.ctx, office.actor(), handle, "back", back)
    assert counts(office.table) == (1, 1)
    assert len(office.patient(handle).episodes) == 2


def test_a_reason_of_its_own_needs_words(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    other = Deactivation(reason=DeactivationReason.OTHER, note="  ")
    with pytest.raises(InvalidInput) as refused:
        deactivate(office.ctx, office.actor(), handle, other, requests())
    assert refused.value.field == "note"
    assert office.patient(handle).version == 1


def test_an_open_safety_risk_keeps_the_patient_in_sight(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    risk = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="item 9 at 1")
    raise_flags(office.ctx, office.actor(), handle, risk, requests())
    with pytest.raises(InvalidInput, match="Safety Risk"):
        deactivate(office.ctx, office.actor(), handle, MOVED_AWAY, requests())
    assert counts(office.table) == (1, 1)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CARE_MANAGER])
def test_care_managers_alone_change_the_status(office: Office, requests: Fresh, role: Role) -> None:
    handle = office.enrolled()
    actor = office.actor(role)
    with pytest.raises(NotAllowed):
        move(office.ctx, actor, handle, Status.TREATMENT, requests())
    with pytest.raises(NotAllowed):
        deactivate(office.ctx, actor, handle, MOVED_AWAY, requests())
    with pytest.raises(NotAllowed):
        reopen(office.ctx, actor, handle, "back", requests())
    assert office.patient(handle).version == 1
    assert office.refusals() == ["change_status"] * 3
