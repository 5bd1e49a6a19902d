"""The `cocm-bot check` command: find disagreements in the table, shown by id alone, and repair them."""

import getpass
import json
from collections import Counter, defaultdict
from typing import Annotated

import typer

from cocm_bot.cli.failing import ExitCode, fail
from cocm_bot.cli.opening import keyed_context, reading_context
from cocm_bot.cli.printing import complain, say, write_data
from cocm_bot.domain.errors import CocmError, InvalidInput, Unavailable
from cocm_bot.operations.checking import FOR_A_PERSON, Checked, Kind, check, locate

MOST_SHOWN = 20
"""The most findings of each kind that are named."""

app = typer.Typer(add_completion=False)


@app.command("check")
def check_command(
    repair: Annotated[
        bool, typer.Option("--repair", help="Repair what needs no guess; the bot can keep running.")
    ] = False,
    accept_history: Annotated[
        bool,
        typer.Option(
            "--accept-history",
            help="With --repair: accept tampered histories as they are, and note so in each.",
        ),
    ] = False,
    registry: Annotated[str | None, typer.Option(help="One registry's id; without it, all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object for each, for a program.")] = False,
    find: Annotated[
        str | None,
        typer.Option("--locate", help="Print the key of a handle, or of a record this check names."),
    ] = None,
) -> None:
    """Look for disagreements in the table, and repair them if asked.

    Exit 1 if anything is left to repair, 2 if the table could not be checked to the end.
    """
    if accept_history and not repair:
        raise InvalidInput("--accept-history goes with --repair.")
    if find is not None:
        for key in locate(keyed_context(), find, getpass.getuser()):
            say(f"PK {key.pk}")
            say(f"SK {key.sk}")
        return
    summary = _Summary()
    try:
        ctx = keyed_context() if repair else reading_context()
        account = getpass.getuser() if repair else None
        for checked in check(ctx, registry, account, accept=accept_history):
            summary.add(checked)
            if as_json:
                write_data([_json(checked)])
        if ctx.trail.keyring.empty:
            complain("Histories' seals were not compared: set COCM_AUDIT_KEY for that.")
    except CocmError as error:
        hint = " Checking needs the right to scan: docs/iam.md." if isinstance(error, Unavailable) else ""
        fail(f"Not checked to the end. {error}{hint}", ExitCode.NOT_RUN)
    finally:
        if not as_json:
            summary.print()
    if summary.open:
        raise typer.Exit(ExitCode.PROBLEM)


def _json(checked: Checked) -> str:
    found = checked.finding
    told = {
        "kind": found.kind.name,
        "says": found.kind,
        "registry": found.registry_id,
        "subject": found.subject,
        "repaired": checked.repaired,
    }
    return json.dumps(told, ensure_ascii=False)


class _Summary:
    """Count the findings of each kind, and keep the ids of the first few."""

    def __init__(self) -> None:
        self._found: Counter[Kind] = Counter()
        self._repaired: Counter[Kind] = Counter()
        self._named: defaultdict[Kind, list[str]] = defaultdict(list)

    @property
    def open(self) -> int:
        """Return how many were found and not repaired."""
        return self._found.total() - self._repaired.total()

    def add(self, checked: Checked) -> None:
        """Take in one finding."""
        finding = checked.finding
        self._found[finding.kind] += 1
        self._repaired[finding.kind] += checked.repaired
        if self._found[finding.kind] <= MOST_SHOWN:
            where = f"registry {finding.registry_id}" if finding.registry_id else ""
            self._named[finding.kind].append(" ".join(filter(None, (finding.subject, where))))

    def print(self) -> None:
        """Print a paragraph for each kind, in the order of the kinds."""
        for kind in Kind:
            if number := self._found[kind]:
                say(f"{number} × {kind}: {self._fate(kind)}.")
                for name in filter(None, self._named[kind]):
                    say(f"    {name}")
                if number > MOST_SHOWN:
                    say(f"    …and {number - MOST_SHOWN:,} more")
        repaired = f", {self._repaired.total():,} repaired" if self._repaired.total() else ""
        say(f"{self._found.total():,} found{repaired}.")

    def _fate(self, kind: Kind) -> str:
        repaired = self._repaired[kind]
        if kind in FOR_A_PERSON and not repaired:
            return "for a person to settle"
        if repaired == self._found[kind]:
            return "repaired"
        return f"{repaired} repaired, run it again for the rest" if repaired else "--repair fixes it"
