"""The month's billing: minutes and proposed codes, with no clinical content."""

from collections.abc import Sequence
from datetime import date

from cocm_bot.domain.access import Actor
from cocm_bot.domain.pages import page_of
from cocm_bot.operations.caseload.gaps import Gaps
from cocm_bot.operations.digests.overview import Bill
from cocm_bot.slack import kit
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section
from cocm_bot.slack.shared_views.list_lines import patients_told, registry_line

BILLING_PAGE = "billing-page"
BILLS_PER_PAGE = 30
PROPOSED = (
    "Codes are proposed from the minutes recorded; a person bills. Those who left this month are included."
)


def billing_view(actor: Actor, bills: Sequence[Bill], gaps: Gaps, month: str, number: int) -> Payload:
    """A page of the list; `month` is like `2026-03`."""
    page = page_of(bills, number, BILLS_PER_PAGE)
    return modal(
        "Billing",
        [
            section(billing_head(bills, gaps, month)),
            *bill_rows(page.rows),
            *kit.page_bar(page, BILLING_PAGE),
            *billing_gap_lines(gaps),
            context(PROPOSED),
            registry_line(actor),
        ],
        "billing",
    )


def billing_head(bills: Sequence[Bill], gaps: Gaps, month: str) -> str:
    """Return how many there are, and how many give a code; `month` is like `2026-03`."""
    named = f"{date.fromisoformat(f'{month}-01'):%B %Y}"
    if not bills:
        seen = " for the patients I can see, and I can't see all of them" if gaps else " yet"
        return f"No minutes are recorded in {named}{seen}."
    coded = sum(bill.proposal.code is not None for bill in bills)
    minutes = sum(bill.proposal.minutes for bill in bills)
    found = f"{patients_told(len(bills))} with minutes, {coded} with a code"
    return f"*{named}:* {found} · {minutes:,} min in all"


def billing_gap_lines(gaps: Gaps) -> list[Block]:
    """Return what the list leaves out, for people who see no patients: how much, and what to do."""
    lines = []
    if gaps.undelivered:
        alerts = "1 safety alert has" if gaps.undelivered == 1 else f"{gaps.undelivered} safety alerts have"
        lines.append(f"*{alerts} reached nobody yet.* Call the care team now: `/cocm today` shows who it is.")
    if gaps.unread:
        records = "1 record" if gaps.unread == 1 else f"{gaps.unread} records"
        lines.append(
            f"{records} can't be read: minutes may be missing here. Ask your admin to have "
            "`cocm-bot check` run."
        )
    if gaps.missing:
        lines.append(
            f"{patients_told(gaps.missing)} of this registry could not be found: minutes may be missing. "
            "Look again in a minute; if it stays so, ask your admin to have `cocm-bot check --repair` run."
        )
    return [context(f"⚠️ {line}") for line in lines]


def bill_rows(bills: Sequence[Bill]) -> list[Block]:
    """A line for each: handle, MRN, payer, minutes, codes."""
    return [section(_line(bill)) for bill in bills]


def _line(bill: Bill) -> str:
    cap = " · ⚠️ more add-on units than payers usually take" if bill.proposal.over_cap else ""
    return (
        f"*{bill.handle}* · MRN {escape(bill.patient_mrn)} · {escape(bill.payer or 'no payer')}"
        f" · {bill.proposal.minutes} min · *{bill.proposal.codes}*{cap}"
    )
