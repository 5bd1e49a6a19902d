"""The columns of the billing file, which docs/billing.md describes."""

from collections.abc import Mapping

from cocm_bot.domain.billing.claims import Claim
from cocm_bot.domain.billing.closing import Change
from cocm_bot.domain.fields import initials
from cocm_bot.domain.records.billing_month import LedgerEntry
from cocm_bot.domain.settings.registry_settings import Shown

Cell = str | int
COLUMNS: Mapping[str, str] = {
    "month": "the calendar month in the registry's time zone",
    "handle": "the patient's handle in the bot",
    "mrn": "medical record number, as corrected last",
    "patient": "initials or name, as the registry's settings allow Finance; else empty",
    "birth_date": "`YYYY-MM-DD`",
    "payer": "as entered on the record",
    "treating_clinician": "who treats the patient",
    "diagnoses": "ICD-10-CM codes with their words, the principal one first, `;` between them",
    "minutes": "whole minutes that count: seconds from the consent's day on, added up and rounded down once",
    "minutes_before_consent": "minutes that do not count, because they were before the consent's day",
    "first_service": "first local day of work that counts",
    "last_service": "last local day of work that counts",
    "month_kind": "`initial` or `later`",
    "code": "the proposed base code; empty for none",
    "units": "1 where there is a code",
    "add_on_code": "the proposed add-on code; empty for none",
    "add_on_units": "its units",
    "add_on_units_cut": "units the minutes would give beyond what the payer takes",
    "arithmetic": "how the codes follow from the minutes",
    "consent_date": "the consent's local day; empty for none",
    "consent_kind": "`Verbal` or `Written`",
    "ready": "`yes` when nothing is missing",
    "missing": "what is missing, `;` between the requirements",
    "note": "what to see to beyond the record, such as units beyond what payers usually take",
    "changed_since_closing": "what the claim was when the month was closed, where it differs; else empty",
    "also_billed_in": "ids of other registries that bill the MRN in the month",
}
"""Each column's name and what it holds, in order."""


def cells(
    entry: LedgerEntry, claim: Claim, change: Change | None, elsewhere: tuple[str, ...], shown: Shown
) -> dict[str, Cell]:
    """One patient's month, by column."""
    facts, proposal = claim.facts, claim.proposal
    return {
        "month": facts.month,
        "handle": entry.handle,
        "mrn": entry.patient_mrn,
        "patient": patient_shown(entry, shown),
        "birth_date": entry.date_of_birth,
        "payer": entry.payer or "",
        "treating_clinician": entry.clinician,
        "diagnoses": "; ".join(entry.diagnoses),
        "minutes": facts.minutes,
        "minutes_before_consent": facts.minutes_before_consent,
        "first_service": facts.first_service or "",
        "last_service": facts.last_service or "",
        "month_kind": "initial" if facts.initial else "later",
        "code": proposal.code or "",
        "units": 1 if proposal.code else 0,
        "add_on_code": proposal.add_on or "",
        "add_on_units": proposal.add_ons,
        "add_on_units_cut": proposal.cut,
        "arithmetic": proposal.arithmetic,
        "consent_date": facts.consented or "",
        "consent_kind": entry.consent_kind,
        "ready": "yes" if claim.ready else "no",
        "missing": "; ".join(line.requirement for line in claim.missing),
        "note": note(claim),
        "changed_since_closing": before(change),
        "also_billed_in": "; ".join(elsewhere),
    }


def patient_shown(entry: LedgerEntry, shown: Shown) -> str:
    """Return what Finance may see of who a patient is, beside the MRN."""
    match shown:
        case Shown.NAME:
            return f"{entry.first_name} {entry.last_name}".strip()
        case Shown.INITIALS:
            return initials(entry.first_name, entry.last_name)
    return ""


def note(claim: Claim) -> str:
    """Return what whoever bills must see to beyond the record."""
    over = "more add-on units than payers usually take" if claim.proposal.over_cap else ""
    return "; ".join(filter(None, (over, claim.rules.code_set.note if claim.proposal.code else "")))


def before(change: Change | None, *, numbered: bool = True) -> str:
    """Return what a claim was when its month was closed; not `numbered`, without the MRN."""
    if change is None:
        return ""
    if change.before is None:
        return "not there"
    was = change.before
    ready = "ready" if was.ready else "not ready"
    number = f"MRN {was.patient_mrn}, " if numbered else ""
    return f"{number}{was.payer or 'no payer'}, {was.minutes} min, {was.codes}, {ready}"
