"""Find MRNs that two registries bill in one month; the messages about them hold ids alone."""

from cocm_bot.domain.records.billing_month import LedgerEntry
from cocm_bot.operations.context import Context
from cocm_bot.store.billing import ledger


def own_entry(
    ctx: Context, registry_id: str, month: str, of: str, patient_id: str, other: str
) -> LedgerEntry | None:
    """A registry's own entry under an MRN that another one bills in the month too; None where that is over.

    `of` is the registry of the patient whose MRN it is. Raises Unavailable.
    """
    found, _ = ledger.of_patient(ctx.table, of, patient_id, [month])
    entry = found.get(month)
    if entry is None or not entry.facts.seconds:
        return None
    mrn = entry.patient_mrn
    billing = ledger.billed(ctx.table, [(month, mrn)]).get((month, mrn), ())
    if registry_id not in billing or other not in billing:
        return None
    if of == registry_id:
        return entry
    entries = ledger.entries(ledger.month_items(ctx.table, registry_id, month))
    return next((each for each in entries if each.patient_mrn == mrn and each.facts.seconds), None)
