"""Forms that are being filled in, kept as they are typed, so that a closed window loses nothing.

Typing and closing arrive in any order, from any process: each writes its own attributes.
"""

from cocm_bot.domain.records.record import Record
from cocm_bot.store import requests
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import AlreadyStored
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Write

KEPT_SECONDS = 7 * 24 * 3600
"""Seconds for which a draft is kept after its last change."""
KEPT_SECONDS_AT_RISK = 90 * 24 * 3600
"""Seconds for which a draft with a self-harm answer above 0 is kept: somebody has to say what it was."""

TYPED = {"id", "registry_id", "form", "title", "handle", "view", "at_risk", "typed_at"}
"""The attributes that typing writes; closing and notifying write the rest."""
OF_USER = "PK = :drafts"
NEWER = "attribute_not_exists(typed_at) OR typed_at < :typed_at"
"""Holds while nothing typed later is kept."""
UNTOLD = "attribute_exists(form) AND attribute_exists(closed_at) AND attribute_not_exists(told_at)"
"""Holds for what was typed and closed while its person has not been notified of this closing."""


class Draft(Record):
    """A form as it was last typed; one that is not `form`ed yet was closed before what was typed arrived."""

    id: str
    """The id of the request that sending it off would be."""
    registry_id: str = ""
    form: str = ""
    """The callback id of its modal."""
    title: str = ""
    """The title of its modal."""
    handle: str | None = None
    """The patient it is about, if it is about one."""
    view: str = ""
    """The modal with what was entered, as Slack sends it (JSON)."""
    at_risk: bool = False
    """True if a self-harm answer above 0 was entered."""
    typed_at: float = 0.0
    """Seconds UTC, by Slack's clock: decides which of two changes is the later."""
    kept_at: float = 0.0
    """The time it was last written down (seconds UTC)."""
    closed_at: float | None = None
    told_at: float | None = None
    """The time its person was notified that it was closed (seconds UTC)."""


class Overtaken(AlreadyStored):
    """Something typed later, or sent already, is kept."""

    def __init__(self) -> None:
        super().__init__("draft")


def keep(table: Table, user_id: str, draft: Draft, now: float) -> bool:
    """Keep what was typed unless something typed later is kept, or it was saved; return which.

    Raises Unavailable.
    """
    stays = KEPT_SECONDS_AT_RISK if draft.at_risk else KEPT_SECONDS
    values = draft.model_dump(include=TYPED)
    kept = {**values, "kept_at": now, "expires_at": int(now) + stays}
    try:
        table.transact([requests.unapplied(draft.id, _no), _setting(user_id, draft.id, kept, NEWER)])
    except Overtaken:
        return False
    return True


def close(table: Table, user_id: str, draft_id: str, now: float) -> None:
    """Write down that a form was closed, even if what was typed comes later. Raises Unavailable."""
    key = keys.draft(user_id, draft_id)
    setting = "SET id = :id, closed_at = :now, expires_at = if_not_exists(expires_at, :ends) REMOVE told_at"
    values = {"id": draft_id, "now": now, "ends": int(now) + KEPT_SECONDS}
    table.transact(
        [writes.update(key, setting, "attribute_exists(PK) OR attribute_not_exists(PK)", values, _no)]
    )


def tell(table: Table, user_id: str, draft_id: str, now: float) -> bool:
    """Claim the notification of the closing; False where another process has done that already."""
    try:
        table.transact([_setting(user_id, draft_id, {"told_at": now}, UNTOLD)])
    except Overtaken:
        return False
    return True


def reopen(table: Table, user_id: str, draft_id: str) -> None:
    """Write down that a form is open again; nothing where it is gone. Raises Unavailable."""
    key = keys.draft(user_id, draft_id)
    change = writes.update(key, "REMOVE closed_at, told_at", writes.STORED, {}, _no)
    try:
        table.transact([change])
    except Overtaken:
        return


def get(table: Table, user_id: str, draft_id: str) -> Draft | None:
    """A person's draft. Raises Unavailable."""
    item = table.get(keys.draft(user_id, draft_id))
    return items.read(Draft, item) if item else None


def of(table: Table, user_id: str) -> list[Draft]:
    """A person's drafts. Raises Unavailable."""
    return items.read_all(Draft, table.query(OF_USER, {"drafts": keys.drafts(user_id)})).records


def forget(table: Table, user_id: str, draft_id: str) -> None:
    """Delete a draft, if it is there. Raises Unavailable."""
    table.transact([forgetting(user_id, draft_id)])


def forgetting(user_id: str, draft_id: str) -> Write:
    """The write that deletes a draft, if it is there, in the transaction that saves what it is of."""
    return writes.forget(keys.draft(user_id, draft_id))


def _setting(
    user_id: str, draft_id: str, values: dict[str, str | float | bool | None], condition: str
) -> Write:
    # `view` is a word DynamoDB keeps for itself; the hash gives it a name of its own.
    setting = "SET " + ", ".join(f"{'#' if name == 'view' else ''}{name} = :{name}" for name in values)
    return writes.update(keys.draft(user_id, draft_id), setting, condition, values, _no)


def _no(_stored: Item) -> Overtaken:
    return Overtaken()
