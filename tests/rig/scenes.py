"""A care manager's actions at the screens, for the tests that need them done."""

from typing import Any

from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.registries.setup import create_registry, new_registry
from cocm_bot.playground import interactions
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store import registries
from cocm_bot.store.table import keys, writes
from tests.rig.clinic import ZONE, Clinic

ITEM_9, NOT_AT_ALL = "PHQ-9 item 9", "0 · not at all"

ANA: dict[str, Any] = {
    "MRN": "A-1001",
    "First name": "Ana",
    "Last name": "Muñoz",
    "Birth date": "1984-02-29",
    "Phone": "555-010-0134",
    "E-mail": "ana.munoz@example.org",
}
ASSESSED: dict[str, Any] = {
    "Contact type": "Initial Assessment",
    "Visit type": "Clinic",
    "Minutes": "45",
    ITEM_9: NOT_AT_ALL,
    "PHQ-9 total": "18",
    "GAD-7 total": "14",
}


def add_patient(seat: Seat, **changes: Any) -> str:
    """Add a patient by `/cocm add`; the card is left open. Returns the handle."""
    seat.command("/cocm add")
    seat.fill({**ANA, **changes})
    assert seat.submit() is None
    if "in the registry already?" in str(seat.view and seat.view.payload):
        # Everybody in the tests is called Ana and born on one day.
        assert seat.submit() is None
    return handle_on(sees(seat, "Added. Handle"))


def second_registry(clinic: Clinic, name: str = "Harbor Clinic") -> str:
    """Another registry with Maya in it, its admin, as in the first; returns its id."""
    wanted = new_registry(
        name=name,
        admin_email="maya.okafor@example.org",
        first_name="Maya",
        last_name="Okafor",
        role=Role.CARE_MANAGER,
        timezone=ZONE,
    )
    return create_registry(clinic.ctx, wanted).registry_id


def team_channel(clinic: Clinic, registry_id: str, channel_id: str) -> None:
    """The Slack channel becomes a registry's team channel."""
    before = registries.get(clinic.ctx.table, registry_id)
    assert before is not None
    after = before.model_copy(update={"team_channel": channel_id})
    setting = writes.update(
        keys.registry(registry_id),
        "SET team_channel = :channel",
        writes.STORED,
        {"channel": channel_id},
        lambda _: NotFound("The registry is gone."),
    )
    clinic.ctx.table.transact([setting, *registries.channel_writes(before, after)])


def handle_on(screen: str) -> str:
    """The handle on a card that was just made."""
    return screen.partition("Added. Handle ")[2].partition(":")[0]


def sees(seat: Seat, *words: str) -> str:
    """Wait until the screen in front says all this, however it wraps; returns it as one line."""

    def shown() -> str:
        screen = seat.words
        return screen if all(each in screen for each in words) else ""

    try:
        return seat.workspace.wait_until(shown, "", seat.patience)
    except TimeoutError:
        missing = [each for each in words if each not in seat.words]
        underway = seat.workspace.underway()
        raise AssertionError(f"never saw {missing} on this screen ({underway}): {seat.words}") from None


def with_item(values: dict[str, Any]) -> dict[str, Any]:
    """The values, with item 9 answered with 0 beside a PHQ-9 total of which nothing else is said."""
    unsaid = "PHQ-9 total" in values and not any(name.startswith("PHQ-9 item") for name in values)
    return {**({ITEM_9: NOT_AT_ALL} if unsaid else {}), **values}


def log_contact(seat: Seat, handle: str, **values: Any) -> dict[str, str] | None:
    """Log a contact by `/cocm log`; the card, or the modal with its errors, is left open."""
    seat.command(f"/cocm log {handle}")
    seat.fill({"Minutes": "20", **with_item(values)})
    return seat.submit()


def deactivate(seat: Seat) -> dict[str, str] | None:
    """Submit the open modal that deactivates, once more where it asks about something first."""
    errors = seat.submit()
    if errors is None and "Press Deactivate again" in seat.screen:
        errors = seat.submit()
    return errors


def send_anyway(seat: Seat) -> dict[str, str]:
    """Submit the open modal past Slack's own checks, as a forger would; returns the bot's errors."""
    assert seat.view is not None
    interactions.submit(seat.sender, seat.view)
    return seat.errors()
