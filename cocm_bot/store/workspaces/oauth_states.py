"""Issue the states of OAuth: each goes to Slack and back in one browser, for ten minutes, once.

Nothing is stored when one is issued, as anybody may ask for one: it proves itself by its seal. Only its use
is stored.
"""

from dataclasses import dataclass
from secrets import token_hex

from cocm_bot.domain.record import Record
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import StateUsed
from cocm_bot.store.table.table import Table

LIFE_SECONDS = 600
PURPOSE = "oauth-state"


class UsedState(Record):
    """The mark of a state that came back; times are seconds UTC."""

    at: float
    use: str
    """A random word: two uses at the same moment are not one that was tried twice."""


@dataclass(frozen=True)
class OAuthStates:
    """Issues states and takes each back once. `table` has the records of no workspace."""

    table: Table
    ring: Keyring

    def issue(self, at: float) -> str:
        """Return a fresh state, good for ten minutes from an instant (seconds UTC)."""
        text = f"{int(at)}.{token_hex(16)}"
        return f"{text}.{self.ring.sign(_sealed(text)).replace(':', '.')}"

    def use(self, state: str, at: float) -> bool:
        """Return whether a state is one of ours, in its time, and not used before; it is used by that.

        Raises Unavailable.
        """
        parts = state.split(".")
        if len(parts) != len(("time", "number", "key", "seal")):
            return False
        issued, number, key_id, seal = parts
        if not self.ring.signed(_sealed(f"{issued}.{number}"), f"{key_id}:{seal}"):
            return False
        if not 0 <= at - int(issued) <= LIFE_SECONDS:
            return False
        # Longer than it could be used: expiry is not at once.
        own = {"expires_at": int(at) + LIFE_SECONDS * 2}
        item = items.to_item(keys.used_state(number), UsedState(at=at, use=token_hex(8)), own)
        try:
            self.table.put(writes.add(item, lambda _: StateUsed()))
        except StateUsed:
            return False
        return True


def _sealed(text: str) -> str:
    return f"{PURPOSE} {text}"
