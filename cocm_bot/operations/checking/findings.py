"""The faults of a table that somebody else wrote to, one sentence each."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of disagreement; the value is what the operator reads."""

    NO_REGISTRY = "Members or patients of a registry that does not exist"
    BROKEN = "An item that can't be read"
    FOREIGN = "An item of another program where only the bot's own should be; it is left out"
    MEMBERSHIP = "A membership that differs between registry, user and the user's registries"
    NO_USER = "A member without a user"
    NO_ADMIN = "A registry without an admin"
    MEMBERS = "The count of members is wrong"
    ADDRESS = "A user who can't be found by their e-mail address"
    ADDRESS_SHARED = "An address shared by several users, or indexed to the wrong one"
    ADDRESS_LOCKED = "An e-mail address that is reserved for no user"
    ACCOUNT = "A user who can't be found by their Slack account"
    ACCOUNT_SHARED = "A Slack account that is indexed to the wrong user"
    PHANTOM = "A patient with nothing stored but a key and an attribute"
    MRN = "A patient stored under another MRN than their own"
    SHARED_ID = "Patients with the same id, whose histories can't be separated"
    POSITION = "A patient at the wrong place in the index, or wrongly in or out of it"
    DERIVED = "A patient whose derived fields do not follow from the history"
    TAIL = "A patient whose latest entries are not those of the history"
    LEDGER = "A patient whose months in the billing ledger do not follow from the history"
    STALE_MONTH = "A month in the billing ledger of nobody in the registry"
    OUTCOMES = "A patient whose outcome records do not follow from the history"
    STALE_OUTCOMES = "An outcome record of nobody in the registry"
    DIRECTORY = "A patient who is missing or different in the directory"
    HANDLE = "A patient with a handle that is another's"
    STALE_ENTRY = "An entry of the directory without its patient"
    ENTRY_ALTERED = "An entry of a patient's history that was altered: its seal does not fit"
    ENTRY_UNSEALED = "An entry of a patient's history without a seal, though not from before there were any"
    ENTRY_GONE = "An entry of a patient's history that is gone, though the seal of another names it"
    ALERT = "An open safety alert that the clock does not send"
    ACTIVE_PATIENTS = "The count of active patients is wrong"
    ORPHAN = "A history without a patient"
    CARE_MANAGER = "A patient whose care manager is not in the registry"
    CLOCK = "A registry that the clock does not know"
    CHANNEL = "A team channel that is not indexed to its registry, or is indexed to the wrong one"
    INVITE = "An invitation that differs between its address and its registry"


FOR_A_PERSON = frozenset(
    {
        Kind.NO_REGISTRY,
        Kind.BROKEN,
        Kind.FOREIGN,
        Kind.NO_USER,
        Kind.NO_ADMIN,
        Kind.ADDRESS_SHARED,
        Kind.ACCOUNT_SHARED,
        Kind.PHANTOM,
        Kind.MRN,
        Kind.SHARED_ID,
        Kind.ENTRY_ALTERED,
        Kind.ENTRY_UNSEALED,
        Kind.ENTRY_GONE,
        Kind.CARE_MANAGER,
        Kind.ORPHAN,
    }
)
"""Faults reported and left: a repair would be a guess, let somebody in, or hide that somebody altered it."""


@dataclass(frozen=True)
class Finding:
    """One disagreement, in opaque ids; `repair` puts it right, and is None where that is for a person.

    A repair looks again first, writes under conditions, and does nothing when nothing is left to do.
    """

    kind: Kind
    registry_id: str
    """Empty where it is of no registry."""
    subject: str = ""
    """The id of the patient or user, a handle, or the fingerprint of a key that would identify somebody.

    Empty where that is the registry. `check --locate` shows an operator the key of a handle or fingerprint.
    """
    repair: Callable[[], None] | None = None
