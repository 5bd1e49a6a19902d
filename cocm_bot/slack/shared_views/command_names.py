"""The sub-commands of `/cocm`, and the ids of their buttons and shortcuts."""

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
    EXPORT = "export"
    IMPORT = "import"
    REGISTRY = "registry"
    MEASURES = "measures"
    TEAM = "team"
    AUDIT = "audit"
    STATUS = "status"

    @property
    def action_id(self) -> str:
        """The action of the sub-command's button."""
        return f"command:{self}"

    @property
    def shortcut_id(self) -> str:
        """The callback of its entry in Slack's own menu."""
        return f"shortcut:{self}"
