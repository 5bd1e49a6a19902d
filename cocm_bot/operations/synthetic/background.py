"""Invent what is known of a patient besides contacts: the name, who treats them, diagnosis and referral."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.synthetic.phrases import DIAGNOSES, OTHER_NAMES, TYPABLE_NAMES

Names = tuple[Sequence[str], Sequence[str]]
"""First and last names to choose from."""

FORGOTTEN = 0.12
"""The share of patients of whom each of these was not written down."""
REFERRED_DAYS = (2, 14)
"""Days from the referral to the enrollment."""


def names_of(index: int) -> Names:
    """Return the names for the patient of a place in the caseload: every third is in other letters."""
    turn, rest = divmod(index, 3)
    return OTHER_NAMES[turn % len(OTHER_NAMES)] if rest == 2 else TYPABLE_NAMES[index % len(TYPABLE_NAMES)]


def background(
    handle: str, enrolled: float, policy: CarePolicy, physicians: Sequence[Clinician]
) -> dict[str, Any]:
    """Return the care details of a patient who was enrolled at an instant (seconds UTC), by attribute."""
    random = Random(f"{handle}/background")
    referred = policy.local_date(enrolled) - timedelta(days=random.randint(*REFERRED_DAYS))
    clinician, diagnosis = random.choice(physicians or (None,)), random.choice(DIAGNOSES)
    return {
        "treating_clinician": None if random.random() < FORGOTTEN else clinician,
        "diagnoses": () if random.random() < FORGOTTEN else (diagnosis,),
        "date_referred": None if random.random() < FORGOTTEN else referred.isoformat(),
    }
