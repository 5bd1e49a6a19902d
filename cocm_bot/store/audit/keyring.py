"""The keys that what is stored is sealed with, each under an id: the newest seals, all of them verify."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

MAC_LENGTH = 32
"""Hexadecimal digits of a seal that is stored beside what it seals: 128 bits."""


class Keyring:
    """Secrets by id, newest first. The id is empty for a key that was in use before keys had ids.

    One without secrets can neither seal nor compare: for reading alone.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._keys = {key_id: secret.encode() for key_id, secret in secrets.items()}
        self.newest = next(iter(secrets), "")

    @property
    def empty(self) -> bool:
        """Return whether there is no key, so that nothing can be compared."""
        return not self._keys

    def mac(self, text: str, key_id: str) -> str:
        """Return the HMAC-SHA256 of a text in hexadecimal; raises KeyError for an id that is not here."""
        return hmac.digest(self._keys[key_id], text.encode(), "sha256").hex()

    def fits(self, text: str, key_id: str, mac: str) -> bool:
        """Say whether a text was sealed with this key; without an id, with any key of the ring."""
        wanted = [key_id] if key_id else list(self._keys)
        return any(
            hmac.compare_digest(mac.encode(), self.mac(text, each).encode())
            for each in wanted
            if each in self._keys
        )

    def knows(self, key_id: str) -> bool:
        """Say whether a seal under this id can be verified."""
        return not key_id or key_id in self._keys

    def sign(self, text: str) -> str:
        """Return a short seal with its key's id: `<id>:<32 digits>`."""
        return f"{self.newest}:{self.mac(text, self.newest)[:MAC_LENGTH]}"

    def signed(self, text: str, signature: str) -> bool:
        """Say whether `sign` made this signature of this text."""
        key_id, _, mac = signature.rpartition(":")
        return any(
            hmac.compare_digest(mac.encode(), self.mac(text, each)[:MAC_LENGTH].encode())
            for each in ([key_id] if key_id else list(self._keys))
            if each in self._keys
        )


def keyring(given: "str | Keyring") -> Keyring:
    """Return a keyring as it is; of a single secret, one in which it has the empty id."""
    return given if isinstance(given, Keyring) else Keyring({"": given})


def canonical(attributes: Mapping[str, Any]) -> str:
    """Return the text that is sealed: JSON of all attributes by name, without spaces."""
    return json.dumps(attributes, sort_keys=True, separators=(",", ":"), default=repr)
