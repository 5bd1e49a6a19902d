"""Check at the start what waiting does not mend: the table and its index, Slack's token and its scopes."""

import logging

from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.logs import what
from cocm_bot.operator_errors import ADVICE, TOKEN_ADVICE, CannotStart, explained
from cocm_bot.slack.runtime.client.failures import SlackFailure
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.store.audit import checkpoints
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import NotConfigured
from cocm_bot.store.table.index import check_index, fault_sentence
from cocm_bot.store.table.table import IndexFault, Table

INDISPENSABLE = frozenset({"chat:write", "im:write", "users:read", "users:read.email"})
"""Without these scopes nobody is known or notified. Lacking another, what needs it fails and says so."""

SCOPES = INDISPENSABLE | {
    "channels:read",
    "commands",
    "files:read",
    "files:write",
    "groups:read",
    "im:history",
    "im:read",
    "mpim:read",
}
"""The scopes that the manifest asks for."""

logger = logging.getLogger(__name__)


def check_start(table: Table, gateway: Gateway | None = None) -> None:
    """Ask the table once, and Slack; raises CannotStart, or NotConfigured, for what waiting does not repair.

    Of several workspaces each has a token of its own: then Slack is not asked here. A server that does not
    answer for another reason keeps nobody from starting: readiness reports it.
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
    else:
        _check_index(table)
    if gateway is not None:
        _check_slack(gateway)


def check_audit_key(table: Table, ring: Keyring) -> None:
    """Log it where the keys are not those that sealed the access log: new entries are no proof then.

    People are served all the same.
    """
    try:
        fault = audit_key_fault(table, ring)
    except CocmError as error:
        logger.warning("started without=key_check error=%s", what(error))
        return
    if fault:
        logger.error("started with=wrong_audit_key: %s", fault)


def audit_key_fault(table: Table, ring: Keyring) -> str | None:
    """Compare the keys with the seal of the newest checkpoint of the access log.

    Returns what is wrong and what to do, empty for nothing; None where there is no checkpoint yet. Raises
    Unavailable.
    """
    newest = checkpoints.latest(table)
    if newest is None:
        return None
    if not ring.knows(newest.key_id):
        return f"the newest checkpoint names key “{newest.key_id}”: add it to COCM_AUDIT_KEYS."
    if not checkpoints.genuine(newest, ring):
        return (
            "it does not fit the newest checkpoint: set COCM_AUDIT_KEY to the key in use; "
            "if it is, the checkpoint was altered: docs/privacy.md."
        )
    return ""


def _check_index(table: Table) -> None:
    try:
        fault = check_index(table)
    except NotConfigured:
        raise
    except Unavailable as error:
        if error.reason in ADVICE:
            raise CannotStart(
                explained(error, f"The index {keys.INDEX} of the table {table.name}")
            ) from error
        logger.warning("started without=index error=%s", what(error))
        return
    if fault is IndexFault.BUILDING:
        # It will be there: waiting mends it.
        logger.warning("started without=index error=%s", fault)
    elif fault:
        raise CannotStart(f"{fault_sentence(fault, table)} Run `cocm-bot table check`: it says what to do.")


def _check_slack(gateway: Gateway) -> None:
    try:
        given = gateway.check_token()
    except SlackFailure as error:
        if error.reason in TOKEN_ADVICE:
            raise CannotStart(explained(error, "Slack refuses the bot's token")) from error
        logger.warning("started without=slack error=%s", what(error))
        return
    missing = SCOPES - given if given else frozenset()
    named = ", ".join(sorted(missing))
    if missing & INDISPENSABLE:
        raise CannotStart(f"The bot's token lacks scopes ({named}): {TOKEN_ADVICE['missing_scope']}")
    if missing:
        logger.error("started without=scopes missing=%s: %s", named, TOKEN_ADVICE["missing_scope"])
