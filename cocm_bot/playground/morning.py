"""A care manager's morning, played by hand from one seat and printed screen by screen."""

from collections.abc import Iterator
from datetime import timedelta

from cocm_bot.playground import cast
from cocm_bot.playground.clock import Clock
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.workspace import Workspace

PATIENT = {
    "MRN": "RV-20417",
    "First name": "Ana",
    "Last name": "Muñoz",
    "Birth date": "1984-02-29",
    "Phone": "555-010-0134",
    "Payer": "Medicaid",
}
ASSESSMENT = {"Visit type": "Clinic", "Minutes": "45", "PHQ-9 total": "18", "GAD-7 total": "14"}
FOLLOW_UP = {"Visit type": "Phone", "Minutes": "20", "PHQ-9 total": "14", "GAD-7 total": "11"}


def morning(workspace: Workspace, clock: Clock) -> Iterator[tuple[str, str]]:
    """Yield what is done, in words, and the screen it leads to; the registry is empty at the start."""
    maya, guest = workspace.seat(cast.MAYA), workspace.seat(cast.GUEST)
    yield _typed(maya, "/cocm help", "this is your patient registry")
    yield _typed(maya, "/cocm today", "no patients in this registry yet")
    maya.press("Add the first patient")
    maya.fill(PATIENT)
    yield "Maya presses “Add the first patient” and fills in the window.", maya.screen
    yield "She presses “Add”.", _sent(maya, "Added.")
    maya.press("Log a contact")
    maya.fill(ASSESSMENT)
    yield "She presses “Log a contact” and enters the initial assessment.", maya.screen
    yield "She presses “Save”.", _sent(maya, "Saved.", "Enrolled → Treatment")
    maya.close(everything=True)
    yield _typed(maya, "/cocm today", "Nothing is due today")
    yield _typed(maya, "/cocm caseload", "1 patient", "sorted by")
    clock.move_to(clock.now() + timedelta(weeks=2))
    yield _typed(maya, "/cocm today", "1 patient needs you today", before="Two weeks later. ")
    maya.press("Open")
    maya.press("Log a contact")
    maya.fill(FOLLOW_UP)
    yield "She opens the card with one press, and follows up.", _sent(maya, "Saved.", "18 → 14")
    maya.close(everything=True)
    yield from _refusals(maya)
    yield _typed(guest, "/cocm today", "not for guests", before="A guest of the workspace tries. ")


def _refusals(maya: Seat) -> Iterator[tuple[str, str]]:
    maya.command("/cocm add")
    maya.fill({**PATIENT, "First name": "Another"})
    yield "Maya adds somebody under an MRN that is taken.", _sent(maya, "already in the registry")
    maya.close()
    maya.command(f"/cocm log {PATIENT['MRN']}")
    maya.fill({"Minutes": "20", "PHQ-9 total": "28"})
    yield "She enters a PHQ-9 of 28.", _sent(maya, "28")
    maya.fill({"PHQ-9 total": "12", "Date": "2099-01-01"})
    yield "She enters a date in the future.", _sent(maya, "in the future")
    maya.close()


def _typed(seat: Seat, line: str, *expected: str, before: str = "") -> tuple[str, str]:
    seat.command(line)
    return f"{before}{seat.person.name.split()[0]} types {line}", seat.expect(*expected)


def _sent(seat: Seat, *expected: str) -> str:
    seat.submit()
    return seat.expect(*expected)
