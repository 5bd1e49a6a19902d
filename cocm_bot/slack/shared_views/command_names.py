"""The sub-commands of `/cocm`, and the ids of the buttons and shortcuts that stand for them."""

from enum import StrEnum


class CommandName(StrEnum):
    """A sub-command, as it is typed. Buttons in messages sent before carry it: it is never renamed."""

    HELP = "help"
    TODAY = "today"
    CASELOAD = "caseload"
    PATIENT = "patient"
    ADD = "add"
    LOG = "log"
    REVIEW = "review"
    DIGEST = "digest"
    REMIND = "remind"
    AWAY = "away"
    HANDOVER = "handover"
    BILLING = "billing"
    FIGURES = "figures"
    REGISTRY = "registry"
    MEASURES = "measures"
    TEAM = "team"
    AUDIT = "audit"
    STATUS = "status"

    @property
    def action_id(self) -> str:
        """The action of a button that stands for the sub-command."""
        return f"command:{self}"

    @property
    def shortcut_id(self) -> str:
        """The callback of the entry that stands for it in Slack's own menu."""
        return f"shortcut:{self}"
