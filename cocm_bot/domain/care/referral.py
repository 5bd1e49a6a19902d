"""The day a patient was referred to the program."""

from datetime import date

from cocm_bot.domain.errors import InvalidInput

FIELD = "date_referred"


def check_referral(referred: date, born: date, today: date) -> None:
    """Raise InvalidInput for a local day on which nobody can have been referred."""
    if referred > today:
        raise InvalidInput("The referral can't be in the future.", FIELD)
    if referred < born:
        raise InvalidInput("The patient was not born yet on this day.", FIELD)
