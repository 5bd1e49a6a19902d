"""The cost of a registry's morning grows with what is due, not with the registry."""

import json
from typing import Any

import pytest

from cocm_bot.playground import cast
from cocm_bot.store.jobs import JobKind, JobRef
from tests.jobs.scenes.environment import Environment
from tests.rig.crowd import load, synthetic
from tests.store import faults

PATIENTS, DUE = 1000, 60
MOST_QUERIES = 3
MOST_BYTES = 60_000
TUESDAY = "2031-03-04"
"""Neither the day of the review nor of the week's report: those read the whole caseload, once a week."""


@pytest.mark.slow
def test_a_thousand_patients_with_sixty_due(environment: Environment) -> None:
    """Asked for is the morning of five members and the team's channel."""
    environment.set(team_channel=cast.TEAM_CHANNEL)
    environment.tick("2031-03-03 08:00")
    everybody = synthetic(PATIENTS, environment.moment)
    crowd = [
        each.model_copy(update={"next_due": TUESDAY if number < DUE else "2031-06-02"})
        for number, each in enumerate(each for each in everybody if each.next_due)
    ]
    load(environment.table, environment.registry_id, crowd, findable=False)
    environment.until(f"{TUESDAY} 08:00")
    answers: list[bytes] = []

    def keep(http_response: Any, **_: object) -> None:
        answers.append(http_response.content)

    events = environment.table.client.meta.events
    events.register("after-call.dynamodb.Query", keep)
    try:
        with faults.on(environment.table.client, "Query", faults.none) as requests:
            environment.ticker.do(JobRef(JobKind.DIGEST, environment.registry_id))
    finally:
        events.unregister("after-call.dynamodb.Query", keep)
    assert environment.outcome(TUESDAY)["Maya"] == "posted"
    assert environment.outcome(TUESDAY)["channel"] == "posted"
    of_patients = [
        json.loads(answer)["Items"]
        for request, answer in zip(requests, answers, strict=True)
        if request.get("IndexName") and "registry-patient:" in json.dumps(request)
    ]
    others = [request for request in requests if "IndexName" not in request]
    assert not any("registry-patient:" in json.dumps(request) for request in others)
    assert 0 < len(of_patients) <= MOST_QUERIES
    assert [len(items) for items in of_patients] == [DUE]
    assert 10_000 < sum(size({"M": item}) for items in of_patients for item in items) <= MOST_BYTES


def size(value: dict[str, Any]) -> int:
    """Return how many bytes DynamoDB counts for a value, by the rules it publishes."""
    (kind, job), *_ = value.items()
    match kind:
        case "S":
            return len(job.encode())
        case "N":
            return len(job.strip("-").replace(".", "")) // 2 + 2
        case "L":
            return 3 + sum(1 + size(each) for each in job)
        case "M":
            return 3 + sum(1 + len(name.encode()) + size(each) for name, each in job.items())
        case _:
            return 1
