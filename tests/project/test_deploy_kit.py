"""The deploy kit names what code and docs name: settings, rights, the table's form, figures, probes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml

from cocm_bot.config import Settings
from cocm_bot.jobs.gauges import GAUGES
from cocm_bot.serving import KEPT_SECONDS, STOP_SECONDS
from cocm_bot.store.table.administration import EXPIRY, INDEX_KEYS, PROJECTED, TABLE_KEYS
from cocm_bot.store.table.keys import INDEX
from cocm_bot.telemetry.emf import NAMESPACE
from cocm_bot.telemetry.instruments import Instruments

HOME = Path(__file__).parents[2]
KIT = HOME / "deploy/terraform"
FIGURES = {*Instruments.__dataclass_fields__, *GAUGES}


def plain(part: Any) -> Any:
    """Return what was read without the quotation marks that the parser keeps around texts."""
    if isinstance(part, dict):
        return {plain(name): plain(value) for name, value in part.items()}
    if isinstance(part, list):
        return [plain(each) for each in part]
    return part[1:-1] if isinstance(part, str) and part[:1] == part[-1:] == '"' else part


def blocks(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each block of a kind, by its type and name."""
    for path in sorted(KIT.glob("*.tf")):
        for each in plain(hcl2.loads(path.read_text())).get(kind, []):
            for what, named in each.items():
                for name, body in named.items():
                    yield what, name, body


def resource(what: str, name: str) -> dict[str, Any]:
    return next(body for kind, each, body in blocks("resource") if (kind, each) == (what, name))


def named_settings() -> set[str]:
    task = str(resource("aws_ecs_task_definition", "bot")["container_definitions"])
    secrets = str(resource("aws_secretsmanager_secret", "bot")["for_each"])
    return set(re.findall(r'\{name = "(\w+)"', task)) | set(re.findall(r'"([A-Z_]+)"', secrets))


def test_every_setting_it_names_is_one() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    named = named_settings()
    assert named - known == {"AWS_DEFAULT_REGION"}
    required = {str(f.validation_alias) for f in Settings.model_fields.values() if f.is_required()}
    assert required | {"SLACK_SIGNING_SECRET", "COCM_TABLE", "COCM_AUDIT_KEYS"} <= named


def test_the_bots_role_is_that_of_the_docs() -> None:
    policies = [
        json.loads(each)
        for each in re.findall(r"```json\n(.*?)```", (HOME / "docs/iam.md").read_text(), re.DOTALL)
    ]
    told = {each["Sid"]: each for policy in policies for each in policy.get("Statement", []) if "Sid" in each}
    [document] = [body for _, name, body in blocks("data") if name == "bot"]
    assert [each["sid"] for each in document["statement"]] == [
        *("ReadAndWriteItems", "NeverRewriteHistory", "UseTheKeyThroughDynamoDB"),
    ]
    for each in document["statement"]:
        stated = told[each["sid"]]
        assert (each["effect"], sorted(each["actions"])) == (stated["Effect"], sorted(stated["Action"]))
        for condition in each.get("condition", []):
            [(test, wanted)] = stated["Condition"].items()
            [(variable, values)] = wanted.items()
            assert (condition["test"], condition["variable"]) == (test, variable)
            if variable == "dynamodb:LeadingKeys":
                assert condition["values"] == values


def test_the_table_is_the_one_that_the_bot_makes() -> None:
    table = resource("aws_dynamodb_table", "registry")
    [index] = table["global_secondary_index"]
    assert [table["hash_key"], table["range_key"]] == TABLE_KEYS
    assert [index["hash_key"], index["range_key"]] == INDEX_KEYS
    assert (index["name"], index["projection_type"]) == (INDEX, "INCLUDE")
    assert sorted(index["non_key_attributes"]) == sorted(PROJECTED)
    assert {each["name"] for each in table["attribute"]} == {*TABLE_KEYS, *INDEX_KEYS}
    assert table["ttl"][0]["attribute_name"] == EXPIRY
    assert table["billing_mode"] == "PAY_PER_REQUEST"
    assert table["deletion_protection_enabled"] is True
    assert table["point_in_time_recovery"][0]["enabled"] is True


def alarms() -> dict[str, tuple[str, set[str]]]:
    """Each alarm with the bot's figure it watches and the dimensions it asks for."""
    text = (KIT / "alarms.tf").read_text()
    listed = re.findall(r'^    ([\w-]+) +=.*metric = "(\w+)", dimensions = \{ ?(\w*)', text, re.MULTILINE)
    single = re.findall(r'alarm_name += "cocm-bot-([\w-]+)"\n.*\n +metric_name += "(\w+)"', text)
    return {name: (metric, {by} - {""}) for name, metric, by in [*listed, *((*each, "") for each in single)]}


def test_every_alarm_watches_a_figure_there_is_and_has_its_page() -> None:
    told = re.findall(r"^## ([a-z-]+)$", (HOME / "docs/runbook.md").read_text(), re.MULTILINE)
    assert list(alarms()) == told
    assert {metric for metric, _ in alarms().values()} <= FIGURES | {"HealthyHostCount"}


def test_every_figure_is_told_with_what_it_is_split_by() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", (HOME / "docs/metrics.md").read_text(), re.MULTILINE)
    told = {name: set(re.findall(r"\w+", by)) for name, by in rows if name in FIGURES}
    assert set(told) == FIGURES
    for metric, dimensions in alarms().values():
        assert dimensions <= told.get(metric, set())
    searched = re.findall(
        rf'\{{{NAMESPACE},([\w,]+)\}} MetricName=\\"(\w+)\\"', (KIT / "alarms.tf").read_text()
    )
    assert len(searched) == 6
    assert all(set(by.split(",")) == told[metric] for by, metric in searched)


def test_the_balancer_fits_the_server() -> None:
    assert resource("aws_lb", "bot")["idle_timeout"] < KEPT_SECONDS
    assert resource("aws_lb_target_group", "bot")["health_check"][0]["path"] == "/readyz"
    task = str(resource("aws_ecs_task_definition", "bot")["container_definitions"])
    drain = re.search(r'"COCM_DRAIN_SECONDS", value = "(\d+)"', task)
    stop = re.search(r"stopTimeout = (\d+)", task)
    assert drain is not None
    assert stop is not None
    # Drained, requests in flight finished, and what was acknowledged done.
    assert int(drain[1]) + 2 * STOP_SECONDS <= int(stop[1])
    check = resource("aws_lb_target_group", "bot")["health_check"][0]
    assert check["interval"] * check["unhealthy_threshold"] < int(drain[1])


@pytest.mark.parametrize("service", ["create-table", "bot"])
def test_the_compose_file_names_settings_there_are(service: str) -> None:
    composed = yaml.safe_load((HOME / "deploy/compose/compose.yaml").read_text())["services"][service]
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert {name for name in composed["environment"] if not name.startswith("AWS_")} <= known
