"""`/cocm registry`: a person's registries, setting one up, its name, settings and figures."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import InvalidInput, Unavailable
from cocm_bot.domain.fields import LONGEST_NAME, PersonName
from cocm_bot.domain.measures.catalogue import CATALOGUE, DEFAULT_MEASURES
from cocm_bot.domain.registries.names import matching
from cocm_bot.domain.settings.zones import UTC, is_zone
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.registry_choice import switch_registry
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.context import new_id
from cocm_bot.operations.registries import registries as operation
from cocm_bot.operations.registries.setup import new_registry
from cocm_bot.slack.figures import figures
from cocm_bot.slack.figures.figures_view import TITLE as FIGURES_TITLE
from cocm_bot.slack.forms import (
    ChannelInput,
    Choice,
    ExternalSelectInput,
    Form,
    MultiSelectInput,
    SelectInput,
    TextInput,
)
from cocm_bot.slack.kit import Payload, escape
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
)
from cocm_bot.slack.registries.settings_form import ZONE
from cocm_bot.slack.runtime.memo import Memo, OnceMemo
from cocm_bot.slack.runtime.request import GuestRequest, MemberRequest, OpenToGuests
from cocm_bot.slack.runtime.router import Router

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
        ExternalSelectInput(
            "Time zone",
            hint="Type your state, city or zone, like Ohio or Pacific.",
            action_id=ZONE,
        ),
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


def register(router: Router) -> None:
    """The buttons of the modals, and their submissions."""
    router.opens(NEW, "New registry", OpenToGuests(new))
    router.submission(CREATE, OpenToGuests(create))
    router.redraws(SWITCH, lambda request: _switched(request, request.value))
    router.opens(RENAME, "Rename the registry", renaming)
    router.submission(RENAMED, rename)
    router.redraws(SETTINGS, settings.show)
    router.opens(STATS, FIGURES_TITLE, stats)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """Return what the word after `/cocm registry` asks for; without one, the person's registries."""
    word, *rest = words or ["list"]
    match word.lower(), rest:
        case "switch", [_, *_]:
            return switch(request, " ".join(rest))
        case known, _ if known in WORDS:
            return WORDS[known](request)
    near = difflib.get_close_matches(word.lower(), [*WORDS, NEW_WORD], 1)
    hint = f" Did you mean `/cocm registry {near[0]}`?" if near else ""
    return own(request, f"⚠️ I don't know this word after registry.{hint} Use the buttons below.")


def own(request: MemberRequest, banner: str = "") -> Payload:
    """The person's registries, under a line about what was done or not understood."""
    actor = request.actor
    return list_view(
        actor,
        operation.memberships(request.ctx, actor.user_id),
        creator=_creator(request),
        figures=actor.is_admin or may(actor.role, Action.VIEW_FIGURES),
        banner=banner,
    )


def switch(request: MemberRequest, name: str) -> Payload:
    """Work in the registry whose name is, or begins like, what was typed."""
    mine = operation.memberships(request.ctx, request.actor.user_id)
    requested = matching(mine, name, lambda each: each.registry.name)
    if len(requested) != 1:
        named = ", ".join(each.registry.name for each in requested or mine)
        raise InvalidInput(f"{'Several' if requested else 'None'} of your registries are called so: {named}.")
    return _switched(request, requested[0].registry.id)


def _switched(request: MemberRequest, registry_id: str) -> Payload:
    actor = switch_registry(request.ctx, request.actor, registry_id)
    there = replace(request, actor=actor)
    return there.marked(own(there, f"✅ You work in {escape(actor.registry.name)} now."))


def new(request: GuestRequest) -> Payload:
    """The modal that sets a registry up."""
    operation.check_creator(request.ctx, request.person, request.surface)
    blocks = NewForm.blocks(_suggested(request.person), only=_unknown(request.person))
    return new_view(blocks, OnceMemo(request_id=new_id()).packed())


def create(request: GuestRequest) -> Payload:
    """Set the registry up, and say what comes next."""
    person = request.person
    operation.check_creator(request.ctx, person, request.surface)
    entered = NewForm.read(request.answers)
    check_team_channel(request.gateway, entered.team_channel)
    named = {
        "first_name": person.first_name or entered.first_name,
        "last_name": person.last_name or entered.last_name,
    }
    wanted = new_registry(**entered.model_dump() | named, admin_email=person.email)
    actor = operation.create(request.ctx, person, request.surface, wanted, request.memo(OnceMemo).request_id)
    return created_view(actor, Memo(registry=actor.registry.id).packed())


def renaming(request: MemberRequest) -> Payload:
    """The modal with the name as it is."""
    operation.check_rename(request.ctx, request.actor)
    return rename_view(
        request.actor, RenameForm.blocks({"name": request.actor.registry.name}), Memo().packed()
    )


def rename(request: MemberRequest) -> Payload:
    """Give the registry the name entered, and show the person's registries."""
    name = RenameForm.read(request.answers).name
    registry = operation.rename(request.ctx, request.actor, name)
    there = replace(request, actor=replace(request.actor, registry=registry))
    return own(there, f"✅ The registry is called {escape(registry.name)} now.")


def stats(request: MemberRequest) -> Payload:
    """The program's figures of this month."""
    return figures.show(request, ())


def _creator(request: MemberRequest) -> bool:
    """Return whether to offer setting up a registry; who may is read from Slack again when they do."""
    try:
        return operation.may_create(request.ctx, request.gateway.person(request.actor.slack_user_id))
    except Unavailable:
        return False


def _unknown(person: SlackUser) -> list[str]:
    """Return what to ask for: not the names that Slack knows."""
    known = [name for name in ("first_name", "last_name") if getattr(person, name)]
    return [name for name in NewForm.model_fields if name not in known]


def _suggested(person: SlackUser) -> dict[str, object]:
    """Return what a new registry most likely has."""
    zone = person.timezone if is_zone(person.timezone) else UTC
    return {"timezone": Choice(zone, zone.replace("_", " ")), "measures": DEFAULT_MEASURES}


WORDS: Mapping[str, Callable[[MemberRequest], Payload]] = MappingProxyType(
    {
        "list": own,
        "switch": own,
        "rename": renaming,
        "settings": settings.show,
        "stats": stats,
    }
)
"""The requests open to members by the word after `/cocm registry`."""
