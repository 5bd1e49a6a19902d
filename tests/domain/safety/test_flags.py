import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.flags import open_types, raisable, with_raised, with_resolved
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain import build

DISCUSS, REVIEW, SAFETY = Flag.NEEDS_DISCUSSION, Flag.REVIEW, Flag.SAFETY_RISK
NOW = build.at("2026-03-09")


def flagged(*flags: Flag, resolved: tuple[Flag, ...] = (), status: Status = Status.TREATMENT) -> Patient:
    raised = [build.flag(flag, "2026-03-02") for flag in flags]
    settled = [build.flag(flag, "2026-02-02", "2026-02-09") for flag in resolved]
    return build.patient(status, flags=[*settled, *raised])


@pytest.mark.parametrize(
    ("patient", "still_open", "to_raise"),
    [
        (flagged(), (), (SAFETY, REVIEW, DISCUSS)),
        (flagged(DISCUSS), (DISCUSS,), (SAFETY, REVIEW)),
        (flagged(DISCUSS, SAFETY), (SAFETY, DISCUSS), (REVIEW,)),
        (flagged(DISCUSS, SAFETY, REVIEW), (SAFETY, REVIEW, DISCUSS), ()),
        (flagged(resolved=(SAFETY,)), (), (SAFETY, REVIEW, DISCUSS)),
        # Tables of an older system can hold two open flags of one type.
        (flagged(REVIEW, REVIEW), (REVIEW,), (SAFETY, DISCUSS)),
        (flagged(DISCUSS, status=Status.DEACTIVATED), (DISCUSS,), ()),
    ],
)
def test_what_is_open_and_what_can_be_raised(
    patient: Patient, still_open: tuple[Flag, ...], to_raise: tuple[Flag, ...]
) -> None:
    assert open_types(patient) == still_open
    assert raisable(patient) == to_raise


def test_raised_flags_join_those_there_were() -> None:
    before = flagged(DISCUSS, resolved=(SAFETY,))
    flags = with_raised(before, (REVIEW, SAFETY), "item 9 above 0", "user-2", NOW)
    assert flags[:2] == before.flags
    assert [(flag.flag_type, flag.created_by_provider_id, flag.reason) for flag in flags[2:]] == [
        (SAFETY, "user-2", "item 9 above 0"),
        (REVIEW, "user-2", "item 9 above 0"),
    ]
    assert {flag.created_date for flag in flags[2:]} == {NOW}


@pytest.mark.parametrize(
    ("patient", "types", "sentence"),
    [
        (flagged(REVIEW), (REVIEW,), "Review with Psychiatrist is open already"),
        (flagged(REVIEW), (SAFETY, REVIEW), "Review with Psychiatrist is open already"),
        (
            flagged(REVIEW, DISCUSS),
            (DISCUSS, REVIEW),
            "Review with Psychiatrist and Needs Discussion are open",
        ),
        (flagged(status=Status.DEACTIVATED), (SAFETY,), "reopen the record before raising a flag"),
    ],
)
def test_what_can_not_be_raised(patient: Patient, types: tuple[Flag, ...], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refused:
        with_raised(patient, types, "because", "user-2", NOW)
    assert refused.value.field == "flag_types"


def test_a_resolved_flag_keeps_who_raised_it_and_says_who_resolved_it() -> None:
    before = flagged(REVIEW, SAFETY, REVIEW)
    review, safety, second = with_resolved(before, (REVIEW,), "seen on Monday", "user-2", NOW)
    assert safety == before.flags[1]
    for flag in (review, second):
        assert (flag.created_by_provider_id, flag.created_date) == ("user-1", build.at("2026-03-02"))
        assert (flag.resolved_by_provider_id, flag.resolved_date) == ("user-2", NOW)
        assert flag.resolved_reason == "seen on Monday"


def test_a_flag_raised_again_is_resolved_alone() -> None:
    before = flagged(SAFETY, resolved=(SAFETY,))
    earlier, _ = with_resolved(before, (SAFETY,), "plan agreed", "user-2", NOW)
    assert earlier == before.flags[0]


def test_what_is_not_open_can_not_be_resolved() -> None:
    with pytest.raises(
        InvalidInput, match="Needs Discussion is no longer open: somebody resolved it"
    ) as refused:
        with_resolved(flagged(REVIEW), (DISCUSS, REVIEW), "done", "user-2", NOW)
    assert refused.value.field == "flag_types"
