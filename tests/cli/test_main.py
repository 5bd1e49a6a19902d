"""The command line as a whole: what it loads, what help shows, how it fails, and its version."""

import gc
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cocm_bot.cli.failing import ExitCode, fail_with
from cocm_bot.cli.main import COMMANDS, LazyCommand, app, staying
from cocm_bot.cli.printing import counted, say
from cocm_bot.domain.errors import InvalidInput, Unavailable
from cocm_bot.operator_errors import SettingsError

HOME = Path(__file__).parents[2]

SERVER = {"slack_bolt", "slack_sdk", "uvicorn", "starlette", "apscheduler", "cocm_bot.slack", "cocm_bot.jobs"}
RARE = {"holidays", "rapidfuzz", "phonenumbers", "email_validator", "resvg_py", "openpyxl"}
"""Modules that a rare function needs, not a start."""
DEMO = {"cocm_bot.playground", "ministack"}
RECORDS = {"boto3", "botocore", "pydantic_settings", "cocm_bot.store", "cocm_bot.operations"}

LOADED: dict[str, set[str]] = {
    **dict.fromkeys(COMMANDS, SERVER | RARE | DEMO),
    "serve": RARE | DEMO,
    "doctor": RARE | DEMO | {"slack_bolt", "uvicorn", "apscheduler", "cocm_bot.jobs"},
    "demo": RARE | {"ministack"},
}
"""Modules that no help or run of a command loads before it has a use for them."""


COPIES = """
import importlib, json, os, sys
from cocm_bot.cli.main import main

for name in sys.argv[1:]:
    importlib.import_module(name)
answers = sys.stdout
for asked in sys.stdin:
    if os.fork():
        os.wait()
        continue
    sys.argv = ["cocm-bot", *json.loads(asked)]
    sys.stdout = sys.stderr = open(os.devnull, "w")
    try:
        main()
    finally:
        print(json.dumps(list(sys.modules)), file=answers, flush=True)
        os._exit(0)
"""
"""Runs each command in a copy of a process that has loaded none: to start another takes longer than that."""
COMMON = ("botocore.client", "pydantic_settings", "rich.console")
"""Libraries that nearly every command needs: loaded once before all, they take no time in each."""

Loaded = Callable[..., set[str]]
"""Runs a command in a process that no other was run in; returns the modules it had at its end."""


@contextmanager
def copying(*libraries: str) -> Iterator[Loaded]:
    """Run commands in copies of a process that has loaded these libraries and no command."""
    program = [sys.executable, "-c", COPIES, *libraries]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours

        def loaded(*words: str) -> set[str]:
            assert process.stdin
            assert process.stdout
            print(json.dumps(words), file=process.stdin, flush=True)
            modules = set(json.loads(process.stdout.readline()))
            assert "cocm_bot.cli.main" in modules
            return modules

        yield loaded


@pytest.fixture(scope="module")
def loaded() -> Iterator[Loaded]:
    with copying() as run:
        yield run


@pytest.fixture(scope="module")
def loaded_beside_libraries() -> Iterator[Loaded]:
    with copying(*COMMON) as run:
        yield run


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--help"], ["--version"], [], ["no-such-command"], ["--no-such-option"]])
def test_help_and_slips_load_no_library_and_no_command(loaded: Loaded, words: list[str]) -> None:
    modules = loaded(*words)
    assert modules & (SERVER | RARE | DEMO | RECORDS | {"yaml", "cocm_bot.bootstrap"}) == set()
    assert modules & {f"cocm_bot.cli.{each.module}" for each in COMMANDS.values()} == set()


@pytest.mark.parametrize("broken", [False, True])
def test_what_was_loaded_is_in_no_search_for_garbage(broken: bool) -> None:
    loaded = ["something that stays"]
    assert any(each is loaded for each in gc.get_objects())
    with pytest.raises(ImportError) if broken else nullcontext(), staying():
        assert not gc.isenabled()
        if broken:
            raise ImportError
    assert gc.isenabled()
    assert not any(each is loaded for each in gc.get_objects())


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_loads_what_it_needs_alone(loaded_beside_libraries: Loaded, name: str) -> None:
    modules = loaded_beside_libraries(name, "--help")
    assert f"cocm_bot.cli.{COMMANDS[name].module}" in modules
    assert modules & LOADED[name] == set()


def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def test_help_shows_for_each_command_what_the_command_says_of_itself() -> None:
    assert set(commands()) == set(COMMANDS)
    for name, stand_in in commands().items():
        assert isinstance(stand_in, LazyCommand)
        own = stand_in.load()
        assert own.help.partition("\n\n")[0].replace("\n", " ") == COMMANDS[name].help, name
        assert [each.help for each in getattr(own, "commands", {}).values() if not each.help] == []


def test_every_module_of_a_command_is_listed() -> None:
    folder = HOME / "cocm_bot/cli"
    with_app = [each for each in folder.rglob("*.py") if "\napp = typer.Typer(" in each.read_text()]
    modules = {".".join(each.relative_to(folder).with_suffix("").parts) for each in with_app}
    assert modules - {"main"} == {each.module for each in COMMANDS.values()}


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    done = CliRunner().invoke(app, ["stauts"])
    assert done.exit_code == ExitCode.NOT_RUN
    assert "Did you mean 'status'?" in done.output


def test_the_version_is_the_one_of_the_project() -> None:
    done = CliRunner().invoke(app, ["--version"])
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    assert (done.exit_code, done.output) == (0, f"cocm-bot {project['version']}\n")


UNREADABLE = "AccessDeniedException"

ENDINGS: list[tuple[Exception, int, str]] = [
    (SettingsError("COCM_TABLE is malformed."), 2, "COCM_TABLE is malformed.\n"),
    (InvalidInput("Enter a name."), 1, "Enter a name.\n"),
    (Unavailable("The table does not answer."), 1, "The table does not answer.\n"),
    (
        Unavailable("No.", UNREADABLE),
        1,
        f"The table ({UNREADABLE}): the role may not use it: give it the policy in docs/iam.md.\n",
    ),
    (KeyError("Zenobia"), 1, "KeyError at unknown place"),
    (InvalidInput("[red]x[/red]\x1b[2J\ny"), 1, "[red]x[/red]�[2J�y\n"),
]


@pytest.mark.parametrize(("error", "code", "line"), ENDINGS, ids=[str(error) for error, _, _ in ENDINGS])
def test_every_error_is_one_line_and_a_code(
    error: Exception, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        fail_with(error)
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (code, "")
    assert err.startswith(line)
    assert err.count("\n") == 1
    assert "Zenobia" not in err


def test_a_line_is_printed_whole_and_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("[red]Muñoz[/red] \x1b[2J\r" + "x" * 300)
    assert capsys.readouterr().out == "[red]Muñoz[/red] �[2J�" + "x" * 300 + "\n"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 jobs"), (1, "1 job"), (2, "2 jobs"), (1200, "1,200 jobs")]
)
def test_numbers_have_their_noun(number: int, said: str) -> None:
    assert counted(number, "job") == said
