"""The command line as a whole: what it loads, what help shows, how it fails, and its version."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cocm_bot.cli.failing import ExitCode, fail_with
from cocm_bot.cli.main import COMMANDS, LazyCommand, app
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


def loaded(*words: str) -> set[str]:
    """Run the command in a process of its own; return the modules it had at its end."""
    told = (
        "import atexit, sys; atexit.register(lambda: print('\\n' + '\\n'.join(sys.modules), file=sys.stderr))"
    )
    program = f"{told}; from cocm_bot.cli.main import main; main()"
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=60, check=False
    )
    modules = set(ended.stderr.splitlines())
    assert "cocm_bot.cli.main" in modules, ended.stderr
    return modules


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--help"], ["--version"], [], ["no-such-command"], ["--no-such-option"]])
def test_help_and_slips_load_no_library_and_no_command(words: list[str]) -> None:
    modules = loaded(*words)
    assert modules & (SERVER | RARE | DEMO | RECORDS | {"yaml", "cocm_bot.bootstrap"}) == set()
    assert modules & {f"cocm_bot.cli.{each.module}" for each in COMMANDS.values()} == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_loads_what_it_needs_alone(name: str) -> None:
    modules = loaded(name, "--help")
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
