"""A month of as many patients as wanted, for the screens."""

from itertools import cycle, islice

from cocm_bot.domain.access import Actor
from cocm_bot.domain.billing.claims import claim_of
from cocm_bot.domain.billing.closing import Change, Closing, closed_claim, totals
from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.billing.month_words import Asked
from cocm_bot.domain.pages import page_of
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.operations.billing.month_list import ROWS_PER_PAGE, Month, Row, Shown, part_of
from cocm_bot.operations.synthetic.patients import caseload
from tests.rig.clinic import MONDAY

DOCTOR = Clinician(name="Samuel Adeyemi", user_id="user-3")


def month_of(actor: Actor, count: int, *, long: int = 1, closed: bool = False) -> Month:
    """February 2031 with so many patients and texts so long; each changed since a closing, if there was."""
    policy = actor.registry.policy
    made = list(islice(caseload(min(count, 20), policy, MONDAY, 7, ["user-1"], "user-2", [DOCTOR]), count))
    entries = [each for patient, logs, _ in made for each in ledger_of(patient, logs, policy).values()]
    rows = []
    for number, entry in zip(range(count), cycle(entries), strict=False):
        wide = entry.model_copy(
            update={
                "patient_id": f"patient-{number}",
                "patient_mrn": f"M{number:05}" + "M" * min(long, 30),
                "payer": f"Payer {number % 150} " + "P" * long,
                "first_name": "N" * long,
                "clinician": "<&>" * long,
                "diagnoses": tuple(["F33.1 " + "d" * long] * min(long, 12)),
            }
        )
        claim = claim_of(wide, policy.billing)
        change = Change(None, closed_claim(wide, claim)) if closed else None
        rows.append(Row(wide, claim, change, ["other-registry"] * min(long, 3)))
    closing = None
    if closed:
        added = totals([row.claim for row in rows])
        closing = Closing(month="2031-02", by="user-5", at=MONDAY.timestamp(), totals=added, parts=1)
    gone = [row.change for row in rows[:20] if row.change]
    return Month(actor.registry, "2031-02", rows, broken=3 if closed else 0, closing=closing, gone=gone)


def page_of_month(month: Month, asked: Asked, number: int = 1) -> Shown:
    return Shown(month, asked, page_of(part_of(month, asked), number, ROWS_PER_PAGE), {"user-5": "O" * 400})
