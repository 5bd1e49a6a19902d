"""Members who are told of a patient unasked: the record that they are shown one."""

from cocm_bot.operations.desk import Desk
from cocm_bot.operations.oversight import record_view
from cocm_bot.registry.access import Action, Actor
from cocm_bot.registry.team import Registry, RegistryUser

DIRECT_MESSAGE = "direct message"
"""What the access log calls the place."""


def record_shown(
    desk: Desk, registry: Registry, member: RegistryUser, slack_user_id: str, patient_id: str
) -> None:
    """Log that a member is about to be shown a patient; raises Unavailable if it can't be written."""
    reader = Actor(
        user_id=member.user_id,
        first_name=member.first_name,
        last_name=member.last_name,
        role=member.role,
        is_admin=member.is_admin,
        registry=registry,
        slack_user_id=slack_user_id,
        surface=DIRECT_MESSAGE,
    )
    record_view(desk, reader, Action.VIEW_PATIENT, (patient_id,))
