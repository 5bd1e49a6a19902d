"""The notice in the place of a message about a patient who was erased."""

from cocm_bot.slack.kit import Payload
from cocm_bot.slack.shared_views.notices import notice_message


def erased_message() -> Payload:
    """Draw a message that names nobody."""
    return notice_message(
        "A record in this message was erased from the registry. Type /cocm today for what is due now."
    )
