"""Jobs outlive a version of the bot: what is stored with them is read by the next."""

from typing import Any

import pytest

from cocm_bot.domain.records.record import Record
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.recommendation_job import SendingState
from cocm_bot.jobs.safety.alert_job import EscalationState
from cocm_bot.operations.registries.recalculation import Progress
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import keys

STORED = {
    JobKind.ALERT: "work:alert:x",
    JobKind.CLEARING: "work:clear:x",
    JobKind.RECOMMENDATION: "work:letter:x",
    JobKind.OFFBOARDING: "work:unassign:x",
    JobKind.ADMIN_NOTICE: "work:notice:x",
    JobKind.DIGEST: "work:registry:x",
    JobKind.RECALCULATION: "work:rederive:x",
    JobKind.INVITE: "work:invite:x",
    JobKind.BILLING_CHANGE: "work:billing:x",
    JobKind.BILLED_TWICE: "work:billed-twice:x",
    JobKind.BULK: "work:bulk:x",
    JobKind.IMPORT: "work:import:x",
    JobKind.UPLOAD: "work:file:x",
    JobKind.ERASED: "work:erased:x",
    JobKind.WATCH: "work:watch:x",
}
"""The keys of jobs that wait in tables, written out: nobody takes a job whose kind was renamed."""


def test_every_kind_keeps_the_name_it_is_stored_under() -> None:
    assert {kind: keys.work(kind, "x").pk for kind in JobKind} == STORED, (
        "jobs that wait are stored under these names: another name leaves them undone; write a migration"
    )


def test_every_kind_has_a_handler() -> None:
    assert set(HANDLERS) == set(JobKind)


@pytest.mark.parametrize(
    ("state", "stored"),
    [
        (EscalationState, {"handle": "K7Q4", "begun": 1.5, "round": 1, "owned_up": True, "failed": 2}),
        (SendingState, {"handle": "K7Q4", "by": "user-1", "missed": ["user-2"]}),
        (
            Progress,
            {
                "by": "user-1",
                "since": 1.5,
                "cursor": "K7Q4",
                "looked": 9,
                "total": 12,
                "moved": 3,
                "failed": 1,
                "again": True,
                "channel": "D1",
                "ts": "1.5",
            },
        ),
    ],
)
def test_the_state_of_a_stored_job_is_read_and_written_under_the_same_names(
    state: type[Record], stored: dict[str, Any]
) -> None:
    read = state.model_validate(stored)
    assert read.model_extra == {}, "a name that is not read was renamed"
    assert read.model_dump(by_alias=True, mode="json") == stored
