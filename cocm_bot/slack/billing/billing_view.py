"""A month's billing list: codes and their arithmetic, readiness, and what changed since closing."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from cocm_bot.domain.access import Actor
from cocm_bot.domain.billing.claims import Claim
from cocm_bot.domain.billing.closing import Closing, Totals
from cocm_bot.domain.billing.columns import before, note
from cocm_bot.domain.billing.minutes import month_before
from cocm_bot.domain.billing.month_words import Asked, Filter
from cocm_bot.domain.members import Registry
from cocm_bot.domain.settings.code_sets import payer_mark
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.billing.files import Format
from cocm_bot.operations.billing.month_list import Month, Row
from cocm_bot.operations.billing.month_list import Shown as ShownPage
from cocm_bot.operations.gaps import Gaps
from cocm_bot.slack import kit
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    actions,
    button,
    clip,
    confirm,
    context,
    divider,
    escape,
    modal,
    section,
    select,
)
from cocm_bot.slack.shared_views.identity import billed_as, names_shown
from cocm_bot.slack.shared_views.lines.formatting import day, moment_of, who
from cocm_bot.slack.shared_views.list_lines import patients_told, registry_line

BILLING_PAGE = "billing-page"
BILLING_PART = "billing-part"
BILLING_PAYER = "billing-payer"
BILLING_FILE = "billing-file"
BILLING_MONTH = "billing-month"
"""Opens the list from a message."""
CLOSE_MONTH = "billing-close"
MOST_PAYERS = 8
MOST_GONE = 10
MOST_CHOICES = 98
LONGEST_FREE_TEXT = 60
PROPOSED = "Codes are proposed from the minutes recorded; a person bills. Those who have left are included."
CLOSING_UNREAD = (
    "⚠️ What says whether {} was closed, or with what, can't be read. Find out before you bill it. Ask your "
    "admin to have `cocm-bot check` run: it names the item."
)
FILLING = (
    "⚠️ The billing ledger is still being filled from the history, so patients may be missing here. "
    "Come back in some minutes."
)
PARTS = {
    Filter.ALL: "All",
    Filter.READY: "Ready",
    Filter.NOT_READY: "Not ready",
    Filter.CHANGED: "Changed since closing",
}


def place(asked: Asked, number: int = 1) -> str:
    """A page of a list, as buttons carry it: opaque, and within what an option's value may have."""
    return json.dumps([asked.month, asked.part.name, asked.payer, number], separators=(",", ":"))


def billing_view(actor: Actor, shown: ShownPage, banner: str = "") -> Payload:
    """A page of a month's list."""
    month, asked, page = shown.month, shown.asked, shown.page
    return modal(
        "Billing",
        [
            *([section(banner)] if banner else []),
            section(billing_head(month, shown.gaps)),
            *([] if actor.registry.ledgered else [section(FILLING)]),
            *closing_gap(month),
            *_closed(month, shown.names),
            *totals_lines(month),
            *_controls(month, asked),
            divider(),
            *(bill_row(row, actor.registry) for row in page.rows),
            *([] if page.rows else [section(_nobody(asked))]),
            *(_gone(month) if asked.part is Filter.CHANGED else []),
            *kit.page_bar(page, BILLING_PAGE, lambda number: place(asked, number)),
            *billing_gap_lines(shown.gaps),
            context(PROPOSED),
            registry_line(actor),
        ],
        "billing",
    )


def billing_head(month: Month, gaps: Gaps) -> str:
    """Return how many there are, how many give a code, and how many are ready."""
    if not month.rows:
        seen = ", as far as I can see: I can't see all of it" if gaps else " yet" if month.running else ""
        return f"No minutes are recorded in {named(month.month)}{seen}."
    added = month.totals
    return f"*{named(month.month)}:* {_counted(added)} · {added.minutes:,} min in all"


def _counted(added: Totals) -> str:
    return f"{patients_told(added.patients)} with minutes, {added.coded} with a code, {added.ready} ready"


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
    return [context(f"⚠️ {line}") for line in lines]


def closing_gap(month: Month) -> list[Block]:
    """Return a warning where the closing of a month can't be read."""
    return [section(CLOSING_UNREAD.format(named(month.month)))] if month.closing_broken else []


def named(month: str) -> str:
    """A month, like `March 2026`."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def units_told(added: Totals) -> str:
    """Codes with their units, like `99492 × 3 · 99494 × 5`."""
    return " · ".join(f"{code} × {units:,}" for code, units in added.units.items()) or "no code"


def totals_lines(month: Month) -> list[Block]:
    """The totals by code, and by payer where there are several."""
    if not month.rows:
        return []
    payers = list(month.by_payer.items())
    lines = [f"*By code:* {units_told(month.totals)}"]
    if len(payers) > 1:
        lines += [
            f"• {escape(clip(name, LONGEST_FREE_TEXT)) or 'No payer'}: {patients_told(added.patients)}, "
            f"{added.coded} with a code · {units_told(added)}"
            for name, added in payers[:MOST_PAYERS]
        ]
        if len(payers) > MOST_PAYERS:
            lines.append(kit.and_more(len(payers) - MOST_PAYERS))
    return [section("\n".join(lines))]


def bill_row(row: Row, registry: Registry) -> Block:
    """One patient's month: who, for whom, the codes with their arithmetic, and what is missing."""
    entry, claim = row.entry, row.claim
    head = [
        *billed_as(entry, registry),
        escape(clip(entry.payer or "no payer", LONGEST_FREE_TEXT)),
        escape(clip(entry.clinician or "no treating clinician", LONGEST_FREE_TEXT)),
        escape(clip(", ".join(entry.diagnoses) or "no diagnosis", 2 * LONGEST_FREE_TEXT)),
    ]
    lines = [" · ".join(head), _work(claim), claim.proposal.arithmetic, _readiness(claim)]
    lines += [f"⚠️ {escape(told)}" for told in [note(claim)] if told]
    if row.change:
        lines.append(
            f"🔁 Changed since closing. It was: {escape(before(row.change, numbered=names_shown(registry)))}"
        )
    if row.elsewhere:
        lines.append(f"⚠️ Registry {', '.join(map(escape, row.elsewhere))} bills this MRN too.")
    return section("\n".join(lines))


