"""Lines that head or end a list: whose registry it is, how many patients, what could not be read."""

from cocm_bot.domain.access import Actor
from cocm_bot.slack.kit import Block, context, escape


def registry_line(actor: Actor) -> dict[str, object]:
    """Return which registry a screen is about, and as whom it is seen."""
    return context(f"{escape(actor.registry.name)} · you are {escape(actor.role)}")


def patients_told(number: int) -> str:
    """A number of patients in words."""
    return "1 patient" if number == 1 else f"{number} patients"


def counted(number: int, what: str) -> str:
    """A number of things in words, like `1 row`, `1,024 rows`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def unreadable(
    broken: int, what: str = "records", then: str = " and are not shown. Tell your admin."
) -> list[Block]:
    """Return a warning when something is missing from a list."""
    return [context(f"⚠️ {broken} {what} can't be read{then}")] if broken else []
