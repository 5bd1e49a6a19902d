"""The documents say of the code what the code says."""

import ast
import json
import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints

import botocore.session
import pytest
import typer
import yaml
from botocore import xform_name

import cocm_bot.store
from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.main import COMMANDS as COMMAND_LINE
from cocm_bot.cli.main import LazyCommand, app
from cocm_bot.config import Settings
from cocm_bot.domain.access import Action, AdminRight, may
from cocm_bot.domain.billing.columns import COLUMNS
from cocm_bot.domain.registries.formatting import shown
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.checking import FOR_A_PERSON, Kind
from cocm_bot.slack.commands import COMMANDS, ROOT
from cocm_bot.slack.registries.settings_view import IN_SECTION, LABELS
from cocm_bot.store.table import keys
from cocm_bot.store.table.writes import Write

HOME = Path(__file__).parents[2]
README = (HOME / "README.md").read_text()
DOCUMENTS = [HOME / "README.md", HOME / "CHANGELOG.md", *sorted((HOME / "docs").glob("*.md"))]
TEXTS = {document.relative_to(HOME).as_posix(): document.read_text() for document in DOCUMENTS}


def table(text: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    under = text.split(f"\n{heading}\n", 1)[1]
    rows = [line for line in re.split(r"\n#", under)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


def test_the_environment_table_is_the_settings() -> None:
    told = {name.strip("`"): default.strip("`") for name, default, _ in table(README, "### Environment")}
    defaults = {
        str(setting.validation_alias): "required" if setting.is_required() else str(setting.default)
        for setting in Settings.model_fields.values()
    }
    # one of these two must be there, which no default can say
    defaults |= {"SLACK_SIGNING_SECRET": "required for HTTP", "SLACK_APP_TOKEN": "none"}
    defaults |= {"COCM_AUDIT_KEY": "required", "COCM_AUDIT_KEYS": "none"}
    defaults["COCM_COGNITO_USER_POOL_ID"] = "none"
    defaults |= {"COCM_REGISTRY_CREATORS": "none", "COCM_WORKSPACE_ADMINS_CREATE": "false"}
    defaults["COCM_ORG_SHARED_CHANNELS"] = "false"
    several = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "COCM_WORKSPACES", "COCM_WORKSPACE")
    defaults |= dict.fromkeys((*several, "COCM_FIRST_WORKSPACE"), "none")
    defaults["SLACK_BOT_TOKEN"] = "required for one workspace"
    assert told == defaults


def test_the_command_table_is_the_one_that_dispatches() -> None:
    usages = [" ".join(part for part in (ROOT, each.name, each.usage) if part) for each in COMMANDS]
    expected = markdown(
        ["Command", "What it does"],
        *(
            ["`" + usage.replace("|", r"\|") + "`", command.summary]
            for usage, command in zip(usages, COMMANDS, strict=True)
        ),
    )
    assert expected in README, f"the table of commands should be:\n{expected}"


def test_the_table_of_the_command_line_is_its_help() -> None:
    expected = [[f"`cocm-bot {name}`", each.help] for name, each in COMMAND_LINE.items()]
    assert table(TEXTS["docs/deploy.md"], "## The command line") == expected


def test_the_roles_table_is_the_access_table() -> None:
    expected = markdown(
        ["", *Role],
        *([action, *("yes" if may(role, action) else "–" for role in Role)] for action in Action),
    )
    assert expected in README, f"the table of roles should be:\n{expected}"


def test_the_rights_of_an_admin_are_those_of_the_code() -> None:
    expected = f"An admin of a registry, whatever their role, may also: {'; '.join(AdminRight)}."
    assert expected in " ".join(README.split()), expected


def test_the_settings_are_the_ones_that_can_be_set() -> None:
    for section, settings in IN_SECTION.items():
        expected = markdown(
            ["Setting", "Default", "Range", "What it means"],
            *(
                [
                    each.label,
                    shown(each, each.default),
                    "" if each.least is None else f"{each.least}–{each.most}",
                    each.meaning,
                ]
                for each in settings
            ),
        )
        told_there = TEXTS["docs/settings.md"].partition(f"## {LABELS[section]}\n\n")[2] + "\n"
        assert told_there.startswith(expected), f"the table should be:\n{expected}"


def markdown(head: Sequence[str], *rows: Sequence[str]) -> str:
    """A table, ready to be put into a document."""
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    lines.insert(1, "|" + "---|" * len(head))
    return "\n".join(lines).replace("|  |", "| |") + "\n\n"


def test_the_table_of_findings_is_what_check_can_find() -> None:
    expected = [
        [kind, "nothing: for a person to settle" if kind in FOR_A_PERSON else "repairs it"] for kind in Kind
    ]
    assert table(TEXTS["docs/checking.md"], "## What it finds") == expected


def test_the_key_table_is_the_one_beside_the_keys() -> None:
    source = (keys.__doc__ or "").replace("`", "")
    written = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in source.splitlines() if "|" in line
    ]
    told = table(TEXTS["docs/architecture.md"], "## Keys")
    assert [[cell.replace("`", "") for cell in row] for row in told] == written[2:]


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", TEXTS[name])
    for target, _, anchor in (link.partition("#") for link in links if "://" not in link):
        file = (HOME / name).parent / target if target else HOME / name
        assert file.exists(), f"{name} links to {target}"
        assert not anchor or anchor in anchors(file.read_text()), f"{name} links to {target}#{anchor}"


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", TEXTS)
def test_every_make_target_is_one(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (HOME / "Makefile").read_text(), re.MULTILINE))
    assert {line.split()[1] for line in typed(TEXTS[name]) if line.startswith("make ")} <= targets


