"""A change of the policy is followed in slices, and its maker is shown the progress."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.jobs.clock.tick import LEASE_SECONDS
from cocm_bot.operations.registries import measures, recalculation
from cocm_bot.operations.registries.recalculation import SETTLED_SECONDS, SLICE_SECONDS, Progress
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job, JobKind, JobRef
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Beside, Compute
from cocm_bot.store.table.table import Table
from tests.rig.clinic import Clinic

PATIENTS = 7
HALF = PATIENTS // 2 + 1


def chosen(clinic: Clinic, *names: str) -> None:
    """Maya asks for these measures, of which the table alone knows yet."""
    measures.choose(clinic.ctx, maya(clinic), names)


def maya(clinic: Clinic) -> Actor:
    return replace(clinic.actor(), is_admin=True)


def queued(clinic: Clinic) -> Job | None:
    return jobs.get(clinic.ctx.table, JobKind.RECALCULATION, clinic.registry_id)


def messages(clinic: Clinic) -> list[str]:
    """Return what was said and drawn again, in order."""
    calls = [call for call in clinic.workspace.calls if call.name in {"chat.postMessage", "chat.update"}]
    return [call.arguments["blocks"][0]["text"]["text"] for call in calls]


@pytest.fixture
def seeded(clinic: Clinic) -> Clinic:
    list(seed(clinic.ctx, clinic.registry_id, PATIENTS, 1))
    return clinic


def slice_of(clinic: Clinic) -> None:
    """The clock does this work once, where a tick would go on."""
    clinic.bot.clock.do(JobRef(JobKind.RECALCULATION, clinic.registry_id))


@contextmanager
def slow(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each patient takes so long that a slice does half of them."""
    recompute = changing.recompute

    def takes_long(
        table: Table, registry_id: str, entry: DirectoryEntry, compute: Compute, beside: Beside
    ) -> tuple[Patient, Patient]:
        clinic.clock.moment += timedelta(seconds=SLICE_SECONDS / (HALF - 1))
        return recompute(table, registry_id, entry, compute, beside)

    with monkeypatch.context() as patched:
        patched.setattr(changing, "recompute", takes_long)
        yield


def test_a_small_registry_is_done_at_once_and_looked_at_again(seeded: Clinic) -> None:
    chosen(seeded, "GAD-7")
    seeded.tick()
    [told] = messages(seeded)
    assert told.startswith("Your change of the settings is applied.")
    assert told.endswith(f"of {PATIENTS} patients in all.")
    settling = queued(seeded)
    assert settling
    assert settling.due_at == seeded.clock().timestamp() + SETTLED_SECONDS
    entry = next(each for each in seeded.accesses() if each.action == "compute_anew")
    assert (entry.user_id, entry.surface, entry.patient_ids) == (maya(seeded).user_id, "clock", ())
    assert entry.reason.startswith(f"{PATIENTS} patients, ")
    seeded.clock.forward(minutes=3)
    seeded.tick()
    assert queued(seeded) is None
    assert len(messages(seeded)) == 1
    assert sum(each.action == "compute_anew" for each in seeded.accesses()) == 1


def test_a_large_one_tells_how_far_it_came(seeded: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(seeded, "GAD-7")
    with slow(seeded, monkeypatch):
        seeded.tick()
        seeded.tick()
    assert messages(seeded)[0].startswith(
        f"Applying your change of the settings. Working through {HALF} of {PATIENTS} patients"
    )
    assert messages(seeded)[1] == f"Your change of the settings is applied to all {PATIENTS} patients."
    assert messages(seeded)[2].startswith("Your change of the settings is applied. ")
    assert len(messages(seeded)) == 3
    posted = seeded.calls("chat.postMessage")
    assert {call.arguments["text"] for call in posted} == {"A note from cocm_bot"}


def test_a_restart_goes_on_where_the_slice_before_ended(
    seeded: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(seeded, "GAD-7")
    with slow(seeded, monkeypatch):
        slice_of(seeded)
    came = queued(seeded)
    assert came
    assert Progress.model_validate(came.state).looked == HALF
    # a process takes it and dies
    now = seeded.clock().timestamp()
    assert jobs.claim(seeded.ctx.table, JobRef(JobKind.RECALCULATION, seeded.registry_id), now, LEASE_SECONDS)
    seeded.tick()
    assert len(messages(seeded)) == 1
    seeded.clock.forward(minutes=2)
    with seeded.restarted():
        seeded.tick()
    assert messages(seeded)[-1].endswith(f"of {PATIENTS} patients in all.")


def test_a_change_during_the_run_starts_it_over_and_the_end_is_told_once(
    seeded: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(seeded, "GAD-7")
    work_through = recalculation.work_through

    def overtaken(*arguments: object) -> tuple[Progress, bool]:
        came = work_through(*arguments)  # type: ignore[arg-type]  # passed on as they are
        monkeypatch.setattr(recalculation, "work_through", work_through)
        chosen(seeded, "PHQ-9")
        return came

    monkeypatch.setattr(recalculation, "work_through", overtaken)
    slice_of(seeded)
    assert messages(seeded) == []
    seeded.tick()
    assert len(messages(seeded)) == 1
    policy = seeded.registry.policy
    recalculated = recalculation.recalculated(policy, seeded.clock())
    for patient in seeded.patients():
        assert recalculated(patient, list(patient.treatment_logs)).next_due
    assert [measure.name for measure in policy.measures] == ["PHQ-9"]


def test_what_slack_does_not_take_is_said_later(seeded: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(seeded, "GAD-7")

    def silent(*_: object) -> None:
        raise Unavailable("Slack does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(Gateway, "tell", silent)
        seeded.tick()
    assert messages(seeded) == []
    seeded.clock.forward(minutes=1)
    seeded.tick()
    assert len(messages(seeded)) == 1


def test_nobody_is_told_of_what_the_command_line_changed(seeded: Clinic) -> None:
    measures.load(seeded.ctx, seeded.registry_id, [])
    seeded.tick()
    assert messages(seeded) == []
    assert queued(seeded)
