"""The `cocm-bot` command."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from cocm_bot import logs
from cocm_bot.bootstrap import open_context, open_table, serve
from cocm_bot.cli import audit, caseload, check, status, user
from cocm_bot.cli.measures_file import read_measures
from cocm_bot.config import (
    SettingsError,
    TableSettings,
    load_keyed_settings,
    load_settings,
    load_table_settings,
)
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries import measures, recalculation
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.startup import explained
from cocm_bot.store.table.administration import check_table, create_table

MISUSED = 2
FAILED = 1

console = Console()
errors = Console(stderr=True)
app = typer.Typer(
    help="The Collaborative Care patient registry as a Slack bot.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
table_app = typer.Typer(help="The DynamoDB table.", no_args_is_help=True)
registry_app = typer.Typer(help="Registries.", no_args_is_help=True)
app.add_typer(table_app, name="table")
measures_app = typer.Typer(help="The measures a registry asks for.", no_args_is_help=True)
app.add_typer(registry_app, name="registry")
app.add_typer(audit.app, name="audit")
app.add_typer(user.app, name="user")
app.add_typer(measures_app, name="measures")
app.command("caseload")(caseload.caseload_command)
app.command("check")(check.check_command)
app.command("status")(status.status_command)


def main() -> None:
    """Run the command; what the person can mend is told in one line, without a traceback."""
    logs.configure("INFO")
    try:
        app()
    except SettingsError as error:
        errors.print(str(error), markup=False, soft_wrap=True)
        raise SystemExit(MISUSED) from None
    except CocmError as error:
        line = explained(error) if isinstance(error, Unavailable) else str(error)
        errors.print(line, markup=False, soft_wrap=True)
        raise SystemExit(FAILED) from None
    except Exception as error:  # noqa: BLE001 - its text may quote a record, and Python would print it
        errors.print(f"{type(error).__name__} at {logs.where(error)}", markup=False, soft_wrap=True)
        raise SystemExit(FAILED) from None


@app.command("serve")
def serve_command() -> None:
    """Serve a Slack workspace, until stopped."""
    settings = load_settings()
    logs.configure(settings.log_level)
    serve(settings)


@app.command("demo")
def demo_command(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page listens on this machine.")
    ] = 8090,
    patients: Annotated[int, typer.Option(min=0, max=5_000, help="How many synthetic patients.")] = 60,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    morning: Annotated[
        bool, typer.Option("--morning", help="Print a care manager's morning, and end.")
    ] = False,
) -> None:
    """Try the bot on this machine, with a Slack workspace of its own and synthetic patients."""
    from cocm_bot.cli import demo  # noqa: PLC0415 - its parts are an extra that production does without

    if morning:
        demo.play_morning()
        return
    try:
        demo.run(port, patients, browser=browser)
    except OSError as error:
        raise SettingsError(
            f"Port {port} can't be used ({error.strerror}). Choose one with --port."
        ) from None


@table_app.command("create")
def table_create() -> None:
    """Make the table, its index, expiry, recovery and deletion protection; safe to run twice."""
    settings = _table_settings()
    create_table(open_table(settings, patient=True).client, settings.table)
    console.print(f"The table {settings.table} is ready.", markup=False)


@table_app.command("check")
def table_check() -> None:
    """Say what the table lacks; exit 1 if anything."""
    settings = _table_settings()
    lacking = check_table(open_table(settings, patient=True).client, settings.table)
    for sentence in lacking or [f"The table {settings.table} has all it needs."]:
        console.print(sentence, markup=False)
    if lacking:
        raise typer.Exit(FAILED)


@registry_app.command("create")
def registry_create(
    name: Annotated[str, typer.Option(help="The registry's name.")],
    admin_email: Annotated[str, typer.Option(help="The admin's e-mail address in Slack.")],
    first_name: Annotated[str, typer.Option(help="The admin's first name.")],
    last_name: Annotated[str, typer.Option(help="The admin's last name.")],
    role: Annotated[Role, typer.Option(help="The admin's role in the team.")] = Role.CARE_MANAGER,
    timezone: Annotated[str, typer.Option(help="The zone the clinic's days are counted in.")] = "UTC",
) -> None:
    """Create a registry with its first admin, and print the ids."""
    wanted = new_registry(
        name=name,
        admin_email=admin_email,
        first_name=first_name,
        last_name=last_name,
        role=role,
        timezone=timezone,
    )
    created = create_registry(_ctx(), wanted, getpass.getuser())
    console.print(f"registry {created.registry_id}\nuser {created.user_id}", markup=False)


@registry_app.command("add-member")
def registry_add_member(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    email: Annotated[str, typer.Option(help="The member's e-mail address in Slack.")],
    first_name: Annotated[str, typer.Option(help="The member's first name.")],
    last_name: Annotated[str, typer.Option(help="The member's last name.")],
    role: Annotated[Role, typer.Option(help="The member's role in the team.")],
    admin: Annotated[bool, typer.Option("--admin", help="Also an admin of the registry.")] = False,
) -> None:
    """Add somebody to a registry's team, and print their user id."""
    wanted = new_member(email=email, first_name=first_name, last_name=last_name, role=role, is_admin=admin)
    console.print(f"user {add_member(_ctx(), registry, wanted, getpass.getuser()).user_id}", markup=False)


@measures_app.command("load")
def measures_load(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    file: Annotated[Path, typer.Option(help="A YAML file with the registry's own measures.")],
) -> None:
    """Define a registry's own measures from a file, ask for them, and compute what follows anew."""
    loaded = read_measures(file)
    ctx = _ctx()
    measures.load(ctx, registry, loaded, getpass.getuser())
    console.print(f"{len(loaded)} measures are asked for from now on.", markup=False)
    _derive(ctx, registry)


@measures_app.command("derive")
def measures_derive(registry: Annotated[str, typer.Option(help="The registry's id.")]) -> None:
    """Compute anew what follows from a registry's measures and care policy; safe to run twice."""
    _derive(_ctx(), registry)


def _derive(ctx: Context, registry_id: str) -> None:
    patients, steps = recalculation.steps(ctx, registry_id)
    moved = sum(track(steps, "Computing patients anew", total=patients, console=errors))
    console.print(f"{patients} patients computed anew, {moved} due dates changed.", markup=False)


@app.command("seed")
def seed_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    patients: Annotated[int, typer.Option(min=1, max=10_000, help="How many patients.")] = 60,
    random_seed: Annotated[int, typer.Option(help="The same number makes the same patients.")] = 1,
) -> None:
    """Fill a registry with synthetic patients. Never real ones."""
    steps = seed(_ctx(), registry, patients, random_seed)
    added = sum(track(steps, "Adding synthetic patients", total=patients, console=errors))
    console.print(f"{added} patients added, {patients - added} were there already.", markup=False)


def _table_settings() -> TableSettings:
    settings = load_table_settings()
    logs.configure(settings.log_level)
    return settings


def _ctx() -> Context:
    settings = load_keyed_settings()
    logs.configure(settings.log_level)
    return open_context(settings, patient=True)
