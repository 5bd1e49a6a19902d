"""Find the registry a request means, and the member of it who asks.

A screen is of the registry it was drawn for. A command means the registry it names, else the channel's, else
the one the person works in, else their only one; else they are asked. Membership is read every time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import CocmError, InvalidInput, NotAllowed
from cocm_bot.domain.members import Registry, RegistryUser, User
from cocm_bot.domain.registries.names import matching, name_key
from cocm_bot.domain.team.readers import Reader
from cocm_bot.operations.access.slack_users import AnotherAccount, Stranger
from cocm_bot.operations.context import Context, new_id
from cocm_bot.store import questions, registries
from cocm_bot.store.questions import Question
from cocm_bot.store.team import people

Membership = tuple[RegistryUser, Registry]


class Choice(NamedTuple):
    """A registry a person may work in."""

    id: str
    name: str


@dataclass(frozen=True)
class RequestedRegistry:
    """The signs in a request of the registry it is for."""

    screen: str | None = None
    """The registry of the screen it came from, by id; empty when that screen does not say."""
    name: str | None = None
    """The registry a command names."""
    channel_id: str | None = None
    """The Slack channel a command was typed in."""
    command: str = ""
    """The request to continue with once the person chose: the text after `/cocm`; nothing for App Home."""


class NotThere(NotAllowed):
    """The screen is of a registry the person is no member of, or of none that there is."""

    def __init__(self) -> None:
        super().__init__(
            "This is out of date, or of a registry you are not a member of. "
            "Please close it and start again with /cocm."
        )


class NotNamed(NotAllowed):
    """The name is of none of the person's registries, or of several."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        names = ", ".join(choice.name for choice in choices)
        example = f'/cocm in "{choices[0].name}" today'
        super().__init__(f"You can name one of your registries: {names}. Like this: {example}")


class Undecided(CocmError):
    """The person is in several registries, and nothing says which one is meant."""

    def __init__(self, user_id: str, choices: Sequence[Choice]) -> None:
        super().__init__("You are in several registries. Choose one in my App Home first.")
        self.user_id = user_id
        self.choices = choices


def actor_for(
    ctx: Context, user: User, requested: RequestedRegistry, *, slack_user_id: str, surface: str
) -> Actor:
    """The user as a member of the registry that is meant, as the table says now.

    Raises Stranger for a member of none, AnotherAccount, NotThere, NotNamed, Undecided, or Unavailable.
    """
    # Whoever asks may know the user from a while ago: which registry they chose since counts.
    user, known = _user_now(ctx, user, requested)
    if user.slack_user_id != slack_user_id:
        raise AnotherAccount
    membership, registry = _requested(known, user, requested)
    return Actor(
        user_id=user.id,
        first_name=user.first_name,
        last_name=user.last_name,
        role=membership.role,
        is_admin=membership.is_admin,
        registry=registry,
        slack_user_id=slack_user_id,
        surface=surface,
        last_seen=membership.last_seen,
        email=user.email,
        registries=user.registeries,
    )


def reader_now(ctx: Context, actor: Actor) -> Reader | None:
    """Return who the actor is in their registry by now; None for no member. Raises Unavailable."""
    member = people.membership(ctx.table, actor.registry.id, actor.user_id)
    return Reader(member.role, member.is_admin) if member else None


def own_registries(ctx: Context, actor: Actor) -> list[Choice]:
    """The registries the actor is a member of, by name. Raises Unavailable."""
    listed: Sequence[str] = actor.registries
    if actor.registry.id not in listed:
        listed = [membership.registry_id for membership in people.registries_of(ctx.table, actor.user_id)]
    others = [each for each in listed if each != actor.registry.id]
    found = [registries.get(ctx.table, registry_id) for registry_id in others]
    return _by_name([actor.registry, *(each for each in found if each)])


def switch_registry(ctx: Context, actor: Actor, registry_id: str) -> Actor:
    """Work in another registry from now on; returns the actor there.

    Raises NotFound for a registry they are no member of, or Unavailable.
    """
    people.choose_registry(ctx.table, actor.user_id, registry_id)
    user = people.user(ctx.table, actor.user_id)
    if user is None:
        raise Stranger
    there = RequestedRegistry(screen=registry_id)
    return actor_for(ctx, user, there, slack_user_id=actor.slack_user_id, surface=actor.surface)


