"""Lines that head or end a list: whose registry it is, how many patients, what could not be read."""

from cocm_bot.domain.access import Actor
from cocm_bot.slack.kit import Block, context, escape


def registry_line(actor: Actor) -> dict[str, object]:
    """Which registry a screen is about, and as whom it is seen."""
    return context(f"{escape(actor.registry.name)} · you are {escape(actor.role)}")


def patients_told(number: int) -> str:
    """A number of patients in words."""
    return "1 patient" if number == 1 else f"{number} patients"


def unreadable(broken: int) -> list[Block]:
    """A warning when records are missing from the list."""
    return (
        [context(f"⚠️ {broken} records can't be read and are not shown. Tell your admin.")] if broken else []
    )
