"""The menu beside a patient in a list: open the card, or log a contact."""

from cocm_bot.registry.errors import InvalidInput
from cocm_bot.slack import contact, patient
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.screens.lists import PATIENT_MENU, PATIENT_PICK
from cocm_bot.slack.visit import OUT_OF_DATE, Visit


def register(entry: Entry) -> None:
    """The menu of a row, and the one below a table."""
    entry.opens(PATIENT_MENU, "Patient", chosen)
    entry.opens(PATIENT_PICK, "Patient", chosen)


def chosen(visit: Visit) -> Payload:
    """What was chosen, as `open K7Q4 today 2`: what to do, the handle, and the list it stands in."""
    match visit.value.split():
        case ["open", handle, *_]:
            return patient.card(visit, handle)
        case ["log", handle, *behind]:
            return contact.form(visit, handle, " ".join(behind))
    raise InvalidInput(OUT_OF_DATE)