def ask(ctx: Context, undecided: Undecided, command: str) -> str:
    """Keep a command until its person has said which registry they mean; returns the question's id.

    Without a command, as in the App Home, there is nothing to keep, and no id. Raises Unavailable.
    """
    if not command:
        return ""
    question_id = new_id()
    question = Question(user_id=undecided.user_id, command=command)
    questions.keep(ctx.table, question_id, question, ctx.now().timestamp())
    return question_id


def work_here(ctx: Context, actor: Actor) -> None:
    """Work in the actor's registry from now on. Raises NotFound for who left it just now, or Unavailable."""
    people.choose_registry(ctx.table, actor.user_id, actor.registry.id)


def command_asked(ctx: Context, actor: Actor, question_id: str) -> str:
    """The command the actor was asked about; raises InvalidInput for a question not theirs, or over."""
    question = questions.get(ctx.table, question_id) if question_id else None
    if question is None or question.user_id != actor.user_id:
        raise InvalidInput(f"You work in {actor.registry.name} now. Please type your command again.")
    return question.command


class _Memberships:
    """A user's memberships as of now, each read once in finding the one that is meant."""

    def __init__(self, ctx: Context, user_id: str) -> None:
        self.ctx = ctx
        self._user_id = user_id
        self.read: dict[str, Membership | None] = {}

    def of(self, registry_id: str) -> Membership | None:
        """Return the one of a registry; None where there is none."""
        if registry_id not in self.read:
            self.read[registry_id] = people.actor_records(self.ctx.table, registry_id, self._user_id)
        return self.read[registry_id]

    def among(self, registry_ids: Iterable[str]) -> list[Membership]:
        """Return those of some registries."""
        return [each for registry_id in registry_ids if (each := self.of(registry_id))]


def _user_now(ctx: Context, user: User, requested: RequestedRegistry) -> tuple[User, _Memberships]:
    """Return the user as they are now, read together with the membership that is meant in all likelihood."""
    known = _Memberships(ctx, user.id)
    likely = requested.screen
    elsewhere = requested.name is not None or (requested.channel_id and len(user.registeries) > 1)
    if likely is None and not elsewhere:
        likely = user.current_registry or next(iter(user.registeries), None)
    if not likely:
        return people.user(ctx.table, user.id) or user, known
    found, known.read[likely] = people.actor_with_user(ctx.table, likely, user.id)
    return found or user, known


def _requested(known: _Memberships, user: User, requested: RequestedRegistry) -> Membership:
    if requested.screen is not None:
        return _at_the_screen(known, user, requested.screen)
    if requested.name is not None:
        return _named(known.among(user.registeries), requested.name)
    if requested.channel_id and len(user.registeries) > 1:
        here = _of_channel(known, user, requested.channel_id)
        if here:
            return _current_or_only(user, here)
    if user.current_registry:
        current = known.of(user.current_registry)
        if current:
            return current
    return _current_or_only(user, known.among(user.registeries))


def _at_the_screen(known: _Memberships, user: User, registry_id: str) -> Membership:
    found = known.of(registry_id) if registry_id else None
    if found is None:
        raise NotThere if user.registeries else Stranger
    return found


def _named(own: Sequence[Membership], name: str) -> Membership:
    """The registry of this name, or the only one whose name begins so."""
    found = matching(own, name, lambda membership: membership[1].name)
    if len(found) != 1:
        raise NotNamed(_choices(own)) if own else Stranger
    return found[0]


def _of_channel(known: _Memberships, user: User, channel_id: str) -> list[Membership]:
    """The user's registries whose team channel it is, as they are now."""
    listed = [each for each in registries.of_channel(known.ctx.table, channel_id) if each in user.registeries]
    return [each for each in known.among(listed) if each[1].team_channel == channel_id]


def _current_or_only(user: User, own: Sequence[Membership]) -> Membership:
    current = [each for each in own if each[1].id == user.current_registry]
    if current or len(own) == 1:
        return (current or own)[0]
    raise Undecided(user.id, _choices(own)) if own else Stranger


def _choices(own: Iterable[Membership]) -> list[Choice]:
    return _by_name(registry for _, registry in own)


def _by_name(found: Iterable[Registry]) -> list[Choice]:
    choices = (Choice(registry.id, registry.name) for registry in found)
    return sorted(choices, key=lambda choice: (name_key(choice.name), choice.id))
