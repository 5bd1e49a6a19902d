"""Seal Slack's tokens before they are stored, with keys derived from the audit keyring's.

AES-256-GCM: what is sealed opens only where it was sealed for, so that whoever may write to the table can't
give one workspace the token of another. A changed keyring needs nothing done: the newest key seals, every
key of the ring opens.
"""

import base64
import binascii
import secrets
from typing import TYPE_CHECKING

from cocm_bot.domain.errors import CocmError
from cocm_bot.store.audit.keyring import Keyring

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
"""The length NIST SP 800-38D asks for; each is random, far fewer are made under a key than it allows."""
PURPOSE = "cocm-bot: tokens of Slack"
"""Says what the derived key is for, so that it is no other's."""


class Unsealable(CocmError):
    """No key of the ring opens it: another ring sealed it, or it was altered or moved."""

    def __init__(self) -> None:
        super().__init__(
            "A token of Slack can't be opened: put the key it was sealed with back into COCM_AUDIT_KEYS, "
            "or install the app again."
        )


class NoCipher(CocmError):
    """The extra that has the cipher is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Several workspaces need the extra that seals tokens: pip install cocm-bot[workspaces]."
        )


class Sealer:
    """Seals and opens texts; `place` says what a text belongs to, and has to be the same for both."""

    def __init__(self, ring: Keyring) -> None:
        """Raises NoCipher without the extra that has the cipher."""
        try:
            # Only who serves several workspaces pays for it.
            from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - of an extra
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - of an extra
        except ImportError:
            raise NoCipher from None
        self._cipher, self._invalid, self._ring = AESGCM, InvalidTag, ring

    def seal(self, text: str, place: str) -> str:
        """Return a text sealed with the newest key: `<id of the key>:<base64>`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._with(self._ring.newest).encrypt(nonce, text.encode(), place.encode())
        return f"{self._ring.newest}:{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Return the text that was sealed for a place; raises Unsealable."""
        key_id, _, body = sealed.rpartition(":")
        try:
            raw = base64.b64decode(body, validate=True)
            opened = self._with(key_id).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except (KeyError, ValueError, binascii.Error, self._invalid):
            raise Unsealable from None
        return opened.decode()

    def is_newest(self, sealed: str) -> bool:
        """Return whether a text is sealed with the newest key."""
        return sealed.rpartition(":")[0] == self._ring.newest

    def _with(self, key_id: str) -> "AESGCM":
        # The ring's MAC of a fixed text is a key of 32 bytes that tells nothing of the one it comes from.
        return self._cipher(bytes.fromhex(self._ring.mac(PURPOSE, key_id)))
