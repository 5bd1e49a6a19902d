"""A month's billing list, whoever has left since: one query of the ledger, read by the rules as they are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.billing.claims import Claim, claim_of
from cocm_bot.domain.billing.closing import (
    Change,
    ClosedClaim,
    Closing,
    Totals,
    changes,
    closed_claim,
    totals,
)
from cocm_bot.domain.billing.month_words import Asked, Filter
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.members import Registry
from cocm_bot.domain.pages import Page, page_of
from cocm_bot.domain.records.billing_month import LedgerEntry
from cocm_bot.domain.settings.code_sets import payer_key, payer_mark
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.context import Context
from cocm_bot.operations.gaps import NO_GAPS, Gaps, undelivered
from cocm_bot.operations.roster import names
from cocm_bot.store.billing import closings, ledger

ROWS_PER_PAGE = 15


@dataclass(frozen=True)
class Row:
    """One patient's month."""

    entry: LedgerEntry
    claim: Claim
    change: Change | None = None
    """The difference from when the month was closed, if there is one."""
    elsewhere: Sequence[str] = ()
    """The ids of other registries that bill the MRN in the month."""


@dataclass(frozen=True)
class Month:
    """A registry's month as it is now."""

    registry: Registry
    month: str
    rows: Sequence[Row]
    """By MRN."""
    broken: int = 0
    closing: Closing | None = None
    closing_broken: int = 0
    """Items of the closing that can't be read: it may be closed, and nobody knows what changed since."""
    gone: Sequence[Change] = ()
    """Claims of a closed month whose patient no longer has work in it."""
    running: bool = False
    """True for the current month, in which work goes on."""

    @property
    def totals(self) -> Totals:
        """The sums of the list."""
        return totals([row.claim for row in self.rows])

    @property
    def by_payer(self) -> Mapping[str, Totals]:
        """The same by payer; the name under which most know it, empty for none."""
        claims: defaultdict[str, list[Claim]] = defaultdict(list)
        names: dict[str, str] = {}
        for row in self.rows:
            key = payer_key(row.entry.payer)
            names.setdefault(key, " ".join((row.entry.payer or "").split()))
            claims[key].append(row.claim)
        return {names[key]: totals(claims[key]) for key in sorted(claims)}

    @property
    def changed(self) -> Sequence[Change]:
        """All that is otherwise since the month was closed."""
        return [*(row.change for row in self.rows if row.change), *self.gone]


@dataclass(frozen=True)
class Shown:
    """A page of a part of a month's list."""

    month: Month
    asked: Asked
    page: Page[Row]
    names: Mapping[str, str] = field(default_factory=dict)
    gaps: Gaps = NO_GAPS
    """The patients and records that the list leaves out."""


def month_list(ctx: Context, actor: Actor, asked: Asked, number: int) -> Shown:
    """A page of a month's list; who is on it goes to the access log first.

    Raises NotAllowed, InvalidInput or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_BILLING)
    month = read_month(ctx, actor.registry, asked.month)
    if asked.part is Filter.CHANGED and month.closing is None:
        raise InvalidInput("This month is not closed, so nothing has changed since.")
    page = page_of(part_of(month, asked), number, ROWS_PER_PAGE)
    record_view(ctx, actor, Action.VIEW_BILLING, (row.entry.patient_id for row in page.rows))
    rows = with_others(ctx, month, page.rows)
    gaps = Gaps(unread=month.broken, undelivered=len(undelivered(ctx, actor.registry.id)))
    return Shown(month, asked, replace(page, rows=rows), names(ctx, actor), gaps)


def read_month(ctx: Context, registry: Registry, month: str) -> Month:
    """A registry's month as it is now: for whoever has checked and logged who sees it. Raises Unavailable."""
    found = ledger.month_items(ctx.table, registry.id, month)
    listing = ledger.entries(found)
    closed = closings.read(found)
    billing = registry.policy.billing
    listed = [Row(entry, claim_of(entry, billing)) for entry in listing.records if entry.facts.minutes_worked]
    current = [closed_claim(row.entry, row.claim) for row in listed]
    changed = changes(closed.claims, current) if closed.head and not closed.broken else {}
    rows = [
        replace(row, change=changed.get(row.entry.patient_id))
        for row in sorted(listed, key=lambda row: (row.entry.patient_mrn, row.entry.patient_id))
    ]
    return Month(
        registry,
        month,
        rows,
        listing.broken,
        closed.head,
        closed.broken,
        gone=[change for change in changed.values() if change.after is None],
        running=month == registry.policy.month(ctx.now().timestamp()),
    )


def part_of(month: Month, asked: Asked) -> Sequence[Row]:
    """The rows that were asked for."""
    return [
        row
        for row in month.rows
        if _in_part(row, asked.part) and asked.payer in (None, payer_mark(row.entry.payer))
    ]


def claims_of(month: Month) -> Sequence[ClosedClaim]:
    """The claims of a month as they would be kept."""
    return [closed_claim(row.entry, row.claim) for row in month.rows]


def _in_part(row: Row, part: Filter) -> bool:
    match part:
        case Filter.READY:
            return row.claim.ready
        case Filter.NOT_READY:
            return not row.claim.ready
        case Filter.CHANGED:
            return row.change is not None
    return True


def with_others(ctx: Context, month: Month, rows: Sequence[Row]) -> Sequence[Row]:
    """Some rows of a list, each with the other registries that bill its MRN. Raises Unavailable."""
    wanted = [(month.month, row.entry.patient_mrn) for row in rows if row.entry.facts.seconds]
    found = ledger.billed(ctx.table, wanted)
    return [
        replace(row, elsewhere=[each for each in ids if each != month.registry.id])
        if (ids := found.get((month.month, row.entry.patient_mrn)))
        else row
        for row in rows
    ]
