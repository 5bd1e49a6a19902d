"""Setting up a registry: what is entered, and doing it from the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError, field_validator

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import PersonName, Phone, SlackEmail
from cocm_bot.domain.figures.episodes.outcome_record import FORM
from cocm_bot.domain.measures.catalogue import CATALOGUE, DEFAULT_MEASURES
from cocm_bot.domain.members import Questionnaire, Registry
from cocm_bot.domain.settings.zones import is_zone
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import record_export
from cocm_bot.operations.access.accounts import user_with
from cocm_bot.operations.context import Context, new_id
from cocm_bot.store import registries
from cocm_bot.store.audit.audit_trail import beginning
from cocm_bot.store.team import people

Entered = TypeVar("Entered", bound=BaseModel)


class NewRegistry(BaseModel):
    """A registry and its first admin."""

    name: PersonName
    admin_email: SlackEmail
    first_name: PersonName
    last_name: PersonName
    phone_number: Phone = ""
    role: Role = Role.CARE_MANAGER
    timezone: str = "UTC"
    measures: tuple[str, ...] = DEFAULT_MEASURES
    team_channel: str | None = None

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if not is_zone(name):
            raise ValueError("Give a time zone like America/New_York.")
        return name

    @field_validator("measures")
    @classmethod
    def _known_measures(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names or not set(names) <= CATALOGUE.keys():
            raise ValueError("Choose one or more of the measures on offer.")
        return names


class NewMember(BaseModel):
    """Somebody who joins a registry that exists."""

    email: SlackEmail
    first_name: PersonName
    last_name: PersonName
    phone_number: Phone = ""
    role: Role
    is_admin: bool = False


@dataclass(frozen=True)
class Created:
    """The ids of what was made; the user is an earlier one if the address had one."""

    registry_id: str
    user_id: str


def new_registry(**entered: object) -> NewRegistry:
    """Check what was entered; raises InvalidInput naming the first field that is wrong."""
    return _checked(NewRegistry, entered)


def new_member(**entered: object) -> NewMember:
    """Check what was entered; raises InvalidInput naming the first field that is wrong."""
    return _checked(NewMember, entered)


def _checked(kind: type[Entered], entered: Mapping[str, object]) -> Entered:
    try:
        return kind.model_validate(entered)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = str(first["loc"][0])
        raise InvalidInput(f"{field}: {first.get('ctx', {}).get('error', first['msg'])}", field) from None


def registry_of(ctx: Context, wanted: NewRegistry) -> Registry:
    """The registry as it begins now, with its first member."""
    registry_id, at = new_id(), ctx.now().timestamp()
    return Registry(
        id=registry_id,
        name=wanted.name,
        created_date=at,
        created_seal=ctx.trail.keyring.sign(beginning(registry_id, at)),
        modified_date=at,
        members=1,
        active_patients=0,
        questionnaires=tuple(Questionnaire(name=name) for name in wanted.measures),
        timezone=wanted.timezone,
        team_channel=wanted.team_channel,
        ledgered=True,
        outcomes_form=FORM,
    )


def create_registry(ctx: Context, wanted: NewRegistry, account: str = "") -> Created:
    """Create registry, user, e-mail and membership both ways, in one transaction. Raises Unavailable.

    `account` is that of the operating system, where one does it: it goes to the access log first.
    """
    registry = registry_of(ctx, wanted)
    if account:
        record_export(ctx, registry.id, AccessAction.CREATE_REGISTRY, account)
    person = user_with(ctx, wanted.admin_email, wanted.first_name, wanted.last_name, wanted.phone_number)
    user = registries.create_registry(ctx.table, registry, person, wanted.role, is_admin=True)
    return Created(registry.id, user.id)


def add_member(ctx: Context, registry_id: str, wanted: NewMember, account: str = "") -> Created:
    """Make somebody a member, creating their user unless their address has one.

    With an `account`, of the machine it is done on, it is noted in the access log first.

    Raises NotFound for an unknown registry, Conflict for a member already there, or Unavailable.
    """
    if account:
        what = AccessAction.ADD_ADMIN if wanted.is_admin else AccessAction.ADD_MEMBER
        record_export(ctx, registry_id, what, account)
    person = user_with(ctx, wanted.email, wanted.first_name, wanted.last_name, wanted.phone_number)
    at = int(ctx.now().timestamp())
    user = people.add_member(ctx.table, registry_id, person, wanted.role, is_admin=wanted.is_admin, at=at)
    return Created(registry_id, user.id)
