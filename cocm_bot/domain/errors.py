"""Errors as types; each becomes one plain sentence for the person who asked."""


class CocmError(Exception):
    """The root of every error the bot raises on purpose; its text is fit to be shown to a person."""


class NotAllowed(CocmError):
    """This person may not do this."""


class NotFound(CocmError):
    """The thing asked for does not exist in the actor's registry."""


def no_such_patient() -> NotFound:
    """Return what says that a registry has no such patient."""
    return NotFound("There is no such patient in this registry.")


class Conflict(CocmError):
    """Somebody else changed the same thing meanwhile; nothing was written."""


class InvalidInput(CocmError):
    """The entered value breaks a rule; `field` names the input that must change, where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooOften(CocmError):
    """One person did this more often than anybody's work needs; later it is theirs to do again."""


class Unavailable(CocmError):
    """The table or Slack does not answer now; trying again later is safe.

    `reason` is their own code for why, for the log and for who runs the bot; empty where there is none.
    """

    def __init__(self, sentence: str = "", reason: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason
