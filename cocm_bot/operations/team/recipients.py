"""Members who are sent messages about patients unasked."""

from cocm_bot.domain.access import DIRECT_MESSAGE, Action, Actor
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.operations.access.access_logging import record_view
from cocm_bot.operations.context import Context


def reader(
    registry: Registry, member: RegistryUser, slack_user_id: str, surface: str = DIRECT_MESSAGE
) -> Actor:
    """A member as the one who is about to read something."""
    return Actor(
        user_id=member.user_id,
        first_name=member.first_name,
        last_name=member.last_name,
        role=member.role,
        is_admin=member.is_admin,
        registry=registry,
        slack_user_id=slack_user_id,
        surface=surface,
    )


def record_shown(
    ctx: Context, registry: Registry, member: RegistryUser, slack_user_id: str, patient_id: str
) -> None:
    """Log that a member is about to be shown a patient; raises Unavailable if it can't be written."""
    record_view(ctx, reader(registry, member, slack_user_id), Action.VIEW_PATIENT, (patient_id,))
