"""Renew a token that expires: with token rotation on, Slack takes one for twelve hours."""

import sys

from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation import TokenRotator

from cocm_bot.slack.runtime.connections import SlackClient
from cocm_bot.slack.runtime.failures import TROUBLE, Unclear, failure
from cocm_bot.slack.workspaces.installation_store import AppCredentials
from cocm_bot.store.workspaces.installations import Installation, Tokens

EARLY_SECONDS = 2 * 3600.0
"""Seconds before the end of a token at which it is renewed: as early as slack_sdk does."""


def is_due(held: Installation, now: float) -> bool:
    """Return whether an installation's token is to be renewed at an instant (seconds UTC)."""
    return held.token_expires_at is not None and held.token_expires_at - EARLY_SECONDS <= now


def renewed(client: SlackClient, app: AppCredentials, held: Installation, tokens: Tokens) -> Tokens:
    """Return the tokens that Slack gives for these; raises Unavailable with Slack's reason.

    `client` has no token. Slack takes a refresh token once.
    """
    bot = Bot(
        bot_token=tokens.token,
        bot_id=held.id,
        bot_user_id=held.id,
        bot_refresh_token=tokens.refresh_token,
        bot_token_expires_at=int(tokens.expires_at or 0),
        installed_at=held.installed_at,
    )
    rotator = TokenRotator(client_id=app.client_id, client_secret=app.client_secret, client=client)
    try:
        found = rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=sys.maxsize)
    except SlackTokenRotationError as error:
        raise failure(error.api_error) from error
    except TROUBLE as error:
        raise failure(error) from error
    if found is None or not found.bot_token or found.bot_token_expires_at is None:
        raise Unclear("not_renewed")
    return Tokens(found.bot_token, found.bot_refresh_token or "", float(found.bot_token_expires_at))
