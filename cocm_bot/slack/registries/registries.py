"""`/cocm registry`: a person's registries, setting one up, its name, settings and figures."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import InvalidInput, Unavailable
from cocm_bot.domain.fields import LONGEST_NAME, PersonName, folded
from cocm_bot.domain.measures.catalogue import CATALOGUE, DEFAULT_MEASURES
from cocm_bot.domain.settings.zones import UTC, is_zone
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.registry_choice import switch_registry
from cocm_bot.operations.access.slack_users import Person
from cocm_bot.operations.context import new_id
from cocm_bot.operations.digests import overview
from cocm_bot.operations.registries import registries as operation
from cocm_bot.operations.registries.setup import new_registry
from cocm_bot.slack.forms import (
    ChannelInput,
    Choice,
    ExternalSelectInput,
    Form,
    MultiSelectInput,
    SelectInput,
    TextInput,
)
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.registries import settings
from cocm_bot.slack.registries.channels import check_team_channel
from cocm_bot.slack.registries.registries_view import (
    CREATE,
    NEW,
    RENAME,
    RENAMED,
    SETTINGS,
    STATS,
    SWITCH,
    created_view,
    list_view,
    new_view,
    rename_view,
    stats_view,
)
from cocm_bot.slack.registries.settings_form import ZONE
from cocm_bot.slack.runtime.request import Arrival, ForAnyone, Memo, Visit
from cocm_bot.slack.runtime.router import Entry

NEW_WORD = "new"
MOST_MEASURES = 15


class NewForm(Form):
    """A registry and what its first member is in it."""

    name: Annotated[
        PersonName,
        TextInput("Name", max_length=LONGEST_NAME, hint="As your team calls it, like Riverside Clinic."),
    ]
    first_name: Annotated[str, TextInput("Your first name", max_length=LONGEST_NAME)] = ""
    last_name: Annotated[str, TextInput("Your last name", max_length=LONGEST_NAME)] = ""
    role: Annotated[Role, SelectInput("Your role", hint="You become its admin as well.", options=tuple(Role))]
    timezone: Annotated[
        str,
        ExternalSelectInput("Time zone", hint="Where its days and hours are counted.", action_id=ZONE),
    ]
    measures: Annotated[
        tuple[str, ...],
        MultiSelectInput(
            "Measures",
            hint="What a contact asks for. You can define your own later.",
            options=tuple(CATALOGUE),
            most=MOST_MEASURES,
        ),
    ]
    team_channel: Annotated[
        str | None,
        ChannelInput("Team channel", hint="Gets counts each working day. Invite me there first."),
    ] = None


class RenameForm(Form):
    """A registry's name."""

    name: Annotated[PersonName, TextInput("Name", max_length=LONGEST_NAME)]


def register(entry: Entry) -> None:
    """The buttons of the modals, and their submissions."""
    entry.opens(NEW, "New registry", ForAnyone(new))
    entry.submission(CREATE, ForAnyone(create))
    entry.redraws(SWITCH, lambda visit: _switched(visit, visit.value))
    entry.opens(RENAME, "Rename the registry", renaming)
    entry.submission(RENAMED, rename)
    entry.redraws(SETTINGS, settings.show)
    entry.redraws(STATS, stats)


def show(visit: Visit, words: Sequence[str]) -> Payload:
    """What the word after `/cocm registry` asks for; without one, the person's registries."""
    word, *rest = words or ["list"]
    match word.lower(), rest:
        case "switch", [_, *_]:
            return switch(visit, " ".join(rest))
        case known, _ if known in WORDS:
            return WORDS[known](visit)
    near = difflib.get_close_matches(word.lower(), [*WORDS, NEW_WORD], 1)
    hint = f"Did you mean /cocm registry {near[0]}?" if near else "Type /cocm registry to see them."
    raise InvalidInput(f"I don't know this word after registry. {hint}")