def test_the_readme_names_every_make_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (HOME / "Makefile").read_text(), re.MULTILINE))
    assert {row[0].strip("`").removeprefix("make ") for row in table(README, "## Development")} == targets


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_line_is_understood(name: str) -> None:
    for line in typed(TEXTS[name]):
        words = shlex.split(re.sub(r"^([A-Z_]+=\S+ )+", "", line), comments=True)
        if words and words[0] == "cocm-bot":
            understood(words[1:])


def understood(words: list[str]) -> None:
    """Fail unless there is such a command with such options."""
    command: Any = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
        command = command.load() if isinstance(command, LazyCommand) else command
    options = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
    given = {word for word in words if word.startswith("--")}
    unknown = [word for word in words if not word.startswith("--")] if hasattr(command, "commands") else []
    assert not unknown, f"there is no command {unknown}"
    assert given <= {*options, "--help"}, f"{command.name} has no {given - options}"


def typed(text: str) -> Iterator[str]:
    """Yield what a reader may type: the lines of blocks, continued lines joined, and the code in
    sentences.
    """
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    for block in blocks:
        yield from (line.strip() for line in block.replace("\\\n", " ").splitlines())
    sentences = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", sentences)


def policies() -> list[list[dict[str, Any]]]:
    """The statements of each policy in docs/iam.md."""
    blocks = re.findall(r"^```json\n(.*?)^```", TEXTS["docs/iam.md"], re.MULTILINE | re.DOTALL)
    return [json.loads(block)["Statement"] for block in blocks]


def store_modules() -> list[Path]:
    return sorted(Path(cocm_bot.store.__path__[0]).rglob("*.py"))


def called(*modules: str, service: str = "dynamodb") -> set[str]:
    """The operations of a service that modules of the store call, by the API's names."""
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name): name for name in model.operation_names}
    paths = [path for path in store_modules() if path.name in modules]
    assert {path.name for path in paths} == set(modules)
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text()))]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return {operations[name] for name in names & operations.keys()}


def test_the_bots_policy_allows_what_the_store_calls_and_no_more() -> None:
    modules = {path.name for path in store_modules()}
    of_operators = {"administration.py", "migration.py", "ownership.py", "survey.py"}
    used = called(*(name for name in modules if name not in of_operators))
    used |= {"ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item" for kind in write_kinds()}
    allow, _ = policies()[0]
    # a transaction is checked as the writes it is made of
    assert set(allow["Action"]) == {f"dynamodb:{name}" for name in used - {"TransactWriteItems"}}
    assert [arn.rpartition(":")[2] for arn in allow["Resource"]] == [
        "table/cocm-registry",
        f"table/cocm-registry/index/{keys.INDEX}",
        f"table/cocm-registry/index/{keys.PACKED_INDEX}",
    ]


def write_kinds() -> tuple[str, ...]:
    return get_args(get_type_hints(Write)["kind"])


