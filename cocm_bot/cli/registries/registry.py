"""The `cocm-bot registry` commands: create a registry, and add somebody to its team."""

import getpass
from typing import Annotated

import typer

from cocm_bot.cli.opening import keyed_context
from cocm_bot.cli.printing import say
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry

app = typer.Typer(
    help="Create a registry, or add somebody to its team.", no_args_is_help=True, add_completion=False
)


@app.command("create")
def create_command(
    name: Annotated[str, typer.Option(help="The registry's name.")],
    admin_email: Annotated[str, typer.Option(help="The admin's e-mail address in Slack.")],
    first_name: Annotated[str, typer.Option(help="The admin's first name.")],
    last_name: Annotated[str, typer.Option(help="The admin's last name.")],
    role: Annotated[Role, typer.Option(help="The admin's role in the team.")] = Role.CARE_MANAGER,
    timezone: Annotated[str, typer.Option(help="The time zone the clinic's days are counted in.")] = "UTC",
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
    created = create_registry(keyed_context(), wanted, getpass.getuser())
    say(f"registry {created.registry_id}")
    say(f"user {created.user_id}")


@app.command("add-member")
def add_member_command(
    registry: Annotated[str, typer.Option(help="The registry's id.")],
    email: Annotated[str, typer.Option(help="The member's e-mail address in Slack.")],
    first_name: Annotated[str, typer.Option(help="The member's first name.")],
    last_name: Annotated[str, typer.Option(help="The member's last name.")],
    role: Annotated[Role, typer.Option(help="The member's role in the team.")],
    admin: Annotated[bool, typer.Option("--admin", help="Also make them an admin of the registry.")] = False,
) -> None:
    """Add somebody to a registry's team, and print their user id."""
    wanted = new_member(email=email, first_name=first_name, last_name=last_name, role=role, is_admin=admin)
    say(f"user {add_member(keyed_context(), registry, wanted, getpass.getuser()).user_id}")
