"""The `cocm-bot import` command: a clinic's own data into a registry, dry run first."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from cocm_bot.cli.exchange.import_report import print_report, write_report
from cocm_bot.cli.exchange.mapping_file import read_mapping, write_mapping
from cocm_bot.cli.failing import ExitCode
from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import counted, errors, say
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.context import Context
from cocm_bot.operations.exchange.importing import Importing, prepare
from cocm_bot.operations.exchange.sources import Source, unpacked
from cocm_bot.operations.exchange.undoing import prepare_undo
from cocm_bot.store.exchange.wire_json import snapshot

app = typer.Typer(add_completion=False)


@app.command("import")
def import_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    file: Annotated[Path | None, typer.Argument(help="A tracker, older table, FHIR or export.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write; without it this is a dry run.")] = False,
    mapping: Annotated[Path | None, typer.Option(help="A mapping file that a dry run wrote.")] = None,
    sheet: Annotated[str, typer.Option(help="The only sheet to read.")] = "",
    encoding: Annotated[str, typer.Option(help="The encoding of a CSV file, like windows-1252.")] = "",
    report: Annotated[Path | None, typer.Option(help="Where the report goes; beside you by default.")] = None,
    source_registry: Annotated[
        str, typer.Option("--from-registry", help="Which registry of an older table that holds several.")
    ] = "",
    table: Annotated[
        str, typer.Option("--from-table", help="An older system's live table, which is only read.")
    ] = "",
    undo: Annotated[str, typer.Option(help="The id of an import to take back.")] = "",
) -> None:
    """Take patients over from a clinic's own data; without --apply nothing is written.

    Exit 0 if everything was taken, 3 if patients were taken and questions are left, 1 if it was refused.
    """
    account = getpass.getuser()
    ctx = keyed_context()
    if undo:
        _undo(ctx, registry, undo, account)
        return
    if (file is None) is not bool(table):
        raise InvalidInput("Name a file to import, or a table with --from-table.")
    file = file or Path(table)
    data = snapshot(ctx.table.client, table) if table else _bytes(file)
    read = read_mapping(mapping) if mapping else None
    source = Source(data, read, sheet, encoding, source_registry)
    importing = prepare(ctx, registry, source, account)
    steps = importing.apply() if apply else importing.dry_run()
    for _ in track(steps, "Importing patients" if apply else "Reading patients", console=errors()):
        pass
    print_report(importing.report, applied=apply)
    where = report or Path(f"{file.stem}.report.csv")
    write_report(where, importing.report)
    say(f"Every cell and row that needs a look: {where} (it holds patients' data).")
    if not apply:
        _propose(importing, file, mapping)
    if importing.report.questions:
        raise typer.Exit(ExitCode.QUESTIONS)


def _undo(ctx: Context, registry: str, import_id: str, account: str) -> None:
    undoing = prepare_undo(ctx, registry, import_id, account)
    total = len(undoing.brought)
    for _ in track(undoing.take_back(), "Taking patients back", total=total, console=errors()):
        pass
    say(f"{counted(total, 'patient')} taken back. The registry is as it was before this import.")


def _propose(importing: Importing, file: Path, mapping: Path | None) -> None:
    found = importing.report.reading.mapping
    say("Nothing was written: this was a dry run. Add --apply to take the patients over.")
    if found is None or mapping is not None:
        return
    where = Path(f"{file.stem}.mapping.yaml")
    if where.exists():
        say(f"{where} is there already and stays as it is: give it with --mapping.")
        return
    write_mapping(where, found)
    say(f"How the columns are read: {where}. Edit it and give it with --mapping.")


def _bytes(file: Path) -> bytes:
    """Return the bytes of a file, or the lines of all files of an export that is a folder."""
    try:
        if not file.is_dir():
            return file.read_bytes()
        parts = sorted(each for each in file.rglob("*") if each.is_file() and _is_part(each.name))
        return b"\n".join(unpacked(each.read_bytes()).strip() for each in parts)
    except OSError as error:
        raise InvalidInput(f"The file can't be read: {error.strerror}.") from None


def _is_part(name: str) -> bool:
    bare = name.removesuffix(".gz")
    return bare.endswith((".json", ".ndjson", ".jsonl")) and not bare.startswith("manifest")
