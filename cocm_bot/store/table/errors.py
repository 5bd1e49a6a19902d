"""The store's refusals, as types; a text may name a key's kind, but never an identifier or a value."""

from collections.abc import Sequence

from cocm_bot.domain.errors import CocmError, Conflict, InvalidInput, NotFound, Unavailable


class BrokenItem(CocmError):
    """A stored item does not make a record; names its kind and the attributes at fault."""

    def __init__(self, kind: str, attributes: Sequence[str]) -> None:
        super().__init__(f"A {kind} item in the table can't be read: {', '.join(attributes)}.")
        self.kind = kind
        self.attributes = tuple(attributes)


class NotConfigured(Unavailable):
    """AWS settings are missing or unusable; the text names the one to set."""


class ForeignTable(CocmError):
    """The table is another system's; nothing was changed. The text says by what that shows."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(
            f"The table {table} is not the bot's: {reason}. Nothing was changed. Set COCM_TABLE to a table "
            "of the bot's own; `cocm-bot table create` makes one."
        )


class AlreadyApplied(CocmError):
    """An earlier delivery of the same request was applied; `result` is what it left: a patient's handle."""

    def __init__(self, result: str) -> None:
        super().__init__("This was saved already.")
        self.result = result


class VersionConflict(Conflict):
    """The patient was changed after it was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this patient meanwhile. Look again and repeat the change.")


class MrnTaken(Conflict):
    """Another patient of the registry has this MRN."""

    def __init__(self) -> None:
        super().__init__("This MRN is already in the registry.")


class HandleTaken(Conflict):
    """Another patient of the registry has this handle; draw another."""

    def __init__(self) -> None:
        super().__init__("This handle is already in use in the registry.")


class UserChanged(Conflict):
    """The user was changed, or their e-mail address taken, after it was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this person meanwhile. Please try again.")


class AlreadyMember(Conflict):
    """The user is a member of the registry already."""

    def __init__(self) -> None:
        super().__init__("This person is a member of the registry already.")


class InviteChanged(Conflict):
    """The invitation was accepted, declined, sent again or withdrawn after it was read, or it expired."""

    def __init__(self) -> None:
        super().__init__("This invitation was changed meanwhile. Look again.")


class RegistryChanged(Conflict):
    """The registry's settings were changed after they were read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed the registry meanwhile. Look again and repeat the change.")


class AlreadyStored(Conflict):
    """An item that is only ever added exists already; nothing was written."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"The same {kind} is stored already.")


class CheckpointOvertaken(Conflict):
    """Another process made a checkpoint since the latest one was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Another checkpoint was made meanwhile.")


class NotHeld(Conflict):
    """Work that was in hand is no longer: its lease ended and somebody else took it."""

    def __init__(self) -> None:
        super().__init__("Somebody else has taken this over in the meantime.")


class ReviewMoved(Conflict):
    """The review went on, or was started over, after it was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("This review has moved on in the meantime.")


class BulkChangeMoved(Conflict):
    """A change of many patients was confirmed, or went on, after it was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("This was confirmed already. You get a message when it is done.")


class DigestMoved(Conflict):
    """Rows of the digest were struck, or it was sent again, after it was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("This digest was updated meanwhile.")


class RegistryMissing(NotFound):
    """There is no registry with this id."""

    def __init__(self) -> None:
        super().__init__("This registry does not exist.")


class CountedAlready(Conflict):
    """Somebody else added to the registry's count what was to be added; nothing was written."""

    def __init__(self) -> None:
        super().__init__("This was counted meanwhile.")


class TooLarge(InvalidInput):
    """The record would pass what one item can hold (400 KB)."""

    def __init__(self) -> None:
        super().__init__("This is more than one record can hold. Shorten the text and save again.")


class InstallationChanged(Conflict):
    """The app's installation was made again, renewed or ended after it was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("The installation was changed meanwhile.")


class StateUsed(Conflict):
    """A state of OAuth came back before."""

    def __init__(self) -> None:
        super().__init__("This link was used already.")
