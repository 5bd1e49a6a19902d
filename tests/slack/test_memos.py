"""The state of open modals: one drawn by another version, or for another purpose, is out of date."""

import json
from typing import Any

import pytest

from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.caseload.bulk import SeveralMemo
from cocm_bot.slack.caseload.snooze import SnoozeMemo
from cocm_bot.slack.contacts.correction import CorrectionMemo
from cocm_bot.slack.contacts.log_contact import ContactMemo
from cocm_bot.slack.patients.merging import MergeMemo
from cocm_bot.slack.patients.patient_status import DeactivationMemo
from cocm_bot.slack.recommendations.recommendation import AnswerMemo
from cocm_bot.slack.registries.measures import LinesMemo
from cocm_bot.slack.registries.settings import SettingsMemo
from cocm_bot.slack.runtime.memo import ChangeMemo, ListMemo, Memo, OnceMemo, PatientMemo, VersionMemo
from cocm_bot.slack.runtime.request import OUT_OF_DATE
from cocm_bot.slack.team.team import AccountMemo, MemberMemo
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient

MODALS = {
    "Record consent": "request_id",
    "Edit details": "version",
    "Deactivate": "request_id",
    "Snooze": "handle",
}
"""Entries of a card's menu, each with something its modal can't do without."""

NEEDED: dict[type[Memo], set[str]] = {
    Memo: set(),
    OnceMemo: {"request_id"},
    PatientMemo: {"handle"},
    DeactivationMemo: {"handle", "request_id"},
    LinesMemo: {"measure"},
    ChangeMemo: {"handle", "request_id"},
    VersionMemo: {"handle", "request_id", "version"},
    ListMemo: set(),
    ContactMemo: {"handle", "request_id"},
    CorrectionMemo: {"handle", "request_id", "entry"},
    SnoozeMemo: {"handle", "request_id"},
    SeveralMemo: {"request_id"},
    AnswerMemo: {"handle", "request_id", "recommendation", "seen"},
    MemberMemo: {"member"},
    AccountMemo: {"member", "seen"},
    SettingsMemo: {"section", "seen"},
    MergeMemo: {"handle", "other", "kept_version", "other_version"},
}


def submitted(maya: Seat, memo: dict[str, Any]) -> object:
    assert maya.view is not None
    maya.view.payload["private_metadata"] = json.dumps(memo)
    return maya.submit()


@pytest.mark.parametrize(("entry", "needed"), MODALS.items())
def test_a_modal_of_another_version_is_out_of_date_and_saves_nothing(
    clinic: Clinic, entry: str, needed: str
) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close(everything=True)
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", entry)
    clinic.workspace.wait_until(lambda: maya.view and "Loading" not in maya.screen, entry)
    clinic.workspace.settled()
    if entry == "Deactivate":
        maya.fill({"Reason": "Moved away"})
    if entry == "Snooze":
        maya.fill({"Why": "on holiday"})
    assert maya.view is not None
    memo = json.loads(maya.view.payload["private_metadata"])
    [before] = clinic.patients()
    for other in (
        {name: value for name, value in memo.items() if name != needed},
        memo | {"field_of_another_version": "x"},
        memo | {needed: "Ana Muñoz"},
    ):
        errors = submitted(maya, other)
        assert isinstance(errors, dict)
        assert list(errors.values()) == [OUT_OF_DATE]
    assert clinic.patients() == [before]
    assert submitted(maya, memo) is None


@pytest.mark.parametrize(("kind", "needed"), NEEDED.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_a_memo_has_what_its_modal_needs_and_nothing_else(kind: type[Memo], needed: set[str]) -> None:
    assert {name for name, field in kind.model_fields.items() if field.is_required()} == needed
    assert kind.model_config["extra"] == "forbid"
    assert {"registry", "under"} <= set(kind.model_fields)