def own(visit: Visit, banner: str = "") -> Payload:
    """The person's registries."""
    actor = visit.actor
    return list_view(
        actor,
        operation.memberships(visit.desk, actor.user_id),
        creator=_creator(visit),
        figures=actor.is_admin or may(actor.role, Action.VIEW_FIGURES),
        banner=banner,
    )


def switch(visit: Visit, name: str) -> Payload:
    """Work in the registry whose name is, or begins like, what was typed."""
    mine = operation.memberships(visit.desk, visit.actor.user_id)
    meant = [each for each in mine if folded(each.registry.name) == folded(name)]
    meant = meant or [each for each in mine if folded(each.registry.name).startswith(folded(name))]
    if len(meant) != 1:
        named = ", ".join(each.registry.name for each in meant or mine)
        raise InvalidInput(f"{'Several' if meant else 'None'} of your registries are called so: {named}.")
    return _switched(visit, meant[0].registry.id)


def _switched(visit: Visit, registry_id: str) -> Payload:
    actor = switch_registry(visit.desk, visit.actor, registry_id)
    there = replace(visit, actor=actor)
    return there.marked(own(there, f"You work in {actor.registry.name} now."))


def new(arrival: Arrival) -> Payload:
    """The modal that sets a registry up."""
    operation.check_creator(arrival.desk, arrival.person, arrival.surface)
    blocks = NewForm.blocks(_suggested(arrival.person), only=_unknown(arrival.person))
    return new_view(blocks, Memo(request_id=new_id()).packed())


def create(arrival: Arrival) -> Payload:
    """Set the registry up, and say what comes next."""
    person = arrival.person
    operation.check_creator(arrival.desk, person, arrival.surface)
    entered = NewForm.read(arrival.answers)
    check_team_channel(arrival.gateway, entered.team_channel)
    named = {
        "first_name": person.first_name or entered.first_name,
        "last_name": person.last_name or entered.last_name,
    }
    wanted = new_registry(**entered.model_dump() | named, admin_email=person.email)
    actor = operation.create(arrival.desk, person, arrival.surface, wanted, arrival.request_id)
    return created_view(actor, Memo(registry=actor.registry.id).packed())


def renaming(visit: Visit) -> Payload:
    """The modal with the name as it is."""
    operation.check_rename(visit.desk, visit.actor)
    return rename_view(visit.actor, RenameForm.blocks({"name": visit.actor.registry.name}), Memo().packed())


def rename(visit: Visit) -> Payload:
    """Give the registry the name entered, and show the person's registries."""
    name = RenameForm.read(visit.answers).name
    registry = operation.rename(visit.desk, visit.actor, name)
    there = replace(visit, actor=replace(visit.actor, registry=registry))
    return own(there, f"The registry is called {registry.name} now.")


def stats(visit: Visit) -> Payload:
    """The program's figures."""
    figures, names = overview.program(visit.desk, visit.actor)
    return stats_view(visit.actor, figures, names)


def _creator(visit: Visit) -> bool:
    """Whether to offer setting up a registry; who may is read from Slack again when they do."""
    try:
        return operation.may_create(visit.desk, visit.gateway.person(visit.actor.slack_user_id))
    except Unavailable:
        return False


def _unknown(person: Person) -> list[str]:
    """What to ask for: not the names that Slack knows."""
    known = [name for name in ("first_name", "last_name") if getattr(person, name)]
    return [name for name in NewForm.model_fields if name not in known]


def _suggested(person: Person) -> dict[str, object]:
    """What a new registry most likely has."""
    zone = person.timezone if is_zone(person.timezone) else UTC
    return {"timezone": Choice(zone, zone.replace("_", " ")), "measures": DEFAULT_MEASURES}


WORDS: Mapping[str, Callable[[Visit], Payload]] = MappingProxyType(
    {
        "list": own,
        "switch": own,
        "rename": renaming,
        "settings": settings.show,
        "stats": stats,
    }
)
"""What members may ask for by the word after `/cocm registry`."""
