"""Messages to Finance: a month that is over, changes in a closed one, an MRN billed twice."""

from collections.abc import Mapping

from cocm_bot.domain.access import Actor
from cocm_bot.domain.billing.closing import Change, ClosedClaim
from cocm_bot.domain.billing.month_words import Asked, Filter
from cocm_bot.domain.members import Registry
from cocm_bot.operations.billing.month_list import Month
from cocm_bot.operations.gaps import Gaps
from cocm_bot.slack.billing.billing_view import (
    BILLING_MONTH,
    FILLING,
    billing_head,
    close_button,
    closed_lines,
    closing_gap,
    named,
    place,
    totals_lines,
)
from cocm_bot.slack.kit import Element, Payload, actions, and_more, button, context, escape, message, section
from cocm_bot.slack.shared_views.list_lines import unreadable

MOST_CHANGES = 15


def summary_message(registry: Registry, month: Month, names: Mapping[str, str]) -> Payload:
    """Last month's totals, with the buttons to open its list and to close it."""
    closing = month.closing
    lines = closed_lines(closing, len(month.changed), names, registry.policy) if closing else []
    return message(
        "The month's billing summary.",
        [
            section(billing_head(month, Gaps(unread=month.broken))),
            *([] if registry.ledgered else [section(FILLING)]),
            *closing_gap(month),
            *totals_lines(month),
            *([section("\n".join(lines))] if lines else []),
            *unreadable(month.broken),
            actions(_open(month), *close_button(month)),
            context(escape(registry.name)),
        ],
    )


def closed_message(month: Month, actor: Actor) -> Payload:
    """Return the message that a month was closed just now, in the place of its summary."""
    return message(
        "The month is closed.",
        [
            section(f"🔒 {named(month.month)} is closed."),
            *totals_lines(month),
            actions(_open(month)),
            context(escape(actor.registry.name)),
        ],
    )


def changed_message(month: Month) -> Payload:
    """Return the message of changes in a closed month, before and after, by handle."""
    lines = [f"• {_change(each)}" for each in month.changed[:MOST_CHANGES]]
    if len(month.changed) > MOST_CHANGES:
        lines.append(and_more(len(month.changed) - MOST_CHANGES))
    count = len(month.changed)
    claims = "1 claim" if count == 1 else f"{count} claims"
    return message(
        "A closed billing month has changed.",
        [
            section(f"*{named(month.month)}* has changed since it was closed: {claims}."),
            section("\n".join(lines)),
            actions(_open(month, Filter.CHANGED)),
            context(escape(month.registry.name)),
        ],
    )


def billed_twice_message(registry: Registry, month: str, handle: str, other: str) -> Payload:
    """Return the message that another registry bills the same MRN: ids only."""
    return message(
        "Two registries bill the same patient record.",
        [
            section(
                f"⚠️ In *{named(month)}* patient *{handle}* of registry {escape(registry.id)} has an MRN for "
                f"which registry {escape(other)} counts minutes too. A payer may refuse both: settle who "
                "bills with the other registry's Finance."
            ),
            context(escape(registry.name)),
        ],
    )


def _open(month: Month, part: Filter = Filter.ALL) -> Element:
    return button("Open the list", BILLING_MONTH, place(Asked(month.month, part)))


def _change(change: Change) -> str:
    return f"*{change.handle}*: {_claim(change.before)} → {_claim(change.after)}"


def _claim(claim: ClosedClaim | None) -> str:
    if claim is None:
        return "no minutes"
    ready = "ready" if claim.ready else "not ready"
    return f"{escape(claim.payer or 'no payer')}, {claim.minutes} min, {claim.codes}, {ready}"