def _work(claim: Claim) -> str:
    facts = claim.facts
    days = sorted({each for each in (facts.first_service, facts.last_service) if each})
    apart = f" (+ {facts.minutes_before_consent} before consent)" if facts.unconsented else ""
    parts = [
        f"{facts.minutes} min{apart}",
        *([" – ".join(day(date.fromisoformat(each)) for each in days)] if days else []),
        f"*{claim.codes}*",
        f"consent {day(date.fromisoformat(facts.consented)) if facts.consented else 'none'}",
    ]
    return " · ".join(parts)


def _readiness(claim: Claim) -> str:
    if claim.ready:
        return "✅ Ready"
    return f"◻️ Missing: {'; '.join(line.requirement for line in claim.missing)}"


def _closed(month: Month, names: Mapping[str, str]) -> list[Block]:
    """By whom the month was closed and what it came to, with what changed since."""
    closing = month.closing
    if closing is None:
        return []
    return [section("\n".join(closed_lines(closing, len(month.changed), names, month.registry.policy)))]


def closed_lines(
    closing: Closing, changed: int, names: Mapping[str, str], policy: CarePolicy
) -> Sequence[str]:
    """Return who closed a month, when, what it came to, and how many claims changed since."""
    since = "Nothing has changed since." if not changed else f"*{changed} changed since.*"
    return [
        f"🔒 Closed by {who(closing.by, names)} on {moment_of(closing.at, policy)}. {since}",
        f"At closing: {_counted(closing.totals)} · {units_told(closing.totals)}",
    ]


def _controls(month: Month, asked: Asked) -> list[Block]:
    """The parts of the list, its payers, the months beside it, its files, and closing it."""
    parts = [part for part in Filter if part is not Filter.CHANGED or month.closing]
    steps = [_turn("‹ " + named(month_before(month.month)), Asked(month_before(month.month)), "earlier")]
    if not month.running:
        following = month_before(month.month, -1)
        steps.append(_turn(f"{named(following)} ›", Asked(following), "later"))
    return [
        actions(
            *(_part(part, asked) for part in parts),
            *([_payers(month, asked)] if len(month.by_payer) > 1 or asked.payer else []),
        ),
        actions(*steps, *(_file(form, asked) for form in (Format.XLSX, Format.CSV)), *close_button(month)),
    ]


def close_button(month: Month) -> list[Element]:
    """The button that closes a month, where that can be done."""
    if month.running or month.closing or not month.registry.ledgered or month.broken or month.closing_broken:
        return []
    sure = confirm(
        f"Close {named(month.month)}?",
        "Its totals are kept as they are now. What changes later is listed as changed since closing.",
        "Close the month",
    )
    return [button("Close the month", CLOSE_MONTH, month.month, style="primary", confirm=sure)]


def _part(part: Filter, asked: Asked) -> Element:
    wanted = place(Asked(asked.month, part, asked.payer))
    action_id = f"{BILLING_PART}:{part.name}"
    return button(PARTS[part], action_id, wanted, style="primary" if part is asked.part else None)


def _turn(label: str, asked: Asked, which: str) -> Element:
    return button(label, f"{BILLING_PART}:{which}", place(asked))


def _file(form: Format, asked: Asked) -> Element:
    return button(f"{form.upper()} file", f"{BILLING_FILE}:{form}", place(asked))


def _payers(month: Month, asked: Asked) -> Element:
    everybody = kit.option("All payers", place(Asked(asked.month, asked.part)))
    options = [
        kit.option(clip(name, 75) or "No payer", place(Asked(asked.month, asked.part, payer_mark(name))))
        for name in list(month.by_payer)[:MOST_CHOICES]
    ]
    chosen = None if asked.payer is None else place(asked)
    initial = next((each for each in options if each["value"] == chosen), everybody)
    return select(BILLING_PAYER, [everybody, *options], placeholder="Payer", initial=initial)


def _nobody(asked: Asked) -> str:
    if asked.part is Filter.ALL and asked.payer is None:
        return "Nobody is on this list."
    return "Nobody of this month is in this part of the list."


def _gone(month: Month) -> list[Block]:
    """Return the claims of a closed month whose patient no longer has minutes in it."""
    numbered = names_shown(month.registry)
    lines = [
        f"🔁 *{change.handle}* no longer has minutes in the month. "
        f"It was: {escape(before(change, numbered=numbered))}"
        for change in month.gone[:MOST_GONE]
    ]
    return [section("\n".join(lines))] if lines else []
