"""The notice in the place of something that its reader may no longer see."""

from cocm_bot.operations.access.clearing import Clearing
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.shared_views.notices import notice_home, notice_message


def cleared_home(found: Clearing) -> Payload:
    """Their App Home, until they open it the next time."""
    return notice_home(f"{_changed(found)} Open this tab again to see the rest of your registries.")


def cleared_message(found: Clearing) -> Payload:
    """In the place of a message about patients."""
    return notice_message(f"{_changed(found)} What was shown here is no longer for you.")


def account_replaced_message(found: Clearing, admin: str) -> Payload:
    """For the account a person had before an admin let another one in."""
    where = f" in {found.registry.name}" if found.registry else ""
    return notice_message(
        f"{admin} let another Slack account in as yours{where}. This one can no longer use the registry. "
        "If you don't know of this, tell an admin of your registry now."
    )


def _changed(found: Clearing) -> str:
    if found.whole_account or found.registry is None:
        return "This Slack account is no longer a registry member's."
    if found.now is None:
        return f"You are no longer a member of {found.registry.name}."
    admin = " and admin" if found.now.is_admin else ""
    return f"Your role in {found.registry.name} has changed: you are {found.now.role}{admin} now."
