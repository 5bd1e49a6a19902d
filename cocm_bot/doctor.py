"""Examine everything the bot depends on, as it would be used, and say of each fault what to do.

Nothing is changed: what must be written to be tried is written under a condition that no item meets.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from cocm_bot.config import Settings, load_settings
from cocm_bot.domain.drift import MOST_SECONDS, Drift
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.opening import open_table, system_clock
from cocm_bot.operator_errors import TOKEN_ADVICE, SettingsError, explained
from cocm_bot.slack.runtime.client.connections import Connections
from cocm_bot.slack.runtime.client.gateway import ANSWER_SECONDS, Gateway, web_client
from cocm_bot.startup import SCOPES, audit_key_fault
from cocm_bot.store import ticks
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table.administration import check_table
from cocm_bot.store.table.client import listen
from cocm_bot.store.table.index import check_index, fault_sentence
from cocm_bot.store.table.ownership import require_ours
from cocm_bot.store.table.rights import DENIED, rights
from cocm_bot.store.table.table import IndexFault

if TYPE_CHECKING:
    from cocm_bot.store.table.table import Table

TABLE, SLACK = "the table", "Slack"


class State(StrEnum):
    """The outcome of an examination."""

    WELL = "ok"
    UNKNOWN = "unknown"
    """It could not be examined with these credentials, which may well be in order."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was examined; `said` says what is so, and what to do where it is wrong."""

    subject: str
    state: State
    said: str


@dataclass(frozen=True)
class Installation:
    """The parts of an installation, opened."""

    settings: Settings
    table: "Table"
    gateway: Gateway
    drift: Drift


Examination = Callable[[Installation], Iterator[Finding]]


def diagnose(
    now: Callable[[], datetime] = system_clock, opened: "Callable[[Settings], Table]" = open_table
) -> Iterator[Finding]:
    """Examine the installation that the environment describes; a part that fails keeps no other from it."""
    try:
        settings = load_settings()
    except SettingsError as error:
        yield from (Finding("settings", State.WRONG, each) for each in error.all)
        return
    yield Finding("settings", State.WELL, "nothing is missing or malformed.")
    try:
        here = _opened(settings, now, opened)
    except Unavailable as error:
        yield Finding("table", State.WRONG, str(error))
        return
    for subject, examine in EXAMINATIONS.items():
        yield from _examined(subject, examine, here)


def _opened(
    settings: Settings, now: Callable[[], datetime], opened: "Callable[[Settings], Table]"
) -> Installation:
    drift, table = Drift(now), opened(settings)
    listen(table.client, lambda date: drift.hear(TABLE, date))
    token = settings.bot_token.get_secret_value() if settings.bot_token else None
    client = web_client(token, settings.slack_url, ANSWER_SECONDS, Connections())
    return Installation(settings, table, Gateway(client, lambda date: drift.hear(SLACK, date)), drift)


def _examined(subject: str, examine: Examination, here: Installation) -> Iterator[Finding]:
    found: list[Finding] = []
    try:
        for each in examine(here):
            found.append(each)
            yield each
    except CocmError as error:
        said = explained(error, subject.capitalize()) if isinstance(error, Unavailable) else str(error)
        yield Finding(subject, State.WRONG, said)
    except Exception as error:  # noqa: BLE001 - whatever it is, it keeps nobody from the other parts
        said = f"it can't be examined ({type(error).__name__}): see what else is wrong."
        yield Finding(subject, State.WRONG, said)
    else:
        if not found:
            yield Finding(subject, State.WELL, "as it should be.")


def _table(here: Installation) -> Iterator[Finding]:
    """The table's own settings: expiry, backups, protection. The bot's role may not ask for them."""
    require_ours(here.table)
    try:
        faults = check_table(here.table.client, here.table.name)
    except Unavailable as error:
        if error.reason != DENIED:
            raise
        yield Finding(
            "table",
            State.UNKNOWN,
            "expiry, backups and protection can't be seen with the bot's role: run `cocm-bot table check` "
            "with the role of whoever sets up the table.",
        )
        return
    for fault in faults:
        yield Finding("table", State.WRONG, f"{fault} Run `cocm-bot table create`: it adds what it can.")


def _index(here: Installation) -> Iterator[Finding]:
    if fault := check_index(here.table):
        advice = "" if fault is IndexFault.BUILDING else " Run `cocm-bot table create`."
        yield Finding("index", State.WRONG, f"{fault_sentence(fault, here.table)}{advice}")


def _rights(here: Installation) -> Iterator[Finding]:
    for right in rights(here.table):
        if right.wanted and not right.had:
            said = f"the role may not do {right.action} on {right.on}: give it the policy in docs/iam.md."
            yield Finding("rights", State.WRONG, said)
        elif right.had and not right.wanted:
            said = f"the role may do {right.action} on {right.on}: add the denial of docs/iam.md."
            yield Finding("rights", State.WRONG, said)


def _token(here: Installation) -> Iterator[Finding]:
    if here.settings.client_id is not None:
        said = "each workspace has a token of its own: `cocm-bot status` says which are served."
        yield Finding("token", State.UNKNOWN, said)
        return
    given = here.gateway.check_token()
    if missing := sorted(SCOPES - given) if given else []:
        said = f"the token lacks {', '.join(missing)}: {TOKEN_ADVICE['missing_scope']}"
        yield Finding("token", State.WRONG, said)


def _clock(here: Installation) -> Iterator[Finding]:
    for server in (TABLE, SLACK):
        seconds = here.drift.seconds(server)
        if seconds is None:
            yield Finding("clock", State.UNKNOWN, f"{server} did not say what time it is.")
        elif abs(seconds) > MOST_SECONDS:
            said = f"{seconds:+.0f} s off {server}'s: set this machine's clock, and keep it set (NTP)."
            yield Finding("clock", State.WRONG, said)


def _audit_key(here: Installation) -> Iterator[Finding]:
    fault = audit_key_fault(here.table, Keyring(here.settings.audit_secrets))
    if fault is None:
        yield Finding("audit key", State.UNKNOWN, "no checkpoint is there yet that could be compared.")
    elif fault:
        yield Finding("audit key", State.WRONG, fault)


def _ticking(here: Installation) -> Iterator[Finding]:
    if not ticks.last(here.table):
        yield Finding("ticks", State.UNKNOWN, "no process has ticked lately: start one, then run this again.")


EXAMINATIONS: dict[str, Examination] = {
    "table": _table,
    "index": _index,
    "rights": _rights,
    "token": _token,
    "clock": _clock,
    "audit key": _audit_key,
    "ticks": _ticking,
}
