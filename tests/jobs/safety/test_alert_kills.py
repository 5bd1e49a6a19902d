"""A process dies while it sends a safety alert, at every step once: everybody gets it at least once.

That many processes which die at random reach everybody too is shown in `test_kills`.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError

from cocm_bot.domain.access import Actor
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.jobs.clock.tick import LEASE_SECONDS
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.playground.workspace import Workspace
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import JobKind, JobRef
from cocm_bot.store.patients import patients
from cocm_bot.store.team import people
from tests.jobs.scenes.environment import Environment, running_house
from tests.store import engines, faults

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TOLD, TAKEN = "A patient needs your attention now", "A safety alert was taken"
RISK = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
MOST_STEPS = 200


class Death(BaseException):
    """The process is gone: nothing of ours may catch this."""


@dataclass
class Danger:
    """Patients at risk, one after the other."""

    ctx: Context
    registry_id: str
    raised: int = 0

    def actor(self, first_name: str) -> Actor:
        registry = registries.get(self.ctx.table, self.registry_id)
        assert registry is not None
        members = people.members(self.ctx.table, self.registry_id)
        one = next(each for each in members if each.first_name == first_name)
        return Actor(one.user_id, one.first_name, one.last_name, one.role, one.is_admin, registry)

    def raise_one(self, by: str) -> tuple[str, JobRef]:
        """Return the handle of a new patient with a safety flag, and the job that sends it."""
        self.raised += 1
        entered = {
            "patient_mrn": f"MRN-{self.raised}",
            "first_name": "Ada",
            "last_name": "Example",
            "date_of_birth": "1980-02-29",
            "phone_number": "555-010-0100",
            "email": "ada@example.org",
        }
        actor = self.actor(by)
        card = enrol(self.ctx, actor, Enrolment.model_validate(entered), new_id())
        handle = card.patient.handle
        raise_flags(self.ctx, actor, handle, RISK, new_id())
        found = patients.by_handle(self.ctx.table, self.registry_id, handle)
        assert found is not None
        return handle, JobRef(JobKind.ALERT, found.alerts[0].id)

    def over(self, alert: JobRef) -> bool:
        return jobs.get(self.ctx.table, *alert) is None


def told(workspace: Workspace, handle: str, text: str) -> Counter[str]:
    """Return how many messages with this text about a patient each place has."""
    return Counter(
        message.channel
        for message in workspace.messages
        if message.text == text and f"{handle} · " in str(message.blocks)
    )


@pytest.fixture
def environment(client: "DynamoDBClient") -> Iterator[Environment]:
    """One whose table is outside the process: faults need that."""
    with (
        engines.fresh_table(client) as table,
        ThreadPoolExecutor(1) as hands,
        running_house(table, hands) as running,
    ):
        yield running


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_death_at_every_request_to_the_table(environment: Environment, done: bool) -> None:
    danger = Danger(environment.ctx, environment.registry_id)
    twice = 0
    for step in range(1, MOST_STEPS):
        handle, alert = danger.raise_one("Maya")
        left = [step]

        def die(request: AWSPreparedRequest, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                if done:
                    with pytest.raises(ReadTimeoutError):
                        faults.lose_answer(request)
                raise Death

        with faults.on(environment.table.client, "*", die):
            try:
                environment.ticker.do(alert)
            except Death:
                died = True
            else:
                died = False
        environment.forward(seconds=LEASE_SECONDS)
        environment.ticker.do(alert)
        counts = told(environment.workspace, handle, TOLD)
        assert len(counts) == 2, f"Iris and Samuel are told, whatever step {step} was"
        assert max(counts.values()) <= 2
        twice += sum(count - 1 for count in counts.values())
        alerts.take(environment.ctx, danger.actor("Iris"), handle, alert.id)
        environment.ticker.do(alert)
        # A message whose mark was lost is not drawn again: pressed, it says who has it.
        assert told(environment.workspace, handle, TAKEN).keys() == counts.keys()
        assert danger.over(alert)
        if not died:
            break
    else:
        raise AssertionError("there is no end of steps")
    # Only between a message and its mark can a death lead to a second one.
    assert step > 20
    assert twice == (0 if done else 2)
