from collections.abc import Callable

import pytest

from cocm_bot.domain.errors import InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.vocabulary import Flag, Role
from cocm_bot.operations.safety.flags import Flagging, raise_flags, resolve_flags
from cocm_bot.store.patients import history
from tests.operations.conftest import Office

Fresh = Callable[[], str]
REVIEW = Flagging(flag_types=(Flag.REVIEW,), reason="no change in 8 weeks")
SAFETY = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="item 9 at 2")


def test_the_patients_flag_is_the_gravest_that_is_open(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    raise_flags(office.ctx, office.actor(), handle, REVIEW, requests())
    assert office.patient(handle).patient_flag is Flag.REVIEW
    office.forward(days=1)
    raise_flags(office.ctx, office.actor(Role.PCP, "user-2"), handle, SAFETY, requests())
    assert office.patient(handle).patient_flag is Flag.SAFETY_RISK
    done = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="safety plan made")
    card = resolve_flags(office.ctx, office.actor(Role.PSYCHIATRIST, "user-3"), handle, done, requests())
    assert card.patient.patient_flag is Flag.REVIEW
    assert [
        (flag.flag_type, flag.created_by_provider_id, flag.resolved_by_provider_id)
        for flag in card.patient.flags
    ] == [
        (Flag.REVIEW, "user-1", None),
        (Flag.SAFETY_RISK, "user-2", "user-3"),
    ]


def test_the_audit_trail_says_why(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    office.forward(minutes=5)
    raise_flags(office.ctx, office.actor(), handle, SAFETY, requests())
    office.forward(minutes=5)
    done = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="called back, safe at home")
    resolve_flags(office.ctx, office.actor(), handle, done, requests())
    trail = history.audit_trail(office.table, office.patient(handle).id).records
    assert [(entry.action, entry.version) for entry in trail] == [
        ("enrolled", None),
        ("flag raised", 2),
        ("flag resolved", 3),
    ]
    assert [(change.attribute, change.before, change.after) for change in trail[2].changes] == [
        ("flag", "Safety Risk: item 9 at 2", "resolved: called back, safe at home"),
        ("patient_flag", "Safety Risk", ""),
    ]


def test_a_request_delivered_twice_raises_one_flag(office: Office, requests: Fresh) -> None:
    handle, request_id = office.enrolled(), requests()
    for _ in range(2):
        raise_flags(office.ctx, office.actor(), handle, REVIEW, request_id)
    assert len(office.patient(handle).flags) == 1


def test_an_open_flag_is_not_raised_again(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    raise_flags(office.ctx, office.actor(), handle, REVIEW, requests())
    with pytest.raises(InvalidInput, match="open already"):
        raise_flags(office.ctx, office.actor(), handle, REVIEW, requests())
    assert office.patient(handle).version == 2


@pytest.mark.parametrize("role", [Role.CLINICAL_OPS, Role.FINANCE])
def test_only_clinicians_raise_and_resolve(office: Office, requests: Fresh, role: Role) -> None:
    handle = office.enrolled()
    raise_flags(office.ctx, office.actor(), handle, SAFETY, requests())
    for operation in (raise_flags, resolve_flags):
        with pytest.raises(NotAllowed):
            operation(office.ctx, office.actor(role), handle, SAFETY, requests())
    assert office.patient(handle).version == 2
    assert office.refusals() == ["raise_flag", "resolve_flag"]


def test_a_handle_of_no_patient(office: Office, requests: Fresh) -> None:
    with pytest.raises(NotFound):
        raise_flags(office.ctx, office.actor(), "ZZZZ", REVIEW, requests())
