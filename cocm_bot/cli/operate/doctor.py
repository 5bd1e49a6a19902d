"""The `cocm-bot doctor` command: what is wrong with an installation, and what to do about it."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from cocm_bot import logs
from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.printing import say, write_data
from cocm_bot.doctor import State, diagnose

app = typer.Typer(add_completion=False)


@app.command("doctor")
def doctor_command(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for a program.")] = False,
) -> None:
    """Examine what the bot depends on, and say what to do about each fault.

    Nothing is changed. Exit 1 if anything is wrong.
    """
    # What fails is said in a line of its own.
    logs.configure("CRITICAL")
    wrong = False
    for found in diagnose():
        wrong = wrong or found.state is State.WRONG
        if as_json:
            write_data([json.dumps(asdict(found), ensure_ascii=False)])
        else:
            say(f"{found.state:<8}{found.subject:<10}{found.said}")
    if wrong:
        raise typer.Exit(ExitCode.PROBLEM)
