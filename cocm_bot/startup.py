"""Check at the start what waiting does not repair: the table, and Slack's token."""

import logging

from cocm_bot.domain.errors import Unavailable
from cocm_bot.logs import what
from cocm_bot.operator_errors import ADVICE, TOKEN_ADVICE, CannotStart, explained
from cocm_bot.slack.runtime.failures import SlackFailure
from cocm_bot.slack.runtime.gateway import Gateway
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import NotConfigured
from cocm_bot.store.table.table import Table

logger = logging.getLogger(__name__)


def check_start(table: Table, gateway: Gateway) -> None:
    """Ask the table and Slack once; raises CannotStart, or NotConfigured, for what waiting does not repair.

    A server that does not answer for another reason keeps nobody from starting: readiness reports it.
    """
    try:
        table.get(keys.registry("-"))
    except NotConfigured:
        raise
    except Unavailable as error:
        if error.reason in ADVICE:
            raise CannotStart(
                explained(error, f"The table {table.name} in {table.client.meta.region_name}")
            ) from error
        logger.warning("started without=table error=%s", what(error))
    try:
        gateway.check_token()
    except SlackFailure as error:
        if error.reason in TOKEN_ADVICE:
            raise CannotStart(explained(error, "Slack refuses the bot's token")) from error
        logger.warning("started without=slack error=%s", what(error))
