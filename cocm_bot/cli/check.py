"""The `cocm-bot check` command: what in the table disagrees, in ids alone, and mended where it can be."""

import getpass
from collections import Counter, defaultdict
from typing import Annotated

import typer
from rich.console import Console

from cocm_bot import logs
from cocm_bot.bootstrap import open_context
from cocm_bot.config import load_keyed_settings
from cocm_bot.domain.errors import CocmError, InvalidInput, Unavailable
from cocm_bot.operations.checking import FOR_A_PERSON, Checked, Kind, check, locate

FOUND = 1
NOT_CHECKED = 2
MOST_SHOWN = 20
"""Of each kind so many are named."""

console = Console(highlight=False)
errors = Console(stderr=True)


def check_command(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be mended without a guess, while the bot runs.")
    ] = False,
    accept_history: Annotated[
        bool,
        typer.Option(
            "--accept-history",
            help="With --repair: take tampered histories for right, and say so in each.",
        ),
    ] = False,
    registry: Annotated[str | None, typer.Option(help="One registry's id; without it, all.")] = None,
    find: Annotated[
        str | None,
        typer.Option("--locate", help="Print the key of a handle, or of a record this check names."),
    ] = None,
) -> None:
    """Look for what disagrees in the table; exit 1 if anything does, 2 if it could not be checked."""
    if accept_history and not repair:
        raise InvalidInput("--accept-history goes with --repair.")
    settings = load_keyed_settings()
    logs.configure(settings.log_level)
    if find is not None:
        for key in locate(open_context(settings, patient=True), find, getpass.getuser()):
            console.print(f"PK {key.pk}\nSK {key.sk}", markup=False, soft_wrap=True)
        return
    summary = _Summary()
    try:
        for checked in check(
            open_context(settings, patient=True),
            registry,
            getpass.getuser() if repair else None,
            accept=accept_history,
        ):
            summary.add(checked)
    except CocmError as error:
        hint = " Checking needs the right to scan: docs/iam.md." if isinstance(error, Unavailable) else ""
        errors.print(f"Not checked to the end. {error}{hint}", markup=False, soft_wrap=True)
        raise typer.Exit(NOT_CHECKED) from None
    finally:
        summary.print()
    if summary.open:
        raise typer.Exit(FOUND)


class _Summary:
    """How many of each kind, and which: ids, and of those no more than anybody reads."""

    def __init__(self) -> None:
        self._found: Counter[Kind] = Counter()
        self._mended: Counter[Kind] = Counter()
        self._named: defaultdict[Kind, list[str]] = defaultdict(list)

    @property
    def open(self) -> int:
        """How many were found and are not mended."""
        return self._found.total() - self._mended.total()

    def add(self, checked: Checked) -> None:
        """Take in one finding."""
        finding = checked.finding
        self._found[finding.kind] += 1
        self._mended[finding.kind] += checked.mended
        if self._found[finding.kind] <= MOST_SHOWN:
            where = f"registry {finding.registry_id}" if finding.registry_id else ""
            self._named[finding.kind].append(" ".join(filter(None, (finding.subject, where))))

    def print(self) -> None:
        """One paragraph for each kind, in the order of the kinds."""
        for kind in Kind:
            if number := self._found[kind]:
                console.print(f"{number} × {kind}: {self._fate(kind)}.", markup=False, soft_wrap=True)
                for name in filter(None, self._named[kind]):
                    console.print(f"    {name}", markup=False, soft_wrap=True)
                if number > MOST_SHOWN:
                    console.print(f"    …and {number - MOST_SHOWN:,} more", markup=False)
        mended = f", {self._mended.total():,} mended" if self._mended.total() else ""
        console.print(f"{self._found.total():,} found{mended}.", markup=False)

    def _fate(self, kind: Kind) -> str:
        mended = self._mended[kind]
        if kind in FOR_A_PERSON and not mended:
            return "for a person to settle"
        if mended == self._found[kind]:
            return "mended"
        return f"{mended} mended, run it again for the rest" if mended else "--repair mends it"
