"""The `cocm-bot merge` command: two records of one person made one, dry run first, and undone."""

import getpass
from typing import Annotated

import typer

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import say
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.patients.merging import Comparison, merging_by_account
from cocm_bot.operations.patients.unmerging import undo_merge

app = typer.Typer(add_completion=False)


@app.command("merge")
def merge_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    other: Annotated[str, typer.Argument(help="The handle of the record that goes into the other.")],
    keep: Annotated[str, typer.Option("--into", help="The handle of the record that is kept.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Merge; without it this is a dry run.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Undo the merge of this record.")] = False,
) -> None:
    """Merge two records of one person, or undo that; without --apply nothing is written.

    The dry run shows names and health data of both on the terminal. A merge can be undone for 30 days.
    """
    if undo is bool(keep):
        raise InvalidInput("Name the record that is kept with --into, or undo a merge with --undo.")
    merging = merging_by_account(keyed_context(), registry, getpass.getuser())
    if undo:
        patient = undo_merge(merging, other)
        say(f"{patient.handle} is a record of its own again. Both are as they were before the merge.")
        return
    if not apply:
        _show(merging.compare(keep, other))
        say("Nothing was written: this was a dry run. Add --apply to merge the two.")
        return
    patient = merging.merge(keep, other)
    say(f"{other.upper()} is now part of {patient.handle}; both handles and MRNs find it.")
    say(f"To undo it within 30 days: cocm-bot merge --registry {registry} {other.upper()} --undo")


def _show(found: Comparison) -> None:
    kept, other = found.kept.patient, found.other.patient
    moving = ", ".join(found.moves)
    say(f"{other.handle} would go into {kept.handle}: {moving or 'nothing of its own'}.")
    for each in found.joined.differences:
        say(f"{each.what}: {kept.handle} {each.kept} | {other.handle} {each.other} | afterwards {each.after}")
    if found.closed:
        say(f"Closed months that will say they changed since: {', '.join(found.closed)}.")