def test_the_bots_policy_forbids_to_rewrite_history() -> None:
    _, deny = policies()[0]
    assert deny["Effect"] == "Deny"
    assert set(deny["Action"]) == {"dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    prefixes = [
        pattern.removesuffix("*")
        for pattern in deny["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]
    ]
    guarded = [keys.patient_log("p"), keys.access_day("r", date(2026, 3, 2))]
    guarded.append(keys.checkpoints(date(2026, 3, 2)))
    prefixes, of_workspaces = prefixes[: len(guarded)], prefixes[len(guarded) :]
    assert of_workspaces == [keys.workspace_prefix("*") + prefix for prefix in prefixes]
    assert all(key.startswith(prefix) for key, prefix in zip(guarded, prefixes, strict=True))


def test_the_policy_for_the_table_allows_what_making_and_checking_it_calls() -> None:
    (allow,) = policies()[1]
    assert set(allow["Action"]) == {f"dynamodb:{name}" for name in called("administration.py")}


def test_the_policy_for_a_user_pool_allows_what_is_called_there() -> None:
    (allow,) = policies()[-1]
    used = called("cognito.py", service="cognito-idp")
    assert set(allow["Action"]) == {f"cognito-idp:{name}" for name in used}


def test_the_policy_for_checking_adds_the_scan_alone() -> None:
    (allow,) = policies()[2]
    # a transaction of reads is checked as the reads it is made of
    assert {allow["Action"]} == {f"dynamodb:{name}" for name in called("survey.py") - {"TransactGetItems"}}


def test_the_policy_for_erasing_may_all_the_bot_may_but_for_the_access_log() -> None:
    (bot, _), (allow, deny) = policies()[0], policies()[3]
    assert set(allow["Action"]) == {*bot["Action"], "dynamodb:Scan"}
    forbidden = deny["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]
    logs = ["access-log:*", "audit-checkpoint:*"]
    assert (deny["Effect"], forbidden) == ("Deny", [*logs, *(f"workspace:*:{each}" for each in logs)])


def test_the_address_to_replace_stands_in_the_manifest_as_often_as_is_said() -> None:
    manifest = (HOME / "cocm_bot/manifest.yaml").read_text()
    assert yaml.safe_dump(yaml.safe_load(manifest)).count("cocm.example.org") == len(
        ("one", "two", "three", "four")
    )
    assert all("four times" in text for text in (manifest, TEXTS["docs/deploy.md"]))


def test_the_image_does_not_run_as_root_and_starts_no_shell() -> None:
    dockerfile = (HOME / "Dockerfile").read_text()
    final = dockerfile.split("\nFROM ")[-1]
    started = {
        word: json.loads(rest) for word, rest in re.findall(r"^(ENTRYPOINT|CMD) (.+)$", final, re.MULTILINE)
    }
    assert started == {"ENTRYPOINT": ["cocm-bot"], "CMD": ["serve"]}
    assert re.findall(r"^USER (.+)$", final, re.MULTILINE) == ["10001"]
    assert len(re.findall(r"^HEALTHCHECK .* CMD \[", final, re.MULTILINE)) == 1


def test_every_exit_code_is_told() -> None:
    codes = [row[0] for row in table(TEXTS["docs/deploy.md"], "## Exit codes")]
    assert codes == ["0", *(str(int(code)) for code in ExitCode)]


def test_the_image_names_its_base_by_digest() -> None:
    """A tag is moved by others; a digest is the same bytes whenever the image is built."""
    dockerfile = (HOME / "Dockerfile").read_text()
    assert re.findall(r"^ARG BASE=(.+)$", dockerfile, re.MULTILINE) == re.findall(
        r"python:3\.11-slim-trixie@sha256:[0-9a-f]{64}", dockerfile
    )
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${BASE}"}


def test_the_image_is_built_by_the_setuptools_of_the_lock() -> None:
    """The base brings an older one, which pip leaves as it is where nothing asks for a newer."""
    dockerfile = (HOME / "Dockerfile").read_text()
    [step] = re.findall(r"pip install (.+) setuptools$", dockerfile, re.MULTILINE)
    assert "--upgrade" in step


def test_the_columns_of_the_billing_file_are_told() -> None:
    expected = [[f"`{name}`", meaning] for name, meaning in COLUMNS.items()]
    assert table(TEXTS["docs/billing.md"], "### Columns") == expected
